"""What counts as a connection string, and how settings are shown without the secrets in them. Pure."""

from __future__ import annotations

import re

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

ALLOWED = (
    "postgresql://user:password@host:port/database, where / @ and % of a password are written %2F %40 and %25, or "
    "libpq's keyword form"
)
_LOGIN = re.compile(r"^((?:[A-Za-z][\w+.-]*:)?(?://)?).*@", re.DOTALL)
_ASKED = re.compile(r"([?&][^=&]*=)[^&]*")


def connection_string(value: SecretStr) -> SecretStr:
    """Return a connection string in libpq's form. Raises ValueError, without the text.

    A `/` or `@` that is not encoded would move a part of the password to where it is shown: into port or database.
    """
    text = without_driver(value.get_secret_value())
    try:
        parts = conninfo_to_dict(text)
    except psycopg.Error:
        raise ValueError("not a connection string") from None
    if not all(port.isdigit() for port in str(parts.get("port") or "5432").split(",") if port):
        raise ValueError("the port is not a number")
    if "://" in text and text.partition("?")[0].count("@") > 1:
        raise ValueError("more than one @")
    if "@" in str(parts.get("dbname") or "") and "://" in text:
        raise ValueError("an @ in the database")
    return SecretStr(text)


def without_driver(url: str) -> str:
    """Turn SQLAlchemy's postgresql+driver:// into the form that libpq knows."""
    scheme, separator, rest = url.partition("://")
    if separator and "+" in scheme:
        return scheme.split("+", 1)[0] + separator + rest
    return url


def masked(variable: str, text: str) -> str:
    """Return a value without a login and without what a query asks with, if it is or should be an address."""
    if "://" not in text and not variable.endswith(("_URL", "_ENDPOINT")):
        return text
    return _ASKED.sub(r"\1***", _LOGIN.sub(r"\1***@", text))
