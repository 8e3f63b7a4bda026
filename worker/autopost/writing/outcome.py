"""What a post has to tell: how the operation went, and what kind it is of."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How an operation went, read from the host's status."""

    COMPLETED = "completed"
    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"
    OTHER = "other"


class Kind(StrEnum):
    """Whether an operation is of a kind that has templates of its own."""

    ORDINARY = "ordinary"
    APPROVAL = "approval"
    SECURITY = "security"


# The host's contract names `completed`, `running` and `failed`. The other words mean the same on platforms
# of this sort, and a failure must never be told as a success.
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
    """Return the outcome that `status` stands for, without regard to case."""
    return _OUTCOMES.get(status.strip().casefold(), Outcome.OTHER)


def kind_of(operation_type: str) -> Kind:
    """Return the kind of an operation by its type, without regard to case."""
    name = operation_type.strip().casefold()
    if name == "approval_requested":
        return Kind.APPROVAL
    return Kind.SECURITY if "security" in name else Kind.ORDINARY
