"""The publishing transaction: final governance and rate limit, then outbox, audit log and feed, all or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg

from autopost import audit
from autopost.database.errors import DATABASE_ERRORS
from autopost.database.sql import Schemas, query
from autopost.errors import AuditRefused, LeaseLost, PostRefused
from autopost.model import Agent, Busy, Lost, Outcome, Outdated, Posted, Proposal
from autopost.model.digest import DigestMode
from autopost.model.link import Links
from autopost.observability.bookkeeping import bookkeeping
from autopost.outbox.records import agent_of
from autopost.worker.alert_storm import (
    AlertCounter,
    AlertLimit,
    AlertWindow,
    changes_as_json,
    is_counted,
    is_storm_skip,
)
from autopost.worker.digests import DigestCarrier, Kept, kept_of, rate_limited
from autopost.writing.digest import DigestTexts

Decide = Callable[[Sequence[Proposal], Mapping[str, Agent | None], datetime], list[Proposal]]

Key = tuple[UUID, int]  # a row may be in a group twice: a worker that froze past its lease has claimed it again


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a statement of a publishing transaction may wait for a lock, and how long it may take for its rows."""

    lock_seconds: float
    statement_seconds: float
    seconds_per_row: float = 0.0


# A group shares its lane with everyone, so it fails soon; what failed is published alone, which may take longer.
OF_A_GROUP = Timeouts(lock_seconds=0.1, statement_seconds=0.5, seconds_per_row=0.005)
OF_A_SINGLE_ROW = Timeouts(lock_seconds=0.1, statement_seconds=10.0)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publishing transaction committed, in the order of the group, and when by the database's clock.

    `alerts` has the windows of alerts as the transaction leaves them, `squatted` the agents whose advisory lock another
    session holds.
    """

    outcomes: list[Outcome]
    at: datetime
    alerts: AlertCounter
    squatted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LockHolder:
    """A session that holds the advisory lock of an agent."""

    pid: int
    role: str
    application: str


@dataclass(frozen=True, slots=True)
class _Locked:
    """A group whose authors are locked, and the authors as they are; `now` is the database's time after the locks.

    `free` can go on, `busy` are posts whose author is locked by others, `squatted` the authors whose advisory lock is
    held by others. `kept` are the rate-limited operations that posts of these authors carry.
    """

    free: list[Proposal]
    busy: list[Busy]
    squatted: frozenset[str]
    agents: Mapping[str, Agent | None]
    kept: Mapping[str, dict[str | None, Kept]]
    now: datetime


class _SummaryOutdated(Exception):
    """Alerts were suppressed after a summary was claimed; nothing is committed."""


class Publication:
    """Publishes groups of rows through a pool, as one worker. Lets asyncpg's errors pass.

    With `on_posts` posts are also written to the event log, and it is called after each commit with posts.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        schemas: Schemas,
        worker: str,
        *,
        on_posts: Callable[[], None] | None = None,
        alert_limit: AlertLimit | None = None,
        digest: DigestMode = DigestMode.METADATA,
        digest_texts: Callable[[], DigestTexts] = DigestTexts,
        links: Links | None = None,
    ) -> None:
        self._digest = digest
        self._digest_texts = digest_texts
        self._alert_limit = alert_limit or AlertLimit()
        self._links = links or Links()
        self._pool = pool
        self._schemas = schemas
        self._worker = worker
        self._on_posts = on_posts

    async def publish(
        self,
        proposals: Sequence[Proposal],
        decide: Decide,
        *,
        bypass: Collection[str] = (),
        timeouts: Timeouts = OF_A_SINGLE_ROW,
    ) -> Published:
        """Publish a group in a transaction of its own, all or nothing.

        `decide` makes the final decision while the agents are locked, but for alerts beyond their limit (see
        alert_storm.py); a post whose agent is locked by another transaction is returned as Busy. For the agents in
        `bypass` the advisory lock is not needed. If leases are lost, or a summary misses alerts, the transaction is
        rolled back and repeated without their rows, which therefore limit no others. Raises PostRefused or
        AuditRefused, with nothing committed, when a table of the platform did not keep a row.
        """
        settled: dict[Key, Outcome] = {}
        while True:
            group = [proposal for proposal in proposals if _key(proposal) not in settled]
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    locked = await self._lock_agents(connection, group, bypass, timeouts)
                    now = locked.now
                    allowed = decide(locked.free, locked.agents, now)
                    alerts = await self._alerts(connection, allowed, now)
                    digests = DigestCarrier(self._digest, locked.agents, locked.kept, now, self._digest_texts())
                    decided = digests.carry(alerts.decide(allowed))
                    decisions = [decision for decision in decided if not isinstance(decision, Outdated)]
                    times = {_key(decision): at for decision, at in zip(decisions, times_from(now), strict=False)}
                    posts = [decision for decision in decisions if isinstance(decision, Posted)]
                    finished = await self._finish(connection, decisions, times, now)
                    if len(finished) < len(decisions):
                        settled |= {_key(p): Lost(p.claim) for p in decisions if _key(p) not in finished}
                        raise LeaseLost
                    await self._write_events(connection, posts, times)
                    await self._add_digests(connection, decisions)
                    if outdated := await self._count_alerts(connection, alerts, now):
                        settled |= {_key(p): Outdated(p.claim) for p in posts if p.claim.id in outdated}
                        raise _SummaryOutdated
            except (LeaseLost, _SummaryOutdated):
                continue
            if posts and self._on_posts is not None:
                with bookkeeping("broadcast"):
                    self._on_posts()
            settled |= {_key(outcome): outcome for outcome in (*decided, *locked.busy)}
            return Published([settled[_key(proposal)] for proposal in proposals], now, alerts, locked.squatted)

    async def lock_holders(self, agents: Sequence[str]) -> list[LockHolder]:
        """Return the sessions that hold the advisory locks of these agents."""
        rows = await self._pool.fetch(self._query("worker/lock_holders"), agents)
        return [LockHolder(row["pid"], row["role"], row["application"]) for row in rows]

    async def _lock_agents(
        self, connection: Any, group: Sequence[Proposal], bypass: Collection[str], timeouts: Timeouts
    ) -> _Locked:
        """Lock the authors of posts and read them, in one statement; `timeouts` are for those that follow."""
        authors = _authors(group)
        named = [author for author in authors if author in bypass]
        limits = _milliseconds(timeouts, len(group))
        rows = await connection.fetch(self._query("worker/lock_agents"), authors, named, *limits)
        found = [row for row in rows if row["agent_id"] is not None]
        taken = {row["agent_id"] for row in found if not row["is_locked"]}
        busy = [Busy(p) for p in group if isinstance(p, Posted) and p.claim.operation.agent_id in taken]
        busy_keys = {_key(item) for item in busy}
        return _Locked(
            free=[p for p in group if _key(p) not in busy_keys],
            busy=busy,
            squatted=frozenset(row["agent_id"] for row in found if not row["is_free"]),
            agents={row["agent_id"]: agent_of(row) for row in found if row["is_locked"]},
            kept={row["agent_id"]: kept_of(row["kept"]) for row in found if row["is_locked"] and row["kept"]},
            now=rows[0]["now"],
        )

    async def _alerts(self, connection: Any, allowed: Sequence[Proposal], now: datetime) -> AlertCounter:
        """Return what decides about alerts, from what the database has while the agents of posts are locked."""
        counted = {
            p.claim.operation.agent_id
            for p in allowed
            if (isinstance(p, Posted) or is_storm_skip(p)) and is_counted(p.claim)
        }
        if not counted or not self._alert_limit.burst:
            return AlertCounter(self._alert_limit, now)
        rows = await connection.fetch(self._query("worker/alert_windows"), list(counted), now)
        return AlertCounter(self._alert_limit, now, [AlertWindow(**row) for row in rows])

    async def _count_alerts(self, connection: Any, alerts: AlertCounter, now: datetime) -> set[UUID]:
        """Store what happened in windows of alerts; return the summaries that miss alerts."""
        if not (changes := alerts.changes):
            return set()
        rows = await connection.fetch(self._query("worker/count_alerts"), changes_as_json(changes), now)
        return {row["id"] for row in rows}

    async def _finish(
        self, connection: Any, decisions: Sequence[Proposal], times: Mapping[Key, datetime], now: datetime
    ) -> set[Key]:
        posts = [decision if isinstance(decision, Posted) else None for decision in decisions]
        values = [
            [decision.claim.id for decision in decisions],
            [decision.claim.epoch for decision in decisions],
            [audit.state(decision) for decision in decisions],
            [audit.reason(decision) for decision in decisions],
            [audit.error(decision) for decision in decisions],
            [decision.claim.operation.operation_type for decision in decisions],
            [audit.details(decision, worker=self._worker, now=times[_key(decision)]) for decision in decisions],
            [times[_key(decision)] for decision in decisions],
            now,
            self._digest is not DigestMode.OFF,
            [post and post.claim.operation.post_type for post in posts],
            [post and post.written.content for post in posts],
            [post and audit.post_metadata(post, self._link(post)) for post in posts],
        ]
        if not any(posts):  # a locked feed holds up no other outcomes
            rows = await connection.fetch(self._query("worker/finish"), *values)
        else:
            carried = [row for post in posts if post and post.digest is not None for row in post.digest.rows]
            rows = await connection.fetch(self._query("worker/post"), *values, carried)
        finished = {(row["id"], row["epoch"]) for row in rows}
        if rows and rows[0]["audited"] < len(rows):
            raise AuditRefused
        due = sum(post is not None and _key(post) in finished for post in posts)
        if due and rows[0]["posted"] < due:
            raise PostRefused
        return finished

    def _link(self, post: Posted) -> str | None:
        return self._links.of(post.claim.operation, str(post.claim.id))

    async def _write_events(self, connection: Any, posts: Sequence[Posted], times: Mapping[Key, datetime]) -> None:
        if not posts or self._on_posts is None:
            return
        operations = [post.claim.operation for post in posts]
        await connection.execute(
            self._query("worker/write_events"),
            [str(post.claim.id) for post in posts],
            [operation.tenant_id for operation in operations],
            [operation.agent_id for operation in operations],
            [operation.post_type for operation in operations],
            [post.written.content for post in posts],
            [audit.post_metadata(post, self._link(post)) for post in posts],
            [times[_key(post)] for post in posts],
        )

    async def _add_digests(self, connection: Any, decisions: Sequence[Proposal]) -> None:
        """Add the posts that will say, at the end of the window, what is skipped as rate-limited."""
        if self._digest is DigestMode.POST and (skipped := rate_limited(decisions)):
            operations = [claim.operation for claim in skipped]
            agents, tenants = [o.agent_id for o in operations], [o.tenant_id for o in operations]
            await connection.execute(self._query("worker/add_digests"), agents, tenants, self._alert_limit.window)

    def _query(self, name: str) -> str:
        return query(name, self._schemas)


def _key(item: Outcome) -> Key:
    return item.claim.id, item.claim.epoch


def times_from(now: datetime) -> Iterator[datetime]:
    """Yield a time for each row of a transaction, a microsecond apart: readers order by time alone.

    The transactions of an agent stay in order, because a row takes longer than a microsecond to write.
    """
    for microseconds in count():
        yield now + timedelta(microseconds=microseconds)


def _milliseconds(timeouts: Timeouts, rows: int) -> tuple[str, str]:
    """Return the timeouts of this number of rows as PostgreSQL's settings have them."""
    statement_seconds = timeouts.statement_seconds + rows * timeouts.seconds_per_row
    return str(round(timeouts.lock_seconds * 1000)), str(round(statement_seconds * 1000))


def _authors(group: Sequence[Proposal]) -> list[str]:
    authors = {p.claim.operation.agent_id for p in group if isinstance(p, Posted)}
    return sorted(author for author in authors if author is not None)


async def warm_up(connection: asyncpg.Connection[asyncpg.Record], *, schemas: Schemas) -> None:
    """Prepare the statements of a claim and a publication on a new connection, so that no post waits for that.

    Runs each without rows, in a transaction that is rolled back. Ignores errors: the first real use reports them.
    """
    nothing: list[object] = []
    now = datetime.now(UTC)
    transaction = connection.transaction()
    # Not in a `finally`: a cancelled statement has closed the connection, and a rollback would hide the cancellation.
    with contextlib.suppress(*DATABASE_ERRORS):
        await transaction.start()
        await connection.fetch(query("worker/claim", schemas), "", timedelta(), True, 0, False)
        await connection.fetch(query("worker/claim_chosen", schemas), "", timedelta(), True, nothing)
        await connection.fetch(query("worker/lock_agents", schemas), nothing, nothing, *_milliseconds(OF_A_GROUP, 0))
        await connection.fetch(query("worker/finish", schemas), *[nothing] * 8, now, False, *[nothing] * 3)
        await connection.fetch(query("worker/post", schemas), *[nothing] * 8, now, False, *[nothing] * 4)
    with contextlib.suppress(*DATABASE_ERRORS):
        await transaction.rollback()
