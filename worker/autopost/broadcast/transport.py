"""What carries events to subscribers, in any number of instances of the platform."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import asyncpg
import structlog

from autopost.broadcast.consumer import Batch, LogConsumer, failure_of
from autopost.broadcast.event import BroadcastEvent
from autopost.broadcast.lease import ConsumerLease
from autopost.database.errors import reraise_if_cancelled
from autopost.database.sql import read_object
from autopost.errors import DeliveryFailed
from autopost.observability import metrics

LEASE_SECONDS = 6.0  # so long a worker that freezes keeps others from delivering
CHANNEL_FULL = 0.5  # of the queue of notifications, which is the platform's too
MAX_NOTIFICATION_BYTES = 7_999  # https://www.postgresql.org/docs/current/sql-notify.html


log = structlog.get_logger(__name__)


class Transport(Protocol):
    """Publishes events; a subscriber may get one twice."""

    async def send(self, events: Sequence[BroadcastEvent]) -> None:
        """Publish events in their order. Raises DeliveryFailed, or the database's errors."""

    async def aclose(self) -> None:
        """Close connections."""


class TransportConsumer(LogConsumer):
    """Delivers the log to a transport."""

    batch_size = 200
    send_seconds = 4.0
    retry_base_seconds = 0.1
    retry_cap_seconds = 5.0  # so long events may wait after the transport is back

    def __init__(self, lease: ConsumerLease, transport: Transport) -> None:
        super().__init__(lease)
        self._transport = transport

    async def deliver(self, batch: Batch) -> None:
        """Publish the events: all of them, or none is done."""
        events = batch.events
        try:
            if asyncio.get_running_loop().time() >= batch.deadline:  # frozen meanwhile: others may be further by now
                raise TimeoutError
            async with asyncio.timeout_at(batch.deadline):
                await self._transport.send(events)
        except TimeoutError:
            batch.failure = DeliveryFailed(f"no answer in {self.send_seconds:g} seconds")
        except Exception as error:  # noqa: BLE001 - a transport's bug must not end a worker
            reraise_if_cancelled(error)
            batch.failure = failure_of(error)
        if batch.failure:
            metrics.BROADCAST_ERRORS.inc()
            return
        metrics.BROADCAST_EVENTS.inc(len(events))
        batch.has_answer = True
        batch.done.update(event.position for event in events)

    def log_failure(self, error: str) -> None:
        """Log that the transport is down."""
        log.warning("broadcast.transport_down", error=error)

    def log_recovery(self) -> None:
        """Log that the transport is up again."""
        log.info("broadcast.transport_up")


class NotifyTransport:
    """PostgreSQL's own notifications, to every session that listens on the channel."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], channel: str) -> None:
        self._pool = pool
        self._channel = channel
        self._notify = read_object("queries/broadcast/notify")

    async def send(self, events: Sequence[BroadcastEvent]) -> None:
        """Notify. Raises DeliveryFailed while the queue of notifications is half full, and the database's errors."""
        messages = [notification(event) for event in events]
        if not await self._pool.fetchval(self._notify, self._channel, messages, CHANNEL_FULL):
            raise DeliveryFailed("the queue of notifications is half full: a session listens and does not read")

    async def aclose(self) -> None:
        """Do nothing: the pool is not its own."""


def notification(event: BroadcastEvent) -> str:
    """Return the whole message, or the short one if the whole one is too long for a notification."""
    message = event.message
    return message if len(message.encode()) <= MAX_NOTIFICATION_BYTES else event.short_message
