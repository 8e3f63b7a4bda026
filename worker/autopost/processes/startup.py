"""Waiting, at a worker's start, for what may come up after it: the database, and its migration."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeAlias

import structlog

from autopost import backoff
from autopost.database.connection import connect, went_away
from autopost.database.schema import require_rights, require_schema
from autopost.errors import DatabaseUnreachable, SchemaMismatch
from autopost.observability.health import Health
from autopost.settings import Settings

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
DATABASE = "the database"
MIGRATION = "the migration"

Look: TypeAlias = Callable[[Settings], Awaitable[None]]

log = structlog.get_logger(__name__)


async def wait_until_startable(settings: Settings, health: Health, look: Look | None = None) -> None:
    """Wait until a worker may start, for as long as the settings allow; with 0 seconds do nothing.

    `look` is what must succeed where it is not a worker that starts. Health knows meanwhile what for. Raises
    DatabaseUnreachable or SchemaMismatch, whichever it was in the end.
    """
    if not settings.startup_wait_seconds:
        return
    clock = asyncio.get_running_loop().time
    end = clock() + settings.startup_wait_seconds
    health.waits_for = DATABASE
    told: str | None = None
    for attempt in count(1):
        try:
            await (look or _look)(settings)
        except (DatabaseUnreachable, SchemaMismatch) as error:
            if clock() >= end:
                raise
            health.waits_for = DATABASE if isinstance(error, DatabaseUnreachable) else MIGRATION
            if told != health.waits_for:
                told = health.waits_for
                log.warning("startup.waiting", seconds=round(end - clock(), 1), error=str(error))
            delay = backoff.delay_seconds(attempt, base=FIRST_DELAY_SECONDS, cap=LONGEST_DELAY_SECONDS)
            await asyncio.sleep(min(delay, end - clock()))
        else:
            health.waits_for = None
            return


async def _look(settings: Settings) -> None:
    connection = await connect(settings, "start")
    try:
        with went_away(settings):
            await require_schema(connection, settings.schema_name)
            await require_rights(connection, settings.schema_name, announces=settings.announces)
    finally:
        connection.terminate()
