"""Keys of cloud vendors: AWS, Google Cloud, Azure and smaller ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.strength import follows_digest
from autopost.redaction.rules.token import DOTTED, token

_WORD = "[A-Za-z0-9_-]"
_BASE64 = "[A-Za-z0-9+/]"


def _is_aws_secret(text: str, start: int, end: int) -> bool:
    """Return whether 40 characters are random and not a path: the kind of character changes often."""
    before, after, value = text[start - 1 : start], text[end : end + 1], text[start:end]
    if (
        follows_digest(text, start)
        or before.isalnum()
        or after.isalnum()
        or before in {"+", "/", "_", ".", "-"}
        or after in {"+", "/", "_", "-", "="}
    ):
        return False
    kinds = [0 if c.isdigit() else 1 if c.isupper() else 2 if c.islower() else 3 for c in value]
    return {0, 1, 2} <= set(kinds) and sum(a != b for a, b in pairwise(kinds)) >= 16


RULES = (
    token(
        "AWS_ACCESS_KEY",
        r"(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|ANPA|ANVA|AIPA|APKA|ASCA)",
        "[A-Z0-9]",
        16,
        "AWS IAM: unique identifiers",
    ),
    Rule(
        "AWS_SECRET_KEY",
        rf"{_BASE64}{{40}}",
        "AWS IAM: secret access keys, 40 characters of base64",
        anchor=rf"{_BASE64}{{40}}",
        score=0.8,
        refine=single(_is_aws_secret),
    ),
    token(
        "AWS_SESSION_TOKEN",
        r"(?:FwoGZXIvYXdz|IQoJb3JpZ2luX2Vj|FQoGZXIvYXdz)",
        "[A-Za-z0-9+/=]",
        16,
        "AWS STS: session tokens",
    ),
    token("AWS_BEDROCK_KEY", r"(?:ABSK|bedrock-api-key-)", "[A-Za-z0-9+/=]", 40, "AWS Bedrock: API keys"),
    Rule(
        "AWS_SIGNATURE",
        r"(?i)X-Amz-(?:Signature|Security-Token|Credential)=([^\s&\"'<>]{8,})",
        "AWS: Signature Version 4",
        anchor=r"(?i)X-Amz-(?:Sig|Sec|Cred)",
    ),
    token("GCP_API_KEY", r"AIza", _WORD, 30, "Google Cloud: API keys", name="google-api"),
    token(
        "GCP_API_KEY",
        r"\bAQ\.Ab8",
        _WORD,
        30,
        "Google Cloud: API keys bound to a service account",
        name="google-api-service-account",
    ),
    token("GCP_OAUTH_TOKEN", r"\bya29\.", _WORD, 20, "Google Identity: access tokens", DOTTED, name="google-access"),
    token("GCP_OAUTH_TOKEN", r"\b1//0", _WORD, 30, "Google Identity: refresh tokens", name="google-refresh"),
    token("GCP_CLIENT_SECRET", r"GOCSPX-", _WORD, 20, "Google Identity: OAuth client secrets"),
    Rule(
        "GCP_PRIVATE_KEY_ID",
        r"(?i)private_key_id[\\\"']{0,3}\s*[:=]\s*[\\\"']{0,3}([0-9a-f]{32,64})",
        "Google Cloud IAM: service account keys",
        anchor=r"(?i)private_key_id",
    ),
    Rule(
        "AZURE_STORAGE_KEY",
        rf"\b{_BASE64}{{86}}==",
        "Azure Storage: account access keys, 64 bytes",
        anchor=rf"{_BASE64}{{40}}",
        refine=single(lambda text, start, _: not follows_digest(text, start)),
    ),
    Rule(
        "AZURE_CONNECTION_STRING",
        r"(?i)(?:AccountKey|SharedAccessKey|SharedSecretValue|SharedAccessSignature)\s*=\s*([^\s;,\"'<>]{8,})",
        "Azure: connection strings",
        anchor=r"(?i)(?:AccountKey|Shared(?:Access|Secret))",
    ),
    Rule(
        "AZURE_SAS_TOKEN",
        r"(?i)[?&;]sig=([A-Za-z0-9%+/=_-]{20,})",
        "Azure Storage: SAS tokens",
        anchor=r"(?i)[?&;]sig=",
    ),
    Rule(
        "AZURE_CLIENT_SECRET",
        r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{27,39}[A-Za-z0-9_~-]",
        "Microsoft Entra: client secrets",
        anchor=r"[0-9]Q~[A-Za-z0-9_~.-]{4}",
    ),
    Rule(
        "AZURE_KEY",
        rf"{_BASE64}{{40,}}(?:JQQJ9|AZDO|AzFu|AzCa|AzSe|AzRb|\+ACR|\+ASt|\+AEh|\+ARm|\+ABa|\+AMC|APIM|AIoT)[A-Za-z0-9+/=]{{4,}}",
        "Microsoft: common annotated security keys",
        anchor=rf"{_BASE64}{{40}}",
        score=0.95,
    ),
    token("DIGITALOCEAN_TOKEN", r"\bdo[opr]_v1_", "[a-f0-9]", 32, "DigitalOcean: personal access tokens"),
    token(
        "DATABRICKS_TOKEN",
        r"\bd(?:api|ose)",
        "[a-f0-9]",
        32,
        "Databricks: personal access tokens, OAuth secrets",
        "(?:-[0-9]{1,2})?",
    ),
    token("VAULT_TOKEN", r"\bhv[sbr]\.", _WORD, 20, "HashiCorp Vault: tokens"),
    replace(
        token("TERRAFORM_TOKEN", r"[A-Za-z0-9]{14}\.atlasv1\.", "[A-Za-z0-9_=-]", 40, "Terraform Cloud: API tokens"),
        anchor=r"\.atlasv1\.",
    ),
    token("HEROKU_KEY", r"\bHRKU-", _WORD, 20, "Heroku: API keys"),
    token("FLY_TOKEN", r"\bfm[12][a-z]?_", "[A-Za-z0-9+/=_-]", 40, "Fly.io: access tokens"),
    token(
        "PLANETSCALE_TOKEN", r"\bpscale_(?:tkn|pw|oauth)_", "[A-Za-z0-9_=-]", 20, "PlanetScale: service tokens", DOTTED
    ),
    token("SUPABASE_KEY", r"\b(?:sbp_|sb_secret_)", _WORD, 20, "Supabase: API keys"),
    token("ALIBABA_KEY", r"\bLTAI", "[A-Za-z0-9]", 16, "Alibaba Cloud: AccessKey pairs"),
)
