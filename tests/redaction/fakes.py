"""Made-up secrets and numbers, put together at run time so that no scanner takes this file for a leak."""

from __future__ import annotations

import random
import string

ALNUM = string.ascii_letters + string.digits
WORD = ALNUM + "_-"
BASE64 = ALNUM + "+/"
HEX = "0123456789abcdef"

_random = random.Random(20)


def some(count: int, alphabet: str = ALNUM) -> str:
    """Return that many random characters that begin and end with a letter or digit."""
    middle = "".join(_random.choice(alphabet) for _ in range(count - 2))
    edge = [c for c in alphabet if c.isalnum()]
    return _random.choice(edge) + middle + _random.choice(edge)


def card(prefix: str, length: int) -> str:
    """Return a number that passes Luhn's check."""
    body = prefix + "".join(_random.choice(string.digits) for _ in range(length - len(prefix) - 1))
    doubled = "".join(str(int(d) * (2 if i % 2 == 0 else 1)) for i, d in enumerate(reversed(body)))
    return body + str(-sum(map(int, doubled)) % 10)


def grouped(number: str, sign: str, width: int = 4) -> str:
    """Return the number in groups."""
    return sign.join(number[i : i + width] for i in range(0, len(number), width))


def iban(country: str, account: str) -> str:
    """Return an account number with right check digits."""
    number = int("".join(str(int(c, 36)) for c in account + country + "00"))
    return f"{country}{98 - number % 97:02d}{account}"


def vendor_tokens() -> dict[str, tuple[str, str]]:
    """Return, by a name, a made-up token of each vendor and the type that it is."""
    upper = string.ascii_uppercase + "234567"
    return {
        "openai user": ("sk-" + some(48), "OPENAI_KEY"),
        "openai project": ("sk-proj-" + some(150, WORD), "OPENAI_KEY"),
        "anthropic": ("sk-ant-" + "api03-" + some(93, WORD) + "AA", "ANTHROPIC_KEY"),
        "aws key id": ("AKIA" + some(16, upper), "AWS_ACCESS_KEY"),
        "aws temporary key id": ("ASIA" + some(16, upper), "AWS_ACCESS_KEY"),
        "aws secret": ("aB3/" + some(32, BASE64) + "+xY9", "AWS_SECRET_KEY"),
        "gcp key": ("AIza" + some(35, WORD), "GCP_API_KEY"),
        "gcp access token": ("ya29." + some(80, WORD), "GCP_OAUTH_TOKEN"),
        "azure storage": (some(86, BASE64) + "==", "AZURE_STORAGE_KEY"),
        "azure client": (some(3) + "8Q~" + some(34), "AZURE_CLIENT_SECRET"),
        "github classic": ("ghp_" + some(36), "GITHUB_TOKEN"),
        "github oauth": ("gho_" + some(36), "GITHUB_TOKEN"),
        "github user": ("ghu_" + some(36), "GITHUB_TOKEN"),
        "github server": ("ghs_" + some(36), "GITHUB_TOKEN"),
        "github refresh": ("ghr_" + some(76), "GITHUB_TOKEN"),
        "github fine-grained": ("github_pat_" + some(22) + "_" + some(59), "GITHUB_TOKEN"),
        "gitlab": ("glpat-" + some(20, WORD), "GITLAB_TOKEN"),
        "slack bot": ("xoxb-" + some(12, string.digits) + "-" + some(24), "SLACK_TOKEN"),
        "slack hook": ("hooks.slack.com/services/T" + some(8) + "/B" + some(8) + "/" + some(24), "SLACK_WEBHOOK"),
        "stripe": ("sk_live_" + some(24), "STRIPE_KEY"),
        "stripe restricted": ("rk_test_" + some(24), "STRIPE_KEY"),
        "twilio": ("SK" + some(32, HEX), "TWILIO_KEY"),
        "sendgrid": ("SG." + some(22, WORD) + "." + some(43, WORD), "SENDGRID_KEY"),
        "mailchimp": (some(32, HEX) + "-us14", "MAILCHIMP_KEY"),
        "npm": ("npm_" + some(36), "NPM_TOKEN"),
        "pypi": ("pypi-" + "AgEIcHlwaS5vcmc" + some(70, WORD), "PYPI_TOKEN"),
        "hugging face": ("hf_" + some(34), "HUGGING_FACE_TOKEN"),
        "telegram": (some(10, "123456789") + ":AA" + some(33, WORD), "TELEGRAM_TOKEN"),
        "discord": ("MT" + some(24) + "." + some(6) + "." + some(38), "DISCORD_TOKEN"),
        "jwt": ("eyJ" + some(33) + ".eyJ" + some(60) + "." + some(43, WORD), "JWT"),
    }
