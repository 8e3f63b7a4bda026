"""Secrets that are found, and talk about secrets that is not."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autopost.redaction.recognizer import RuleRecognizer
from autopost.redaction.redactor import Redactor
from autopost.redaction.rules import FAMILIES
from tests.redaction.fakes import BASE64, some, vendor_tokens
from tests.redaction.sentences import assert_redacted, assert_replaced, assert_unchanged
from tests.support.thoroughness import examples

VENDORS = [RuleRecognizer(name, FAMILIES[name]) for name in ("ai keys", "cloud keys", "developer keys", "service keys")]

BEGIN, END = "-----BEGIN RSA " + "PRIVATE KEY-----", "-----END RSA " + "PRIVATE KEY-----"


def test_vendor_token_is_found(redactor: Redactor) -> None:
    """Whole, with the sentence around it kept."""
    sentences = ["Rotated {} today.", "export X={}", "Use {}!", "({})", "It was {}.", '"{}"']
    assert_redacted(
        redactor,
        (
            (sentence.format(token), sentence.format(f"<{entity}>"))
            for token, entity in vendor_tokens().values()
            for sentence in sentences
        ),
    )


def test_pem_block_is_found_whole(redactor: Redactor) -> None:
    """From BEGIN to END, over lines."""
    block = f"{BEGIN}\n{some(64, BASE64)}\n{some(20, BASE64)}==\n{END}"
    assert redactor.redact(f"Key: {block} ok").text == "Key: <PRIVATE_KEY> ok"


def test_cut_pem_block_is_found_to_its_end(redactor: Redactor) -> None:
    """A block whose END was cut off hides nothing."""
    assert redactor.redact(f"{BEGIN}\n{some(64, BASE64)}\n{some(9, BASE64)}").text == "<PRIVATE_KEY>"


def test_pem_block_in_json_is_found(redactor: Redactor) -> None:
    """Escaped line breaks are no border."""
    text = f'{{"private_key": "{BEGIN}\\n{some(64, BASE64)}\\n{END}\\n"}}'
    assert "<PRIVATE_KEY>" in redactor.redact(text).text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://app:s3cr3t@db.example.com:5432/x", "postgresql://<CREDENTIALS>@db.example.com:5432/x"),
        ("redis://:p4ssw0rd@cache:6379/0", "redis://<CREDENTIALS>@cache:6379/0"),
        ("https://bob:hunter22@example/x", "https://<CREDENTIALS>@example/x"),
        ("amqp://guest:guest@rabbit:5672", "amqp://<CREDENTIALS>@rabbit:5672"),
    ],
)
def test_credential_in_a_url_goes_and_the_host_stays(redactor: Redactor, url: str, expected: str) -> None:
    """The reader still learns which machine it was about."""
    text = redactor.redact(f"Uses {url} now").text
    assert "<CREDENTIALS>" in text
    if "example.com" not in url:
        assert text == f"Uses {expected} now"


def test_authorization_header_is_found(redactor: Redactor) -> None:
    """The scheme stays, the credential goes."""
    pair = base64.b64encode(b"bob:hunter2").decode()
    assert redactor.redact(f"Authorization: Basic {pair}").text == "Authorization: Basic <AUTHORIZATION>"
    assert redactor.redact("sent Bearer abc123DEF456ghi").text == "sent Bearer <AUTHORIZATION>"


def test_password_behind_its_word_is_found(redactor: Redactor) -> None:
    """In prose, in configuration, on a command line."""
    sentences = [
        "password is {}",
        "The password is {}.",
        "Password: {}",
        "password={}",
        "pwd={};",
        "set the password to {} for now",
        "DB_PASSWORD={}",
        '"password": "{}"',
        "password for the admin account is {}",
        "use password {}",
        "--password {}",
        "root password: {} (old)",
        "PGPASSWORD={} psql",
        "passphrase: {}",
        "<password>{}</password>",
    ]
    passwords = ["hunter2", "Summer2024", "tr0ub4dor&3", "correct-horse-7", "P@ssw0rd"]
    assert_replaced(redactor, passwords, "PASSWORD", sentences)


def test_secret_behind_its_word_is_found(redactor: Redactor) -> None:
    """Whatever its vendor."""
    sentences = [
        "token: {}",
        "the token is {}.",
        "secret={}",
        "api key: {}",
        "API_KEY={}",
        "client_secret: {}",
        "access token {}",
        '"token":"{}"',
        "?access_token={}&a=b",
        "aws_secret_access_key = {}",
        "using API key {} to fetch",
        "clientSecret: '{}'",
    ]
    secrets = ((sentence, "q7" + some(20)) for sentence in sentences)
    assert_redacted(redactor, ((sentence.format(secret), sentence.format("<SECRET>")) for sentence, secret in secrets))


def test_passphrase_of_plain_words_is_found(redactor: Redactor) -> None:
    """Four words that make no sentence."""
    assert redactor.redact("The passphrase is correct horse battery staple.").text == "The passphrase is <PASSWORD>."


def test_plain_word_is_found_where_only_a_password_can_stand(redactor: Redactor) -> None:
    """In the middle of a sentence, too."""
    sentences = [
        "The password is {} on the test server.",
        "password was {} until today",
        "Log in with password {}",
        "Use {} as the password.",
        "the password {} works",
        "my password is {}, keep it",
        "password: {} and stored it",
    ]
    passwords = ["sunshine", "butterfly", "letmein"]
    assert_replaced(redactor, passwords, "PASSWORD", sentences)


def test_talk_about_secrets_stays(redactor: Redactor) -> None:
    """Agents write about passwords without telling them."""
    texts = [
        "The password is stale on two of the nodes.",
        "Logged in with password authentication switched off.",
        "Tried the password generator and it works.",
        "The password prompt failed to render.",
        "The password link works again.",
        "Set email as the username and leave the password blank.",
        "Primary key is orders_by_day_v4.",
        "Reset the password policy for all users.",
        "The token was refreshed.",
        "token: expired",
        "token=none",
        "password: null",
        "Password: must be at least 12 characters long.",
        "Secret scanning found 0 issues.",
        "The secret is stored in Vault.",
        "API key rotation done for 12 services.",
        "max_tokens=4096 and temperature=0.7",
        "Access token expires in 15m.",
        "The token is valid for 3600s.",
        "password reset emails sent to 12 users",
        "All tests pass: 120 of 120.",
        "pass: 12, fail: 3",
        "secret: ${DB_SECRET}",
        "password: ****",
        "Token bucket set to 100 rps.",
        "auth_token_ttl=3600",
        "API key is missing.",
        "Password hashing moved to argon2id.",
        "The password was changed yesterday.",
        "Rotated the API key to v2.1.0.",
        "Set password to expire after 90 days.",
        "Tokens per second: 1234.5",
        "Authorization header is now required.",
        "Bearer authentication is enabled.",
        "Basic authentication was disabled.",
        "The secret ingredient is teamwork!",
    ]
    assert_unchanged(redactor, texts)


WILD = "pAYk" + "MzOe"  # letters only, in random case


@pytest.mark.parametrize(
    "sentence",
    ["the password is {} on that host", "password {} works", "passphrase {}", "password `{}`", "credentials: bob/{}"],
)
def test_password_of_letters_in_random_case_is_found(redactor: Redactor, sentence: str) -> None:
    """Without a digit or a sign."""
    assert WILD not in redactor.redact(sentence.format(WILD)).text


def test_name_in_mixed_case_is_no_password(redactor: Redactor) -> None:
    """Words that are written together."""
    names = [
        "GitHub",
        "getUserById",
        "PostgreSQL",
        "KeePassXC",
        "HttpClient",
        "XmlParser",
        "rotateApiKey",
        "AuthenticationService",
    ]
    sentences = ["password {} changed", "credentials: GitLab/{}", "passphrase {}"]
    assert_unchanged(redactor, (sentence.format(name) for sentence in sentences for name in names))


_NAME_WORDS = st.sampled_from(
    [
        "task",
        "disk",
        "network",
        "framework",
        "test",
        "live",
        "prod",
        "integration",
        "sk",
        "rk",
        "pk",
        "ghp",
        "hf",
        "npm",
        "xapp",
        "md",
        "fig",
        "re",
        "fw",
        "key",
        "api",
        "token",
        "secret",
        "access",
        "boroughs",
        "highs",
        "flux",
        "app",
        "glpat",
        "sess",
        "dapi",
        "rubygems",
        "deployment",
        "settings",
        "by",
        "population",
        "income",
        "monthly",
        "active",
        "users",
        "country",
        "plan",
        "button",
        "group",
        "container",
        "wide",
        "v2",
        "2026",
        "20261129",
        "3",
        "week",
    ]
)
_NAMES = st.lists(_NAME_WORDS, min_size=2, max_size=9)


@settings(max_examples=examples(400), deadline=None)
@given(_NAMES, st.sampled_from("_-"), st.sampled_from(["", "Ran ", "see /", "`"]))
def test_name_of_words_is_no_token(words: list[str], sign: str, before: str) -> None:
    """In snake or kebab case, whatever prefix a word of it ends with or is."""
    text = before + sign.join(words)
    found = [recognizer.analyze(text, recognizer.get_supported_entities()) for recognizer in VENDORS]
    assert [text[result.start : result.end] for results in found for result in results] == []
