"""Secrets that only their surroundings give away."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.data.redaction.dice import ALNUM, Dice, marked

_WORDS = ("sunshine", "butterfly", "princess", "monkey", "letmein", "chocolate", "shadow", "trustno", "football",
          "charlie", "midnight", "orchid", "sapphire", "penguin")  # fmt: skip


def _plain(d: Dice) -> str:
    return d.pick(_WORDS)


def _mixed(d: Dice) -> str:
    return d.made(
        [
            lambda: d.pick(_WORDS) + str(d.number(1, 9999)),
            lambda: d.pick(_WORDS).capitalize() + "!" + str(d.number(1, 99)),
            lambda: "P@ss" + d.pick(_WORDS),
            lambda: d.some(d.number(8, 18), ALNUM + "!#$%&*"),
            lambda: "-".join(d.pick(_WORDS) for _ in range(3)) + "-" + str(d.number(1, 9)),
        ]
    )


def _opaque(d: Dice) -> str:
    return d.made([lambda: d.hex(40), lambda: d.some(d.number(16, 40)) + "7", lambda: d.some(32).lower() + "4"])


def _in(forms: tuple[str, ...], value: Callable[[Dice], str]) -> Callable[[Dice], str]:
    return lambda d: d.pick(forms).replace("{}", marked(value(d)))


_PASSWORD_FORMS = (
    "password is {}", "the password is {}", "password: {}", "Password={}", "pw: {}", "passwd={}", "DB_PASSWORD={}",
    '"password": "{}"', "login bob / password {}", "password set to {}", "changed the password to {}",
    "password `{}`", "PGPASSWORD={}", "--password={}", "root password is '{}'", "Kennwort: {}", "passphrase {}",
    "the old password was {}", "password for bob: {}", "credentials: bob/{}", "default password ({})",
)  # fmt: skip
_PLAIN_FORMS = (
    "password is {} on the test server", "the password is {}", "password: {}", "password={}", "the password {} works",
    "use {} as the password", "my password is {}, keep it", "log in with password {}", "password was {} until today",
)  # fmt: skip
_TOKEN_FORMS = (
    "token: {}", "secret={}", "api key: {}", "API_KEY={}", "the token is {}", "client_secret={}", "access_token={}",
    "secret is {}", '"secret": "{}"', "apikey {}", "the API key {} was printed", "auth_token: {}", "X-Api-Key: {}",
    "?token={}&x=1", "ENCRYPTION_KEY={}", "webhook signing key {}", "license key: {}",
)  # fmt: skip


def _url(d: Dice) -> str:
    scheme = d.pick(["postgres", "postgresql", "mysql", "mongodb", "redis", "amqp", "https", "http"])
    password = d.pick([_plain(d), d.some(12), d.pick(_WORDS) + str(d.number(1, 99))])
    return f"{scheme}://{d.pick(['app', 'admin', 'bob'])}:{marked(password)}@{d.pick(['db', 'db.example.com'])}/x"


def _dsn(d: Dice) -> str:
    form = d.pick(["host=db user=app password={}", "Server=db;Uid=app;Pwd={};", "curl -u bob:{} https://example.com"])
    return form.replace("{}", marked(d.some(d.number(8, 16))))


def _header(d: Dice) -> str:
    if d.chance(0.3):
        return "Authorization: Basic " + marked(base64.b64encode(f"bob:{_mixed(d)}".encode()).decode())
    return d.pick(["Authorization: Bearer ", "Bearer ", "authorization: Bearer "]) + marked(d.some(40) + "1")


CONTEXT_SECRETS: dict[str, Callable[[Dice], str]] = {
    "password": _in(_PASSWORD_FORMS, _mixed),
    "plain-word password": _in(_PLAIN_FORMS, _plain),
    "token or key by its word": _in(_TOKEN_FORMS, _opaque),
    "database or basic-auth URL": _url,
    "connection string": _dsn,
    "Authorization header": _header,
}
