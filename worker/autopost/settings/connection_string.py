"""Parse connection strings, and mask the secrets in settings that are shown. Pure."""

from __future__ import annotations

import difflib
import re

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from autopost.errors import mask_keys
from autopost.settings.libpq import PARAMETERS

ALLOWED = (
    "postgresql://user:password@host:port/database, with / @ and % in the password written as %2F %40 and %25, or "
    "libpq's keyword form"
)
_NO_SIZE = "remove it: autopost's pools have a size of their own"
_NO_CACHE = "remove it: a pooler in transaction mode is recognised"
_A_SCHEMA = "remove it and set SOCIAL_POST_PLATFORM_SCHEMA"
# What other libraries and vendors have in their connection strings, and libpq does not know.
FOREIGN_PARAMETERS = {
    "pgbouncer": _NO_CACHE,
    "statement_cache_size": _NO_CACHE,
    "prepared_statement_cache_size": _NO_CACHE,
    "prepared_statements": _NO_CACHE,
    "prepareThreshold": _NO_CACHE,
    "schema": _A_SCHEMA,
    "currentSchema": _A_SCHEMA,
    "search_path": _A_SCHEMA,
    "connection_limit": _NO_SIZE,
    "pool_timeout": _NO_SIZE,
    "pool_size": _NO_SIZE,
    "pool": _NO_SIZE,
    "max_overflow": _NO_SIZE,
    "uselibpqcompat": "remove it: sslmode means what it means to libpq",
    "sslaccept": "remove it and set sslmode",
}
HIDDEN = "(hidden)"
_HOST = re.compile(r"(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:\d))(?::\d{1,5})?(?:/[\w./-]*)?$")
_ADDRESS = re.compile(r"([A-Za-z][\w+.-]*://)[^\s,]+")
_LOGIN = re.compile(r"^((?:[A-Za-z][\w+.-]*:)?(?://)?).*@", re.DOTALL)
_QUERY_VALUE = re.compile(r"([?&][^=&]*=)[^&]*")


def connection_string(value: SecretStr) -> SecretStr:
    """Return a connection string in libpq's form. Raises ValueError, whose message does not contain the string.

    An unencoded `/` or `@` is refused: part of the password would become the port or the database, which are shown.
    """
    text = without_driver(value.get_secret_value())
    try:
        parts = conninfo_to_dict(text)
    except psycopg.Error:
        raise ValueError(_unknown_parameters(text) or _wrong_form(text)) from None
    if not all(port.isdigit() for port in str(parts.get("port") or "5432").split(",") if port):
        raise ValueError("the port is not a number")
    if "://" in text and text.partition("?")[0].count("@") > 1:
        raise ValueError("more than one @")
    if "@" in str(parts.get("dbname") or "") and "://" in text:
        raise ValueError("an @ in the database")
    return SecretStr(text)


def _unknown_parameters(text: str) -> str:
    """Return which parameters of a URL libpq does not know, and what to do; empty where it is not about these.

    A name is not shown where it could be a part of a password with an unencoded question mark.
    """
    if "://" in text:
        query = text.partition("?")[2]
        names = [] if "@" in query else [part.partition("=")[0] for part in query.split("&")]
    else:
        names = [name for name in re.findall(r"(\w+)\s*=", text) if name in FOREIGN_PARAMETERS or _is_misspelt(name)]
    unknown = [name for name in names if name.isidentifier() and name not in PARAMETERS and name != "ssl"]
    return "; ".join(f"unknown parameter {name}: {_remedy(name)}" for name in unknown)


def _is_misspelt(name: str) -> bool:
    """Return whether a name is so similar to a parameter's that it cannot be a part of a password."""
    return bool(difflib.get_close_matches(name, PARAMETERS, n=1, cutoff=0.8))


def _remedy(name: str) -> str:
    if name in FOREIGN_PARAMETERS:
        return FOREIGN_PARAMETERS[name]
    near = difflib.get_close_matches(name, PARAMETERS, n=1)
    return f"did you mean {near[0]}?" if near else "remove it: libpq has no such parameter"


def _wrong_form(text: str) -> str:
    """Return what is wrong with a text that libpq cannot read, without a part of it that could be secret."""
    if text[:1] in "'\"":
        return "remove the quotes: they are part of the value"
    if text.startswith("jdbc:"):
        return "remove jdbc: and write user:password@ before the host"
    scheme = re.match(r"[a-z][a-z0-9+.-]{1,20}(?=://)", text)
    if scheme and scheme[0] not in ("postgresql", "postgres"):
        return f"the scheme is {scheme[0]}; autopost works with PostgreSQL"
    return "not a connection string"


def without_driver(url: str) -> str:
    """Return the URL without the driver of SQLAlchemy's postgresql+driver://."""
    scheme, separator, rest = url.partition("://")
    if separator and "+" in scheme:
        return scheme.split("+", 1)[0] + separator + rest
    return url


def masked(variable: str, text: str) -> str:
    """Return a value as it may be shown, without user, password, query values and what looks like a key.

    Nothing is shown of a value that should be an address and does not look like a host either: it may be any secret.
    Nor is an address shown where none is expected: that of a chat's webhook is a secret.
    """
    text = mask_keys(text)
    expects_address = variable.endswith(("_URL", "_ENDPOINT", "_LINK"))
    if "://" not in text:
        return HIDDEN if expects_address and not _HOST.match(text) else text
    if not expects_address:
        return _ADDRESS.sub(r"\1***", text)
    return _QUERY_VALUE.sub(r"\1***", _LOGIN.sub(r"\1***@", text))
