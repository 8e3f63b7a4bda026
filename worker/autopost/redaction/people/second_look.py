"""Check what a model takes for a name: small models take tools, identifiers and capitalised words for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autopost.redaction.merge import Finding
from autopost.redaction.people.around import SENTENCE_START, stands_in_capitals
from autopost.redaction.people.finder import ENTITY
from autopost.redaction.people.lists import Kind, folded
from autopost.redaction.people.signs import (
    AFTER_ORGANISATION,
    BEFORE_PLACE,
    CUES,
    OF_SAINTS,
    PARTICLES,
    STRONG_CUES,
    TITLES,
    VERBS_OF_PEOPLE,
)
from autopost.redaction.people.things import OF_ORGANISATIONS, is_known, names_thing
from autopost.redaction.people.vocabulary import FUNCTION_WORDS, NEVER, PLACES, PRODUCTS
from autopost.redaction.people.words import Word, words_of

_JOINED_BEFORE = frozenset("_/@#.-\\=$&")
_JOINED_AFTER = frozenset("_/@\\=(")


def confirmed(text: str, finding: Finding) -> Iterator[Finding]:
    """Yield the part of a model's finding that can be a name of a person, or a place; nothing if none can."""
    value = text[finding.start : finding.end]
    if any(character.isdigit() or character in "_/@\\=<>{}[]()|&" for character in value):
        return
    if text[finding.start - 1 : finding.start] in _JOINED_BEFORE and finding.start:
        return
    after = text[finding.end : finding.end + 2]
    if after[:1] in _JOINED_AFTER or (after[:1] in {".", "-", ":"} and after[1:].isalnum()):
        return
    words = words_of(text, finding.start, finding.end)
    while words and _is_outside(words[0]):
        words.pop(0)
    while words and _is_outside(words[-1]):
        words.pop()
    if not words or not (_is_person(text, words) if finding.entity == ENTITY else _is_place(words)):
        return
    yield replace(finding, start=words[0].start, end=words[-1].end)


def _is_outside(word: Word) -> bool:
    """Return whether a word at the edge of a name is not part of it."""
    plain = folded(word.text)
    outside = (
        plain in TITLES or plain in FUNCTION_WORDS or plain in NEVER or (word.kind == Kind() and plain not in PLACES)
    )
    return outside and not word.is_initial


def _is_person(text: str, words: list[Word]) -> bool:
    plain = [folded(word.text) for word in words]
    if (
        any(name in PRODUCTS or name in NEVER or name in AFTER_ORGANISATION for name in plain)
        or plain[0] in _NEVER_FIRST
        or is_known([word for word in words if word.capital])
        or _is_beside_sign(text, words)
        or names_thing(text, words, 0, len(words) - 1)
    ):
        return False
    if all(name in PLACES for name in plain):
        return False
    if len(words[0].text) > 1 and words[0].text.isupper() and not all(word.text.isupper() for word in words):
        return False  # `MV Hanne Danica`
    kinds = [word.kind for word in words if not word.is_initial]
    if not kinds:
        return False
    lower = [word for word in words if not word.capital and folded(word.text) not in PARTICLES]
    if len(lower) > 1 or (lower and not any(kind.given for kind in kinds)):
        return False
    if len(kinds) == 1:
        (kind,) = kinds
        if not words[0].capital or words[0].text.isupper():
            return kind.given and words[0].text.isupper()
        if stands_in_capitals(text, words[0]):
            return False
        if _CAPITAL_BEFORE.search(text[max(0, words[0].start - 24) : words[0].start]):  # `Eggs Benedict`
            return (kind.given or kind.unknown or kind.surname) and _has_sign(text, words)
        inside = SENTENCE_START.search(text[max(0, words[0].start - 4) : words[0].start]) is None
        possible = kind.unknown or kind.maybe_surname or kind.maybe_given
        english = _is_english(text)
        sure = kind.given and ((inside and english) or _has_sign(text, words))
        return sure or (possible and _has_sign(text, words, STRONG_CUES))
    if all(word.text.isupper() and not word.kind.given for word in words):
        return False
    if not _is_english(text) and not _has_sign(text, words):
        return False  # the rules know more of the language
    known = any(kind.given or kind.surname for kind in kinds)
    unknown = [kind.unknown for kind in kinds]
    return known or all(unknown) or (any(unknown) and _has_sign(text, words))


# First words, or words before a lone one, that make a place, a feast or an organisation.
_NEVER_FIRST = (OF_SAINTS | OF_ORGANISATIONS | BEFORE_PLACE) - {"new", "el"}
_CAPITAL_BEFORE = re.compile(r"\b[A-Z][a-z'’]+ $")
_SIGN_BEFORE = re.compile(r"(?:[&+]|\d[,.]?) ?$")
_SIGN_AFTER = re.compile(r" ?[&+]| and (?:the )?[A-Z][a-z]+ (?:[a-z]+s|[a-z]+ed)\b")


def _is_beside_sign(text: str, words: list[Word]) -> bool:
    """Return whether a sign or a number beside it makes this a company, or what is counted: `& Boch`, `12 Benedict`."""
    before, end = text[max(0, words[0].start - 4) : words[0].start], words[-1].end
    return _SIGN_BEFORE.search(before) is not None or _SIGN_AFTER.match(text, end) is not None


# An English pipeline takes words of other languages for names.
_ENGLISH = frozenset(
    ["the", "and", "of", "to", "was", "with", "for", "by", "from", "has", "is", "he", "she", "his", "her"]
)


def _is_english(text: str) -> bool:
    return not _ENGLISH.isdisjoint(text.lower().split())


def _has_sign(text: str, words: list[Word], cues: Any = CUES) -> bool:
    before = text[max(0, words[0].start - 48) : words[0].start]
    return cues.search(before) is not None or VERBS_OF_PEOPLE.match(text, words[-1].end) is not None


def _is_place(words: list[Word]) -> bool:
    plain = [folded(word.text) for word in words]
    if any(name in PRODUCTS or (name in NEVER and len(words) == 1) for name in plain):
        return False
    return all(word.capital or len(word.text) <= 3 for word in words) and any(
        word.kind.unknown or word.kind.surname or name in PLACES for word, name in zip(words, plain, strict=True)
    )
