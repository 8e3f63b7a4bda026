"""Samples the queue for Prometheus, when somebody asks: a worker that nobody scrapes, or that sleeps, pays nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import asyncpg
import structlog

from autopost.database.errors import DATABASE_ERRORS, label
from autopost.database.sql import query
from autopost.observability import metrics

EVERY_SECONDS = 20.0  # three statements a minute at most: a sleeping worker is to ask few
PATIENCE_SECONDS = 1.0  # of a scrape: after it the older figures are told
GIVE_UP_SECONDS = 8.0  # less than between two samples

log = structlog.get_logger(__name__)


class QueueGauges:
    """Keeps the figures of the database at most `every_seconds` old while it is asked for them.

    One sample is under way at a time, however many ask and however slow the database is.
    """

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], schema: str, *, every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._pool = pool
        self._query = query("outbox/queue", schema)
        self._every_seconds = every_seconds
        self._sampling: asyncio.Task[None] | None = None
        self._begun = -float("inf")

    async def refresh(self) -> None:
        """Sample if that is due, and wait for it a moment. Never raises: the older figures stand."""
        now = asyncio.get_running_loop().time()
        if self._sampling is None and now - self._begun >= self._every_seconds:
            self._begun = now
            self._sampling = asyncio.create_task(self._sample(), name="queue gauges")
        if self._sampling is not None:
            await asyncio.wait([self._sampling], timeout=PATIENCE_SECONDS)

    async def aclose(self) -> None:
        """End a sample that is under way."""
        if self._sampling is not None:
            self._sampling.cancel()
            await asyncio.wait([self._sampling])

    async def _sample(self) -> None:
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                (row,) = await self._pool.fetch(self._query, metrics.MOST_COUNTED_ROWS, metrics.MOST_COUNTED_ROWS)
            tell(dict(row))
        except DATABASE_ERRORS as error:
            metrics.count_database_error("queue_gauges", error)
            log.debug("the queue was not sampled", error=label(error))
        finally:
            self._sampling = None


def tell(row: Mapping[str, Any]) -> None:
    """Set the gauges to what was read."""
    counts = {"pending": "waiting", "parked": "parked", "claimed": "claimed", "dead": "dead_last_day"}
    for state, column in counts.items():
        metrics.QUEUE_ROWS.labels(state).set(row[column])
    metrics.QUEUE_DUE_SECONDS.set(row["due_seconds"])
    metrics.QUEUE_WORKERS.set(row["workers_alive"])
    metrics.QUEUE_CAPTURE.set(row["capture_enabled"] and row["trigger_enabled"])
    metrics.QUEUE_PAUSED.set(row["paused"])
    metrics.QUEUE_SAMPLED.set(time.time())
