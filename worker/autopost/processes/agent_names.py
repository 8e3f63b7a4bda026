"""Give the redactor the names of the platform's agents, at startup and every few minutes: they stay in posts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import TypeAlias

import asyncpg
import structlog

from autopost.database.errors import DATABASE_ERRORS, label
from autopost.database.sql import Schemas, query
from autopost.observability import metrics

# A larger roster costs memory. Agents beyond it are learnt when they have work themselves.
MAX_NAMES = 20_000
RELOAD_SECONDS = 300.0

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

log = structlog.get_logger(__name__)


async def read_agent_names(pool: Pool, schemas: Schemas) -> frozenset[str]:
    """Return the names of agents, MAX_NAMES at most. Raises asyncpg's errors unchanged."""
    return frozenset(row["name"] for row in await pool.fetch(query("worker/agent_names", schemas), MAX_NAMES))


async def reload_agent_names(
    pool: Pool,
    schemas: Schemas,
    known: frozenset[str],
    set_agents: Callable[[Iterable[str]], None],
    *,
    every_seconds: float = RELOAD_SECONDS,
) -> None:
    """Read the names every so often until cancelled; call `set_agents` in a thread when they changed.

    `known` are those that the redactor has. A failure changes nothing and is logged once.
    """
    failures = 0
    while True:
        await asyncio.sleep(every_seconds * random.uniform(0.9, 1.1))
        try:
            names = await read_agent_names(pool, schemas)
            if names != known:
                await asyncio.to_thread(set_agents, names)
        except DATABASE_ERRORS as error:
            metrics.count_database_error("agent_names", error)
            if failures == 0:
                log.warning("agent_names.reload_failed", error=label(error))
            failures += 1
        else:
            failures, known = 0, names
