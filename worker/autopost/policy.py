"""What becomes of a claimed operation, as far as the rules decide it. Pure.

The rules are asked twice: when a row is claimed, so that nothing is written in vain, and again under the agent's
lock in the publishing transaction, which is the answer that counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from autopost.model import Agent, Claim, Dead, Posted, Proposal, Reason, Skipped


def before_writing(claim: Claim, *, window: timedelta, max_attempts: int, explained: bool) -> Skipped | Dead | None:
    """Return why no text needs to be written, or None.

    `explained` tells whether the operation says what was done. A row that was claimed more than `max_attempts`
    times killed or failed its worker every time.
    """
    if claim.already_processed:
        return Skipped(claim, Reason.ALREADY_PROCESSED)
    if claim.attempts > max_attempts:
        return Dead(claim, claim.last_error or "worker_crashed")
    blocked = why_not(claim.agent)
    if blocked is not None:
        return Skipped(claim, blocked)
    last_post_at = claim.agent.last_post_at if claim.agent else None
    if is_limited(last_post_at, claim.claimed_at, window, is_alert=claim.operation.is_alert):
        return Skipped(claim, Reason.RATE_LIMITED)
    if not explained:
        return Skipped(claim, Reason.MISSING_EXPLANATION)
    return None


def at_publishing(
    proposals: Sequence[Proposal], agents: Mapping[str, Agent | None], now: datetime, window: timedelta
) -> list[Proposal]:
    """Return the final verdicts on a group, in the same order.

    `agents` is what the database says under the agents' locks, `now` its clock. Of several posts of one agent in
    the group the first is posted and, alerts aside, the later ones are limited by it.
    """
    posted_at = {key: agent.last_post_at for key, agent in agents.items() if agent is not None}
    verdicts: list[Proposal] = []
    for proposal in proposals:
        if not isinstance(proposal, Posted):
            verdicts.append(proposal)
            continue
        claim, written = proposal.claim, proposal.written
        agent_id = claim.operation.agent_id or ""
        blocked = why_not(agents.get(agent_id))
        if blocked is None and is_limited(posted_at.get(agent_id), now, window, is_alert=claim.operation.is_alert):
            blocked = Reason.RATE_LIMITED
        if blocked is not None:
            verdicts.append(Skipped(claim, blocked, written))
        else:
            posted_at[agent_id] = now
            verdicts.append(proposal)
    return verdicts


MAY_POST = frozenset({"INTERN", "SUPERVISED", "AUTONOMOUS"})


def why_not(agent: Agent | None) -> Reason | None:
    """Return why this agent may not post, or None when it may.

    It fails closed: an agent that is not known, and a maturity that is NULL or not in the list, may not. Alerts
    get no exception.
    """
    if agent is None:
        return Reason.AGENT_UNKNOWN
    if agent.maturity is None or agent.maturity.strip().upper() not in MAY_POST:
        return Reason.MATURITY_BLOCKED
    return None


def is_limited(last_post_at: datetime | None, now: datetime, window: timedelta, *, is_alert: bool = False) -> bool:
    """Tell whether the agent posted too recently.

    Both times are the database's. Exactly at the end of the window posting is allowed again. Alerts are never
    limited.
    """
    return not is_alert and last_post_at is not None and now - last_post_at < window
