"""Connections of the worker: from any connection string that libpq knows, with errors that say what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg
from psycopg.conninfo import conninfo_to_dict

from autopost.errors import ConfigurationError, DatabaseUnreachable
from autopost.faults import DATABASE_ERRORS
from autopost.settings import Settings

CONNECT_TIMEOUT_SECONDS = 10.0
COMMAND_TIMEOUT_SECONDS = 30.0
# Whatever the database's or the role's defaults say. The times, in milliseconds, keep a frozen worker from holding
# others up, and others from holding up a whole group.
SESSION = {
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "15000",
    "lock_timeout": "2000",
    "statement_timeout": "30000",
}

# What asyncpg reads from a connection string; other words of libpq are for its own client and are left out.
_UNDERSTOOD = frozenset(
    {"host", "port", "user", "password", "dbname", "passfile", "service", "target_session_attrs"}
    | {"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"}
    | {"ssl_min_protocol_version", "ssl_max_protocol_version", "krbsrvname", "gsslib"}
)

# What libpq promises about security and asyncpg cannot: to leave it out in silence would be wrong.
_PROMISES = frozenset({"require_auth", "channel_binding", "sslcertmode"})


def connect_arguments(settings: Settings, purpose: str) -> dict[str, Any]:
    """Return asyncpg's arguments for these settings. `purpose` is what pg_stat_activity shows.

    Raises ConfigurationError for a promise of libpq's that asyncpg cannot keep.
    """
    given = conninfo_to_dict(settings.dsn) if settings.dsn else {}
    refused = sorted(_PROMISES & given.keys())
    if refused:
        raise ConfigurationError(f"DATABASE_URL: the worker's driver cannot keep what {', '.join(refused)} promises")
    if "hostaddr" in given:
        given.setdefault("host", given["hostaddr"])
    understood = {name: str(value) for name, value in given.items() if name in _UNDERSTOOD and value}
    server_settings = {"application_name": f"autopost {purpose}", **SESSION}
    if given.get("options"):
        server_settings["options"] = str(given["options"])
    return {
        "dsn": "postgresql://?" + urlencode(understood, quote_via=quote) if understood else None,
        "server_settings": server_settings,
        "timeout": _connect_timeout(given.get("connect_timeout")),
        "command_timeout": COMMAND_TIMEOUT_SECONDS,
    }


def _connect_timeout(given: Any) -> float | None:
    """Return the seconds to wait for a connection; libpq's 0 is to wait for ever."""
    if given is None:
        return CONNECT_TIMEOUT_SECONDS
    return float(given) or None


async def connect(settings: Settings, purpose: str) -> asyncpg.Connection[asyncpg.Record]:
    """Open one connection. Raises DatabaseUnreachable."""
    with connect_errors(settings):
        return await asyncpg.connect(**connect_arguments(settings, purpose))


async def create_pool(settings: Settings, purpose: str, *, size: int) -> asyncpg.Pool[asyncpg.Record]:
    """Open a pool of at most `size` connections. Raises DatabaseUnreachable."""
    with connect_errors(settings):
        return await asyncpg.create_pool(
            **connect_arguments(settings, purpose),
            min_size=1,
            max_size=size,
            max_inactive_connection_lifetime=300.0,
        )


@contextlib.contextmanager
def connect_errors(settings: Settings) -> Iterator[None]:
    """Turn whatever opening a connection raises into DatabaseUnreachable, which says where."""
    where = _address(settings)
    try:
        yield
    except TimeoutError:
        raise DatabaseUnreachable(f"cannot connect to PostgreSQL{where}: no answer in time") from None
    except (ValueError, *DATABASE_ERRORS) as error:
        raise DatabaseUnreachable(f"cannot connect to PostgreSQL{where}: {error}") from None


def _address(settings: Settings) -> str:
    """Return host, port and database as they were given; empty when libpq's variables say them."""
    given = conninfo_to_dict(settings.dsn) if settings.dsn else {}
    parts = [f"{name} {given[name]}" for name in ("host", "port", "dbname", "user") if given.get(name)]
    return f" ({', '.join(parts)})" if parts else ""
