"""Find full names of people in a normalised text, without a model and in linear time.

A given name and a surname, in either order; a title and a name; two words that no list knows after words such as
`assigned to`. What the lists know as an English word is a surname only if it is a frequent one.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from autopost.redaction.pattern import compiled
from autopost.redaction.people.announced import after_title, cued_name
from autopost.redaction.people.around import names_organisation, stands_in_capitals
from autopost.redaction.people.full_name import full_name, lower_case_name
from autopost.redaction.people.lists import folded, is_word, kind, lists
from autopost.redaction.people.signs import BETWEEN_NAMES, LOWER_TITLES, TITLES
from autopost.redaction.people.words import Word, words_of
from autopost.redaction.rule import Span

ENTITY = "PERSON"
SCORE = 0.75

# The ids of what finds a name, and what each follows.
FULL, LOWER, TITLE, CUE = "people.full_name", "people.lower_case", "people.title", "people.cue"
SINGLE = "people.given_name"
SOURCES = {
    FULL: "a given name and a surname, in either order (people/README.md)",
    LOWER: "the same in lower case",
    TITLE: "a name after a title such as `Dr.`",
    CUE: "two words that no list knows after words such as `assigned to`",
    SINGLE: "a given name that stands alone; only with `SOCIAL_POST_REDACT_GIVEN_NAMES` or a model",
}

# Two capitalised words, perhaps with a comma or particles between, and a title in lower case before one. Each match is
# a place to look at; most texts of agents have few.
_PLACES = compiled(
    r"\p{Lu}[\p{L}'.-]*,?[ \x{a0}]{1,2}(?:[\p{Ll}']{1,3} ){0,3}\p{Lu}"
    r"|\p{Lu}\.\p{Lu}|\b(?:mr|mrs|ms|dr|prof|herrn?|frau|mme|mlle|monsieur|madame|se[nñ]or(?:a|ita)?|sra?|srta|signora?|dott|mevrouw)\.? \p{Lu}"
)
_REACH = 80  # characters after such a place that belong to it
# What begins with a capital, and more.
_CAPITALISED = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:['-][^\W\d_]+)*")
_LOWER_TITLES = frozenset([*LOWER_TITLES, *(f"{title}." for title in LOWER_TITLES)])


def people(text: str, rules: Collection[str]) -> list[tuple[Span, str]]:
    """Return the spans of names that these rules find, with the id of the rule, in order and without overlaps."""
    words = text.split()
    if SINGLE in rules or (LOWER in rules and _has_lower_case_name(words)):
        regions = [(0, len(text))]
    elif any(map(_can_be_of_a_name, _CAPITALISED.findall(text))) or not _LOWER_TITLES.isdisjoint(words):
        regions = _regions(text)
    else:
        return []
    return [name for region in regions for name in _names(text, words_of(text, *region), rules)]


@lru_cache(maxsize=4096)
def _can_be_of_a_name(word: str) -> bool:
    """Return whether every name has such a word: a title, an initial, or what is more than a word and a surname."""
    what = kind(word)
    known = what.given or what.maybe_given or what.surname or what.unknown
    return known or len(word) == 1 or folded(word) in TITLES


def _regions(text: str) -> list[Span]:
    """Return the parts of the text that may hold a name."""
    regions: list[Span] = []
    for match in _PLACES.finditer(text.encode() if text.isascii() else text):
        start, end = match.start(), min(match.end() + _REACH, len(text))
        if regions and start <= regions[-1][1]:
            regions[-1] = regions[-1][0], end
        else:
            # The word before counts: `Lake Victoria Falls`.
            regions.append((max(0, text.rfind(" ", 0, max(0, start - 1)) + 1), end))
    return regions


def _has_lower_case_name(words: list[str]) -> bool:
    given = lists().given
    return not given.isdisjoint(words) and any(
        len(word) >= 4 and not is_word(word) for word in given.intersection(words)
    )


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


def _at(text: str, words: list[Word], index: int, rules: Collection[str], *, cued: bool) -> tuple[int, int, str] | None:
    """Return the first and the last word of the name that begins here, or after a title here, and what found it."""
    word = words[index]
    if TITLE in rules and folded(word.text) in TITLES:
        last = after_title(text, words, index)
        if last is not None:
            return index + 1, last, TITLE
    if not (word.capital or word.kind.given):
        return None
    if word.capital and FULL in rules and (last := full_name(text, words, index)) is not None:
        return index, last, FULL
    if not word.capital and LOWER in rules and (last := lower_case_name(text, words, index)) is not None:
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
