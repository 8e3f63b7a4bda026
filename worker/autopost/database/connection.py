"""Connections of the worker: from any connection string that libpq knows, with errors that say what to do."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg
from psycopg.conninfo import conninfo_to_dict

from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, is_transient, label
from autopost.database.session import SESSION, Connection
from autopost.errors import ConfigurationError, DatabaseUnreachable
from autopost.settings import Settings
from autopost.settings.libpq import PARAMETERS, Given, Use, merged

CONNECT_TIMEOUT_SECONDS = 10.0
COMMAND_TIMEOUT_SECONDS = 30.0
# A peer that has vanished says nothing, and nothing ends the wait for it but time. Linux has all of these options.
SILENCE_MILLISECONDS = 10_000
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": SILENCE_MILLISECONDS}
WarmUp = Callable[["asyncpg.Connection[asyncpg.Record]"], Coroutine[Any, Any, None]]


def connect_arguments(settings: Settings, purpose: str) -> dict[str, Any]:
    """Return asyncpg's arguments for these settings. `purpose` is what pg_stat_activity shows.

    Raises ConfigurationError for a promise of libpq's that asyncpg cannot keep.
    """
    given = {name: each.value for name, each in _given(settings).items()}
    if "hostaddr" in given:
        given.setdefault("host", given["hostaddr"])
    if given.get("sslrootcert") == "system":
        given |= _system_certificates(given.get("sslmode", "verify-full"))
    driver = {name: value for name, value in given.items() if name in PARAMETERS and PARAMETERS[name].use is Use.DRIVER}
    server_settings = {"application_name": f"autopost {purpose}"}
    if given.get("options"):
        server_settings["options"] = given["options"]
    return {
        "dsn": "postgresql://?" + urlencode(driver, quote_via=quote) if driver else None,
        "server_settings": server_settings,
        "timeout": _connect_timeout(given.get("connect_timeout")),
        "command_timeout": COMMAND_TIMEOUT_SECONDS,
    }


def _given(settings: Settings) -> dict[str, Given]:
    """Return the parameters of the connection string, of its service and of libpq's variables."""
    parts = conninfo_to_dict(settings.dsn) if settings.dsn else {}
    return merged({name: str(value) for name, value in parts.items() if value is not None})


def _system_certificates(sslmode: str) -> dict[str, str]:
    """Return what libpq's sslrootcert=system means to the driver: the machine's certificates, checked in full."""
    if sslmode != "verify-full":
        raise ConfigurationError(
            f"DATABASE_URL: got sslmode={sslmode} with sslrootcert=system; expected: sslmode=verify-full"
        )
    paths = ssl.get_default_verify_paths()
    if paths.cafile is None:
        raise ConfigurationError(
            f"DATABASE_URL: sslrootcert=system, but there is no file of certificates at {paths.openssl_cafile}: set "
            "SSL_CERT_FILE, or sslrootcert to the file"
        )
    return {"sslmode": "verify-full", "sslrootcert": paths.cafile}


def _connect_timeout(given: str | None) -> float | None:
    """Return the seconds to wait for a connection; libpq's 0 is to wait for ever. Raises ConfigurationError."""
    if given is None:
        return CONNECT_TIMEOUT_SECONDS
    try:
        return float(given) or None
    except ValueError:
        raise ConfigurationError(
            "DATABASE_URL: connect_timeout is not a number; expected: seconds, 0 to wait without limit"
        ) from None


async def connect(settings: Settings, purpose: str) -> Connection:
    """Open one connection. Raises DatabaseUnreachable."""
    with connect_errors(settings):
        return await _connect(**connect_arguments(settings, purpose), connection_class=Connection)


async def create_pool(
    settings: Settings,
    purpose: str,
    *,
    size: int,
    least: int = 1,
    warm_up: WarmUp | None = None,
    command_seconds: float | None = None,
    session: Mapping[str, str] | None = None,
) -> asyncpg.Pool[asyncpg.Record]:
    """Open a pool of at most `size` connections, each warmed up before its first use. Raises DatabaseUnreachable.

    With a `least` of 0 it connects when it is first used. `session` has settings that differ from those of SESSION.
    """
    with connect_errors(settings):
        arguments = connect_arguments(settings, purpose)
        arguments["command_timeout"] = command_seconds or arguments["command_timeout"]
        return await asyncpg.create_pool(
            **arguments,
            connect=partial(_connect, session={**SESSION, **(session or {})}),
            connection_class=Connection,
            init=warm_up,
            min_size=least,
            max_size=size,
            max_inactive_connection_lifetime=300.0,
        )


async def _connect(*args: Any, session: Mapping[str, str] = SESSION, **options: Any) -> Connection:
    connection = await _open(*args, **options)
    try:
        await connection.begin_session(session, partial(_open, *args, **options))
    except BaseException:
        connection.terminate()
        raise
    return connection


async def _open(*args: Any, **options: Any) -> Connection:
    """Connect, and let the kernel end a connection whose peer has vanished: without, that takes it 15 minutes."""
    connection: Connection = await asyncpg.connect(*args, **options)
    transport = connection._transport  # type: ignore[attr-defined]  # noqa: SLF001 - it is nowhere else to be had
    end = transport.get_extra_info("socket")
    if end is not None and end.family != getattr(socket, "AF_UNIX", None):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE.items():
            if hasattr(socket, name):
                end.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return connection


@contextlib.contextmanager
def connect_errors(settings: Settings) -> Iterator[None]:
    """Turn whatever opening a connection raises into DatabaseUnreachable, which says where."""
    where = _address(settings)
    try:
        yield
    except TimeoutError:
        raise DatabaseUnreachable(f"cannot connect to PostgreSQL{where}: no answer in time") from None
    except ValueError as error:  # of the driver's own checks, before it connects
        raise ConfigurationError(f"invalid connection settings{where}: {error}") from None
    except DATABASE_ERRORS as error:
        if isinstance(error, FileNotFoundError | PermissionError) and (unreadable := _unreadable_file(settings)):
            raise ConfigurationError(unreadable) from None
        raise DatabaseUnreachable(f"cannot connect to PostgreSQL{where}: {error}") from None


@contextlib.contextmanager
def went_away(settings: Settings) -> Iterator[None]:
    """Turn a connection that ends in the middle of a statement into DatabaseUnreachable, which says where."""
    try:
        yield
    except DATABASE_ERRORS as error:
        if not is_transient(error) or is_of_the_installation(error):
            raise
        raise DatabaseUnreachable(f"PostgreSQL{_address(settings)} went away: {label(error)}") from None


def _unreadable_file(settings: Settings) -> str | None:
    """Return which file for TLS cannot be read, as the driver's error does not name it."""
    given = _given(settings)
    for name in ("sslrootcert", "sslcert", "sslkey", "sslcrl"):
        if name in given and not os.access(given[name].value, os.R_OK):
            return f"{given[name].source}: {name}: cannot read {given[name].value}"
    return None


def _address(settings: Settings) -> str:
    """Return host, port, database and user of the connection string; empty without one."""
    given = {name: each.value for name, each in _given(settings).items()}
    parts = [f"{name} {given[name]}" for name in ("host", "port", "dbname", "user") if given.get(name)]
    return f" ({', '.join(parts)})" if parts else ""
