"""What the values of a status column mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from autopost.database.drafting.words import split, word_set


class Meaning(StrEnum):
    """What a status says about an operation. The value of COMPLETED, FAILED and RUNNING is what autopost needs."""

    COMPLETED = "completed"
    FAILED = "failed"
    RUNNING = "running"
    PENDING = "pending"
    CANCELLED = "cancelled"
    APPROVAL = "waiting"
    UNKNOWN = "unknown"


_ASKS = word_set(
    "approval approve human review reviewer confirm confirmation hitl input feedback permission "
    "authorization signoff consent"
)
_WAITS = word_set(
    "waiting awaiting wait await pending need needs require requires required requested request for paused in"
)
_AGAIN = frozenset(["retry", "retrying", "retryable", "retried", "rescheduled", "reschedule", "restarting", "failing"])
_FAILED = word_set(
    "failed failure fail error errors errored crash crashed exception fault faulted timeout timedout dead "
    "broken unsuccessful panicked oom exceeded exhausted"
)
_COMPLETED = word_set(
    "completed complete succeeded succeed success successful successfully done finished finish ok okay "
    "passed processed warning fulfilled"
)
_CANCELLED = word_set(
    "cancelled canceled cancel cancelling canceling cancellation killed killing aborted abort terminated stopped "
    "skipped skip revoked discarded deleted removed rejected declined denied superseded expired ignored "
    "bypassed archived"
)
_RUNNING = word_set(
    "running run started starting start executing progress inprogress processing active working ongoing busy "
    "planning thinking streaming resume resuming resumed step launching initializing building stopping terminating "
    "pausing continued"
)
_PENDING = word_set(
    "pending queued queue scheduled created new waiting wait enqueued submitted accepted draft init "
    "initialized initial delayed deferred assigned available received blocked paused suspended sleeping hold "
    "ready idle todo backlog dispatched preparing incomplete dequeued none planned"
)
_PARTS = word_set("branch step node block part stage item child task activity batch")
_NEGATIONS = frozenset(("not", "no", "never", "un", "non"))
_ENDS = (Meaning.COMPLETED, Meaning.FAILED)


def meaning(value: str) -> Meaning:
    """Return what a status means by its words; UNKNOWN where they do not say it clearly."""
    found = split(value)
    said = set(found)
    if said & _ASKS and (said & _WAITS or len(said) == 1):
        return Meaning.APPROVAL
    if said & _NEGATIONS:
        return Meaning.UNKNOWN
    if said & _AGAIN:
        return Meaning.RUNNING
    if said & _FAILED or {"timed", "out"} <= said:
        return Meaning.FAILED
    for words, means in (
        (_CANCELLED, Meaning.CANCELLED),
        (_COMPLETED, Meaning.COMPLETED),
        (_RUNNING, Meaning.RUNNING),
        (_PENDING, Meaning.PENDING),
    ):
        if said & words:
            return means
    return Meaning.UNKNOWN


def meanings(values: Iterable[str]) -> dict[str, Meaning]:
    """Return what each of the values of one column means.

    Where `finish` is one, `finish_branch` says that a part ended, and the operation goes on.
    """
    found = {value: meaning(value) for value in values}
    whole = {(means, frozenset(split(value))) for value, means in found.items() if means in _ENDS}
    for value, means in found.items():
        said = frozenset(split(value))
        if means in _ENDS and any(means is other and words < said <= words | _PARTS for other, words in whole):
            found[value] = Meaning.RUNNING
    return found


def knows_an_end(values: Iterable[str]) -> bool:
    """Return whether one of these values says that an operation is completed."""
    return any(meaning(value) is Meaning.COMPLETED for value in values)


def is_said(values: Iterable[str]) -> bool:
    """Return whether these values are statuses: most have a meaning, and one says how something ended."""
    meanings = [meaning(value) for value in values]
    ends = {Meaning.COMPLETED, Meaning.FAILED} & set(meanings)
    return bool(ends) and meanings.count(Meaning.UNKNOWN) <= len(meanings) / 2
