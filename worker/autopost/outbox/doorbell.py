"""Sleeps until there is work: by notification, and by polling underneath.

A NOTIFY makes its commit take a lock on the whole database, so a transaction rings only when a worker sleeps. A worker
that holds the doorbell's advisory lock alone is such a sleeper (docs/explanation/doorbell.md has the argument):

1. LISTEN is committed long before.
2. Linger, and look every few milliseconds: work often comes in bursts, and as long as nobody is armed nobody rings.
3. Arm: take the lock, without waiting. A transaction that captured and has not ended yet holds it shared, so this
   fails until its row can be seen. Meanwhile look now and then: others commit beneath it without ringing.
4. Look once more, in a statement of its own: rows that were committed before the lock was taken did not ring.
5. Sleep. Rows that are committed from now on ring.
6. Disarm, then claim.

A notification is a hint, never a promise. Whoever cannot arm polls.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeAlias

import asyncpg
import structlog

from autopost import backoff
from autopost.database.errors import DATABASE_ERRORS, label
from autopost.database.sql import query
from autopost.errors import DatabaseUnreachable
from autopost.observability import metrics
from autopost.outbox.scan_horizon import ScanHorizon

CHANNEL = "auto_post_doorbell"
LINGER_SECONDS = 0.025
LOOK_SECONDS = 0.0015  # between two looks meanwhile: what is committed before the lock is taken rings nobody
LONGEST_LINGER_SECONDS = 0.2  # while transactions that captured keep the lock
PROBE_SECONDS = 15.0
PROBE_TIMEOUT_SECONDS = 5.0
RECONNECT_CAP_SECONDS = 5.0  # after an outage no worker sleeps longer than that without a bell
NO_LISTEN_CAP_SECONDS = 30.0  # a pooler in transaction mode stays one

log = structlog.get_logger(__name__)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Woken(StrEnum):
    """Why a sleep ended."""

    RUNG = "rung"
    DUE = "due"
    POLL = "poll"


class Doorbell:
    """One listening connection, and the sleep that it ends.

    `run` keeps the connection alive and must be running for notifications to arrive; without it `sleep` only polls.
    One sleeper at a time. `on_listening` is told when the connection begins to listen, and when it is lost.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        schema: str,
        *,
        poll_seconds: float,
        on_listening: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._connect = connect
        self._on_listening = on_listening
        self._schema = schema
        self._poll_seconds = poll_seconds
        self._connection: Connection | None = None
        self._in_use = asyncio.Lock()
        self._rung = asyncio.Event()
        self._broken = asyncio.Event()
        self._wakeup = "doorbell"
        self._reach = ScanHorizon()

    async def run(self) -> None:
        """Hold a listening connection, for ever: probe it, and make a new one when it fails."""
        failures = 0
        while True:
            cap = RECONNECT_CAP_SECONDS
            try:
                await self._listen()
                self.ring()  # whatever was committed while nobody listened
                while await self._still_listens():
                    if failures:
                        log.info("listener.reconnected")
                    failures = 0
                    await self._until_broken(PROBE_SECONDS)
                problem = "connection lost"
                if self._connection is not None:
                    problem, cap = "not listening", NO_LISTEN_CAP_SECONDS
            except (DatabaseUnreachable, *DATABASE_ERRORS) as error:
                problem = label(error)
                metrics.count_database_error("listen", error)
            finally:
                self._drop()
            if failures == 0:
                log.warning("listener.lost", error=problem)
            failures += 1
            await asyncio.sleep(backoff.delay_seconds(failures, base=0.2, cap=cap))

    def ring(self) -> None:
        """End the sleep, or the next one."""
        self._rung.set()

    def hush(self) -> None:
        """Forget earlier rings; to be called before a claim, which sees whatever they announced."""
        self._rung.clear()

    async def sleep(self) -> Woken:
        """Sleep until rung, until a row is due, or for the poll's time (jittered).

        `DUE` is not a promise that a claim finds something: another worker may be first.
        """
        poll = self._poll_seconds * random.uniform(0.9, 1.1)
        if self._wakeup == "doorbell":
            return await self._sleep_armed(poll)
        return Woken.RUNG if await self._wait(poll) else Woken.POLL

    async def _sleep_armed(self, poll: float) -> Woken:
        loop = asyncio.get_running_loop()
        end = loop.time() + poll
        linger, look = LINGER_SECONDS, LOOK_SECONDS
        while True:
            woken = await self._linger(min(linger, end - loop.time()), look)
            if woken is not None:
                return woken
            lock = await self._ask("worker/arm")
            if lock == "armed":
                try:
                    return await self._sleep_until_due(poll)
                finally:
                    await self._ask("worker/disarm")
            due, _ = await self._next_due()
            if due is not None and due <= 0:
                return Woken.DUE
            if loop.time() >= end:
                return Woken.POLL
            # Another sleeper is rung, and its bell is heard here too. Transactions that follow on each other may keep
            # the lock for ever, and what was committed beneath them has rung nobody.
            linger = min(2 * linger, LONGEST_LINGER_SECONDS) if lock == "held" else poll
            look = linger / 8 if lock == "held" else poll

    async def _linger(self, seconds: float, look: float) -> Woken | None:
        """Wait, and look for due rows every `look` seconds; None when the time is over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            if await self._wait(min(look, left)):
                return Woken.RUNG
            if left > look:
                due, _ = await self._next_due()
                if due is not None and due <= 0:
                    return Woken.DUE
        return Woken.RUNG if self._rung.is_set() else None

    async def _sleep_until_due(self, poll: float) -> Woken:
        """Sleep with the doorbell armed. A poll looks without disarming, so that a quiet night costs little."""
        while True:
            due, next_look = await self._next_due()
            if due is not None and due <= 0:
                return Woken.DUE
            if await self._wait(min(poll, next_look, poll if due is None else due)):
                return Woken.RUNG
            if self._connection is None:
                return Woken.POLL

    async def _next_due(self) -> tuple[float | None, float]:
        """Return the seconds until a row is due, None for none, and until a look that reaches further would pay."""
        clock = asyncio.get_running_loop().time
        began = clock()
        full_scan = self._reach.is_full_scan(began)
        due: float | None = await self._ask("worker/next_due", full_scan)
        if full_scan:
            self._reach.full_scan_took(began, clock())
        return due, float("inf") if full_scan else self._reach.seconds_left(clock())

    async def _wait(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._rung.wait()
        except TimeoutError:
            return False
        return True

    async def _ask(self, name: str, *arguments: object) -> Any:
        """Return the one value of a statement on the listening connection; None when it is not to be had."""
        async with self._in_use:
            if self._connection is None:
                return None
            try:
                statement = query(name, self._schema)
                return await self._connection.fetchval(statement, *arguments, timeout=PROBE_TIMEOUT_SECONDS)
            except DATABASE_ERRORS as error:
                metrics.count_database_error("doorbell", error)
                self._broken.set()  # `run` says so and mends it
                self._drop()
                return None

    async def _listen(self) -> None:
        connection = await self._connect()
        self._broken.clear()
        connection.add_termination_listener(lambda _: self._broken.set())
        try:
            await connection.add_listener(CHANNEL, self._on_notify)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        self._on_listening(True)

    async def _still_listens(self) -> bool:
        """Ask the server whether it knows that we listen; a dead peer answers nothing, a pooler says no."""
        wakeup = await self._ask("worker/probe")
        if wakeup is not None:
            self._wakeup = str(wakeup)
        return wakeup is not None

    async def _until_broken(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._broken.wait()

    def _on_notify(self, *_: object) -> None:
        self.ring()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._on_listening(False)
        if connection is not None and not connection.is_closed():
            connection.terminate()
        self.ring()
