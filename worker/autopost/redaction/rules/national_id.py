"""Rules for the identifiers of countries.py: one without a word, one after a word, one after an acronym."""

from __future__ import annotations

from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.check_digits import Check
from autopost.redaction.rules.countries import IDENTIFIERS, Identifier
from autopost.redaction.rules.document import (
    BEFORE_NUMBER,
    EDGE,
    END,
    anchor_of,
    further_after_words,
    is_counted,
    leading,
    stands_alone,
)

ENTITY = "NATIONAL_ID"

_SOURCE = "the issuing authority's form; see countries.py"


def _accept(identifier: Identifier, text: str, start: int, end: int) -> bool:
    return stands_alone(text, start, end) and _passes(identifier.check, text[start:end])


def _passes(check: Check | None, value: str) -> bool:
    if check is None:
        return True
    try:
        return check("".join(c for c in value.upper() if c.isalnum()))
    except (ValueError, IndexError, KeyError):
        return False


def _bare(identifier: Identifier) -> Rule:
    def refine(text: str, start: int, end: int) -> Iterator[Span]:
        if _accept(identifier, text, start, end):
            yield start, end

    assert identifier.bare is not None
    edge = r"\b" if identifier.bare.isascii() else r"(?:^|[^\pL\pN])"
    name = f"{identifier.country.lower()}-{identifier.name}"
    return Rule(
        ENTITY,
        rf"{edge}({identifier.bare})(?:\W|$)",  # the value may end with a bracket
        _SOURCE,
        score=0.8,
        refine=refine,
        name=name,
        anchor=rf"{edge}(?:{identifier.bare})",
    )


def _labelled(words: str, form: str, name: str, *, capitals: bool) -> Rule:
    def refine(text: str, start: int, end: int) -> Iterator[Span]:
        if stands_alone(text, start, end) and not is_counted(text, start, end):
            yield start, end

    before = rf"{EDGE}(?:{words}){BEFORE_NUMBER}" if capitals else leading(words)
    return Rule(
        ENTITY,
        rf"{before}({form}){END}",
        _SOURCE,
        # Without the edge, which takes much of a set's memory.
        anchor=rf"(?:\b|_)(?:{words})(?:\b|_)" if capitals and words.isascii() else anchor_of(words),
        score=0.85,
        refine=refine,
        name=name,
    )


def _rules() -> Iterator[Rule]:
    for identifier in IDENTIFIERS:
        name = f"{identifier.country.lower()}-{identifier.name}"
        if identifier.bare is not None:
            yield _bare(identifier)
        yield _labelled(identifier.words, identifier.form, f"{name}-after-word", capitals=False)
        if identifier.acronyms:
            yield _labelled(identifier.acronyms, identifier.form, f"{name}-after-acronym", capitals=True)


def _further() -> Rule:
    """Return the rule for eight digits and more with a few words between them and a word for an identifier."""
    words = [identifier.words for identifier in IDENTIFIERS]
    return further_after_words(words, _LONG, _SOURCE, ENTITY, "further-after-word")


# `CNP-ul clientului este 1800101221144`
_LONG = r"\d(?:[ ./-]?\d){7,17}[A-Za-z]?|[A-Z]{1,4}-?\d(?:[ ./-]?[\dA-Z]){6,15}"

BARE = tuple(rule for rule in _rules() if "-after-" not in rule.name)
AFTER_WORDS = (*(rule for rule in _rules() if "-after-" in rule.name), _further())
