"""Delivers the log to one consumer, by one worker at a time: whichever holds the consumer's lease.

At least once and in order: the offset moves only after the delivery. A delivery that fails is retried, less and less
often, and holds up what comes after it; when it succeeds, the consumer catches up.
"""

from __future__ import annotations

import abc
import asyncio
import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from autopost import backoff
from autopost.broadcast.event import BroadcastEvent
from autopost.broadcast.lease import ConsumerLease, WebhookDeadLetter
from autopost.broadcast.wakeup import Wakeup
from autopost.database.errors import DATABASE_ERRORS, label
from autopost.errors import DeliveryFailed, LeaseLost

RENEW_LEASE_SHARE = 1 / 3  # how often the lease is renewed while a retry waits
LAST_WORD_SECONDS = 1.0


@dataclass(slots=True)
class Batch:
    """Some of the log after an offset, and what became of it. Nothing more is begun after the deadline (loop time)."""

    offset: int
    events: Sequence[BroadcastEvent]
    deadline: float
    done: set[int]  # positions
    dead_letters: list[WebhookDeadLetter] = field(default_factory=list)
    has_answer: bool = False
    failure: DeliveryFailed | None = None  # the first that is to be retried

    @property
    def pending(self) -> list[BroadcastEvent]:
        """Return what is not done, in order."""
        return [event for event in self.events if event.position not in self.done]


class LogConsumer(Wakeup):
    """Reads the log and delivers it while this worker holds the lease. Never in a publication's way."""

    batch_size: int
    send_seconds: float  # after which nothing more of a batch is begun; well within the lease
    retry_base_seconds: float
    retry_cap_seconds: float

    def __init__(self, lease: ConsumerLease) -> None:
        super().__init__(lease.consumer)
        self._lease = lease
        self._done_ahead: set[int] = set()  # positions beyond one that is not done
        self._failures = 0
        self._error: str | None = None

    @abc.abstractmethod
    async def deliver(self, batch: Batch) -> None:
        """Deliver what is pending and note in the batch what became of it. Cancellation loses nothing noted so far."""

    @abc.abstractmethod
    def log_failure(self, error: str) -> None:
        """Log the first failure of an outage."""

    @abc.abstractmethod
    def log_recovery(self) -> None:
        """Log the first success after it."""

    async def redeliver(self) -> None:
        """Deliver the dead letters that are to be retried, if there are such."""

    async def is_waiting(self) -> bool:
        """Return whether something waits and no worker holds the lease. Raises the database's errors."""
        return await self._lease.is_waiting()

    async def run(self) -> None:
        """Deliver what comes until stopped, and release the lease at the end."""
        try:
            await super().run()
        finally:
            with contextlib.suppress(*DATABASE_ERRORS):  # a time-out too; the lease expires by itself
                async with asyncio.timeout(LAST_WORD_SECONDS):
                    await self._lease.release()

    async def work(self) -> None:
        """Deliver until nothing is left or another worker holds the lease. Raises LeaseLost and database errors."""
        while True:
            offset = await self._lease.acquire()
            # The worker that holds it delivers whatever is in the log by now, unless it dies.
            self.poll_at_most_seconds = self._lease.seconds if offset is None else math.inf
            if offset is None:
                return
            events = await self._lease.read(offset, self.batch_size)
            batch = Batch(offset, events, self._lease.acquired_at + self.send_seconds, set(self._done_ahead))
            is_released = await self._deliver(batch)
            if batch.failure:
                await self._wait_for_retry(batch.failure)
                if self.is_stopping:
                    return
            elif is_released:
                return
            else:
                await self.redeliver()

    async def _deliver(self, batch: Batch) -> bool:
        """Deliver a batch and advance; return whether the lease was released."""
        try:
            if batch.pending:
                await self.deliver(batch)
            self._note_health(batch)
            return await self._advance(batch)
        except asyncio.CancelledError:  # what has arrived by now is not sent again
            with contextlib.suppress(LeaseLost, *DATABASE_ERRORS):
                async with asyncio.timeout(LAST_WORD_SECONDS):
                    await self._advance(batch)
            raise

    def _note_health(self, batch: Batch) -> None:
        if batch.failure:
            self._failures += 1
            if self._error is None:
                self.log_failure(str(batch.failure))
            self._error = str(batch.failure)
        else:
            self._failures = 0
            if batch.has_answer:
                self.recovered()

    def recovered(self) -> None:
        """Note that the last delivery did not fail."""
        if self._error is not None:
            self.log_recovery()
        self._error = None

    async def _advance(self, batch: Batch) -> bool:
        """Move the offset over what is done; what is dead is done only when its dead letter is stored."""
        offset = batch.offset
        for event in batch.events:
            if event.position not in batch.done:
                break
            offset = event.position
        self._done_ahead = batch.done - {letter.event.position for letter in batch.dead_letters}
        is_released = await self._lease.advance(
            offset, batch.dead_letters, error=self._error, release=batch.failure is None
        )
        self._done_ahead = {position for position in batch.done if position > offset}
        return is_released

    async def _wait_for_retry(self, failure: DeliveryFailed) -> None:
        """Wait and keep the lease. Raises LeaseLost."""
        delay = backoff.delay_seconds(self._failures, base=self.retry_base_seconds, cap=self.retry_cap_seconds)
        left = max(delay, failure.retry_after_seconds or 0.0)
        renew = self._lease.seconds * RENEW_LEASE_SHARE
        while left > renew and not self.is_stopping:
            await self.pause(renew)
            left -= renew
            if await self._lease.acquire() is None:
                raise LeaseLost
        await self.pause(left)


def failure_of(error: Exception) -> DeliveryFailed:
    """Return any error as a failed delivery, in words that hold nothing of what was sent."""
    return error if isinstance(error, DeliveryFailed) else DeliveryFailed(label(error))
