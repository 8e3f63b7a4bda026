"""A consumer of the log in the database: its offset, and the lease by which one worker at a time delivers for it.

Every method is a short transaction of its own: none is open while something is being delivered. A worker that dies, or
freezes until its lease has expired, loses the lease and can no longer move the offset.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from autopost.broadcast.event import BroadcastEvent
from autopost.database.sql import Schemas, query
from autopost.errors import LeaseLost

WEBHOOK_PREFIX = "webhook:"  # of a webhook's name among the consumers of the log


@dataclass(frozen=True, slots=True)
class WebhookDeadLetter:
    """An event that a webhook will not be sent, and why."""

    event: BroadcastEvent
    error: str


@dataclass(frozen=True, slots=True)
class Place:
    """How far a consumer has come: its offset, and when it last advanced, which shows an advance by another worker."""

    offset: int
    moved_at: datetime


class ConsumerLease:
    """The offset and the lease of one consumer, as one worker (`holder`) has them. Raises asyncpg's errors as they are.

    Leases that share `one_at_a_time` share one connection: the others of the pool are for publishing.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        schemas: Schemas,
        consumer: str,
        holder: str,
        seconds: float,
        one_at_a_time: asyncio.Lock | None = None,
    ) -> None:
        self.consumer = consumer
        self.seconds = seconds
        self.acquired_at = 0.0  # loop time just before, so that a worker that froze since then notices
        self._pool = pool
        self._schemas = schemas
        self._holder = holder
        self._one_at_a_time = one_at_a_time or asyncio.Lock()

    async def acquire(self) -> Place | None:
        """Acquire or renew the lease; return the consumer's place, or None while another worker holds the lease.

        A new consumer begins after the last position of the log.
        """
        async with self._connection() as connection:
            self.acquired_at = asyncio.get_running_loop().time()
            row = await connection.fetchrow(self._query("broadcast/acquire"), self.consumer, self._holder, self.seconds)
        return None if row is None else Place(*row)

    async def read(self, offset: int, limit: int) -> list[BroadcastEvent]:
        """Return what comes after an offset and is not delivered, in the order of the log."""
        async with self._connection() as connection:
            rows = await connection.fetch(self._query("broadcast/read"), offset, limit, self.consumer)
        return [BroadcastEvent.from_row(row) for row in rows]

    async def read_at(self, positions: Sequence[int]) -> list[BroadcastEvent]:
        """Return the events at positions of the log that are still there, in any order."""
        async with self._connection() as connection:
            rows = await connection.fetch(self._query("broadcast/read_at"), positions)
        return [BroadcastEvent.from_row(row) for row in rows]

    async def advance(
        self,
        done: Sequence[int],
        dead_letters: Sequence[WebhookDeadLetter] = (),
        *,
        error: str | None = None,
        release: bool = False,
    ) -> tuple[Place, bool]:
        """Record what is done, store dead letters, note what is wrong with the next delivery, and renew the lease.

        With `release` the lease is released if nothing waits for the consumer. Returns the consumer's place and whether
        the lease was released. Raises LeaseLost, and then nothing is stored.
        """
        async with self._connection() as connection, connection.transaction():
            arguments = (self.consumer, self._holder, done, self.seconds, error)
            row = await connection.fetchrow(self._query("broadcast/advance"), *arguments)
            if row is None:
                raise LeaseLost
            if dead_letters:
                await connection.execute(
                    self._query("webhooks/add_dead_letters"),
                    self._webhook,
                    [letter.event.position for letter in dead_letters],
                    [letter.event.post_id for letter in dead_letters],
                    [letter.event.tenant_id for letter in dead_letters],
                    [letter.event.agent_id for letter in dead_letters],
                    [letter.event.plain_message for letter in dead_letters],
                    [letter.error for letter in dead_letters],
                )
            return Place(*row), release and await self._release(connection, even_if_waiting=False)

    async def release(self) -> None:
        """Release the lease if this worker holds it, whatever waits."""
        async with self._connection() as connection:
            await self._release(connection, even_if_waiting=True)

    async def is_waiting(self) -> bool:
        """Return whether the consumer has not begun, or something waits for it and no worker holds the lease."""
        async with self._connection() as connection:
            return bool(await connection.fetchval(self._query("broadcast/is_waiting"), self.consumer))

    async def dead_letters_to_retry(self, limit: int) -> list[BroadcastEvent]:
        """Return the dead letters for which a retry was requested, in the order of the log."""
        async with self._connection() as connection:
            rows = await connection.fetch(self._query("webhooks/dead_letters_to_retry"), self._webhook, limit)
        return [BroadcastEvent.from_message(row["message"]) for row in rows]

    async def end_retry(self, event: BroadcastEvent, error: str | None) -> None:
        """Delete a dead letter that was delivered, or keep it with its new error."""
        async with self._connection() as connection:
            await connection.execute(self._query("webhooks/end_retry"), self._webhook, event.position, error)

    @property
    def _webhook(self) -> str:
        return self.consumer.removeprefix(WEBHOOK_PREFIX)

    async def _release(self, connection: Any, *, even_if_waiting: bool) -> bool:
        return bool(
            await connection.fetchval(self._query("broadcast/release"), self.consumer, self._holder, even_if_waiting)
        )

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        async with self._one_at_a_time, self._pool.acquire() as connection:
            yield connection

    def _query(self, name: str) -> str:
        return query(name, self._schemas)
