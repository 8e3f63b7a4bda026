"""What a job queue's worker does for one operation: autopost's reads, checks and writes, a transaction for each job.

The decisions, the template, the redaction and the audit row's details are autopost's own. The statements are as few as
a job by itself allows: one read before the text is written, and then lock, read again, and one statement that writes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from autopost import audit
from autopost.model import Agent, Claim, Operation, Posted, Proposal
from autopost.outbox.records import agent_of
from autopost.policy import at_publishing, before_writing
from autopost.settings import Settings
from autopost.worker.pipeline import OperationTypeRedactor
from autopost.writing import Redactor, Writer, has_explanation

READ = (
    "select w.agent_id, l.last_post_at, clock_timestamp() as now, "
    "array(select array[a.name, a.maturity, a.tenant_id] from agents as a where a.id = w.agent_id) as agents "
    "from (select $1::text as agent_id) as w "
    "left join autopost.auto_post_rate_limits as l on l.agent_id = w.agent_id"
)
LOCK = "select pg_advisory_xact_lock(hashtextextended('autopost agent ' || $1, 0))"
AUDIT = (
    "insert into audit_log (id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
)
PUBLISH = (
    f"with audited as ({AUDIT}), limits as ("
    "insert into autopost.auto_post_rate_limits (agent_id, last_post_at) values ($3, $2) "
    "on conflict (agent_id) do update set last_post_at = excluded.last_post_at) "
    "insert into social_posts (id, tenant_id, author_type, author_id, post_type, content, post_metadata, "
    "auto_generated, created_at) values ($8, $10, 'agent', $3, $11, $12, $13, true, $2)"
)


class Job:
    """Brings one operation to its outcome, through a pool of connections."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], settings: Settings, redactor: Redactor) -> None:
        self._pool = pool
        self._writer = Writer(settings, redactor)
        self._names = OperationTypeRedactor(redactor)
        self._window = timedelta(minutes=settings.rate_limit_minutes)
        self._worker = settings.worker_name

    async def do(self, facts: Mapping[str, str | None]) -> None:
        """Post the operation, or skip it; `facts` is what the trigger put into the job."""
        operation = Operation(is_alert=facts["status"] == "failed", **facts)  # type: ignore[arg-type]
        agent, now = await self._read(self._pool, operation)
        redacted = (await self._names.redact([operation.operation_type]))[operation.operation_type]
        assert isinstance(redacted, str)
        clean = replace(operation, operation_type=redacted)
        claim = Claim(uuid.uuid4(), 1, 1, clean, agent, now, now)
        refused = before_writing(claim, window=self._window, max_attempts=5, explained=has_explanation(claim.operation))
        if refused is not None:
            await self._pool.execute(AUDIT, *self._audit_row(refused, now))
            return
        assert agent is not None
        written = self._writer.from_template(claim.operation, agent)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK, agent.id)
            agent, now = await self._read(connection, operation)
            (verdict,) = at_publishing(
                [Posted(claim, written)], {claim.operation.agent_id or "": agent}, now, self._window
            )
            row = self._audit_row(verdict, now)
            if isinstance(verdict, Posted):
                post = (clean.tenant_id, clean.post_type, written.content, audit.post_metadata(verdict))
                await connection.execute(PUBLISH, *row, *post)
            else:
                await connection.execute(AUDIT, *row)

    async def _read(
        self,
        connection: asyncpg.Pool[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record],
        operation: Operation,
    ) -> tuple[Agent | None, datetime]:
        row = await connection.fetchrow(READ, operation.agent_id)
        assert row is not None
        return agent_of(row), row["now"]

    def _audit_row(self, verdict: Proposal, now: datetime) -> tuple[object, ...]:
        operation = verdict.claim.operation
        return (
            str(uuid.uuid4()),
            now,
            operation.agent_id,
            f"auto_post.{audit.state(verdict)}",
            operation.operation_type,
            operation.tracker_id,
            operation.status,
            str(verdict.claim.id) if isinstance(verdict, Posted) else None,
            audit.details(verdict, worker=self._worker, now=now),
        )
