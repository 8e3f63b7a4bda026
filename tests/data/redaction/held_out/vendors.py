"""Tokens in their vendors' published formats: other kinds and lengths than in the development part."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from tests.data.redaction.dice import BASE32, BASE64, BEGIN, HEX, LOWER, UPPER, URL_SAFE, Dice, marked

Maker = Callable[[Dice], str]


def _jwt(d: Dice) -> str:
    header = {"typ": "JWT", "alg": d.pick(["ES256", "RS512", "HS384", "EdDSA"])}
    claims = {"iss": d.some(9), "aud": d.some(6), "exp": d.number(10**9, 2 * 10**9), "scope": "read write"}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)]
    return ".".join([*parts, d.some(d.number(43, 130), URL_SAFE)])


def _pem(d: Dice) -> str:
    kind = d.pick(["", "EC ", "OPENSSH ", "DSA ", "ENCRYPTED "]) + "PRIVATE KEY"
    lines = [d.some(64, BASE64) for _ in range(d.number(2, 6))] + [d.some(d.number(8, 60), BASE64) + "=="]
    return f"-----BEGIN {kind}-----\n" + d.pick(["\n", "\r\n"]).join(lines) + f"\n-----END {kind}-----"


def _aws_secret(d: Dice) -> str:
    lead = d.pick(["aws_secret_access_key: ", "AWS_SECRET_ACCESS_KEY=", "secret access key ", "SecretAccessKey: "])
    return lead + marked(d.some(40, BASE64))


def _azure(d: Dice) -> str:
    key = d.some(86, BASE64) + "=="
    return d.pick(
        [
            f"AccountName=acct{d.number(1, 99)};AccountKey=" + marked(key) + ";EndpointSuffix=core.windows.net",
            "SharedAccessKey=" + marked(d.some(43, BASE64) + "="),
            marked(d.some(3) + "8Q~" + d.some(34, URL_SAFE + ".~")),
            marked(d.some(3) + "7Q~" + d.some(31, URL_SAFE)),
        ]
    )


def _service_account(d: Dice) -> str:
    begin, end = "-----BEGIN PRIVATE" + " KEY-----", "-----END PRIVATE" + " KEY-----"
    body = "\\n".join(d.some(64, BASE64) for _ in range(3))
    key = marked(f"{begin}\\n{body}\\n{end}")
    return '{"type": "service_account", "private_key": "' + key + '\\n", "client_id": "x"}'


def _whole(*makers: Maker) -> Maker:
    def make(d: Dice) -> str:
        value = d.choice(makers)(d)
        return value if BEGIN in value else marked(value)

    return make


VENDORS: dict[str, Maker] = {
    "OpenAI": _whole(
        lambda d: "sk-svc" + "acct-" + d.some(74, URL_SAFE) + "T3Blbk" + "FJ" + d.some(74, URL_SAFE),
        lambda d: "sk-" + "admin-" + d.some(58, URL_SAFE) + "T3Blbk" + "FJ" + d.some(58, URL_SAFE),
        lambda d: "sk-" + "proj-" + d.some(48, URL_SAFE),
        lambda d: "sk-" + d.some(48),
    ),
    "Anthropic": _whole(
        lambda d: "sk-" + "ant-admin01-" + d.some(93, URL_SAFE) + "AA",
        lambda d: "sk-" + "ant-oat01-" + d.some(93, URL_SAFE) + "AA",
    ),
    "AWS access key id": _whole(lambda d: d.pick(["ASIA", "AKIA", "ABIA", "ACCA"]) + d.some(16, BASE32)),
    "AWS secret": _aws_secret,
    "Google": _whole(
        lambda d: "AI" + "za" + d.some(35, URL_SAFE),
        lambda d: "ya29" + ".a0" + d.some(d.number(120, 200), URL_SAFE),
        lambda d: "GOC" + "SPX-" + d.some(28, URL_SAFE),
        lambda d: "1//0" + d.some(2) + d.some(98, URL_SAFE),
    ),
    "Google service account": _service_account,
    "Azure": _azure,
    "GitHub": _whole(
        lambda d: "gh" + d.pick("usro") + "_" + d.some(36),
        lambda d: "github" + "_pat_" + d.some(22) + "_" + d.some(59),
        lambda d: "gh" + "s_" + d.some(76),
    ),
    "GitLab": _whole(
        lambda d: "gl" + d.pick(["dt", "rt", "ft", "oas", "soat", "agent", "imt"]) + "-" + d.some(30, URL_SAFE),
        lambda d: "glp" + "at-" + d.some(27, URL_SAFE) + ".01." + d.some(9, LOWER),
        lambda d: "glp" + "tt-" + d.hex(40),
        lambda d: "GR13" + "48941" + d.some(20, URL_SAFE),
    ),
    "Slack": _whole(
        lambda d: "xo" + "xb-" + d.digits(13) + "-" + d.digits(13) + "-" + d.some(24),
        lambda d: "xo" + "xp-" + "-".join(d.digits(12) for _ in range(3)) + "-" + d.hex(32),
        lambda d: "xo" + "xe-1-" + d.some(146),
        lambda d: "xa" + "pp-1-A" + d.some(10, UPPER) + "-" + d.digits(13) + "-" + d.hex(64),
        lambda d: (
            "https://hooks.slack.com/workflows/"
            + marked(f"T{d.some(10, UPPER)}/A{d.some(10, UPPER)}/{d.digits(18)}/" + d.some(24))
        ),
        lambda d: (
            "https://hooks.slack.com/services/" + marked(f"T{d.some(8, UPPER)}/B{d.some(10, UPPER)}/" + d.some(24))
        ),
    ),
    "Stripe": _whole(
        lambda d: d.pick(["sk", "rk"]) + d.pick(["_live_", "_test_"]) + d.some(d.number(24, 99)),
        lambda d: "wh" + "sec_" + d.some(32),
    ),
    "Twilio": _whole(lambda d: "S" + "K" + d.hex(32)),
    "SendGrid": _whole(lambda d: "S" + "G." + d.some(22, URL_SAFE) + "." + d.some(43, URL_SAFE)),
    "Mailchimp": _whole(lambda d: d.hex(32) + "-us" + str(d.number(1, 22))),
    "npm": _whole(lambda d: "np" + "m_" + d.some(36)),
    "PyPI": _whole(lambda d: "py" + "pi-AgEIcHlwaS5vcmc" + d.some(d.number(70, 180), URL_SAFE)),
    "Hugging Face": _whole(lambda d: "h" + "f_" + d.some(34), lambda d: "api_" + "org_" + d.some(34)),
    "Telegram": _whole(lambda d: d.digits(d.number(8, 10)) + ":AA" + d.some(33, URL_SAFE)),
    "Discord": _whole(
        lambda d: "MT" + d.some(22) + "." + "G" + d.some(5, URL_SAFE) + "." + d.some(d.choice([27, 38]), URL_SAFE),
        lambda d: f"https://discord.com/api/webhooks/{d.digits(19)}/" + marked(d.some(68, URL_SAFE)),
    ),
    "JWT": _whole(_jwt),
    "PEM": _whole(_pem),
    "vendors beyond the list": _whole(
        lambda d: "dop" + "_v1_" + d.hex(64),
        lambda d: "shp" + "at_" + d.hex(32),
        lambda d: "lin" + "_api_" + d.some(40),
        lambda d: "dap" + "i" + d.hex(32),
        lambda d: "gl" + "sa_" + d.some(32) + "_" + d.hex(8),
        lambda d: "hv" + "s." + d.some(95, URL_SAFE),
        lambda d: "figd" + "_" + d.some(40, URL_SAFE),
        lambda d: "gs" + "k_" + d.some(52),
        lambda d: "sk-or" + "-v1-" + d.hex(64),
        lambda d: "dckr" + "_pat_" + d.some(27, URL_SAFE),
        lambda d: "NR" + "AK-" + d.some(27, UPPER),
        lambda d: "PMA" + "K-" + d.hex(24) + "-" + d.hex(34),
        lambda d: "xkey" + "sib-" + d.hex(64) + "-" + d.some(16),
        lambda d: "rubygems" + "_" + d.hex(48),
        lambda d: "ATAT" + "T3xFfGF0" + d.some(170, URL_SAFE) + "=" + d.some(8, HEX.upper()),
        lambda d: "tskey" + "-auth-" + d.some(16) + "-" + d.some(32),
        lambda d: "ppl" + "x-" + d.some(48),
        lambda d: "r8" + "_" + d.some(37),
    ),
}
