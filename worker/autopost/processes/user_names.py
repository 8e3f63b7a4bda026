"""Read the full names of people from a table of the platform's database, at startup and every few minutes."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

import asyncpg
import structlog

from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, label, message_without_values
from autopost.database.sql import quoted
from autopost.errors import ConfigurationError
from autopost.observability import metrics
from autopost.settings import PREFIX, Settings

VARIABLE = f"{PREFIX}REDACT_NAMES_TABLE"
WORKERS = "auto_post_worker"  # the group that `autopost sql grants` creates

# This many names take a quarter of a gigabyte. A table with more is probably the wrong one.
MAX_NAMES = 500_000
RELOAD_SECONDS = 300.0

_NAME = re.compile(r'"[^"]+"|[^."+]+')

Database: TypeAlias = "asyncpg.Pool[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
Reload = Callable[[Iterable[str]], None]

log = structlog.get_logger(__name__)


async def read_names(database: Database, settings: Settings) -> list[str]:
    """Return the names in the table of the settings; an empty list if the settings name no table.

    Raises asyncpg's errors unchanged, and ConfigurationError if there are more than MAX_NAMES.
    """
    if settings.redact_names_table is None:
        return []
    rows = await database.fetch(_statement(settings), MAX_NAMES + 1)
    if len(rows) > MAX_NAMES:
        raise ConfigurationError(f"{VARIABLE}: holds more names than allowed, which is {MAX_NAMES:,}")
    return [row["name"] for row in rows]


async def names_at_start(database: Database, settings: Settings) -> list[str]:
    """Return the names as `read_names` does, and log a warning if there are none.

    Raises ConfigurationError if the table or a column is missing or the role may not read it.
    """
    try:
        names = await read_names(database, settings)
    except asyncpg.PostgresError as error:
        if not is_of_the_installation(error):
            raise
        advice = f": {grants(settings, WORKERS)}" if isinstance(error, asyncpg.InsufficientPrivilegeError) else ""
        raise ConfigurationError(
            f"{VARIABLE}: got {settings.redact_names_table!r}; {message_without_values(error)}{advice}"
        ) from None
    if settings.redact_names_table and not names:
        log.warning("names.empty", setting=VARIABLE, hint="no rows, or hidden by row-level security")
    return names


async def reload_names(
    database: Database,
    settings: Settings,
    known: list[str],
    reload: Reload,
    *,
    every_seconds: float = RELOAD_SECONDS,
) -> None:
    """Read the names every so often until cancelled, and pass them to `reload`; `known` are those of the startup.

    A failure, and a table that has become empty, changes nothing and is logged once. `reload` is called in a thread. It
    may raise ConfigurationError, and must then have changed nothing.
    """
    failures = 0
    while True:
        await asyncio.sleep(every_seconds * random.uniform(0.9, 1.1))
        try:
            names = await read_names(database, settings)
            if known and not names:
                raise ConfigurationError(f"{VARIABLE}: holds no name any more")
            await asyncio.to_thread(reload, names)
        except (ConfigurationError, *DATABASE_ERRORS) as error:
            metrics.count_database_error("names", error)
            if failures == 0:
                log.warning("names.reload_failed", error=label(error))
            failures += 1
        else:
            failures, known = 0, names


def grants(settings: Settings, role: str) -> str:
    """Return the statements that allow a role to read the names."""
    table, columns = _parts(settings)
    schema = table[: -len(_NAME.findall(table)[-1]) - 1]
    return f'grant usage on schema {schema} to "{role}"; grant select ({", ".join(columns)}) on {table} to "{role}";'


def _statement(settings: Settings) -> str:
    """Return the query. The setting's pattern allows only SQL identifiers, so nothing can be injected."""
    table, columns = _parts(settings)
    name = f"concat_ws(' ', {', '.join(f't.{column}' for column in columns)})"
    return f"select distinct {name} as name from {table} as t where {name} <> '' limit $1"  # noqa: S608


def _parts(settings: Settings) -> tuple[str, list[str]]:
    """Return the table with its schema, and the columns."""
    place, *columns = re.split(r'\+(?=(?:[^"]*"[^"]*")*[^"]*$)', settings.redact_names_table or "")
    *schema, table, column = _NAME.findall(place)
    own = quoted(settings.platform_schema_name)
    return f"{schema[0] if schema else own}.{table}", [column, *columns]
