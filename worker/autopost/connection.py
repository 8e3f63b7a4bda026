"""Connections of the worker: from any connection string that libpq knows, with errors that say what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg
from psycopg.conninfo import conninfo_to_dict

from autopost.errors import DatabaseUnreachable
from autopost.faults import DATABASE_ERRORS
from autopost.settings import Settings

CONNECT_TIMEOUT_SECONDS = 10.0
COMMAND_TIMEOUT_SECONDS = 30.0

# What asyncpg reads from a connection string; other words of libpq are for its own client and are left out.
_UNDERSTOOD = frozenset(
    {"host", "port", "user", "password", "dbname", "passfile", "service", "target_session_attrs"}
    | {"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"}
    | {"ssl_min_protocol_version", "ssl_max_protocol_version", "krbsrvname", "gsslib"}
)


def connect_arguments(settings: Settings, purpose: str) -> dict[str, Any]:
    """Return asyncpg's arguments for these settings. `purpose` is what pg_stat_activity shows."""
    given = conninfo_to_dict(settings.dsn) if settings.dsn else {}
    if "hostaddr" in given:
        given.setdefault("host", given["hostaddr"])
    understood = {name: str(value) for name, value in given.items() if name in _UNDERSTOOD and value}
    server_settings = {"application_name": f"autopost {purpose}"}
    if given.get("options"):
        server_settings["options"] = str(given["options"])
    return {
        "dsn": "postgresql://?" + urlencode(understood, quote_via=quote) if understood else None,
        "server_settings": server_settings,
        "timeout": float(given.get("connect_timeout") or CONNECT_TIMEOUT_SECONDS),
        "command_timeout": COMMAND_TIMEOUT_SECONDS,
    }


async def connect(settings: Settings, purpose: str) -> asyncpg.Connection[asyncpg.Record]:
    """Open one connection. Raises DatabaseUnreachable."""
    with connect_errors():
        return await asyncpg.connect(**connect_arguments(settings, purpose))


async def create_pool(settings: Settings, purpose: str, *, size: int) -> asyncpg.Pool[asyncpg.Record]:
    """Open a pool of at most `size` connections. Raises DatabaseUnreachable."""
    with connect_errors():
        return await asyncpg.create_pool(
            **connect_arguments(settings, purpose),
            min_size=1,
            max_size=size,
            max_inactive_connection_lifetime=300.0,
        )


@contextlib.contextmanager
def connect_errors() -> Iterator[None]:
    """Turn whatever opening a connection raises into DatabaseUnreachable."""
    try:
        yield
    except TimeoutError:
        raise DatabaseUnreachable("cannot connect to PostgreSQL: no answer in time") from None
    except (ValueError, *DATABASE_ERRORS) as error:
        raise DatabaseUnreachable(f"cannot connect to PostgreSQL: {error}") from None
