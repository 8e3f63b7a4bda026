"""Compare the outcome that a post tells with that of its operation: by the words for it, in many languages. Pure."""

from __future__ import annotations

import regex

from autopost.writing.fields import Fields
from autopost.writing.outcome import Kind, Outcome
from autopost.writing.vocabulary import (
    APPROVED,
    ASKING,
    DENIED,
    FAILED,
    FINISHED,
    SMOOTH,
    UNDERWAY,
    UNFINISHED,
    Words,
    said,
)

_QUESTION = regex.compile(r"[?？]")


def tells_another_outcome(text: str, known: str, fields: Fields) -> bool:
    """Return whether a post tells a success for a failure, a failure for a success, or consent for a request.

    `known` is the operation's texts. A failure must be told as one: a post that says neither is wrong, too. What people
    answered may be bad news although the operation is a success.
    """
    outcome = fields.outcome
    text, known = text.casefold(), known.casefold()
    plain = SMOOTH.sub(" ", text)
    if outcome in (Outcome.FAILED, Outcome.STOPPED):
        tells_it = FAILED.search(plain) is not None or UNFINISHED.search(plain) is not None
        finished = said(FINISHED, text) - said(FINISHED, known)
        return not tells_it or bool(finished) or _is_smooth(text, known)
    if fields.kind is Kind.APPROVAL:
        if outcome is Outcome.COMPLETED:
            return False
        is_question = ASKING.search(text) is not None or _QUESTION.search(text) is not None
        return not is_question or bool(said(APPROVED, text) - said(APPROVED, known)) or _adds(DENIED, text, known)
    if outcome is Outcome.RUNNING:
        return UNDERWAY.search(text) is None and bool(said(FINISHED, text))
    is_feedback = "feedback" in fields.operation_type.casefold()
    return outcome is Outcome.COMPLETED and not is_feedback and _adds(FAILED, plain, known)


def _is_smooth(text: str, known: str) -> bool:
    return any(match[0] not in known for match in SMOOTH.finditer(text))


def _adds(words: Words, text: str, known: str) -> bool:
    """Return whether the text says it in words with which the operation does not."""
    found = {match[0] for match in words.finditer(text)}
    return bool(found) and not found <= {match[0] for match in words.finditer(known)}
