"""Gives published posts their places in the log, and tells its readers. It waits for no reader."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import asyncpg
import structlog

from autopost import backoff
from autopost.broadcast.wake import Wake
from autopost.database.errors import label, reraise_if_cancelled
from autopost.database.sql import Schemas, query
from autopost.observability import metrics

CAP_SECONDS = 5.0
PLACES = 1_000

log = structlog.get_logger(__name__)


class Reader(Protocol):
    """What reads the log on."""

    async def begin(self) -> None:
        """Begin after what has a place by now, if it is new. Raises the database's errors."""

    def ring(self) -> None:
        """Hear that something was placed."""


class Placer:
    """Places what was published, after its readers have begun. Any number of workers do so, one at a time."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas, readers: Sequence[Reader] = ()) -> None:
        self._pool = pool
        self._schemas = schemas
        self._readers = readers
        self._wake = Wake(self._is_unplaced)
        self._stopping = False

    def ring(self) -> None:
        """Say that something was published."""
        self._wake.ring()

    def stop(self) -> None:
        """Let `run` end when everything is placed, or at the next failure."""
        self._stopping = True
        self.ring()

    async def run(self) -> None:
        """Place what is published, until stopped."""
        failures = 0
        begun = False
        self.ring()  # what was left by others
        while True:
            try:
                if not begun:
                    for reader in self._readers:
                        await reader.begin()
                        reader.ring()  # what was left by others
                    begun = True
                await self._wake.wait()
                self._wake.clear()
                if await self.place():
                    for reader in self._readers:
                        reader.ring()
            except Exception as error:  # noqa: BLE001 - it must not end a worker
                reraise_if_cancelled(error)
                failures += 1
                metrics.ANNOUNCING_ERRORS.inc()
                if failures == 1:
                    log.warning("posts get no places in the log; tried again", error=label(error))
                if self._stopping:
                    return
                self.ring()
                await asyncio.sleep(backoff.delay_seconds(failures, base=0.1, cap=CAP_SECONDS))
            else:
                failures = 0
            if self._stopping and not self._wake.is_rung:
                return

    async def place(self) -> int:
        """Place all that is committed; return how many. Raises the database's errors."""
        placed = 0
        while True:
            some: int = await self._pool.fetchval(query("worker/place_announcements", self._schemas), PLACES)
            placed += some
            if some < PLACES:
                return placed

    async def _is_unplaced(self) -> bool:
        return bool(await self._pool.fetchval(query("worker/is_unplaced", self._schemas)))
