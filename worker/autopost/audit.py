"""The details of an outcome in the audit log, and the draft saved with a row. Pure.

Audit details contain no text of an operation or a post: redactions are counted by type, errors are named by kind.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

from autopost.model import Claim, Dead, Generator, Posted, Proposal, Summary, Written

# What is shown as it is, here and in SQL: one word. Functions in the database contain both: a change needs a revision.
# Without a bound, which costs PostgreSQL ten times as much: 24 us each.
STATUS_PATTERN, MOST_STATUS_CHARACTERS = "[A-Za-z][A-Za-z_-]*", 40
OPERATION_TYPE_PATTERN, MOST_TYPE_CHARACTERS = "[A-Za-z][A-Za-z0-9_.:-]*", 60


def details(proposal: Proposal, *, worker: str, now: datetime) -> str:
    """Return the details of an audit row as JSON; `now` is the database's time of the decision."""
    claim = proposal.claim
    written = None if isinstance(proposal, Dead) else proposal.written
    facts: dict[str, object] = {
        "outcome": state(proposal),
        "reason": reason(proposal),
        "error": error(proposal),
        "outbox_id": str(claim.id),
        "is_alert": claim.operation.is_alert,
        "generator": written.generator if written else None,
        "model": written.model if written else None,
        "prompt": written.prompt if written else None,
        "fallback": written.fallback if written else None,
        "prompt_tokens": written.prompt_tokens if written else 0,
        "completion_tokens": written.completion_tokens if written else 0,
        "cost_usd": written.cost_usd if written else 0,
        "redactions": dict(written.redactions) if written else {},
        "attempts": claim.attempts,
        "duration_ms": duration_ms(claim, now),
        "worker": worker,
        **_title_fact(claim.operation.title),
        **summary_facts(claim.operation.summary),
        **_digest_fact(proposal),
    }
    return json.dumps(facts)


def post_metadata(posted: Posted, link: str | None = None) -> str:
    """Return the metadata of a post as JSON: its operation, where it leads, and how it was written."""
    operation, written = posted.claim.operation, posted.written
    return json.dumps(
        {
            "operation_type": operation.operation_type,
            "operation_status": word(operation.status),
            **_title_fact(operation.title),
            "tracker_id": operation.tracker_id,
            **({} if link is None else {"link": link}),
            "generator": written.generator,
            "model": written.model,
            **summary_facts(operation.summary),
            **({} if posted.digest is None else {"digest": posted.digest.facts_with_kinds}),
        }
    )


def summary_facts(summary: Summary | None) -> dict[str, object]:
    """Return which alerts a post or an outcome sums up; nothing for that of one operation."""
    if summary is None:
        return {}
    first_at, last_at = summary.first_at.isoformat(), summary.last_at.isoformat()
    return {"alert_storm": {"count": summary.count, "first_at": first_at, "last_at": last_at}}


def _digest_fact(proposal: Proposal) -> dict[str, object]:
    """Return how many rate-limited operations a post carries; the audit row of each says why it was skipped."""
    digest = proposal.digest if isinstance(proposal, Posted) else None
    return {} if digest is None else {"digest": digest.facts}


def _title_fact(title: str | None) -> dict[str, object]:
    """Return what the rule calls the operation; nothing where it has no title."""
    return {} if title is None else {"title": title}


def word(status: str) -> str | None:
    """Return a status if it is one word, otherwise None: anything longer could be text of the operation."""
    return status if len(status) <= MOST_STATUS_CHARACTERS and re.fullmatch(STATUS_PATTERN, status) else None


def shown_type(operation_type: str) -> str | None:
    """Return an operation type if it is one word, otherwise None."""
    is_word = len(operation_type) <= MOST_TYPE_CHARACTERS and re.fullmatch(OPERATION_TYPE_PATTERN, operation_type)
    return operation_type if is_word else None


def state(proposal: Proposal) -> str:
    """Return the final outbox state of a proposal."""
    if isinstance(proposal, Posted):
        return "posted"
    return "dead" if isinstance(proposal, Dead) else "skipped"


def reason(proposal: Proposal) -> str | None:
    """Return why a proposal is skipped, or None."""
    return None if isinstance(proposal, Posted | Dead) else str(proposal.reason)


def error(proposal: Proposal) -> str | None:
    """Return the kind of error of a dead proposal, or None."""
    return proposal.error if isinstance(proposal, Dead) else None


def duration_ms(claim: Claim, now: datetime) -> int:
    """Return the milliseconds from claim to decision, both by the database's clock."""
    return max(0, round((now - claim.claimed_at).total_seconds() * 1000))


def save_draft(written: Written) -> str:
    """Return a written text as JSON, to be saved with its row."""
    return json.dumps(
        {
            "content": written.content,
            "generator": written.generator,
            "model": written.model,
            "prompt_tokens": written.prompt_tokens,
            "completion_tokens": written.completion_tokens,
            "cost_usd": written.cost_usd,
            "redactions": dict(written.redactions),
            "fallback": written.fallback,
            "title": written.title,
            "prompt": written.prompt,
        }
    )


def load_draft(saved: str | None) -> Written | None:
    """Return the text that an earlier attempt saved, or None if there is none that this version can read."""
    if saved is None:
        return None
    try:
        facts = json.loads(saved)
        return Written(**{**facts, "generator": Generator(facts["generator"])})
    except (ValueError, TypeError, KeyError):
        return None
