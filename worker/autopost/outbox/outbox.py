"""The outbox: what a worker does with its rows, but for publishing them.

Each method is one statement and its own transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from autopost import audit
from autopost.database.sql import query
from autopost.model import Claim, Deferred, Posted
from autopost.outbox.records import claim_of


class Outbox:
    """The tables of one schema, reached through a pool.

    Every statement about a claimed row names its epoch. asyncpg's errors are passed on as they are.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schema: str, worker: str) -> None:
        self._pool = pool
        self._schema = schema
        self._worker = worker
        self._has_pauses = False

    async def claim(
        self, limit: int, lease: timedelta, *, full_scan: bool = True, round_robin: bool = False
    ) -> list[Claim]:
        """Claim up to `limit` due rows, oldest due first; return them in the order of capture.

        Without `full_scan` only rows that have been due for less than 10 seconds. With `round_robin` one row of each
        agent before the second of any, among the 500 oldest and the 500 newest. While the last claim saw a pause, the
        rows that it holds back are parked first.
        """
        if self._has_pauses:
            await self._pool.execute(self._query("worker/park"), full_scan)
        chosen: list[UUID] | None = None
        if round_robin:
            found = await self._pool.fetch(self._query("worker/round_robin"), limit, full_scan)
            chosen = [row["id"] for row in found]
        rows = await self._pool.fetch(self._query("worker/claim"), self._worker, limit, lease, full_scan, chosen)
        self._has_pauses = rows[0]["has_pauses"]
        return [claim_of(row) for row in rows if row["id"] is not None]

    async def keep(self, posts: Sequence[Posted]) -> None:
        """Keep written texts with their rows, for the case that publishing fails."""
        await self._pool.execute(
            self._query("worker/keep"), *_keys(posts), [audit.keep(post.written) for post in posts]
        )

    async def defer(self, deferred: Sequence[Deferred]) -> None:
        """Give rows back after a failed attempt."""
        await self._pool.execute(
            self._query("worker/defer"),
            *_keys(deferred),
            [item.error for item in deferred],
            [item.delay_seconds for item in deferred],
        )

    async def release(self, claims: Sequence[Claim], *, delay_seconds: float = 0, error: str | None = None) -> int:
        """Give rows back without an outcome and without burning the attempt; return how many were still ours."""
        ids, epochs = [claim.id for claim in claims], [claim.epoch for claim in claims]
        return len(await self._pool.fetch(self._query("worker/release"), ids, epochs, delay_seconds, error))

    async def renew(self, claims: Sequence[Claim], lease: timedelta) -> None:
        """Begin the leases of rows anew, because work on them goes on."""
        ids, epochs = [claim.id for claim in claims], [claim.epoch for claim in claims]
        await self._pool.execute(self._query("worker/renew"), ids, epochs, lease)

    async def heartbeat(self, version: str, in_flight: int, *, first: bool) -> None:
        """Say that this worker lives; `first` after its start."""
        await self._pool.execute(self._query("worker/heartbeat"), self._worker, version, in_flight, first)

    async def goodbye(self) -> None:
        """Say that this worker ended."""
        await self._pool.execute(self._query("worker/goodbye"), self._worker)

    async def reconcile(self, blocks: int, limit: int) -> int:
        """Capture up to `limit` operations that the trigger missed, in the next `blocks`; return how many."""
        return int(await self._pool.fetchval(self._query("worker/reconcile"), blocks, limit))

    async def reconcile_anew(self) -> None:
        """Let the reconciler begin at the first block."""
        await self._pool.execute(self._query("worker/reconcile_anew"))

    async def reconciliation(self) -> Mapping[str, Any]:
        """Return when the reconciler's last round ended, and whether capturing is on."""
        return dict((await self._pool.fetch(self._query("worker/reconciliation")))[0])

    async def expire(self, keep: timedelta, limit: int) -> int:
        """Remove up to `limit` rows that finished longer than `keep` ago; return how many."""
        return int(await self._pool.fetchval(self._query("worker/expire"), keep, limit))

    async def forget_announcements(self, keep: timedelta, at_most: timedelta, limit: int) -> int:
        """Remove announcements older than `keep`, up to `limit`; return how many.

        What a reader has not delivered yet goes only when it is older than `at_most`.
        """
        tag = await self._pool.execute(self._query("worker/forget_announcements"), keep, at_most, limit)
        return int(tag.rsplit(" ", 1)[1])

    async def forget_hook_dead(self, keep: timedelta, limit: int) -> int:
        """Remove up to `limit` dead letters of hooks that are older than `keep`; return how many."""
        tag = await self._pool.execute(self._query("worker/forget_hook_dead"), keep, limit)
        return int(tag.rsplit(" ", 1)[1])

    async def purge(self, agent_id: str | None, tenant_id: str | None) -> int:
        """Remove all rows of an agent or of a tenant; return how many."""
        return int(await self._pool.fetchval(self._query("cli/purge"), agent_id, tenant_id))

    def _query(self, name: str) -> str:
        return query(name, self._schema)


def _keys(items: Sequence[Posted] | Sequence[Deferred]) -> tuple[list[UUID], list[int]]:
    return [item.claim.id for item in items], [item.claim.epoch for item in items]
