"""Gauges of the queue, read from the database on a scrape only: a worker that is not scraped runs no query for them."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from typing import Any

import asyncpg
import structlog

from autopost.database.errors import DATABASE_ERRORS, label
from autopost.database.sql import Schemas, query
from autopost.observability import metrics

MIN_INTERVAL_SECONDS = 20.0  # at most three statements a minute, so that an idle worker stays cheap
SCRAPE_WAIT_SECONDS = 1.0  # after it a scrape returns the previous figures
SAMPLE_TIMEOUT_SECONDS = 8.0  # shorter than the interval between two samples

log = structlog.get_logger(__name__)


class QueueGauges:
    """Refreshes the gauges at most every `every_seconds`, on demand.

    One sample runs at a time, regardless of the number of scrapes and the speed of the database.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        schemas: Schemas,
        *,
        every_seconds: float = MIN_INTERVAL_SECONDS,
        most_rows: int = metrics.MOST_COUNTED_ROWS,
    ) -> None:
        self._pool = pool
        self._query = query("outbox/queue", schemas)
        self._every_seconds = every_seconds
        self._most_rows = most_rows
        self._sampling: asyncio.Task[None] | None = None
        self._started_at = -float("inf")

    async def refresh(self) -> None:
        """Start a sample if one is due, and wait for it briefly. Never raises: the previous figures stay."""
        now = asyncio.get_running_loop().time()
        if self._sampling is None and now - self._started_at >= self._every_seconds:
            self._started_at = now
            self._sampling = asyncio.create_task(self._sample(), name="queue gauges")
        if self._sampling is not None:
            await asyncio.wait([self._sampling], timeout=SCRAPE_WAIT_SECONDS)

    async def aclose(self) -> None:
        """Cancel a running sample."""
        if self._sampling is not None:
            self._sampling.cancel()
            await asyncio.wait([self._sampling])

    async def _sample(self) -> None:
        try:
            async with asyncio.timeout(SAMPLE_TIMEOUT_SECONDS):
                (row,) = await self._pool.fetch(self._query, self._most_rows, self._most_rows)
            set_gauges(dict(row))
        except DATABASE_ERRORS as error:
            metrics.count_database_error("queue_gauges", error)
            log.debug("queue.sample_failed", error=label(error))
        finally:
            self._sampling = None


def set_gauges(row: Mapping[str, Any]) -> None:
    """Set the gauges to the values of a row of `outbox/queue`."""
    counts = {"pending": "waiting", "parked": "parked", "claimed": "claimed", "dead": "dead_last_day"}
    for state, column in counts.items():
        metrics.QUEUE_ROWS.labels(state).set(row[column])
    metrics.QUEUE_DUE_SECONDS.set(row["due_seconds"])
    metrics.QUEUE_WORKERS.set(row["workers_alive"])
    metrics.QUEUE_CAPTURE.set(row["capture_enabled"] and row["trigger_enabled"])
    metrics.QUEUE_PAUSED.set(row["paused"])
    for gauge, column in ((metrics.LLM_SPENT, "llm_spent_usd"), (metrics.LLM_BUDGET, "llm_limit_usd")):
        gauge.set(math.nan if row[column] is None else row[column])
    metrics.QUEUE_SAMPLED.set(time.time())
