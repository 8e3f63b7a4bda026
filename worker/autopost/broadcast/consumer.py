"""Delivers the log to one consumer, by one worker at a time: whichever holds the consumer's lease.

At least once, and an agent's events in order: what is delivered is recorded after the delivery. The consumer reads the
log ahead and serves the agents in turn (`is_fair`), so that one with many events does not hold up the others. A
delivery that fails is retried, less and less often, and holds up what its agent has after it.
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
from autopost.broadcast.lease import ConsumerLease, Place, WebhookDeadLetter
from autopost.broadcast.turns import Turns
from autopost.broadcast.wakeup import Wakeup
from autopost.database.errors import DATABASE_ERRORS, label
from autopost.errors import DeliveryFailed, LeaseLost

RENEW_LEASE_SHARE = 1 / 3  # how often the lease is renewed while a retry waits
LAST_WORD_SECONDS = 1.0
NEWS_RETRY_SECONDS = 5.0  # between retries while new events come
READ_ROWS = 1_000
READS_PER_ROUND = 50
MAX_READ_AHEAD = 50_000  # events that wait: an agent with more holds up the others. Their positions are 2 MB
MAX_HELD_EVENTS = 1_000  # whole, so that most are read once


@dataclass(slots=True)
class Batch:
    """Events of the log, and their outcomes. Nothing more is begun after the deadline (loop time)."""

    events: Sequence[BroadcastEvent]
    deadline: float
    done: set[int] = field(default_factory=set)  # positions
    failed: set[int] = field(default_factory=set)  # positions, to be retried
    held: set[int] = field(default_factory=set)  # positions that the consumer holds until it knows their outcomes
    dead_letters: list[WebhookDeadLetter] = field(default_factory=list)
    has_answer: bool = False
    failure: DeliveryFailed | None = None  # the first that must be retried


class LogConsumer(Wakeup):
    """Reads the log and delivers it while this worker holds the lease. Never in a publication's way."""

    batch_size: int
    is_fair = False  # serves the agents in turn, and not the log in its order
    send_seconds: float  # after which nothing more of a batch is begun; well within the lease
    retry_base_seconds: float
    retry_cap_seconds: float

    def __init__(self, lease: ConsumerLease) -> None:
        super().__init__(lease.consumer)
        self._lease = lease
        self._place: Place | None = None  # as this worker knows it
        self._turns = Turns()
        self._held: dict[int, BroadcastEvent] = {}  # by position
        self._read_to = 0
        self._must_read_again = False
        self._unrecorded: set[int] = set()  # positions that are done
        self._failures = 0
        self._error: str | None = None

    @abc.abstractmethod
    async def deliver(self, batch: Batch) -> None:
        """Deliver the events and note in the batch the outcome of each. Cancellation loses nothing noted so far."""

    @abc.abstractmethod
    def log_failure(self, error: str) -> None:
        """Log the first failure of an outage."""

    @abc.abstractmethod
    def log_recovery(self) -> None:
        """Log the first success after it."""

    @property
    def is_holding(self) -> bool:
        """Return whether the consumer holds events, so that it must be asked to deliver though nothing waits."""
        return False

    @property
    def waiting(self) -> int:
        """Return how many events wait for delivery, those of a batch that is being delivered included."""
        return len(self._turns)

    def read_again(self) -> None:
        """Have the log read again after this batch, with what is held."""
        self._must_read_again = True

    def release_held(self) -> None:
        """Hold nothing: the log is read again."""

    def wants(self, event: BroadcastEvent) -> bool:
        """Return whether an event should be delivered."""
        return True

    async def redeliver(self) -> None:
        """Deliver the dead letters for which a retry was requested, if there are any."""

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
            self._awake.clear()  # whatever is in the log by now is read below
            place = await self._lease.acquire()
            # The worker that holds it delivers whatever is in the log by now, unless it dies.
            self.poll_at_most_seconds = self._lease.seconds if place is None else math.inf
            if place is None:
                return
            await self._read_ahead(place)
            batch = Batch(await self._next_events(), self._lease.acquired_at + self.send_seconds)
            is_released = await self._deliver(batch)
            if batch.failure:
                await self._wait_for_retry(batch.failure)
                if self.is_stopping:
                    return
            elif is_released:
                return
            else:
                await self.redeliver()

    async def _read_ahead(self, place: Place) -> None:
        """Read what is new in the log; all of it, if another worker has delivered since this one did."""
        if place != self._place or self._must_read_again:
            self._must_read_again = False
            self.release_held()
            self._turns.clear()
            self._held.clear()
            self._read_to, self._place = place.offset, place
        self._read_to = max(self._read_to, place.offset)  # past what was delivered ahead of what was read
        most = MAX_READ_AHEAD if self.is_fair else self.batch_size
        for _ in range(READS_PER_ROUND):
            limit = min(READ_ROWS, most - len(self._turns))
            events = await self._lease.read(self._read_to, limit) if limit > 0 else []
            for event in events:
                self._read_to = event.position
                if event.position in self._unrecorded:
                    continue
                if not self.wants(event):
                    self._unrecorded.add(event.position)
                    continue
                self._turns.add(event.position, event.agent_id if self.is_fair else None)
                if len(self._held) < MAX_HELD_EVENTS:
                    self._held[event.position] = event
            if len(events) < limit or limit <= 0:
                return

    async def _next_events(self) -> list[BroadcastEvent]:
        positions = self._turns.next(self.batch_size)
        if missing := [position for position in positions if position not in self._held]:
            self._held |= {event.position: event for event in await self._lease.read_at(missing)}
        removed = [position for position in positions if position not in self._held]  # by retention or a purge
        self._unrecorded.update(removed)
        self._turns.remove(removed)
        return [self._held[position] for position in positions if position in self._held]

    async def _deliver(self, batch: Batch) -> bool:
        """Deliver a batch and advance; return whether the lease was released."""
        try:
            if batch.events or self.is_holding:
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
            self._failures = 1 if batch.has_answer else self._failures + 1
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
        """Record what is done; what is dead is done only when its dead letter is stored."""
        dead = {letter.event.position for letter in batch.dead_letters}
        self._turns.put_off(batch.failed)
        self._forget((batch.done - dead) | batch.held)
        self._unrecorded |= batch.done - dead
        try:
            self._place, is_released = await self._lease.advance(
                sorted(self._unrecorded | dead), batch.dead_letters, error=self._error, release=batch.failure is None
            )
        except BaseException:
            self._must_read_again |= bool(dead)  # what was held and is dead is not among what waits
            raise
        self._forget(dead)
        self._unrecorded.clear()
        return is_released

    def _forget(self, positions: set[int]) -> None:
        self._turns.remove(positions)
        for position in positions:
            self._held.pop(position, None)

    async def _wait_for_retry(self, failure: DeliveryFailed) -> None:
        """Wait and keep the lease; not for long when there is something new. Raises LeaseLost.

        The target may refuse one event only: then those of other agents are delivered between its retries.
        """
        loop = asyncio.get_running_loop()
        asked = failure.retry_after_seconds or 0.0
        delay = backoff.delay_seconds(self._failures, base=self.retry_base_seconds, cap=self.retry_cap_seconds)
        renew = self._lease.seconds * RENEW_LEASE_SHARE
        began, wait = loop.time(), max(delay, asked)
        while not self.is_stopping:
            if self.is_woken:
                wait = min(wait, max(NEWS_RETRY_SECONDS, asked))
            left = began + wait - loop.time()
            if left <= 0:
                return
            await self.pause(min(left, renew), unless_woken=not self.is_woken)
            if loop.time() - self._lease.acquired_at >= renew and await self._lease.acquire() is None:
                raise LeaseLost


def failure_of(error: Exception) -> DeliveryFailed:
    """Return any error as a failed delivery, in words that hold nothing of what was sent."""
    return error if isinstance(error, DeliveryFailed) else DeliveryFailed(label(error))
