"""Gives published events their positions in the log, and wakes the log's consumers. It waits for none of them."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from autopost.broadcast.wakeup import Wakeup
from autopost.database.sql import query

BATCH = 1_000


class Sequencer(Wakeup):
    """Gives committed events their positions, after its consumers have begun. Any number of workers run one each."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schema: str, consumers: Sequence[Wakeup] = ()) -> None:
        super().__init__("sequencer")
        self._pool = pool
        self._schema = schema
        self._consumers = consumers
        self._has_begun = False

    async def work(self) -> None:
        """Begin the consumers, give positions, and wake the consumers. Raises the database's errors."""
        if not self._has_begun:
            names = [consumer.name for consumer in self._consumers]
            await self._pool.execute(query("broadcast/begin", self._schema), names)
            self._has_begun = True
        if await self.sequence():
            for consumer in self._consumers:
                consumer.wake()

    async def sequence(self) -> int:
        """Give all committed events their positions; return how many. Raises the database's errors."""
        total = 0
        while True:
            count: int = await self._pool.fetchval(query("broadcast/sequence", self._schema), BATCH)
            total += count
            if count < BATCH:
                return total

    async def is_waiting(self) -> bool:
        """Return whether an event has no position yet. Raises the database's errors."""
        return bool(await self._pool.fetchval(query("broadcast/is_unsequenced", self._schema)))
