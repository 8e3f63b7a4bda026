"""Actors in races: each has a connection of its own, and its transaction stays open until it is told to end.

That one waits for another is seen in pg_blocking_pids, and not by the clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import asyncpg

from autopost.database.connection import connect_arguments
from autopost.database.session import SESSION
from autopost.model import Claim, Generator, Posted, Proposal, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.settings import Settings
from tests.support.host import SCHEMAS, SEARCH_PATH, Host
from tests.support.machine.gate import Gate
from tests.support.machine.stage import VIOLATIONS
from tests.support.work import eventually

LEASE = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)
PATIENT = {"lock_timeout": "60s"}  # who waits in a race waits until the test goes on
TEXT = Written("text", Generator.TEMPLATE)


class Session:
    """A connection on which somebody acts."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self.connection = connection
        self.pid = connection.get_server_pid()
        self.warnings: list[str] = []
        connection.add_log_listener(lambda _, message: self.warnings.append(str(message)))

    async def begin(self) -> None:
        """Begin a transaction that stays open."""
        await self.connection.execute("begin")

    async def end(self, *, commits: bool = True) -> None:
        """End it."""
        await self.connection.execute("commit" if commits else "rollback")

    async def value(self, sql: str, *arguments: Any) -> Any:
        """Run a statement; return the one value that it has."""
        return await self.connection.fetchval(sql, *arguments)

    def outbox(self, worker: str) -> Outbox:
        """Return the outbox as a worker sees it, but in this transaction."""
        return Outbox(cast("asyncpg.Pool[asyncpg.Record]", self.connection), SCHEMAS, worker)

    def start(self, sql: str, *arguments: Any) -> asyncio.Task[Any]:
        """Run a statement that will have to wait."""
        return asyncio.create_task(self.value(sql, *arguments))


class Race:
    """The platform, any number of sessions, and the workers `one` and `two`."""

    def __init__(self, host: Host, settings: Settings, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.host = host
        self.pool = pool
        self._settings = settings
        self._sessions: list[Session] = []
        self._gates: list[Gate] = []

    async def session(self) -> Session:
        """Return a new session."""
        arguments = connect_arguments(self._settings, "race")
        arguments["server_settings"] |= {**SESSION, **PATIENT, "search_path": SEARCH_PATH}
        session = Session(await asyncpg.connect(**arguments))
        self._sessions.append(session)
        return session

    async def close(self) -> None:
        """End what is still open."""
        for gate in self._gates:
            await gate.crash()
        for session in self._sessions:
            await session.connection.close()

    def outbox(self, worker: str) -> Outbox:
        """Return the outbox as a worker sees it."""
        return Outbox(self.pool, SCHEMAS, worker)

    async def claimed(self, *operations: str, worker: str = "one", agent: str = "ada") -> list[Claim]:
        """Complete operations of an agent and let a worker claim them."""
        self.host.agent(agent)
        for operation in operations or ("op",):
            self.host.complete(operation, agent=agent)
        return await self.outbox(worker).claim(10, LEASE)

    async def publishing(
        self, worker: str, proposals: Sequence[Proposal], *, at: str, bypass: Collection[str] = ()
    ) -> Gate:
        """Return a worker's publishing transaction, which stands before the statement `at`."""
        gate = Gate(self.pool, worker, proposals, _decide, bypass=bypass)
        self._gates.append(gate)
        await gate.reach(at)
        return gate

    async def waits(self, waiting: Session | Gate, *, on: Session | Gate) -> None:
        """Wait until one waits for a lock of the other."""
        await eventually(lambda: _pid(on) in self.blockers(waiting))

    def is_waiting(self, actor: Session | Gate) -> bool:
        """Return whether it waits for anybody's lock."""
        return bool(self.blockers(actor))

    def blockers(self, actor: Session | Gate) -> list[int]:
        """Return the processes for which it waits."""
        found: list[int] = self.host.value("select pg_blocking_pids(%s)", (_pid(actor),))
        return found

    def leases_run_out(self) -> None:
        """Let every lease run out that is not being ended at this moment."""
        self.host.execute(
            "with late as (select id from auto_post_outbox where state = 'claimed' for update skip locked) "
            "update auto_post_outbox as o set available_at = now() - interval '1 second' from late where o.id = late.id"
        )

    def states(self) -> list[str]:
        """Return the outbox's states, in the order of capture, once nothing forbidden is to be seen."""
        assert self.host.rows(VIOLATIONS) == []
        assert self.deadlocks() == 0
        return [row["state"] for row in self.host.rows("select state from auto_post_outbox order by captured_at")]

    def deadlocks(self) -> int:
        """Return how many the server had to end in this database."""
        found: int = self.host.value("select deadlocks from pg_stat_database where datname = current_database()")
        return found

    def outcomes(self) -> list[str]:
        """Return the outcomes in the audit log, the first first: posted, dead, or why it was skipped."""
        rows = self.host.rows(
            "select coalesce(details ->> 'reason', details ->> 'outcome') as what from audit_log "
            "where action in ('auto_post.posted', 'auto_post.skipped', 'auto_post.dead') order by occurred_at, id"
        )
        return [row["what"] for row in rows]


def posts(claims: Sequence[Claim]) -> list[Posted]:
    """Return the proposals to post them."""
    return [Posted(claim, TEXT) for claim in claims]


def _decide(group: Sequence[Proposal], agents: Any, now: datetime) -> list[Proposal]:
    return at_publishing(group, agents, now, WINDOW)


def _pid(actor: Session | Gate) -> int:
    if isinstance(actor, Session):
        return actor.pid
    assert actor.connection is not None
    return actor.connection.get_server_pid()
