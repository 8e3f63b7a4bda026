"""Sleeps until there is work: by notification, and always by polling too.

A NOTIFY makes its commit take a lock on the whole database, so a transaction notifies only when a worker sleeps. A
sleeping worker holds the doorbell's advisory lock exclusively (see docs/explanation/doorbell.md):

1. LISTEN is committed before.
2. Linger, and poll every millisecond, if the last sleeps were short: work often comes in bursts, and while no worker
   is armed nobody notifies.
3. Arm: try to take the lock. A transaction that captured and has not ended yet holds it shared, so this fails until
   its row is visible. Meanwhile poll, because others commit without notifying.
4. Poll once more, in a new statement: rows that were committed before the lock was taken did not notify.
5. Sleep. Rows that are committed from now on notify.
6. Disarm, then claim. A worker that was not woken by a notification notifies the others: it may be busy from now on,
   and while no worker is armed nobody notifies.

A notification is a hint, never a promise. A worker that cannot arm polls.

The connection also holds the advisory lock that shows others that this worker runs (see rescue.sql).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import structlog

from autopost import backoff
from autopost.database.errors import DATABASE_ERRORS, label
from autopost.database.session import Connection
from autopost.database.sql import Schemas, query
from autopost.errors import DatabaseUnreachable
from autopost.observability import metrics
from autopost.outbox.scan_horizon import ScanHorizon

CHANNEL = "auto_post_doorbell"
LINGER_SECONDS = 0.025
LINGER_POLL_SECONDS = 0.001  # rows that are committed before the lock is taken do not notify
SLEEP_CAP_SECONDS = 2 * LINGER_SECONDS  # in the mean: else one long sleep would hide the burst after it
SLEEPS_OF_MEAN = 8
LINGER_CAP_SECONDS = 0.2  # while transactions that captured hold the lock
TAKEN_SECONDS = 1.0  # while another worker is armed: it may crash
PROBE_SECONDS = 15.0
PROBE_TIMEOUT_SECONDS = 5.0
RECONNECT_CAP_SECONDS = 5.0  # after an outage no worker sleeps longer without notifications
NO_LISTEN_CAP_SECONDS = 30.0  # behind a pooler in transaction mode, which does not change

log = structlog.get_logger(__name__)


class _NoSession(Exception):
    """The connection is lent by a pooler for a transaction at a time."""


class Woken(StrEnum):
    """Why a sleep ended."""

    RUNG = "rung"
    DUE = "due"
    POLL = "poll"


class Doorbell:
    """One listening connection, and a sleep that its notifications end.

    `run` keeps the connection alive and must be running for notifications to arrive; without it `sleep` only polls.
    One task may sleep at a time. `on_listening` is called when the connection begins to listen and when it is lost.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        schemas: Schemas,
        *,
        poll_seconds: float,
        on_listening: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._connect = connect
        self._on_listening = on_listening
        self._schemas = schemas
        self._poll_seconds = poll_seconds
        self._connection: Connection | None = None
        self._in_use = asyncio.Lock()
        self._awake = asyncio.Event()
        self._is_notified = False
        self._lock_key: int | None = None
        self._tried = asyncio.Event()
        self.lock_changed = asyncio.Event()
        self._broken = asyncio.Event()
        self._wakeup = "doorbell"
        self._mean_sleep_seconds = SLEEP_CAP_SECONDS
        self._horizon = ScanHorizon()

    @property
    def lock_key(self) -> int | None:
        """Return the key of the lock that shows that this worker runs; None while its connection does not hold one.

        `lock_changed` is set when it changes.
        """
        return self._lock_key

    async def connected_once(self) -> None:
        """Wait until the first attempt to connect has succeeded or failed."""
        await self._tried.wait()

    async def run(self) -> None:
        """Keep a listening connection until cancelled: probe it, and reconnect when it fails."""
        failures = 0
        while True:
            cap = RECONNECT_CAP_SECONDS
            try:
                await self._listen()
                self.wake()  # rows may have been committed before it listened
                while await self._still_listens():
                    if failures:
                        log.info("listener.reconnected")
                    failures = 0
                    await self._until_broken(PROBE_SECONDS)
                problem = "connection lost"
                if self._connection is not None:
                    problem, cap = "not listening", NO_LISTEN_CAP_SECONDS
            except _NoSession:
                problem, cap = "a pooler in transaction mode", NO_LISTEN_CAP_SECONDS
            except (DatabaseUnreachable, *DATABASE_ERRORS) as error:
                problem = label(error)
                metrics.count_database_error("listen", error)
            finally:
                self._drop()
                self._tried.set()
            if failures == 0:
                log.warning("listener.lost", error=problem)
            failures += 1
            await asyncio.sleep(backoff.delay_seconds(failures, base=0.2, cap=cap))

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._awake.set()

    def clear(self) -> None:
        """Forget earlier notifications; call it before a claim, which sees the rows they were about."""
        self._awake.clear()
        self._is_notified = False

    async def sleep(self) -> Woken:
        """Sleep until notified, until a row is due, or for the poll interval (jittered).

        After `DUE` a claim may still find nothing: another worker may be first.
        """
        poll = self._poll_seconds * random.uniform(0.9, 1.1)
        if self._wakeup == "doorbell":
            clock = asyncio.get_running_loop().time
            began = clock()
            woken = await self._sleep_armed(poll)
            slept = min(clock() - began, SLEEP_CAP_SECONDS)
            self._mean_sleep_seconds += (slept - self._mean_sleep_seconds) / SLEEPS_OF_MEAN
            return woken
        return Woken.RUNG if await self._wait(poll) else Woken.POLL

    async def _sleep_armed(self, poll: float) -> Woken:
        loop = asyncio.get_running_loop()
        end = loop.time() + poll
        # Where most sleeps outlast it, lingering costs polls, and most completions notify anyway.
        linger = LINGER_SECONDS if self._mean_sleep_seconds <= LINGER_SECONDS else 0.0
        interval = LINGER_POLL_SECONDS
        while True:
            woken = await self._linger(min(linger, end - loop.time()), interval)
            if woken is not None:
                return woken
            lock = await self._ask("worker/arm")
            if lock == "armed":
                try:
                    return await self._sleep_until_due(poll)
                finally:
                    await self._ask("worker/disarm", not self._is_notified)
            due, _ = await self._next_due()
            if due is not None and due <= 0:
                return Woken.DUE
            if loop.time() >= end:
                return Woken.POLL
            # "taken": another worker is armed, and its notifications arrive here too. "held": overlapping transactions
            # may hold the lock without end, and rows that are committed meanwhile do not notify.
            if lock == "held":
                linger = min(2 * linger or LINGER_SECONDS, LINGER_CAP_SECONDS)
                interval = linger / 8
            else:
                linger = interval = min(poll, TAKEN_SECONDS)

    async def _linger(self, seconds: float, interval: float) -> Woken | None:
        """Wait, and poll for due rows at an interval; return None when the time is over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            if await self._wait(min(interval, left)):
                return Woken.RUNG
            if left > interval:
                due, _ = await self._next_due()
                if due is not None and due <= 0:
                    return Woken.DUE
        return Woken.RUNG if self._awake.is_set() else None

    async def _sleep_until_due(self, poll: float) -> Woken:
        """Sleep with the doorbell armed. Polls do not disarm it, so that an idle worker costs little."""
        while True:
            due, full_scan_in = await self._next_due()
            if due is not None and due <= 0:
                return Woken.DUE
            if await self._wait(min(poll, full_scan_in, poll if due is None else due)):
                return Woken.RUNG
            if self._connection is None:
                return Woken.POLL

    async def _next_due(self) -> tuple[float | None, float]:
        """Return the seconds until a row is due, or None, and the seconds until a full scan may be repeated."""
        clock = asyncio.get_running_loop().time
        began = clock()
        full_scan = self._horizon.is_full_scan(began)
        due: float | None = await self._ask("worker/next_due", full_scan)
        if full_scan:
            self._horizon.full_scan_took(began, clock())
        return due, float("inf") if full_scan else self._horizon.seconds_left(clock())

    async def _wait(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._awake.wait()
        except TimeoutError:
            return False
        return True

    async def _ask(self, name: str, *arguments: object) -> Any:
        """Return the value of a statement on the listening connection, or None if the connection fails."""
        async with self._in_use:
            if self._connection is None:
                return None
            try:
                statement = query(name, self._schemas)
                return await self._connection.fetchval(statement, *arguments, timeout=PROBE_TIMEOUT_SECONDS)
            except DATABASE_ERRORS as error:
                metrics.count_database_error("doorbell", error)
                self._broken.set()  # `run` logs it and reconnects
                self._drop()
                return None

    async def _listen(self) -> None:
        connection = await self._connect()
        if not connection.has_session:  # the lock would stay on a server connection that others are given next
            connection.terminate()
            raise _NoSession
        self._broken.clear()
        connection.add_termination_listener(lambda _: self._broken.set())
        try:
            await connection.add_listener(CHANNEL, self._on_notify)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        self._on_listening(True)
        key = secrets.randbits(63)  # a new one each time: the server may take a while to end the session before
        if await self._ask("worker/lock_session", key, connection.server_process):
            self._lock_key = key
        self.lock_changed.set()
        self._tried.set()

    async def _still_listens(self) -> bool:
        """Return whether the server has our LISTEN; a lost connection gives no answer, and a pooler has none."""
        wakeup = await self._ask("worker/probe")
        if wakeup is not None:
            self._wakeup = str(wakeup)
        return wakeup is not None

    async def _until_broken(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._broken.wait()

    def _on_notify(self, connection: Any, pid: int, *_: object) -> None:
        if pid != connection.server_process:  # its own is for the others
            self._is_notified = True
            self.wake()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._on_listening(False)
        if self._lock_key is not None:
            self._lock_key = None
            self.lock_changed.set()
        if connection is not None and not connection.is_closed():
            connection.terminate()
        self.wake()
