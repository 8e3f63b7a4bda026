"""The page's own connections: two at the most, made when somebody looks, and none that anybody waits for long."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog

from autopost.database.connection import create_pool
from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, label
from autopost.observability import metrics
from autopost.outbox.statements import Statements
from autopost.settings import Settings

POOL_SIZE = 2
STATEMENT_SECONDS = 3.0
ANSWER_SECONDS = 4.0  # the wait for a free connection, and for making one, included
_INVALID = "22023"  # what the functions of an operator's actions raise when there is nothing to do
_ACTIONS = frozenset({"outbox/retry", "outbox/skip", "outbox/pause", "outbox/resume"})

log = structlog.get_logger(__name__)


class NoAnswer(Exception):
    """The database did not do what the page asked. `kind` names the error and carries no data."""

    def __init__(self, kind: str, *, lacks_rights: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.lacks_rights = lacks_rights


class Refused(Exception):
    """An operator's action found nothing to do: somebody else was faster."""


class Database(Statements):
    """Runs the statements of sql/queries. Every error of the database becomes NoAnswer; it is logged when it begins."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schema: str, purpose: str = "page") -> None:
        super().__init__(pool, schema)
        self._purpose = purpose
        self._is_silent = f"the database does not answer the {purpose}"
        self._answers = f"the database answers the {purpose} again"
        self._trouble: str | None = None

    async def fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        """Return the rows of a statement. Raises NoAnswer, and Refused for what an operator's action refuses."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                rows = await super().fetch(name, *arguments)
        except DATABASE_ERRORS as error:
            if name in _ACTIONS and getattr(error, "sqlstate", None) == _INVALID:
                raise Refused from None
            raise self._no_answer(name, error) from None
        if self._trouble is not None:
            log.info(self._answers)
            self._trouble = None
        return rows

    def _no_answer(self, name: str, error: BaseException) -> NoAnswer:
        metrics.count_database_error(self._purpose, error)
        what = label(error)
        if what != self._trouble:
            log.warning(self._is_silent, statement=name, error=what)
            self._trouble = what
        return NoAnswer(what, lacks_rights=is_of_the_installation(error))


@contextlib.asynccontextmanager
async def database(settings: Settings, purpose: str = "page") -> AsyncIterator[Database]:
    """Open a pool that connects when it is first used, and end it with the context without waiting for anybody."""
    session = {"statement_timeout": str(int(STATEMENT_SECONDS * 1000)), "plan_cache_mode": "force_custom_plan"}
    pool = await create_pool(settings_of_looking(settings), purpose, size=POOL_SIZE, least=0, session=session)
    try:
        yield Database(pool, settings.schema_name, purpose)
    finally:
        pool.terminate()


def settings_of_looking(settings: Settings) -> Settings:
    """Return the settings with the connection string of whoever only looks, where there is one."""
    if settings.page_database_url is None:
        return settings
    return settings.model_copy(update={"database_url": settings.page_database_url})
