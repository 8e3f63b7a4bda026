"""The connections of the dashboard and the feeds: at most two, opened on demand, with short timeouts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog

from autopost.database.connection import create_pool
from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, label
from autopost.database.sql import Schemas
from autopost.errors import AutopostError
from autopost.observability import metrics
from autopost.outbox.statements import Statements
from autopost.settings import Settings
from autopost.web.errors import DatabaseUnavailable

POOL_SIZE = 2
STATEMENT_SECONDS = 3.0
ANSWER_SECONDS = 4.0  # including the wait for a free connection, and for opening one
_INVALID = "22023"  # raised by operator functions that find nothing to do
_ACTIONS = frozenset({"outbox/retry", "cli/retry_all", "outbox/skip", "outbox/pause", "outbox/resume"})

log = structlog.get_logger(__name__)


class NothingToDo(AutopostError):
    """An operator function found nothing to do: somebody else was faster."""


class Database(Statements):
    """Runs statements of sql/queries. Its errors become DatabaseUnavailable; each is logged when it first occurs."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas, purpose: str = "page") -> None:
        super().__init__(pool, schemas)
        self._purpose = purpose
        self._error: str | None = None

    async def fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        """Return the rows of a statement. Raises DatabaseUnavailable, and NothingToDo for an action."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                rows = await super().fetch(name, *arguments)
        except DATABASE_ERRORS as error:
            if name in _ACTIONS and getattr(error, "sqlstate", None) == _INVALID:
                raise NothingToDo from None
            raise self._unavailable(name, error) from None
        if self._error is not None:
            log.info("database.available", purpose=self._purpose)
            self._error = None
        return rows

    def _unavailable(self, name: str, error: BaseException) -> DatabaseUnavailable:
        metrics.count_database_error(self._purpose, error)
        kind = label(error)
        if kind != self._error:
            log.warning("database.unavailable", purpose=self._purpose, statement=name, error=kind)
            self._error = kind
        return DatabaseUnavailable(kind, lacks_rights=is_of_the_installation(error))


@contextlib.asynccontextmanager
async def open_database(
    settings: Settings, schemas: Schemas, purpose: str = "page", size: int = POOL_SIZE
) -> AsyncIterator[Database]:
    """Open a pool that connects when it is first used; its end interrupts running statements."""
    session = {"statement_timeout": str(int(STATEMENT_SECONDS * 1000)), "plan_cache_mode": "force_custom_plan"}
    pool = await create_pool(reader_settings(settings), purpose, size=size, least=0, session=session)
    try:
        yield Database(pool, schemas, purpose)
    finally:
        pool.terminate()


def reader_settings(settings: Settings) -> Settings:
    """Return the settings with the connection string for reading, where there is one."""
    if settings.page_database_url is None:
        return settings
    return settings.model_copy(update={"database_url": settings.page_database_url})
