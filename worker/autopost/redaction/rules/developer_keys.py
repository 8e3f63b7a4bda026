"""Tokens of developer platforms: GitHub, GitLab, package registries, tools."""

from __future__ import annotations

from autopost.redaction.rule import Rule
from autopost.redaction.rules.token import DOTTED, token

_WORD = "[A-Za-z0-9_-]"
_ALNUM = "[A-Za-z0-9]"

RULES = (
    token(
        "GITHUB_TOKEN", r"gh[pousr]_", "[A-Za-z0-9_]", 20, "GitHub: about authentication, token formats", name="github"
    ),
    token(
        "GITHUB_TOKEN",
        r"github_pat_",
        "[A-Za-z0-9_]",
        20,
        "GitHub: fine-grained personal access tokens",
        name="github-fine-grained",
    ),
    token(
        "GITLAB_TOKEN",
        r"gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-",
        "[A-Za-z0-9_=-]",
        16,
        "GitLab: token overview, prefixes",
        DOTTED,
        name="gitlab",
    ),
    token("GITLAB_TOKEN", r"GR1348941", _WORD, 16, "GitLab: runner registration tokens", name="gitlab-runner"),
    token("NPM_TOKEN", r"npm_", _ALNUM, 24, "npm: access tokens", name="npm"),
    Rule("NPM_TOKEN", r"_authToken\s*=\s*[\"']?([^\s\"'<>$]{8,})", "npm: .npmrc", anchor=r"_authToken", name="npmrc"),
    token("PYPI_TOKEN", r"pypi-AgE", _WORD, 8, "PyPI: API tokens (a macaroon begins so)", name="pypi-macaroon"),
    token("PYPI_TOKEN", r"pypi-", "[A-Za-z0-9_]", 32, "PyPI: API tokens", name="pypi"),
    token("RUBYGEMS_TOKEN", r"rubygems_", "[a-f0-9]", 32, "RubyGems: API keys"),
    token("CRATES_TOKEN", r"\bcio", _ALNUM, 32, "crates.io: API tokens"),
    token("CLOJARS_TOKEN", r"CLOJARS_", "[a-z0-9]", 40, "Clojars: deploy tokens"),
    token("NUGET_KEY", r"\boy2", "[a-z0-9]", 43, "NuGet: API keys"),
    token("DOCKER_TOKEN", r"dckr_(?:pat|oat)_", _WORD, 20, "Docker Hub: access tokens"),
    token("ATLASSIAN_TOKEN", r"AT(?:ATT|BB|CTT)[A-Za-z0-9]", "[A-Za-z0-9_=-]", 24, "Atlassian: API tokens"),
    token("LINEAR_KEY", r"\blin_(?:api|oauth)_", _ALNUM, 24, "Linear: API keys"),
    token("NOTION_TOKEN", r"\bntn_", _ALNUM, 32, "Notion: integration tokens", name="notion"),
    token("NOTION_TOKEN", r"\bsecret_", _ALNUM, 32, "Notion: integration tokens, old form", name="notion-old"),
    token("POSTMAN_KEY", r"PMAK-", "[a-f0-9-]", 32, "Postman: API keys"),
    token("FIGMA_TOKEN", r"\bfig(?:d|u|o)?_", _WORD, 32, "Figma: personal access tokens"),
    token("GRAFANA_TOKEN", r"\bgl(?:sa|c)_", "[A-Za-z0-9+/=_]", 24, "Grafana: service account and cloud tokens"),
    token("SENTRY_TOKEN", r"\bsntry[su]_", "[A-Za-z0-9+/=_-]", 24, "Sentry: auth tokens"),
    token("NEWRELIC_KEY", r"\bNRA[KL]-", "[A-Z0-9]", 20, "New Relic: API keys", name="newrelic"),
    token("NEWRELIC_KEY", r"\bNRI[IQ]-", _WORD, 20, "New Relic: insert and query keys", name="newrelic-ingest"),
    token(
        "DOPPLER_TOKEN", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]+\.)?", _ALNUM, 32, "Doppler: token formats"
    ),
    token("PULUMI_TOKEN", r"\bpul-", "[a-f0-9]", 32, "Pulumi: access tokens"),
    token("SONAR_TOKEN", r"\bsq[uap]_", "[a-f0-9]", 32, "SonarQube: user tokens"),
    token("BUILDKITE_TOKEN", r"\bbkua_", "[a-f0-9]", 32, "Buildkite: API access tokens"),
    token("CIRCLECI_TOKEN", r"\bCCI(?:PAT|PRJ)_", "[A-Za-z0-9_]", 24, "CircleCI: API tokens"),
    token("ARTIFACTORY_KEY", r"\bAKCp", _ALNUM, 40, "JFrog Artifactory: API keys"),
    token("AIRTABLE_TOKEN", rf"\bpat{_ALNUM}{{14}}\.", "[a-f0-9]", 32, "Airtable: personal access tokens"),
    token("VERCEL_TOKEN", r"\bvc[kpirea]_", _ALNUM, 24, "Vercel: token formats"),
    token("VERCEL_TOKEN", r"vercel_blob_rw_", "[A-Za-z0-9_]", 24, "Vercel: Blob read-write tokens", name="vercel-blob"),
    token("NEON_KEY", r"napi_", "[a-z0-9]", 32, "Neon: API keys"),
    token("RENDER_KEY", r"rnd_", _ALNUM, 20, "Render: API keys"),
    token(
        "HARNESS_TOKEN", r"(?:pat|sat)\.[A-Za-z0-9_-]{20,24}\.[a-f0-9]{20,28}\.", _ALNUM, 16, "Harness: access tokens"
    ),
    token("DYNATRACE_TOKEN", r"dt0[a-z][0-9]{2}\.[A-Z0-9]{8,24}\.", "[A-Z0-9]", 24, "Dynatrace: token format"),
    token("LAUNCHDARKLY_KEY", r"(?:sdk|api|mob)-", "[a-f0-9-]", 36, "LaunchDarkly: SDK and API keys"),
    token("BROWSERBASE_KEY", r"bb_(?:live|test)_", _WORD, 20, "Browserbase: API keys"),
    token("PASETO", r"v[1-4]\.(?:local|public)\.", _WORD, 32, "PASETO: token format", DOTTED),
    token("NETLIFY_TOKEN", r"\bnf[pcoub]_", _ALNUM, 32, "Netlify: personal access tokens"),
    token("ONEPASSWORD_TOKEN", r"\bops_eyJ", "[A-Za-z0-9+/=_-]", 40, "1Password: service account tokens"),
    token("TAILSCALE_KEY", r"\btskey-[a-z]+-", "[A-Za-z0-9-]", 16, "Tailscale: key prefixes"),
    token("SOURCEGRAPH_TOKEN", r"\bsgp_(?:[a-zA-Z0-9]+_)?", "[a-f0-9]", 32, "Sourcegraph: access tokens"),
)
