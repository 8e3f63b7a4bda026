"""Full names of people from a table of the platform's database, read at the start and now and then."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

import asyncpg
import structlog

from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, label
from autopost.database.sql import render
from autopost.errors import ConfigurationError
from autopost.observability import metrics
from autopost.settings import PREFIX, Settings

VARIABLE = f"{PREFIX}REDACT_NAMES_TABLE"
WORKERS = "auto_post_worker"  # the group that `autopost sql grants` makes

# A list of so many takes a quarter of a gigabyte. More would be another table than the one that is meant.
MOST_NAMES = 500_000

_NAME = re.compile(r'"[^"]+"|[^."+]+')

Database: TypeAlias = "asyncpg.Pool[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
Learn = Callable[[Iterable[str]], None]

log = structlog.get_logger(__name__)


async def read_names(database: Database, settings: Settings) -> list[str]:
    """Return the names in the table that the settings name; none when they name none.

    asyncpg's errors are passed on as they are; raises ConfigurationError when there are too many.
    """
    if settings.redact_names_table is None:
        return []
    rows = await database.fetch(_statement(settings), MOST_NAMES + 1)
    if len(rows) > MOST_NAMES:
        raise ConfigurationError(f"{VARIABLE}: holds more names than allowed, which is {MOST_NAMES:,}")
    return [row["name"] for row in rows]


async def names_at_start(database: Database, settings: Settings) -> list[str]:
    """Return the names, as `read_names` does, and warn when there are none.

    Raises ConfigurationError when the table or a column is missing or may not be read.
    """
    try:
        names = await read_names(database, settings)
    except asyncpg.PostgresError as error:
        if not is_of_the_installation(error):
            raise
        advice = f": {grants(settings, WORKERS)}" if isinstance(error, asyncpg.InsufficientPrivilegeError) else ""
        raise ConfigurationError(f"{VARIABLE}: given {settings.redact_names_table!r}; {error}{advice}") from None
    if settings.redact_names_table and not names:
        log.warning("names.empty", setting=VARIABLE, hint="no rows, or hidden by row-level security")
    return names


async def keep_known(database: Database, settings: Settings, known: list[str], learn: Learn) -> None:
    """Read the names anew now and then, for ever, and have changes learnt; `known` are those of the start.

    What cannot be read, or is empty all at once, leaves things as they are and is logged once. `learn` is called in a
    thread. It may raise ConfigurationError, and must then have learnt nothing.
    """
    failures = 0
    while True:
        await asyncio.sleep(settings.redact_names_seconds * random.uniform(0.9, 1.1))
        try:
            names = await read_names(database, settings)
            if known and not names:
                raise ConfigurationError(f"{VARIABLE}: holds no name any more")
            await asyncio.to_thread(learn, names)
        except (ConfigurationError, *DATABASE_ERRORS) as error:
            metrics.count_database_error("names", error)
            if failures == 0:
                log.warning("names.reload_failed", error=label(error))
            failures += 1
        else:
            failures, known = 0, names


def grants(settings: Settings, role: str) -> str:
    """Return the statements that let a role read the names."""
    table, columns = _parts(settings)
    schema = table[: -len(_NAME.findall(table)[-1]) - 1]
    return f'grant usage on schema {schema} to "{role}"; grant select ({", ".join(columns)}) on {table} to "{role}";'


def _statement(settings: Settings) -> str:
    """Return the statement; the setting allows nothing in it but names as SQL writes them."""
    table, columns = _parts(settings)
    name = f"concat_ws(' ', {', '.join(f't.{column}' for column in columns)})"
    return f"select distinct {name} as name from {table} as t where {name} <> '' limit $1"  # noqa: S608


def _parts(settings: Settings) -> tuple[str, list[str]]:
    """Return the table, with its schema, and the columns."""
    place, *columns = re.split(r'\+(?=(?:[^"]*"[^"]*")*[^"]*$)', settings.redact_names_table or "")
    *schema, table, column = _NAME.findall(place)
    own = render("{{ schema }}", settings.schema_name)
    return f"{schema[0] if schema else own}.{table}", [column, *columns]
