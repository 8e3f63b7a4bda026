"""Waiting, at a worker's start, for what may come up after it: the database, and its migration."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog

from autopost import backoff
from autopost.database.connection import connect, went_away
from autopost.database.schema import require_rights, require_schema
from autopost.database.sql import Schemas
from autopost.errors import DatabaseUnreachable, SchemaMismatch
from autopost.observability.health import Health
from autopost.settings import Settings

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
DATABASE = "the database"
MIGRATION = "the migration"

Look: TypeAlias = Callable[[Settings], Awaitable[Schemas]]

log = structlog.get_logger(__name__)


async def wait_until_startable(settings: Settings, health: Health, look: Look | None = None) -> Schemas:
    """Wait until a worker may start, for as long as the settings allow; return where the tables are.

    `look` is what must succeed where it is not a worker that starts. Health knows meanwhile what for. Raises
    DatabaseUnreachable or SchemaMismatch, whichever it was in the end.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + settings.startup_wait_seconds
    health.waits_for = DATABASE
    told: str | None = None
    attempt = 0
    while True:
        attempt += 1
        try:
            schemas = await (look or _look)(settings)
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
            return schemas


async def _look(settings: Settings) -> Schemas:
    connection = await connect(settings, "start")
    try:
        with went_away(settings):
            schemas = await require_schema(connection, settings)
            await require_rights(connection, schemas, broadcasts=settings.broadcasts)
            return schemas
    finally:
        connection.terminate()
