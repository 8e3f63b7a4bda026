"""Find full names of people in a normalised text, without a model and in linear time.

A given name and a surname, in either order; a title and a name; two words that no list knows after words such as
`assigned to`. What the lists know as an English word is a surname only if it is a frequent one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from autopost.redaction.people.announced import after_title, cued_name
from autopost.redaction.people.around import names_organisation, stands_in_capitals
from autopost.redaction.people.full_name import full_name, lower_case_name
from autopost.redaction.people.labelled import (
    after_labels,
    alone_in_its_place,
    before_honorifics,
    initial_and_surname,
)
from autopost.redaction.people.lists import folded, kind, lists
from autopost.redaction.people.regional import in_other_scripts, romanised
from autopost.redaction.people.signs import BETWEEN_NAMES, LOWER_TITLES, OFFICES, TITLES
from autopost.redaction.people.words import Word, words_of
from autopost.redaction.rule import Span

ENTITY = "PERSON"
SCORE = 0.75

# The ids of what finds a name, and what each follows.
FULL, LOWER, TITLE, CUE = "people.full_name", "people.lower_case", "people.title", "people.cue"
LABEL, SINGLE = "people.label", "people.given_name"
SOURCES = {
    FULL: "a given name and a surname, in either order (people/README.md)",
    LOWER: "the same in lower case",
    TITLE: "a name after a title such as `Dr.`, or before an honorific such as `様`",
    CUE: "two words that no list knows after words such as `assigned to`",
    LABEL: "words after `last_name`, `given name` and the like",
    SINGLE: "a given name that stands alone; only with `SOCIAL_POST_REDACT_GIVEN_NAMES` or a model",
}

# Words with a capital stand in one place if nothing but signs and particles is between them: `Ludwig van der Beek`.
_MOST_BETWEEN = 16
# What begins with a capital, and more.
_CAPITALISED = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:['-][^\W\d_]+)*")
_ASCII_CAPITALISED = re.compile(r"[A-Z][A-Za-z]*(?:['-][A-Za-z]+)*")  # twice as fast
_LOWER_TITLES = frozenset(
    [
        *LOWER_TITLES,
        "señor",
        "señora",
        "dott.ssa",
        "sig.ra",
        "prof.ssa",
        "dr.ssa",
        *(f"{title}." for title in LOWER_TITLES),
    ]
)

_BORDERS = '=:;,(["!?'

# What a word says about the names around it.
_NOTHING, _INITIAL, _WORD_AND_SURNAME, _NAME = range(4)


def people(text: str, rules: Collection[str]) -> list[tuple[Span, str]]:
    """Return the spans of names that these rules find, with the id of the rule. Some may overlap."""
    found = [(span, LABEL) for span in after_labels(text)] if LABEL in rules else []
    if CUE in rules:
        found += [(span, CUE) for span in alone_in_its_place(text)]
    if LOWER in rules:
        found += [(span, LOWER) for span in initial_and_surname(text)]
    if TITLE in rules:
        found += [(span, TITLE) for span in before_honorifics(text)]
    if FULL in rules:
        found += [(span, FULL) for span in in_other_scripts(text)]
    return [*found, *_of_words(text, rules)]


def _of_words(text: str, rules: Collection[str]) -> list[tuple[Span, str]]:
    words = _without_borders(text).split()
    found = [(span, FULL) for span in romanised(text, words)] if FULL in rules else []
    if (
        SINGLE in rules
        or (LOWER in rules and _has_lower_case_name(words, ascii_only=text.isascii()))
        or not _LOWER_TITLES.isdisjoint(words)
    ):
        regions = [(0, len(text))]
    else:
        capitalised = _ASCII_CAPITALISED if text.isascii() else _CAPITALISED
        if not _may_be_named(capitalised.findall(text)):
            return found
        regions = list(_regions(text, capitalised))
    return found + [name for region in regions for name in _names(text, words_of(text, *region), rules)]


def _without_borders(text: str) -> str:
    """Return a text in which values are assigned, quoted or in brackets with spaces for the signs beside words."""
    if "=" in text or "(" in text or '"' in text:
        for sign in _BORDERS:  # ten times as fast as `str.translate` if the text is not ASCII
            text = text.replace(sign, " ")
    return text


def _may_be_named(words: Iterable[str]) -> bool:
    """Return whether these words can hold a name: every name has one that is not just a word, or an initial."""
    signs = set(map(_sign, words))
    return _NAME in signs or (_INITIAL in signs and _WORD_AND_SURNAME in signs)


@lru_cache(maxsize=4096)
def _sign(word: str) -> int:
    if not word[0].isupper():
        return _NOTHING
    if len(word) == 1:
        return _INITIAL
    what = kind(word)
    if (
        what.given
        or folded(word) in TITLES
        or folded(word) in OFFICES
        or (not word.isupper() and (what.maybe_given or what.surname or what.unknown))
    ):
        return _NAME
    return _WORD_AND_SURNAME if what.maybe_surname else _NOTHING


def _regions(text: str, capitalised: re.Pattern[str]) -> Iterator[Span]:
    """Yield the parts of the text with two or more capitalised words that can hold a name."""
    words: list[str] = []
    start = end = 0
    for match in capitalised.finditer(text):
        word = match.group()
        if not word[0].isupper():
            continue
        place, behind = match.span()
        if words and place - end > _MOST_BETWEEN:
            if len(words) > 1 and _may_be_named(words):
                yield start, end
            words = []
        if not words:
            start = place
        words.append(word)
        end = behind
    if len(words) > 1 and _may_be_named(words):
        yield start, end


def _has_lower_case_name(words: list[str], *, ascii_only: bool) -> bool:
    given = lists().lower_given
    if not given.isdisjoint(words) and any(len(word) >= 3 for word in given.intersection(words)):
        return True
    return not ascii_only and any(len(word) >= 3 and not word.isascii() and folded(word) in given for word in words)


def _names(text: str, words: list[Word], rules: Collection[str]) -> Iterator[tuple[Span, str]]:
    index, before = 0, -1
    while index < len(words):
        goes_on = before >= 0 and text[before : words[index].start] in BETWEEN_NAMES
        found = _at(text, words, index, rules, cued=goes_on)
        if found is None:
            index += 1
        else:
            first, last, rule = found
            end = words[last].end
            if words[last].is_initial and text[end : end + 1] == ".":
                end += 1
            yield (words[first].start, end), rule
            index, before = last + 1, words[last].end


@lru_cache(maxsize=4096)
def _is_title(word: str) -> bool:
    return folded(word) in TITLES or folded(word) in OFFICES


def _at(text: str, words: list[Word], index: int, rules: Collection[str], *, cued: bool) -> tuple[int, int, str] | None:
    """Return the first and the last word of the name that begins here, or after a title here, and what found it."""
    word = words[index]
    if TITLE in rules and _is_title(word.text):
        last = after_title(text, words, index)
        if last is not None:
            return index + 1, last, TITLE
    if not (word.capital or word.kind.maybe_given):
        return None
    if word.capital and FULL in rules and (last := full_name(text, words, index)) is not None:
        return index, last, FULL
    if not word.capital and LOWER in rules and (last := lower_case_name(text, words, index, cued=cued)) is not None:
        return index, last, LOWER
    if CUE in rules and (last := cued_name(text, words, index, cued=cued)) is not None:
        return index, last, CUE
    if SINGLE in rules and _stands_alone(text, words, index):
        return index, index, SINGLE
    return None


def _stands_alone(text: str, words: list[Word], index: int) -> bool:
    """Return whether this is a given name, and neither counted nor part of another name."""
    word = words[index]
    if not word.capital or not word.kind.given or word.text.isupper():
        return False
    counted = text[word.end : word.end + 1] in {"-", "("} or text[word.end + 1 : word.end + 2].isdigit()
    return not (counted or stands_in_capitals(text, word) or names_organisation(text, words, index, index))
