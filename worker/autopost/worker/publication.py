"""The publishing transaction: final governance and rate limit, then outbox, audit log and feed, all or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from autopost import audit
from autopost.alert_storm import AlertCounter, AlertLimit, AlertWindow, is_counted, is_storm_skip
from autopost.database.errors import DATABASE_ERRORS
from autopost.database.sql import Schemas, query
from autopost.errors import LeaseLost, PostRefused
from autopost.model import Agent, Busy, Lost, Outcome, Outdated, Posted, Proposal
from autopost.outbox.records import agent_of

Decide = Callable[[Sequence[Proposal], Mapping[str, Agent | None], datetime], list[Proposal]]

Key = tuple[UUID, int]  # a row may be in a group twice: a worker that froze past its lease has claimed it again


@dataclass(frozen=True, slots=True)
class Published:
    """What a publishing transaction committed, in the order of the group, and when by the database's clock.

    `alerts` has the windows of alerts as the transaction leaves them.
    """

    outcomes: list[Outcome]
    at: datetime
    alerts: AlertCounter


class Publication:
    """Publishes groups of rows through a pool, as one worker. Lets asyncpg's errors pass.

    With `on_posts` posts are also written to the log of announcements, and it is called after each commit with posts.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        schemas: Schemas,
        worker: str,
        *,
        on_posts: Callable[[], None] | None = None,
        alert_limit: AlertLimit | None = None,
    ) -> None:
        self._alert_limit = alert_limit or AlertLimit()
        self._pool = pool
        self._schemas = schemas
        self._worker = worker
        self._on_posts = on_posts

    async def publish(self, proposals: Sequence[Proposal], decide: Decide) -> Published:
        """Publish a group in a transaction of its own, all or nothing.

        `decide` makes the final decision while the advisory locks of the agents are held, but for alerts beyond their
        limit (see alert_storm.py); a post whose agent is locked by another transaction is returned as Busy. If leases
        are lost, the transaction is rolled back and repeated without their rows, which therefore limit no others.
        Raises PostRefused, with nothing committed, when the platform's table did not keep a post.
        """
        settled: dict[Key, Outcome] = {}
        while True:
            group = [proposal for proposal in proposals if _key(proposal) not in settled]
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    free, busy = await self._lock_agents(connection, group)
                    allowed, now = await self._decide(connection, free, decide)
                    alerts = await self._alerts(connection, allowed, now)
                    decided = alerts.decide(allowed)
                    decisions = [decision for decision in decided if not isinstance(decision, Outdated)]
                    finished = await self._finish(connection, decisions, now)
                    if len(finished) < len(decisions):
                        settled |= {_key(p): Lost(p.claim) for p in decisions if _key(p) not in finished}
                        raise LeaseLost
                    await self._count_alerts(connection, alerts, now)
                    posts = [decision for decision in decisions if isinstance(decision, Posted)]
                    await self._post(connection, posts, now)
            except LeaseLost:
                continue
            if posts and self._on_posts is not None:
                self._on_posts()
            settled |= {_key(outcome): outcome for outcome in (*decided, *busy)}
            return Published([settled[_key(proposal)] for proposal in proposals], now, alerts)

    async def _lock_agents(self, connection: Any, group: Sequence[Proposal]) -> tuple[list[Proposal], list[Busy]]:
        """Lock the authors; return the proposals that can go on, and those whose author is locked."""
        authors = _authors(group)
        rows = await connection.fetch(self._query("worker/lock_agents"), authors) if authors else []
        taken = {row["agent_id"] for row in rows if not row["locked"]}
        busy = [Busy(p) for p in group if _needs_lock(p) and p.claim.operation.agent_id in taken]
        busy_keys = {_key(item) for item in busy}
        return [p for p in group if _key(p) not in busy_keys], busy

    async def _decide(
        self, connection: Any, group: Sequence[Proposal], decide: Decide
    ) -> tuple[list[Proposal], datetime]:
        rows = await connection.fetch(self._query("worker/agents_now"), _authors(group) or [""])
        now: datetime = rows[0]["now"]
        return decide(group, {row["agent_id"]: agent_of(row) for row in rows}, now), now

    async def _alerts(self, connection: Any, allowed: Sequence[Proposal], now: datetime) -> AlertCounter:
        """Return what decides about alerts, from what the database has while the agents are locked."""
        counted = {p.claim.operation.agent_id for p in allowed if _needs_lock(p) and is_counted(p.claim)}
        summaries = [p.claim.id for p in allowed if isinstance(p, Posted) and p.claim.operation.summary is not None]
        windows, counts = [], {}
        if counted and self._alert_limit.burst:
            rows = await connection.fetch(self._query("worker/alert_windows"), list(counted), now)
            windows = [AlertWindow(**row) for row in rows]
        if summaries:
            rows = await connection.fetch(self._query("worker/summary_counts"), summaries)
            counts = {row["id"]: row["alerts"] for row in rows}
        return AlertCounter(self._alert_limit, now, windows, counts)

    async def _count_alerts(self, connection: Any, alerts: AlertCounter, now: datetime) -> None:
        if changes := alerts.changes:
            await connection.execute(
                self._query("worker/count_alerts"),
                [window.agent_id for window, _ in changes],
                [window.operation_type for window, _ in changes],
                [window.began_at for window, _ in changes],
                [window.ends_at for window, _ in changes],
                [window.posted for window, _ in changes],
                [window.suppressed for window, _ in changes],
                [suppressed.count if suppressed else 0 for _, suppressed in changes],
                [suppressed.first if suppressed else None for _, suppressed in changes],
                now,
            )

    async def _finish(self, connection: Any, decisions: Sequence[Proposal], now: datetime) -> set[Key]:
        rows = await connection.fetch(
            self._query("worker/finish"),
            [decision.claim.id for decision in decisions],
            [decision.claim.epoch for decision in decisions],
            [audit.state(decision) for decision in decisions],
            [audit.reason(decision) for decision in decisions],
            [audit.error(decision) for decision in decisions],
            [decision.claim.operation.operation_type for decision in decisions],
            [audit.details(decision, worker=self._worker, now=now) for decision in decisions],
            now,
        )
        return {(row["id"], row["epoch"]) for row in rows}

    async def _post(self, connection: Any, posts: Sequence[Posted], now: datetime) -> None:
        if not posts:
            return
        operations = [post.claim.operation for post in posts]
        values = (
            [str(post.claim.id) for post in posts],
            [operation.tenant_id for operation in operations],
            [operation.agent_id for operation in operations],
            [operation.post_type for operation in operations],
            [post.written.content for post in posts],
            [audit.post_metadata(post) for post in posts],
            now,
        )
        tag = await connection.execute(self._query("worker/post"), *values)
        if int(tag.rsplit(" ", 1)[1]) < len(posts):
            raise PostRefused
        if self._on_posts is not None:
            await connection.execute(self._query("worker/announce"), *values)

    def _query(self, name: str) -> str:
        return query(name, self._schemas)


def _key(item: Outcome) -> Key:
    return item.claim.id, item.claim.epoch


def _needs_lock(proposal: Proposal) -> bool:
    """Return whether a proposal is decided while its agent is locked: it moves the agent's windows."""
    return isinstance(proposal, Posted) or is_storm_skip(proposal)


def _authors(group: Sequence[Proposal]) -> list[str]:
    authors = {p.claim.operation.agent_id for p in group if _needs_lock(p)}
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
        await connection.fetch(query("worker/claim", schemas), "", 0, timedelta(), False, None)
        await connection.fetch(query("worker/lock_agents", schemas), nothing)
        await connection.fetch(query("worker/agents_now", schemas), nothing)
        await connection.fetch(query("worker/finish", schemas), *[nothing] * 7, now)
        await connection.execute(query("worker/post", schemas), *[nothing] * 6, now)
    with contextlib.suppress(*DATABASE_ERRORS):
        await transaction.rollback()
