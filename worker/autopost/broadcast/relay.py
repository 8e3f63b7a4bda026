"""Delivers the log to one reader, by whichever worker has its turn: the one that has just published, mostly."""

from __future__ import annotations

import asyncio
import contextlib
from time import monotonic

import asyncpg
import structlog

from autopost import backoff
from autopost.broadcast.announcement import Announcement
from autopost.broadcast.carrier import Carrier, NotCarried
from autopost.broadcast.wake import Wake
from autopost.database.errors import label, reraise_if_cancelled
from autopost.database.sql import Schemas, query
from autopost.observability import metrics

BATCH = 200
TURN_SECONDS = 4.0  # for one batch
FROZEN_SECONDS = 6.0  # without a word in its turn: the server ends the session, and others have a turn
CAP_SECONDS = 5.0  # between attempts while the carrier is down: so long announcements may wait after it is back

log = structlog.get_logger(__name__)


class Relay:
    """Reads the log on for one reader, and has the carrier send it. Never in a publication's way."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas, reader: str, carrier: Carrier) -> None:
        self._pool = pool
        self._schemas = schemas
        self._reader = reader
        self._carrier = carrier
        self._wake = Wake(self._is_unread)
        self._stopping = asyncio.Event()

    def ring(self) -> None:
        """Say that something was placed."""
        self._wake.ring()

    def stop(self) -> None:
        """Let `run` end when everything is delivered, or at the next failure; no turn is broken off."""
        self._stopping.set()
        self.ring()

    async def begin(self) -> None:
        """Begin after the last post that was announced, if the reader is new. Raises the database's errors."""
        await self._pool.execute(self._query("worker/begin_reading"), self._reader)

    async def run(self) -> None:
        """Deliver what is placed, until stopped; `begin` comes before anything is placed.

        An outage is logged once and caught up with afterwards.
        """
        failures = 0
        while self._wake.is_rung or not self._stopping.is_set():
            try:
                await self._wake.wait()
                await self.flush()
            except Exception as error:  # noqa: BLE001 - a carrier's bug must not end a worker
                reraise_if_cancelled(error)
                failures += 1
                metrics.ANNOUNCING_ERRORS.inc()
                if failures == 1:
                    log.warning("announcing failed and is tried again", reader=self._reader, error=_said(error))
                if self._stopping.is_set():
                    return
                self.ring()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(backoff.delay_seconds(failures, base=0.1, cap=CAP_SECONDS)):
                        await self._stopping.wait()
            else:
                if failures:
                    log.info("announcing goes on", reader=self._reader)
                failures = 0

    async def flush(self) -> None:
        """Deliver until nothing is left. Raises NotCarried and the database's errors; what was sent may be so again."""
        self._wake.clear()
        waits = 0
        while (sent := await self._take_turn()) is None or sent == BATCH:
            if sent is None:  # another worker, which may have read before this was placed
                waits += 1
                await asyncio.sleep(backoff.delay_seconds(waits, base=0.02, cap=0.5))

    async def _take_turn(self) -> int | None:
        """Send one batch; return its size, or None when it is another's turn."""
        async with self._pool.acquire() as connection, connection.transaction():
            began = monotonic()
            if not await connection.fetchval(self._query("worker/reader_turn"), self._reader, f"{FROZEN_SECONDS:g}s"):
                return None
            position = await connection.fetchval(self._query("worker/reader_position"), self._reader)
            if position is None:  # it has not begun
                return 0
            rows = await connection.fetch(self._query("worker/announcements"), position, BATCH)
            if not rows:
                return 0
            announcements = [Announcement.of(row) for row in rows]
            left = TURN_SECONDS - (monotonic() - began)
            if left <= 0:  # frozen meanwhile: others may have had their turn, and have sent what comes after this
                return None
            try:
                async with asyncio.timeout(left):
                    await self._carrier.send(announcements, connection)
            except TimeoutError:
                raise NotCarried(f"no answer in {TURN_SECONDS:g} seconds") from None
            await connection.execute(self._query("worker/read_up_to"), self._reader, announcements[-1].position)
        metrics.ANNOUNCED.inc(len(announcements))
        return len(announcements)

    async def _is_unread(self) -> bool:
        return bool(await self._pool.fetchval(self._query("worker/is_unread"), self._reader))

    def _query(self, name: str) -> str:
        return query(name, self._schemas)


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, NotCarried) else label(error)
