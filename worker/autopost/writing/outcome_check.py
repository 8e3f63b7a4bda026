"""Compare the outcome that a post tells with that of its operation: by the words for it, in many languages. Pure."""

from __future__ import annotations

from autopost.writing.clause_match import without_denied_figures
from autopost.writing.fields import Fields
from autopost.writing.lazy import Lazy
from autopost.writing.outcome import Kind, Outcome
from autopost.writing.part_check import tells_part_of_whole
from autopost.writing.quantity_check import (
    includes_the_rest,
    tells_all_of_some,
    tells_another_part,
)
from autopost.writing.subject import NUMBERS
from autopost.writing.vocabulary import (
    APPROVED,
    ASKING,
    DENIALS,
    DENIED,
    FAILED,
    FINISHED,
    SAME_FAILURES,
    SMOOTH,
    UNDERWAY,
    UNFINISHED,
    UNHARMED,
    Words,
    said,
)

# "The 320 shades that Bor cannot make", "the cancelled ferry": said in passing, and not of what the post tells.
_IN_PASSING = Lazy(
    r"(?<=\p{L})\s(?:that|which|who)\s[^.,;:!?–—]*"
    r"|\bafter (?:the|an?|this) (?:\p{L}+ )?(?:outage|failure|crash|error|problem|incident|alarm|delay|mishap)\b"
    r"|\b(?:the|all|these|those|our|my)\s(?:\p{L}+\s)?(?:cancelled|canceled|missing|failed|refused|rejected|expired|broken|delayed|lost"
    r"|overdue|unpaid|blocked|pending|late|empty)(?=\s[\p{L}\p{N}])"
)
_QUESTION = Lazy(r"[?？]")
_NUMBER = r"\d[\d.,\u00a0\u202f ]*\d|\d|\p{L}+"
# "all 130", of which the operation has only some: "95 of 130".
_ALL = Lazy(
    r"(?:\b(?:all|alle[nr]?|tous les|toutes les|todos los|todas las|tutt[ie] (?:i|gli|le)|todos os"
    r"|todas as|wszystki\w+)"
    rf"(?: (?:of|the|our|van|de|die|nos|nuestr[oa]s|nostr[ie]|noss[oa]s))*\s(?P<whole>{_NUMBER}))"
)
_PART_OF = Lazy(
    rf"(?P<part>{_NUMBER})(?: \p{{L}}+){{0,2}} (?:out of|of|von|sur|de|su|van(?: de)?|z|ze|из)"
    rf" (?:the )?(?P<whole>{_NUMBER})"
)


def tells_another_outcome(text: str, known: str, fields: Fields, language: str | None = None) -> bool:
    """Return whether a post tells a success for a failure, a failure for a success, or consent for a request.

    `known` is the operation's texts, and `language` that of the post. A failure must be told as one: a post that says
    neither is wrong, too. What people answered may be bad news although the operation is a success.
    """
    outcome = fields.outcome
    text, known = text.casefold(), known.casefold()
    if (
        _has_all_of_some(text, known)
        or tells_all_of_some(text, known, language)
        or tells_another_part(text, known)
        or includes_the_rest(text, known)
        or tells_part_of_whole(text, fields.what.casefold(), language)
    ):
        return True
    plain = SMOOTH.sub(" ", text, language)
    if outcome in (Outcome.FAILED, Outcome.STOPPED):
        main = UNHARMED.sub(" ", _IN_PASSING.sub(" ", plain), language)
        tells_it = FAILED.search(main, language) is not None or UNFINISHED.search(main, language) is not None
        finished = said(FINISHED, text, language) - said(FINISHED, known, language)
        return not tells_it or bool(finished) or _is_smooth(text, known, language)
    if fields.kind is Kind.APPROVAL:
        if outcome is Outcome.COMPLETED:
            return False
        is_question = ASKING.search(text, language) is not None or _QUESTION.search(text) is not None
        is_approved = bool(said(APPROVED, text, language) - said(APPROVED, known, language))
        return not is_question or is_approved or _adds(DENIED, text, known, language)
    if outcome is Outcome.OTHER and ASKING.search(fields.what.casefold(), language) is not None:
        # A request under another name, such as a loan: it is not granted by being sent.
        return ASKING.search(text, language) is None and _QUESTION.search(text) is None
    if outcome is Outcome.RUNNING:
        return UNDERWAY.search(text, language) is None
    is_feedback = "feedback" in fields.operation_type.casefold()
    if outcome is not Outcome.COMPLETED or is_feedback or not _adds(FAILED, plain, known, language):
        return False
    if language is None or language not in DENIALS:
        return True
    return _adds(FAILED, without_denied_figures(plain, known, language), known, language)


def _has_all_of_some(text: str, known: str) -> bool:
    """Return whether the post says it of all where the operation says it of a part, and the post has not that part."""
    wholes = {match["whole"] for match in _ALL.finditer(text)}
    return bool(wholes) and any(
        match["whole"] in wholes and match["part"] != match["whole"] and match["part"] not in text
        for match in _PART_OF.finditer(known, overlapped=True)
        if match["part"][0].isdigit() or match["part"] in NUMBERS
    )


def _is_smooth(text: str, known: str, language: str | None) -> bool:
    return any(match[0] not in known for match in SMOOTH.finditer(text, language))


def _adds(words: Words, text: str, known: str, language: str | None) -> bool:
    """Return whether the text says it in words with which the operation does not."""
    found = {match[0] for match in words.finditer(text, language)}
    if not found:
        return False
    there = {match[0] for match in words.finditer(known, language)}
    return not all(
        word in there or any(same.match(word) and same.search(known) for same in SAME_FAILURES) for word in found
    )
