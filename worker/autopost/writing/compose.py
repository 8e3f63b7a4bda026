"""Write a post from a template. Pure."""

from __future__ import annotations

import math
from itertools import chain

from autopost.model import Summary
from autopost.writing.fields import Fields
from autopost.writing.outcome import Kind
from autopost.writing.wording import DEFAULT, Subject, Wording
from autopost.writing.wording_file import default_wording


def compose(fields: Fields, wording: Wording = DEFAULT) -> str:
    """Return the text of a post from a template, not yet cut. Missing fields leave no gap in the sentence."""
    if fields.is_digest:  # the publishing transaction knows the rest
        return fields.agent_name or "An agent"
    subject = Subject.SUMMARY if fields.summary is not None else Subject(fields.kind)
    language = wording.language_of(fields)
    candidates = chain(wording.entries, default_wording().entries)
    entry = next((entry for entry in candidates if entry.fits(fields, subject, language)), None)
    if entry is not None:
        return entry.template.fill(_values(fields))
    assert fields.summary is not None, "the default wording has a template for each outcome"
    return _summary(fields, fields.summary)


def _values(fields: Fields) -> dict[str, str]:
    summary = fields.summary
    return {
        "agent_name": fields.agent_name or "An agent",
        "operation_type": fields.operation or "an operation",
        "title": fields.shown_title,
        "what_explanation": fields.what,
        "why_explanation": fields.why,
        "next_steps": fields.next_steps,
        "count": str(summary.count) if summary else "",
        "minutes": str(_minutes(summary)) if summary else "",
    }


def _summary(fields: Fields, summary: Summary) -> str:
    """Return the default wording of a summary, which says `1 more alert` or `2 more alerts`."""
    mark = "🚨 Security: " if fields.kind is Kind.SECURITY and summary.operation_type else "⚠️ "
    about = (fields.operation or "an operation") if summary.operation_type else "several other operations"
    count, minutes = _plural(summary.count, "more alert"), _plural(_minutes(summary), "minute")
    head = f"{mark}{fields.agent_name or 'An agent'}: and {count} like this in {minutes} ({about})"
    return f"{head}. The first: {fields.what}" if fields.what else f"{head}."


def _minutes(summary: Summary) -> int:
    return max(1, math.ceil((summary.last_at - summary.first_at).total_seconds() / 60))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
