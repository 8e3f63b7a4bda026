"""Who may post (requirements: Governance). Pure."""

from __future__ import annotations

from autopost.model import Agent, Reason

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
