"""Reconciles operations that the trigger missed, applies retention in small batches, and watches the platform's tables.

All workers run it. Its jobs are independent: one that fails or hangs does not hold up another.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from autopost.database.errors import DATABASE_ERRORS, label
from autopost.errors import AutopostError
from autopost.observability import metrics
from autopost.observability.bookkeeping import bookkeeping
from autopost.observability.problems import Problems
from autopost.outbox.outbox import Outbox
from autopost.settings import Settings

WINDOW_BLOCKS = 1_000
BATCH_ROWS = 1_000
CALLS_PER_ROUND = 20
JOB_SECONDS = 60.0  # a statement has half of that
ANNOUNCEMENTS_KEPT = timedelta(days=1)  # for consumers that were disconnected
ANNOUNCEMENTS_KEPT_AT_MOST = timedelta(days=7)  # for a consumer that does not return

log = structlog.get_logger(__name__)


class Maintenance:
    """Reconciles and applies retention in rounds, each job by itself; a round without work is a statement or two."""

    def __init__(self, outbox: Outbox, settings: Settings, problems: Problems | None = None) -> None:
        self._outbox = outbox
        self._problems = problems or Problems()
        self._keep = timedelta(days=settings.retention_days)
        self._seconds = settings.maintenance_seconds
        self._failing: set[str] = set()
        self._changes: set[tuple[str, str, str]] = set()
        self._jobs: dict[str, Callable[[], Awaitable[None]]] = {
            "reconcile": self._reconcile,
            "retention": self._expire,
            "platform": self._look_for_changes,
        }
        if settings.broadcasts:
            self._jobs |= {"events": self._forget_events, "dead_letters": self._forget_dead_letters}

    async def run(self) -> None:
        """Run every job in rounds until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name in self._jobs:
                tasks.create_task(self._repeat(name), name=f"maintenance {name}")

    async def _repeat(self, name: str) -> None:
        while True:
            await self._once(name)
            await asyncio.sleep(self._seconds * random.uniform(0.9, 1.1))

    async def _once(self, name: str) -> None:
        """Run a job. A failure is logged once until a success, counted, and reported by `check`; the job is retried."""
        try:
            async with asyncio.timeout(JOB_SECONDS):
                await self._jobs[name]()
        except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs and the worker go on
            with bookkeeping("maintenance"):
                self._problems.report(name, f"fails: {label(error)}")
                if isinstance(error, DATABASE_ERRORS):
                    metrics.count_database_error(name, error)
                else:
                    metrics.count_internal_error(name, error)
                if name not in self._failing:
                    self._failing.add(name)
                    log.warning("maintenance.failed", job=name, error=label(error))
        else:
            self._problems.clear(name)
            with bookkeeping("maintenance"):
                if name in self._failing:
                    self._failing.discard(name)
                    log.info("maintenance.recovered", job=name)

    async def _reconcile(self) -> None:
        """Read the next windows of the platform's table."""
        for _ in range(CALLS_PER_ROUND):
            found = await self._outbox.reconcile(WINDOW_BLOCKS, BATCH_ROWS)
            if found:
                log.warning("reconcile.captured", rows=found)
            if found < BATCH_ROWS:
                break

    async def _look_for_changes(self) -> None:
        """Log once, and count, each change of the platform's tables that keeps operations from being captured."""
        found = {
            (str(row["table_name"] or ""), str(row["column_name"] or ""), str(row["problem"]))
            for row in await self._outbox.platform_changes()
        }
        metrics.set_platform_changes((table, column) for table, column, _ in found)
        for table, column, problem in sorted(found - self._changes):
            log.error("platform.changed", table=table or None, column=column or None, problem=problem)
        if self._changes and not found:
            log.info("platform.restored")
        self._changes = found

    async def _expire(self) -> None:
        for _ in range(CALLS_PER_ROUND):
            removed = await self._outbox.expire(self._keep, BATCH_ROWS)
            if removed:
                log.info("retention.removed", rows=removed)
            if removed < BATCH_ROWS:
                break

    async def _forget_events(self) -> None:
        for _ in range(CALLS_PER_ROUND):
            kept = (ANNOUNCEMENTS_KEPT, ANNOUNCEMENTS_KEPT_AT_MOST)
            if await self._outbox.forget_events(*kept, BATCH_ROWS) < BATCH_ROWS:
                break

    async def _forget_dead_letters(self) -> None:
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
