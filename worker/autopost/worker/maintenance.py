"""Reconciles operations that the trigger missed and applies retention, in small batches.

All workers run it: the functions in the database let one work at a time and return at once to the others.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from autopost.database.errors import DATABASE_ERRORS, label
from autopost.errors import AutopostError
from autopost.observability import metrics
from autopost.outbox.outbox import Outbox
from autopost.settings import Settings

WINDOW_BLOCKS = 1_000
BATCH_ROWS = 1_000
CALLS_PER_ROUND = 20
ANNOUNCEMENTS_KEPT = timedelta(days=1)  # for consumers that were disconnected
ANNOUNCEMENTS_KEPT_AT_MOST = timedelta(days=7)  # for a consumer that does not return

log = structlog.get_logger(__name__)


class Maintenance:
    """Reconciles and applies retention in rounds; a round without work is two statements."""

    def __init__(self, outbox: Outbox, settings: Settings) -> None:
        self._outbox = outbox
        self._keep = timedelta(days=settings.retention_days)
        self._seconds = settings.maintenance_seconds
        self._announces = settings.announces

    async def run(self) -> None:
        """Run rounds until cancelled. An outage is logged once and retried."""
        failures = 0
        while True:
            try:
                await self.round()
            except DATABASE_ERRORS as error:
                metrics.count_database_error("maintenance", error)
                if failures == 0:
                    log.warning("maintenance.failed", error=label(error))
                failures += 1
            else:
                failures = 0
            await asyncio.sleep(self._seconds * random.uniform(0.9, 1.1))

    async def round(self) -> None:
        """Reconcile the next windows of the platform's table, and remove expired rows; both in bounded batches."""
        for _ in range(CALLS_PER_ROUND):
            found = await self._outbox.reconcile(WINDOW_BLOCKS, BATCH_ROWS)
            if found:
                log.warning("reconcile.captured", rows=found)
            if found < BATCH_ROWS:
                break
        for _ in range(CALLS_PER_ROUND):
            removed = await self._outbox.expire(self._keep, BATCH_ROWS)
            if removed:
                log.info("retention.removed", rows=removed)
            if removed < BATCH_ROWS:
                break
        if self._announces:
            kept = (ANNOUNCEMENTS_KEPT, ANNOUNCEMENTS_KEPT_AT_MOST)
            for _ in range(CALLS_PER_ROUND):
                if await self._outbox.forget_announcements(*kept, BATCH_ROWS) < BATCH_ROWS:
                    break
            await self._outbox.forget_dead_letters(self._keep, BATCH_ROWS)


async def reconcile_window(outbox: Outbox) -> int:
    """Reconcile the next window of the platform's table; return the number of captured operations."""
    await _progress(outbox)
    return await outbox.reconcile(WINDOW_BLOCKS, BATCH_ROWS)


async def reconcile_all(outbox: Outbox, report: Callable[[Mapping[str, Any], int], None] = lambda *_: None) -> int:
    """Reconcile the whole of the platform's table; return the number of captured operations.

    `report` is called before each window with the progress (see reconciliation.sql) and the number found so far.
    Workers may reconcile windows at the same time. Raises AutopostError while capturing is off.
    """
    await outbox.restart_reconciliation()
    before = (await _progress(outbox))["last_round_at"]
    found = 0
    while (progress := await _progress(outbox))["last_round_at"] == before:
        report(progress, found)
        found += await outbox.reconcile(WINDOW_BLOCKS, BATCH_ROWS)
    return found


async def _progress(outbox: Outbox) -> Mapping[str, Any]:
    progress = await outbox.reconciliation()
    if not progress["capture_enabled"]:
        raise AutopostError(
            "capturing is switched off, so there is nothing to reconcile: select auto_post_capture_on()"
        )
    return progress
