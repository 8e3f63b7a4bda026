"""Connections of the worker: from any connection string that libpq knows, with errors that say what to do."""

from __future__ import annotations

import asyncio
import configparser
import contextlib
import socket
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg
from psycopg.conninfo import conninfo_to_dict

from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, is_transient, label
from autopost.errors import ConfigurationError, DatabaseUnreachable
from autopost.settings import Settings, libpq

CONNECT_TIMEOUT_SECONDS = 10.0
COMMAND_TIMEOUT_SECONDS = 30.0
# A peer that has vanished says nothing, and nothing ends the wait for it but time. Linux has all of these options.
SILENCE_MILLISECONDS = 10_000
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": SILENCE_MILLISECONDS}
# Whatever the database's or the role's defaults say. The times, in milliseconds, keep a frozen worker from holding
# others up, and others from holding up a whole group.
SESSION = {
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "15000",
    "lock_timeout": "2000",
    # Planning again for the values at hand takes longer than the statement, and leads to the same plan.
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": "30000",
    # Every statement of a worker reaches a few rows by their keys. A plan that was kept from when a table was empty
    # would read it whole when it is not, and one that looks dear would be compiled each time.
    "enable_seqscan": "off",
    "jit": "off",
}

WarmUp = Callable[["asyncpg.Connection[asyncpg.Record]"], Coroutine[Any, Any, None]]

# What asyncpg reads from a connection string; other words of libpq are for its own client and are left out.
_UNDERSTOOD = frozenset(
    {"host", "port", "user", "password", "dbname", "passfile", "service", "target_session_attrs"}
    | {"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"}
    | {"ssl_min_protocol_version", "ssl_max_protocol_version", "krbsrvname", "gsslib"}
)

# What libpq promises about security and asyncpg cannot: to leave it out in silence would be wrong.
_PROMISES = frozenset({"require_auth", "channel_binding", "sslcertmode"})


class Connection(asyncpg.Connection):
    """A connection that ends when a statement is not answered within its time, or is no longer waited for.

    asyncpg would ask the server to cancel it and wait as long again for that, and in a transaction once more. The
    server ends a statement by itself at about the same time, so no answer means nobody there.
    """

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        """Run a statement, or several; return the last one's tag."""
        with self._ending_without_an_answer():
            return await super().execute(query, *args, **options)

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        """Return the rows of a statement."""
        with self._ending_without_an_answer():
            return await super().fetch(query, *args, **options)

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        """Return the first value of a statement."""
        with self._ending_without_an_answer():
            return await super().fetchval(query, *args, **options)

    def get_reset_query(self) -> str:
        """Return nothing to run when a connection goes back to its pool, where each use would pay for it.

        No statement of the worker changes its session, and asyncpg ends an open transaction by itself.
        """
        return ""

    @contextlib.contextmanager
    def _ending_without_an_answer(self) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, asyncio.CancelledError):
            self.terminate()
            raise


def connect_arguments(settings: Settings, purpose: str) -> dict[str, Any]:
    """Return asyncpg's arguments for these settings. `purpose` is what pg_stat_activity shows.

    Raises ConfigurationError for a promise of libpq's that asyncpg cannot keep.
    """
    given = _given(settings)
    if given.get("service"):
        _require_service(str(given["service"]))
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


def _given(settings: Settings) -> dict[str, Any]:
    """Return the parts of the connection string, or the service of PGSERVICE; the driver reads libpq's other variables.

    That includes PGSERVICEFILE.
    """
    if settings.dsn:
        return conninfo_to_dict(settings.dsn)
    service = libpq.service()
    return {"service": service} if service else {}


def _require_service(name: str) -> None:
    """Raise ConfigurationError for an undefined service: the driver would ignore it and connect to another server."""
    file = libpq.service_file()
    services = configparser.ConfigParser(interpolation=None)
    try:
        services.read_string(file.read_text("utf-8"))
    except (OSError, ValueError, configparser.Error) as error:
        raise ConfigurationError(f"PGSERVICE: got {name!r}, but {file} cannot be read: {label(error)}") from None
    if not services.has_section(name):
        allowed = ", ".join(services.sections()) or "none, as it defines none"
        raise ConfigurationError(f"PGSERVICE: got {name!r}; expected: a service of {file}: {allowed}")


def _connect_timeout(given: Any) -> float | None:
    """Return the seconds to wait for a connection; libpq's 0 is to wait for ever. Raises ConfigurationError."""
    if given is None:
        return CONNECT_TIMEOUT_SECONDS
    try:
        return float(given) or None
    except ValueError:
        raise ConfigurationError(
            "DATABASE_URL: connect_timeout is not a number; expected: seconds, 0 to wait without limit"
        ) from None


async def connect(settings: Settings, purpose: str) -> asyncpg.Connection[asyncpg.Record]:
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
        arguments["server_settings"] |= session or {}
        return await asyncpg.create_pool(
            **arguments,
            connect=_connect,
            connection_class=Connection,
            init=warm_up,
            min_size=least,
            max_size=size,
            max_inactive_connection_lifetime=300.0,
        )


async def _connect(*args: Any, **options: Any) -> asyncpg.Connection[asyncpg.Record]:
    """Connect, and let the kernel end a connection whose peer has vanished: without, that takes it 15 minutes."""
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(*args, **options)
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
        raise ConfigurationError(f"the settings of the connection are not usable{where}: {error}") from None
    except DATABASE_ERRORS as error:
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


def _address(settings: Settings) -> str:
    """Return host, port, database and user of the connection string; empty without one."""
    given = _given(settings)
    parts = [f"{name} {given[name]}" for name in ("host", "port", "dbname", "user") if given.get(name)]
    return f" ({', '.join(parts)})" if parts else ""
