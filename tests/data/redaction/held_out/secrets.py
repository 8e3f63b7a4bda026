"""Secrets that only their surroundings give away: URLs, headers, and what people and agents write of passwords."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.data.redaction.dice import ALNUM, Dice, marked

_WORDS = (
    "dragonfly", "bluebird", "marigold", "snowflake", "tangerine", "whiskers", "pineapple", "moonlight", "buttercup",
    "firefly", "lavender", "thunder", "starfish", "cinnamon", "raspberry", "waterfall",
)  # fmt: skip
_USERS = ("deploy", "reporting", "m.rossi", "svc_export", "readonly", "postgres", "admin", "elastic")
_HOSTS = ("db.prod.example.net", "cache-2", "10.1.4.9", "warehouse.internal", "mq.example.org", "localhost")


def _plain(d: Dice) -> str:
    return d.pick(_WORDS)


def _mixed(d: Dice) -> str:
    word = d.pick(_WORDS)
    return d.made(
        [
            lambda: word.capitalize() + str(d.number(10, 9999)),
            lambda: word + "!" + str(d.number(1, 99)),
            lambda: word.replace("i", "1").replace("e", "3").replace("o", "0") + d.pick("!#$%&*"),
            lambda: "-".join([d.pick(_WORDS), d.pick(_WORDS), str(d.number(1, 99))]),
            lambda: d.some(d.number(10, 20), ALNUM + "!#$%^&*_-"),
            lambda: d.some(12).upper() + str(d.number(0, 9)),
            lambda: word.upper() + "_" + str(d.number(2019, 2030)),
        ]
    )


def _opaque(d: Dice) -> str:
    return d.made(
        [
            lambda: d.hex(32),
            lambda: d.some(d.number(20, 44)) + str(d.number(0, 9)),
            lambda: d.hex(64),
            lambda: d.some(24, ALNUM + "-_") + str(d.number(10, 99)),
            lambda: d.some(43, ALNUM + "+/") + "=",
        ]
    )


def _in(forms: tuple[str, ...], value: Callable[[Dice], str]) -> Callable[[Dice], str]:
    return lambda d: d.pick(forms).replace("{}", marked(value(d)))


_PASSWORD_FORMS = (
    "the new password is {}",
    "its password is now {}",
    "password: {}",
    "Password = {}",
    "user ops, password {}",
    "DB_PASS={}",
    "MYSQL_ROOT_PASSWORD={}",
    'passwd="{}"',
    '{"user": "ops", "password": "{}"}',
    "admin password `{}`",
    "temporary password: **{}**",
    "I reset the password to {}",
    "wifi password is {}",
    "log in as ops with password {}",
    "spring.datasource.password={}",
    "mysql -u ops --password={}",
    "Passwort: {}",
    "contraseña: {}",
    "mot de passe : {}",
    "pwd: {}",
    "--db-password '{}'",
    "password was changed to {}",
    "the password for the staging box is {}",
    "the master passphrase is {}",
)
_PLAIN_FORMS = (
    "the password is {} for the staging box",
    "password: {}",
    "the password is {}",
    "use the password {} until Friday",
    "password={}",
    'with the password "{}"',
    "the password was {} before the change",
    "its password, {}, is in the old wiki",
)
_TOKEN_FORMS = (
    "token={}",
    "API key is {}",
    "api_key = '{}'",
    "x-api-key: {}",
    "client secret {}",
    "CLIENT_SECRET={}",
    "signing secret: {}",
    "webhook secret is {}",
    "refresh_token: {}",
    '"accessToken": "{}"',
    "SECRET_KEY={}",
    "the access token {} was in the response",
    "https://api.example.com/v1/items?api_key={}&page=2",
    "session token: {}",
    "encryption key: {}",
    "auth token `{}`",
    "APP_SECRET: {}",
    "X-Auth-Token: {}",
    "bearer token is {}",
    "deploy token {}",
    "private token: {}",
    "SESSION_SECRET={}",
)


def _url(d: Dice) -> str:
    scheme = d.pick(
        ["postgresql+asyncpg", "mysql", "mongodb+srv", "rediss", "amqps", "mssql", "clickhouse", "https", "ftp", "smtp"]
    )
    user, host = d.pick(_USERS), d.pick(_HOSTS)
    password = _mixed(d).translate({ord("#"): "%23", ord("&"): "%26"}) if d.chance(0.7) else _plain(d)
    return (
        f"{scheme}://{user}:{marked(password)}@{host}{d.pick(['', ':5433', ':6380'])}/{d.pick(['', 'app', 'main?x=1'])}"
    )


def _dsn(d: Dice) -> str:
    password = d.some(d.number(9, 16))
    return d.pick(
        [
            "host=db.example.net port=5432 user=app password={} dbname=x",
            "Server=tcp:x.example.net,1433;User ID=app;Password={};Encrypt=true",
            "jdbc:postgresql://db.example.net/x?user=app&password={}",
            "curl -u ops:{} https://example.net/x",
        ]
    ).replace("{}", marked(password))


def _header(d: Dice) -> str:
    pair = base64.b64encode(f"{d.pick(_USERS)}:{_mixed(d)}".encode()).decode()
    return (
        d.pick(
            [
                "Authorization: Bearer {}",
                "authorization: bearer {}",
                '-H "Authorization: Bearer {}"',
                "'Authorization': 'Token {}'",
                '"authorization":"Bearer {}"',
            ]
        ).replace("{}", marked(_opaque(d)))
        if d.chance(0.7)
        else d.pick(["Authorization: Basic {}", "proxy-authorization: Basic {}"]).replace("{}", marked(pair))
    )


CONTEXT_SECRETS: dict[str, Callable[[Dice], str]] = {
    "password": _in(_PASSWORD_FORMS, _mixed),
    "plain-word password": _in(_PLAIN_FORMS, _plain),
    "token or key by its word": _in(_TOKEN_FORMS, _opaque),
    "database or basic-auth URL": _url,
    "connection string": _dsn,
    "Authorization header": _header,
}
