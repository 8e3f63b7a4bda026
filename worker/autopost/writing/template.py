"""Write posts from templates. The wording of the templates for completed, running and other statuses is specified."""

from __future__ import annotations

import math

from autopost.model import Summary
from autopost.writing.fields import Fields
from autopost.writing.outcome import Kind, Outcome


def compose(fields: Fields) -> str:
    """Return the text of the post, not yet cut. Missing fields leave no gap in the sentence."""
    agent = fields.agent_name or "An agent"
    operation = fields.operation or "an operation"
    what = fields.what
    if fields.summary is not None:
        return _sentence(_summary(agent, operation, fields, fields.summary), what, ". The first: ")
    if fields.kind is Kind.APPROVAL:
        return _sentence(_approval(agent, fields.outcome), what)
    if fields.kind is Kind.SECURITY:
        return _sentence(_security(agent, operation, fields.outcome), what)
    match fields.outcome:
        case Outcome.FAILED:
            return _sentence(f"⚠️ {agent} hit a problem with {operation}", what)
        case Outcome.STOPPED:
            return _sentence(f"⚠️ {agent} stopped {operation} before it was done", what)
        case Outcome.COMPLETED:
            return " ".join(part for part in (f"Just finished {operation}!", what, "#automation") if part)
        case Outcome.RUNNING:
            return _sentence(f"Working on {operation}", fields.next_steps or what)
        case _:
            return _sentence(f"{agent} completed {operation}", fields.why or what, " - ")


def _summary(agent: str, operation: str, fields: Fields, summary: Summary) -> str:
    mark = "🚨 Security: " if fields.kind is Kind.SECURITY and summary.operation_type else "⚠️ "
    minutes = max(1, math.ceil((summary.last_at - summary.first_at).total_seconds() / 60))
    about = operation if summary.operation_type else "several other operations"
    return (
        f"{mark}{agent}: and {_plural(summary.count, 'more alert')} like this in {_plural(minutes, 'minute')} ({about})"
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _sentence(head: str, tail: str, joint: str = ": ") -> str:
    return f"{head}{joint}{tail}" if tail else f"{head}."


def _approval(agent: str, outcome: Outcome) -> str:
    match outcome:
        case Outcome.FAILED:
            return f"⚠️ {agent} asked for approval and did not get it"
        case Outcome.STOPPED:
            return f"⚠️ {agent} asked for approval, and the request was cancelled"
        case Outcome.COMPLETED:
            return f"🙋 {agent} asked for approval"
        case _:
            return f"🙋 {agent} is asking for approval"


def _security(agent: str, operation: str, outcome: Outcome) -> str:
    match outcome:
        case Outcome.COMPLETED:
            return f"🔒 Security: {agent} finished {operation}"
        case Outcome.FAILED:
            return f"🚨 Security: {agent} hit a problem with {operation}"
        case Outcome.STOPPED:
            return f"🚨 Security: {agent} stopped {operation} before it was done"
        case _:
            return f"🔒 Security: news from {agent} about {operation}"
