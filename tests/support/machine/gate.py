"""Publication.publish, statement by statement: its task stands still before each one until it is told to go on.

It is the real code with a real connection, so what is cut into steps here cannot differ from what a worker does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, cast

import asyncpg

from autopost.database.sql import query
from autopost.model import Proposal
from autopost.worker.publication import Decide, Publication, Published
from tests.support.host import SCHEMAS

# By name; the last two end rows, and which of them it is depends on whether there is a post.
STATEMENTS = {"lock_agents": "lock_agents", "finish": "finish", "post": "finish"}
COMMIT = "commit"


class Gate:
    """A publishing transaction that somebody else drives.

    `at` is the statement that runs next, `commit` at the end, and None when `publish` returned or raised. A lost lease
    takes it back to the first statement, in a new transaction.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        worker: str,
        proposals: Sequence[Proposal],
        decide: Decide,
        *,
        bypass: Collection[str] = (),
    ) -> None:
        self.at: str | None = None
        self.connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._pool = pool
        self._names = {query(f"worker/{name}", SCHEMAS).splitlines()[0]: at for name, at in STATEMENTS.items()}
        self._arrived = asyncio.Event()
        self._go = asyncio.Event()
        publication = Publication(cast("asyncpg.Pool[asyncpg.Record]", self), SCHEMAS, worker)
        self._task = asyncio.create_task(publication.publish(proposals, decide, bypass=bypass))

    async def arrive(self) -> None:
        """Wait until it stands before a statement, or has ended."""
        arriving = asyncio.create_task(self._arrived.wait())
        await asyncio.wait({arriving, self._task}, return_when=asyncio.FIRST_COMPLETED)
        arriving.cancel()
        if self._task.done():
            self.at = None

    async def step(self) -> None:
        """Let it run the statement that it stands before."""
        self.go()
        await self.arrive()

    def go(self) -> None:
        """Let it run the statement that it stands before, and do not wait for it."""
        self._arrived.clear()
        self._go.set()

    async def reach(self, statement: str) -> None:
        """Let it run until it stands before this one."""
        await self.arrive()
        while self.at not in (statement, None):
            await self.step()
        assert self.at == statement, f"it ended before {statement}"

    async def finish(self) -> Published:
        """Let it run to its end; return what it published, or raise what it raised."""
        await self.arrive()
        while self.at is not None:
            await self.step()
        return self.result()

    def result(self) -> Published:
        """Return what it published, or raise what it raised."""
        return self._task.result()

    async def crash(self) -> None:
        """End it where it stands, as the server does when a worker is gone: its transaction is rolled back."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.at = None

    # What follows is what Publication asks of a pool and of a connection.

    @contextlib.asynccontextmanager
    async def acquire(self) -> AsyncIterator[Gate]:
        """Return this, as the connection."""
        async with self._pool.acquire() as connection:
            self.connection = cast("asyncpg.Connection[asyncpg.Record]", connection)
            try:
                yield self
            finally:
                self.connection = None

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Stand still before the commit too."""
        assert self.connection is not None
        async with self.connection.transaction():
            yield
            await self._stand(COMMIT)

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Stand still, then run it."""
        await self._stand(self._names[sql.splitlines()[0]])
        assert self.connection is not None
        return await self.connection.fetch(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> str:
        """Stand still, then run it."""
        await self._stand(self._names[sql.splitlines()[0]])
        assert self.connection is not None
        return await self.connection.execute(sql, *arguments)

    async def _stand(self, at: str) -> None:
        self.at = at
        self._arrived.set()
        await self._go.wait()
        self._go.clear()
