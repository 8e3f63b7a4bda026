"""What a worker does with the rows of the outbox, except for publishing them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg

from autopost import audit
from autopost.database.errors import DATABASE_ERRORS
from autopost.database.sql import Schemas, query
from autopost.model import Claim, Deferred, Posted
from autopost.outbox.committed_reads import SLOW, CommittedReads
from autopost.outbox.records import claim_of


@dataclass(frozen=True, slots=True)
class Rescued:
    """How many rows were returned to the queue or dead-lettered, and the ids of the latter.

    `audited`: how many audit rows of the dead-lettered ones the platform's table kept.
    """

    rows: int
    dead: Sequence[UUID] = ()
    audited: int = 0


@dataclass(frozen=True, slots=True)
class CrashedRow:
    """A due row that was in flight when its worker crashed; `alone`: nothing else may be in flight with it."""

    id: UUID
    alone: bool


class Outbox:
    """The outbox of one schema, used through a pool by one worker.

    Each statement is a transaction of its own; one about a claimed row names its epoch. Lets asyncpg's errors pass.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas, worker: str) -> None:
        self._pool = pool
        self._schemas = schemas
        self._worker = worker
        self._has_pauses = False  # as the last claim saw it
        self._reads = CommittedReads()

    async def claim(
        self,
        limit: int,
        lease: timedelta,
        *,
        full_scan: bool = True,
        round_robin: bool = False,
        chosen: Sequence[UUID] | None = None,
    ) -> list[Claim]:
        """Claim up to `limit` due rows that never crashed a worker, oldest due first; return them in order of capture.

        Without `full_scan` only rows that have been due for less than 10 seconds. With `round_robin` one row of each
        agent before the second of any, among the 500 oldest and the 500 newest. With `chosen` those rows, if they are
        due. When the last claim saw a pause, paused rows are parked first, so that claims do not read them again and
        again. The operations are read as they are committed; a claim that could not has the error.
        """
        if self._has_pauses:
            await self._pool.execute(self._query("worker/park"), full_scan)
        if round_robin:
            found = await self._pool.fetch(self._query("worker/round_robin"), limit, full_scan)
            chosen = [row["id"] for row in found]
        name = "worker/claim" if chosen is None else "worker/claim_chosen"
        which = (limit, full_scan) if chosen is None else (chosen,)
        began = time.monotonic()
        reads = self._reads.is_on(began)
        try:
            rows = await self._pool.fetch(self._query(name), self._worker, lease, reads, *which)
        except TimeoutError:
            if reads:
                self._reads.slow(began, time.monotonic())
            raise
        self._has_pauses = rows[0]["has_pauses"]
        if any(row["read_error"] == SLOW for row in rows):
            self._reads.slow(began, time.monotonic())
        claimed = sorted((row for row in rows if row["id"] is not None), key=itemgetter("captured_at"))
        claims = [claim_of(row, read_error=None if reads else SLOW) for row in claimed]
        # The agent of a row that had none when it was captured: the next claim parks it.
        if paused := [claim for claim, row in zip(claims, claimed, strict=True) if row["is_paused"]]:
            await self.release(paused)
            return [claim for claim in claims if claim not in paused]
        return claims

    async def rescue(self, max_attempts: int, *, full_scan: bool = True, at_start: bool = False) -> Rescued:
        """Return rows of crashed workers, and rows whose lease expired, to the queue; see rescue.sql.

        Rows of a worker of this one's name are rescued only `at_start`, before its first heartbeat.
        """
        name = None if at_start else self._worker
        rows = await self._pool.fetch(self._query("worker/rescue"), name, full_scan, max_attempts, self._worker)
        return Rescued(rows[0]["rows"], tuple(rows[0]["dead"]), rows[0]["audited"])

    async def crashed(self, *, full_scan: bool = True) -> list[CrashedRow]:
        """Return due rows that crashed a worker: those to claim together first, then one to claim alone."""
        rows = await self._pool.fetch(self._query("worker/crashed"), full_scan)
        return [CrashedRow(row["id"], row["alone"]) for row in rows]

    async def save_drafts(self, posts: Sequence[Posted]) -> None:
        """Save written texts with their rows, so that a retry does not pay for the LLM again."""
        drafts = [audit.save_draft(post.written) for post in posts]
        await self._pool.execute(self._query("worker/save_drafts"), *_keys(posts), drafts)

    async def defer(self, deferred: Sequence[Deferred]) -> None:
        """Return rows to the queue, each with its delay and error, and whether the attempt counts."""
        await self._pool.execute(
            self._query("worker/defer"),
            *_keys(deferred),
            [item.error for item in deferred],
            [item.delay_seconds for item in deferred],
            [item.counts for item in deferred],
        )

    async def release(self, claims: Sequence[Claim], *, delay_seconds: float = 0, error: str | None = None) -> int:
        """Return rows to the queue without counting the attempt; return how many leases were still valid."""
        ids, epochs = [claim.id for claim in claims], [claim.epoch for claim in claims]
        return len(await self._pool.fetch(self._query("worker/release"), ids, epochs, delay_seconds, error))

    async def renew(self, claims: Sequence[Claim], lease: timedelta) -> None:
        """Extend the leases of rows that are in progress."""
        ids, epochs = [claim.id for claim in claims], [claim.epoch for claim in claims]
        await self._pool.execute(self._query("worker/renew"), ids, epochs, lease)

    async def heartbeat(
        self,
        version: str,
        in_flight: int,
        *,
        first: bool,
        lock_key: int | None = None,
        problems: str | None = None,
    ) -> int | None:
        """Record that this worker is alive, and what its problems are; `first` after its start.

        With `lock_key` others rescue its rows as soon as nobody holds that advisory lock. Return the key that was
        recorded under this worker's name before.
        """
        recorded: int | None = await self._pool.fetchval(
            self._query("worker/heartbeat"), self._worker, version, in_flight, first, lock_key, problems
        )
        return recorded

    async def end_frozen_sessions(self, after: timedelta) -> list[int]:
        """End sessions of frozen workers that wait inside a statement; return their server process ids."""
        return [row["pid"] for row in await self._pool.fetch(self._query("worker/end_frozen_sessions"), after)]

    async def sign_off(self) -> None:
        """Remove this worker's heartbeat."""
        await self._pool.execute(self._query("worker/sign_off"), self._worker)

    async def reconcile(self, blocks: int, limit: int) -> int:
        """Capture up to `limit` operations that the trigger missed, from the next `blocks`; return how many."""
        return int(await self._pool.fetchval(self._query("worker/reconcile"), blocks, limit))

    async def restart_reconciliation(self) -> None:
        """Make the reconciler continue at the first block."""
        await self._pool.execute(self._query("worker/restart_reconciliation"))

    async def reconciliation(self) -> Mapping[str, Any]:
        """Return the reconciler's progress and whether capturing is on; see reconciliation.sql."""
        return dict((await self._pool.fetch(self._query("worker/reconciliation")))[0])

    async def platform_changes(self) -> list[Mapping[str, Any]]:
        """Return what has changed on the platform's tables, and keeps autopost from its work."""
        return [dict(row) for row in await self._pool.fetch(self._query("worker/platform_changes"))]

    async def expire(self, keep: timedelta, limit: int) -> int:
        """Remove up to `limit` rows that finished longer than `keep` ago; return how many."""
        return int(await self._pool.fetchval(self._query("worker/expire"), keep, limit))

    async def forget_events(self, keep: timedelta, at_most: timedelta, limit: int) -> int:
        """Remove broadcast events older than `keep`, up to `limit`; return how many.

        What a reader has not delivered yet goes only when it is older than `at_most`.
        """
        tag = await self._pool.execute(self._query("worker/forget_events"), keep, at_most, limit)
        return int(tag.rsplit(" ", 1)[1])

    async def forget_dead_letters(self, keep: timedelta, limit: int) -> int:
        """Remove up to `limit` dead letters of webhooks that are older than `keep`; return how many."""
        tag = await self._pool.execute(self._query("worker/forget_dead_letters"), keep, limit)
        return int(tag.rsplit(" ", 1)[1])

    async def is_reachable(self) -> bool:
        """Return whether the database answers."""
        try:
            await self._pool.fetchval("select 1")
        except DATABASE_ERRORS:
            return False
        return True

    async def purge(self, agent_id: str | None, tenant_id: str | None) -> int:
        """Remove all rows of an agent or of a tenant; return how many."""
        return int(await self._pool.fetchval(self._query("cli/purge"), agent_id, tenant_id))

    def _query(self, name: str) -> str:
        return query(name, self._schemas)


def _keys(items: Sequence[Posted] | Sequence[Deferred]) -> tuple[list[UUID], list[int]]:
    return [item.claim.id for item in items], [item.claim.epoch for item in items]
