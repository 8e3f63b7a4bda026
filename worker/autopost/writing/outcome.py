"""Derive the outcome and the kind of an operation from its status and type."""

from __future__ import annotations

from enum import StrEnum

from autopost.model import APPROVAL_TYPE


class Outcome(StrEnum):
    """How an operation ended."""

    COMPLETED = "completed"
    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"
    OTHER = "other"


class Kind(StrEnum):
    """The kinds of operations; all but ORDINARY have templates of their own."""

    ORDINARY = "ordinary"
    APPROVAL = "approval"
    SECURITY = "security"


# The contract specifies `completed`, `running` and `failed`. Other platforms use the other words; a failure must never
# be reported as a success.
_OUTCOMES = {
    "completed": Outcome.COMPLETED,
    "running": Outcome.RUNNING,
    **dict.fromkeys(
        ("failed", "failure", "error", "errored", "crashed", "timeout", "timed_out", "rejected", "denied"),
        Outcome.FAILED,
    ),
    **dict.fromkeys(("cancelled", "canceled", "aborted"), Outcome.STOPPED),
}


def outcome_of(status: str) -> Outcome:
    """Return the outcome for a status; case-insensitive."""
    return _OUTCOMES.get(status.strip().casefold(), Outcome.OTHER)


def kind_of(operation_type: str) -> Kind:
    """Return the kind of an operation by its type; case-insensitive."""
    name = operation_type.strip().casefold()
    if name == APPROVAL_TYPE:
        return Kind.APPROVAL
    return Kind.SECURITY if "security" in name else Kind.ORDINARY
