"""Converts rows of statements into values."""

from __future__ import annotations

import json
from datetime import datetime

import asyncpg

from autopost import audit
from autopost.model import Agent, Claim, Operation, Summary


def agent_of(row: asyncpg.Record) -> Agent | None:
    """Return the agent of a row of claim.sql or lock_agents.sql, or None if the platform does not know it."""
    agents = row["agents"]
    if not agents:
        return None
    name, maturity, tenant_id = agents[0]
    return Agent(row["agent_id"], name, maturity, row["last_post_at"], tenant_id, is_unique=len(agents) == 1)


def summary_of(row: asyncpg.Record) -> Summary | None:
    """Return the window of alerts that a row sums up, or None if it is an operation."""
    if row["summary"] is None:
        return None
    window = json.loads(row["summary"])
    return Summary(
        operation_type=window["operation_type"],
        began_at=datetime.fromisoformat(window["began_at"]),
        count=window["suppressed"],
        first_at=datetime.fromisoformat(window["first_suppressed_at"] or window["began_at"]),
        last_at=datetime.fromisoformat(window["last_suppressed_at"] or window["began_at"]),
    )


def claim_of(row: asyncpg.Record, *, read_error: str | None = None) -> Claim:
    """Return the claim of a row of claim.sql; `read_error` is why no operation was read again."""
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
            title=row["rule_title"],
            rule_id=row["rule_id"],
            summary=summary_of(row),
            is_digest=row["is_digest"],
        ),
        agent=agent_of(row),
        captured_at=row["captured_at"],
        claimed_at=row["claimed_at"],
        draft=audit.load_draft(row["draft"]),
        last_error=row["last_error"],
        already_processed=row["already_processed"],
        crashes=row["crashes"],
        read_error=row["read_error"] or read_error,
    )
