"""The turn of a hook, and its place in the log: what its deliverer asks the database, in transactions of a moment.

No transaction stays open while a target answers. A turn is a lease: who has it and dies, or freezes past it, loses it,
and moves nothing any more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from autopost.broadcast.announcement import Announcement
from autopost.database.sql import Schemas, query

TURN_SECONDS = 60.0  # without a word; longer than a batch takes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post that waits for a hook, and the rule that made it, where that is known still."""

    announcement: Announcement
    rule: int | None


@dataclass(frozen=True, slots=True)
class Dead:
    """A post that a hook is never to deliver, and why."""

    announcement: Announcement
    error: str


class TurnLost(Exception):
    """Another worker has the hook's turn now."""


class Turns:
    """One hook's turn, as one worker takes it. asyncpg's errors are passed on as they are.

    All hooks of a worker share `one_at_a_time`, and so use one connection: the pool is for publishing.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        schemas: Schemas,
        hook: str,
        reader: str,
        holder: str,
        one_at_a_time: asyncio.Lock | None = None,
    ) -> None:
        self._pool = pool
        self._one_at_a_time = one_at_a_time or asyncio.Lock()
        self._schemas = schemas
        self._hook = hook
        self._reader = reader
        self._holder = holder

    async def begin(self) -> None:
        """Let the hook begin after the last post that was announced, if it is new."""
        async with self._connection() as connection:
            await connection.execute(self._query("worker/begin_reading"), self._reader)

    async def take(self) -> int | None:
        """Take the turn, or keep it; return the place up to which the hook is done, None while another has the turn."""
        async with self._connection() as connection:
            position: int | None = await connection.fetchval(
                self._query("webhooks/turn"), self._reader, self._holder, TURN_SECONDS
            )
        return position

    async def give_up(self, *, at_once: bool = False) -> bool:
        """Give the turn up, unless something waits (`at_once`: even then); return whether it was given up."""
        async with self._connection() as connection, connection.transaction():
            if await connection.fetchval(self._query("webhooks/lock"), self._reader, self._holder) is None:
                return True
            # A statement of its own: it sees what was placed before whoever found the turn taken.
            released = await connection.fetchval(self._query("webhooks/release"), self._reader, self._holder, at_once)
            return released is not None

    async def waits(self) -> bool:
        """Tell whether the hook has not begun, or something waits and nobody has the turn."""
        async with self._connection() as connection:
            return bool(await connection.fetchval(self._query("webhooks/waits"), self._reader))

    async def read(self, position: int, limit: int) -> list[Waiting]:
        """Return what comes after a place, in the order of the log."""
        async with self._connection() as connection:
            rows = await connection.fetch(self._query("webhooks/announcements"), position, limit)
        return [Waiting(Announcement.of(row), row["rule_id"]) for row in rows]

    async def move(self, position: int, dead: Sequence[Dead], *, error: str | None) -> None:
        """Note that everything up to a place is done with, what is dead, and what is wrong with what comes next.

        Keeps the turn. Raises TurnLost, and notes nothing.
        """
        async with self._connection() as connection, connection.transaction():
            arguments = (self._reader, self._holder, position, TURN_SECONDS, error)
            if await connection.fetchval(self._query("webhooks/move"), *arguments) is None:
                raise TurnLost
            if dead:
                announcements = [letter.announcement for letter in dead]
                await connection.execute(
                    self._query("webhooks/bury"),
                    self._hook,
                    [announcement.position for announcement in announcements],
                    [announcement.post_id for announcement in announcements],
                    [announcement.tenant_id for announcement in announcements],
                    [announcement.agent_id for announcement in announcements],
                    [announcement.message for announcement in announcements],
                    [letter.error for letter in dead],
                )

    async def retries(self, limit: int) -> list[Announcement]:
        """Return the dead letters that are to be sent again, in the order of the log."""
        async with self._connection() as connection:
            rows = await connection.fetch(self._query("webhooks/retries"), self._hook, limit)
        return [Announcement.read(row["message"]) for row in rows]

    async def retried(self, announcement: Announcement, error: str | None) -> None:
        """End the retry of a dead letter: it was delivered, or is dead of another error."""
        async with self._connection() as connection:
            await connection.execute(self._query("webhooks/retried"), self._hook, announcement.position, error)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        async with self._one_at_a_time, self._pool.acquire() as connection:
            yield connection

    def _query(self, name: str) -> str:
        return query(name, self._schemas)
