"""Tokens in their vendors' published formats."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from tests.data.redaction.dice import BASE32, BASE64, BEGIN, UPPER, URL_SAFE, Dice, marked

Maker = Callable[[Dice], str]


def _jwt(d: Dice) -> str:
    parts = [{"alg": d.pick(["HS256", "RS256"]), "typ": "JWT"}, {"sub": d.digits(8), "name": "Ada", "iat": 1516239022}]
    spelt = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*spelt, d.some(43, URL_SAFE)])


def _pem(d: Dice) -> str:
    kind = d.pick(["RSA ", "", "EC "]) + "PRIVATE KEY"
    lines = "\n".join(d.some(64, BASE64) for _ in range(d.number(2, 5)))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----"


def _whole(*makers: Maker) -> Maker:
    def make(d: Dice) -> str:
        value = d.choice(makers)(d)
        return value if BEGIN in value else marked(value)

    return make


VENDORS: dict[str, Maker] = {
    "OpenAI": _whole(
        lambda d: "sk-" + "proj-" + d.some(74, URL_SAFE) + "T3Blbk" + "FJ" + d.some(74, URL_SAFE),
        lambda d: "sk-" + d.some(20) + "T3Blbk" + "FJ" + d.some(20),
    ),
    "Anthropic": _whole(lambda d: "sk-" + "ant-api03-" + d.some(93, URL_SAFE) + "AA"),
    "AWS access key id": _whole(lambda d: "AK" + "IA" + d.some(16, BASE32)),
    "AWS secret": lambda d: (
        d.pick(["aws_secret_access_key = ", "AWS secret key: ", "secret_key="]) + marked(d.some(40, BASE64))
    ),
    "Google": _whole(lambda d: "AI" + "za" + d.some(35, URL_SAFE), lambda d: "GOC" + "SPX-" + d.some(28, URL_SAFE)),
    "Azure": lambda d: d.pick(
        [
            "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=" + marked(d.some(86, BASE64) + "=="),
            marked(d.some(3) + "8Q~" + d.some(34, URL_SAFE)),
            "https://x.blob.core.windows.net/c?sv=2030-01-01&sig=" + marked(d.some(43) + "%3D"),
        ]
    ),
    "GitHub": _whole(
        lambda d: "gh" + "p_" + d.some(36),
        lambda d: "gh" + d.pick("ousr") + "_" + d.some(36),
        lambda d: "github" + "_pat_" + d.some(22) + "_" + d.some(59),
    ),
    "GitLab": _whole(lambda d: "gl" + "pat-" + d.some(20, URL_SAFE)),
    "Slack": _whole(
        lambda d: "xo" + "xb-" + d.digits(12) + "-" + d.digits(12) + "-" + d.some(24),
        lambda d: (
            "https://hooks.slack.com/services/" + marked(f"T{d.some(8, UPPER)}/B{d.some(8, UPPER)}/" + d.some(24))
        ),
    ),
    "Stripe": _whole(lambda d: "sk" + "_live_" + d.some(24), lambda d: "rk" + "_test_" + d.some(24)),
    "Twilio": _whole(lambda d: "S" + "K" + d.hex(32)),
    "SendGrid": _whole(lambda d: "S" + "G." + d.some(22, URL_SAFE) + "." + d.some(43, URL_SAFE)),
    "Mailchimp": _whole(lambda d: d.hex(32) + "-us" + str(d.number(1, 20))),
    "npm": _whole(lambda d: "np" + "m_" + d.some(36)),
    "PyPI": _whole(lambda d: "py" + "pi-AgEIcHlwaS5vcmc" + d.some(100, URL_SAFE)),
    "Hugging Face": _whole(lambda d: "h" + "f_" + d.some(34)),
    "Telegram": _whole(lambda d: d.digits(9) + ":AA" + d.some(33, URL_SAFE)),
    "Discord": _whole(
        lambda d: d.pick(["MT", "Nz", "OD"]) + d.some(22) + "." + d.some(6, URL_SAFE) + "." + d.some(27, URL_SAFE),
        lambda d: f"https://discordapp.com/api/webhooks/{d.digits(18)}/" + marked(d.some(68, URL_SAFE)),
    ),
    "JWT": _whole(_jwt),
    "PEM": _whole(_pem),
    "vendors beyond the list": _whole(
        lambda d: "shp" + "ca_" + d.hex(32),
        lambda d: "sg" + "p_" + d.hex(40),
        lambda d: "sb" + "p_" + d.hex(40),
        lambda d: "xa" + "i-" + d.some(80),
        lambda d: "EA" + "ACEdEose0cBA" + d.some(100),
        lambda d: "nt" + "n_" + d.some(46),
        lambda d: "sntr" + "ys_" + d.some(90, BASE64) + "_" + d.some(43, BASE64),
        lambda d: "AGE-" + "SECRET-KEY-1" + d.some(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
    ),
}
