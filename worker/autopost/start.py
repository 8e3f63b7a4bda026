"""Waiting, at a worker's start, for what may come up after it: the database, and its migration."""

from __future__ import annotations

import asyncio
from itertools import count

import structlog

from autopost import backoff
from autopost.connection import connect, went_away
from autopost.errors import AutopostError, DatabaseUnreachable, SchemaMismatch
from autopost.schema import require_rights, require_schema
from autopost.settings import Settings

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0

log = structlog.get_logger(__name__)


async def wait_until_startable(settings: Settings) -> None:
    """Wait until a worker may start, for as long as the settings allow; with 0 seconds do nothing.

    Raises DatabaseUnreachable or SchemaMismatch, whichever it was in the end.
    """
    if not settings.start_seconds:
        return
    clock = asyncio.get_running_loop().time
    end = clock() + settings.start_seconds
    waits_for: type[AutopostError] | None = None
    for attempt in count(1):
        try:
            await _look(settings)
        except (DatabaseUnreachable, SchemaMismatch) as error:
            if clock() >= end:
                raise
            if waits_for is not type(error):
                waits_for = type(error)
                log.warning("waiting to start", seconds=round(end - clock(), 1), error=str(error))
            delay = backoff.delay_seconds(attempt, base=FIRST_DELAY_SECONDS, cap=LONGEST_DELAY_SECONDS)
            await asyncio.sleep(min(delay, end - clock()))
        else:
            return


async def _look(settings: Settings) -> None:
    connection = await connect(settings, "start")
    try:
        with went_away(settings):
            await require_schema(connection, settings.schema_name)
            await require_rights(connection, settings.schema_name)
    finally:
        connection.terminate()
