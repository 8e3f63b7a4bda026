"""What reasons and errors mean, in plain words. Pure."""

from __future__ import annotations

from autopost.model import Reason

_REASONS = {
    Reason.RATE_LIMITED: "the agent had posted shortly before: one post in SOCIAL_POST_RATE_LIMIT_MINUTES",
    Reason.MATURITY_BLOCKED: "the agent's maturity does not allow posts: STUDENT, not set, or not known",
    Reason.AGENT_UNKNOWN: "agents has no row for the agent that it names, or it names none",
    Reason.MISSING_EXPLANATION: "what_explanation is empty: it does not say what was done",
    Reason.REFUSED_BY_PLATFORM: "a trigger of the platform's keeps such rows out of social_posts",
    "counted_before": "the same operation and rule had an outcome before, whose row was removed since",
    "purged": "somebody removed what was held of its agent or tenant",
}
_ERRORS = {
    "worker_crashed": "every worker that took it ended before it was done",
}


def reason_meaning(reason: str) -> str:
    """Return what a reason for a skip means; of one that somebody gave by hand that it was."""
    return _REASONS.get(reason, "somebody skipped it by hand")


def error_meaning(error: str) -> str:
    """Return what an error means: the last attempt ended with it."""
    return _ERRORS.get(error, f"the last attempt ended with {error}")
