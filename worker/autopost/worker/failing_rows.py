"""How rows are treated that could not be published. Pure, except for the random jitter."""

from __future__ import annotations

from collections.abc import Sequence

from autopost import backoff
from autopost.database.errors import is_transient, label
from autopost.errors import AuditRefused, PostRefused
from autopost.model import Dead, Deferred, Posted, Proposal, Reason, Skipped
from autopost.worker.suspects import retry_seconds

PARTS = 8  # a failing row of a group of 500 is alone after three steps


def in_parts(group: Sequence[Proposal | Deferred]) -> list[Sequence[Proposal | Deferred]]:
    """Return a group that failed in parts, which are smaller.

    Rows that are not posted come first: the others may have to wait for the feed's table.
    """
    posts = [item for item in group if isinstance(item, Posted)]
    others = [item for item in group if not isinstance(item, Posted)]
    if others and posts:
        return [others, posts]
    size = max(1, -(-len(group) // PARTS))
    return [group[start : start + size] for start in range(0, len(group), size)]


def after_failing_alone(
    item: Proposal, error: BaseException, *, max_attempts: int, others_succeed: bool
) -> Proposal | Deferred | None:
    """Return the outcome of a row that failed alone; None: it is returned, and the attempt does not count.

    A transient error is the row's own fault only when others succeed meanwhile. A row whose audit row is not kept can
    have no outcome at all.
    """
    claim = item.claim
    if isinstance(item, Posted) and isinstance(error, PostRefused):
        return Skipped(claim, Reason.REFUSED_BY_PLATFORM, item.written)
    transient = is_transient(error)
    if isinstance(error, AuditRefused) or (transient and not others_succeed):
        return None
    if isinstance(item, Dead) or claim.attempts < max_attempts:
        delay = retry_seconds(claim.attempts) if transient else backoff.delay_seconds(claim.attempts)
        return Deferred(claim, label(error), delay)
    return Dead(claim, label(error))
