"""The outbox, and all other tables: the only caller of SQL in the worker.

Each method is one statement and its own transaction; `publish` is one transaction of several statements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from autopost import audit
from autopost.errors import LeaseLost
from autopost.model import Agent, Claim, Deferred, Lost, Operation, Outcome, Posted, Proposal
from autopost.resources import query

Decide = Callable[[Sequence[Proposal], Mapping[str, Agent | None], datetime], list[Proposal]]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publishing transaction committed, in the order of the group, and when by the database's clock."""

    outcomes: list[Outcome]
    at: datetime


class Outbox:
    """The tables of one schema, reached through a pool.

    Every statement about a claimed row names its epoch. asyncpg's errors are passed on as they are.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schema: str, worker: str) -> None:
        self._pool = pool
        self._schema = schema
        self._worker = worker

    async def claim(self, limit: int, lease: timedelta) -> list[Claim]:
        """Claim up to `limit` due rows, oldest first; returned in the order of capture."""
        rows = await self._pool.fetch(self._query("claim"), self._worker, limit, lease)
        return [_claim(row) for row in rows]

    async def publish(self, proposals: Sequence[Proposal], decide: Decide) -> Published:
        """Publish a group in one transaction: all of it, or nothing.

        `decide` has the last word, under the agents' advisory locks. A row whose lease is lost gets nothing:
        the transaction is rolled back and done again without it, so that it cannot have limited others.
        """
        lost: set[UUID] = set()
        while True:
            group = [proposal for proposal in proposals if proposal.claim.id not in lost]
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    verdicts, now = await self._decide(connection, group, decide)
                    held = await self._finish(connection, verdicts, now)
                    if len(held) < len(group):
                        lost |= {proposal.claim.id for proposal in group} - held
                        raise LeaseLost
            except LeaseLost:
                continue
            by_id = {verdict.claim.id: verdict for verdict in verdicts}
            return Published([by_id.get(p.claim.id) or Lost(p.claim) for p in proposals], now)

    async def keep(self, posts: Sequence[Posted]) -> None:
        """Keep written texts with their rows, for the case that publishing fails."""
        await self._pool.execute(self._query("keep"), *_keys(posts), [audit.keep(post.written) for post in posts])

    async def defer(self, deferred: Sequence[Deferred]) -> None:
        """Give rows back after a failed attempt."""
        await self._pool.execute(
            self._query("defer"),
            *_keys(deferred),
            [item.error for item in deferred],
            [item.delay_seconds for item in deferred],
        )

    async def release(self, claims: Sequence[Claim]) -> int:
        """Give rows back untried; return how many were still ours."""
        rows = await self._pool.fetch(
            self._query("release"), [claim.id for claim in claims], [claim.epoch for claim in claims]
        )
        return len(rows)

    async def heartbeat(self, version: str, in_flight: int, *, first: bool) -> None:
        """Say that this worker lives; `first` after its start."""
        await self._pool.execute(self._query("heartbeat"), self._worker, version, in_flight, first)

    async def goodbye(self) -> None:
        """Say that this worker ended."""
        await self._pool.execute(self._query("goodbye"), self._worker)

    async def _decide(
        self, connection: Any, group: Sequence[Proposal], decide: Decide
    ) -> tuple[list[Proposal], datetime]:
        authors = {p.claim.operation.agent_id for p in group if isinstance(p, Posted)}
        agent_ids = sorted(agent_id for agent_id in authors if agent_id is not None)
        if agent_ids:
            await connection.execute(self._query("lock_agents"), agent_ids)
        rows = await connection.fetch(self._query("agents_now"), agent_ids or [""])
        now: datetime = rows[0]["now"]
        return decide(group, {row["agent_id"]: _agent(row) for row in rows}, now), now

    async def _finish(self, connection: Any, verdicts: Sequence[Proposal], now: datetime) -> set[UUID]:
        posts = [verdict if isinstance(verdict, Posted) else None for verdict in verdicts]
        rows = await connection.fetch(
            self._query("finish"),
            *_keys(verdicts),
            [audit.state(verdict) for verdict in verdicts],
            [audit.reason(verdict) for verdict in verdicts],
            [audit.error(verdict) for verdict in verdicts],
            [post.written.content if post else None for post in posts],
            [audit.post_metadata(post) if post else None for post in posts],
            [audit.details(verdict, worker=self._worker, now=now) for verdict in verdicts],
            now,
        )
        return {row["id"] for row in rows}

    def _query(self, name: str) -> str:
        return query(name, self._schema)


def _keys(items: Sequence[Proposal | Deferred]) -> tuple[list[UUID], list[int]]:
    return [item.claim.id for item in items], [item.claim.epoch for item in items]


def _agent(row: asyncpg.Record) -> Agent | None:
    if row["known_agent_id"] is None:
        return None
    return Agent(
        id=row["known_agent_id"],
        name=row["agent_name"],
        maturity=row["agent_maturity"],
        category=row["agent_category"],
        last_post_at=row["last_post_at"],
    )


def _claim(row: asyncpg.Record) -> Claim:
    return Claim(
        id=row["id"],
        epoch=row["epoch"],
        attempts=row["attempts"],
        operation=Operation(
            tracker_id=row["tracker_id"],
            operation_type=row["operation_type"],
            status=row["status"] or "",
            agent_id=row["agent_id"],
            tenant_id=row["tenant_id"],
            what_explanation=row["what_explanation"],
            why_explanation=row["why_explanation"],
            next_steps=row["next_steps"],
            is_alert=row["is_alert"],
        ),
        agent=_agent(row),
        captured_at=row["captured_at"],
        claimed_at=row["claimed_at"],
        kept=audit.unkeep(row["kept"]),
        last_error=row["last_error"],
    )
