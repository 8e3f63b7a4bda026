"""Governance, rate limit, and the outcome of a claim as far as they decide it. Pure.

The policy is applied twice: after the claim, so that no text is written in vain, and in the publishing transaction
while the lock of the agent is held. The second decision is final.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from autopost.model import Agent, Claim, Dead, Posted, Proposal, Reason, Skipped

MATURITIES_THAT_MAY_POST = frozenset({"intern", "supervised", "autonomous"})


def before_writing(
    claim: Claim, *, window: timedelta, max_attempts: int, explained: bool, in_storm: bool = False
) -> Skipped | Dead | None:
    """Return the outcome of a claim that needs no text, or None.

    `explained`: the operation says what was done. `in_storm`: it is an alert beyond the limit of its window. A row
    with more than `max_attempts` attempts crashed or failed its worker each time.
    """
    if claim.already_processed:
        return Skipped(claim, Reason.ALREADY_PROCESSED)
    if claim.attempts > max_attempts:
        return Dead(claim, claim.last_error or "worker_crashed")
    blocked = governance_block(claim.agent, claim.operation.tenant_id)
    if blocked is not None:
        return Skipped(claim, blocked)
    last_post_at = claim.agent.last_post_at if claim.agent else None
    if is_rate_limited(last_post_at, claim.claimed_at, window, is_alert=claim.operation.is_alert):
        return Skipped(claim, Reason.RATE_LIMITED)
    if not explained:
        return Skipped(claim, Reason.MISSING_EXPLANATION)
    if in_storm:
        return Skipped(claim, Reason.ALERT_STORM)
    return None


def at_publishing(
    proposals: Sequence[Proposal], agents: Mapping[str, Agent | None], now: datetime, window: timedelta
) -> list[Proposal]:
    """Return the final decision on each proposal of a group, in the same order.

    `agents` was read while their locks are held, `now` is the database's clock. The first post of an agent in the group
    rate-limits its later ones, except for alerts.
    """
    posted_at = {key: agent.last_post_at for key, agent in agents.items() if agent is not None}
    decisions: list[Proposal] = []
    for proposal in proposals:
        if not isinstance(proposal, Posted):
            decisions.append(proposal)
            continue
        claim, written = proposal.claim, proposal.written
        agent_id = claim.operation.agent_id or ""
        blocked = governance_block(agents.get(agent_id), claim.operation.tenant_id)
        if blocked is None and is_rate_limited(posted_at.get(agent_id), now, window, is_alert=claim.operation.is_alert):
            blocked = Reason.RATE_LIMITED
        if blocked is not None:
            decisions.append(Skipped(claim, blocked, written))
        else:
            posted_at[agent_id] = now
            decisions.append(proposal)
    return decisions


def governance_block(agent: Agent | None, tenant_id: str | None = None) -> Reason | None:
    """Return why this agent must not post, or None if it may.

    Fails closed: an unknown agent must not post, nor one whose id another agent has too, nor one whose maturity is NULL
    or not in the list. The comparison
    ignores case and nothing else. An operation that names another tenant than its agent's is not posted; where either
    is not known, nothing is compared. That holds for alerts too.
    """
    if agent is None:
        return Reason.AGENT_UNKNOWN
    if not agent.is_unique:
        return Reason.AGENT_AMBIGUOUS
    if agent.maturity is None or agent.maturity.lower() not in MATURITIES_THAT_MAY_POST:
        return Reason.MATURITY_BLOCKED
    if tenant_id is not None and agent.tenant_id is not None and tenant_id != agent.tenant_id:
        return Reason.TENANT_MISMATCH
    return None


def is_rate_limited(last_post_at: datetime | None, now: datetime, window: timedelta, *, is_alert: bool = False) -> bool:
    """Return whether the agent posted too recently, by the database's clock.

    At the exact end of the window posting is allowed again. Alerts are never limited. A last post in the future, from
    before the clock was set back, counts while it is less than a window ahead; auto_post_correct_clock ends that.
    """
    return not is_alert and last_post_at is not None and abs(now - last_post_at) < window
