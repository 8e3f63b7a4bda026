"""Find full names of people in a normalised text, without a model and in linear time.

A given name and a surname, in either order; a title and a name; two words that no list knows after words such as
`assigned to`. What the lists know as an English word is a surname only if it is a frequent one.
"""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autopost.redaction.pattern import compiled
from autopost.redaction.people.lists import Kind, folded, is_word, kind, lists
from autopost.redaction.people.signs import (
    AFTER_ORGANISATION,
    AFTER_TITLE,
    BEFORE_PLACE,
    BETWEEN_NAMES,
    BUSINESS_ENDINGS,
    CUES,
    LOWER_TITLES,
    PARTICLES,
    STRONG_CUES,
    TITLES,
    VERBS_AFTER_WORDS,
    VERBS_OF_PEOPLE,
)
from autopost.redaction.people.vocabulary import BRANDS
from autopost.redaction.rule import Span

ENTITY = "PERSON"

MAX_WORDS = 6

# Two capitalised words, perhaps with a comma or particles between, and a title in lower case before one. Each match is
# a place to look at; most texts of agents have few.
_PLACES = compiled(
    r"\p{Lu}[\p{L}'.-]*,?[ \x{a0}]{1,2}(?:[\p{Ll}']{1,3} ){0,3}\p{Lu}"
    r"|\p{Lu}\.\p{Lu}|\b(?:mr|mrs|ms|dr|prof|herrn?|frau|mme|mlle|monsieur|madame|se[nñ]or(?:a|ita)?|sra?|srta|signora?|dott|mevrouw)\.? \p{Lu}"
)
_REACH = 80  # characters after such a place that belong to it
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_JOINS = re.compile(r"\.?[ \u00a0]{1,2}")
_INNER_CAPITAL = re.compile(r"(?:Mc|Mac|Fitz|De|Di|Da|La|Le|Van|Von|Du|D'|O'|L'|M')[A-Z]")
SENTENCE_START = re.compile(r"(?:^|[.!?:;\n*•>|]\s*|[-(\"']\s?)$")

# The ids of what found a name.
FULL, TITLE, CUE, SINGLE = "people.full_name", "people.title", "people.cue", "people.given_name"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, what it can be, and whether it is written as a name."""

    start: int
    end: int
    text: str
    capital: bool
    kind: Kind

    @property
    def is_initial(self) -> bool:
        """Return whether this is one capital letter."""
        return len(self.text) == 1 and self.text.isupper()


def people(text: str, *, singles: bool = False) -> list[tuple[Span, str]]:
    """Return the spans of names with the id of what found them, in order and without overlaps.

    `singles`: find given names that stand alone, too.
    """
    regions = [(0, len(text))] if singles or _has_lower_case_name(text) else _regions(text)
    return [name for start, end in regions for name in _names(text, _words(text, start, end), singles=singles)]


def _regions(text: str) -> list[Span]:
    """Return the parts of the text that may hold a name."""
    regions: list[Span] = []
    for match in _PLACES.finditer(text):
        start, end = match.start(), min(match.end() + _REACH, len(text))
        if regions and start <= regions[-1][1]:
            regions[-1] = regions[-1][0], end
        else:
            # The word before counts: `Lake Victoria Falls`.
            regions.append((max(0, text.rfind(" ", 0, max(0, start - 1)) + 1), end))
    return regions


def _words(text: str, start: int, end: int) -> list[Word]:
    while end < len(text) and text[end - 1].isalpha() and text[end].isalpha():
        end += 1
    return [word_of(text, *match.span()) for match in _WORD.finditer(text, start, end)]


def _has_lower_case_name(text: str) -> bool:
    given, words = lists().given, text.split()
    return not given.isdisjoint(words) and any(
        len(word) >= 4 and not is_word(word) for word in given.intersection(words)
    )


def word_of(text: str, start: int, end: int) -> Word:
    """Return the word of this span, without the `'s` of a possessive."""
    if end - start > 2 and text[end - 2 : end] in {"'s", "'S"}:
        end -= 2
    word = text[start:end]
    return Word(start, end, word, _is_capitalised(word), kind(word))


def _is_capitalised(text: str) -> bool:
    """Return whether a word is written as a name: `Anna`, `O'Brien`, `McCoy`, `Meyer-Landrut`; `ANNA` is as well."""
    if not text[0].isupper():
        return False
    for part in text.split("-"):
        rest = part[1:]
        if part.islower() and part is not text:  # `Min-jun`
            continue
        if not part[:1].isupper() or not (rest.islower() or not rest or part.isupper()):
            inner = _INNER_CAPITAL.match(part)
            if inner is None or not part[inner.end() :].islower():
                return False
    return True


def _names(text: str, words: list[Word], *, singles: bool) -> Iterator[tuple[Span, str]]:
    index, before = 0, -1
    while index < len(words):
        goes_on = before >= 0 and text[before : words[index].start] in BETWEEN_NAMES
        found = _at(text, words, index, singles=singles, cued=goes_on)
        if found is None:
            index += 1
        else:
            first, last, reason = found
            end = words[last].end
            if words[last].is_initial and text[end : end + 1] == ".":
                end += 1
            yield (words[first].start, end), reason
            index, before = last + 1, words[last].end


def _at(text: str, words: list[Word], index: int, *, singles: bool, cued: bool) -> tuple[int, int, str] | None:
    word = words[index]
    if folded(word.text) in TITLES:
        last = _after_title(text, words, index)
        if last is not None:
            return index + 1, last, TITLE
    if not (word.capital or word.kind.given):
        return None
    last = _full_name(text, words, index)
    if last is not None:
        return index, last, FULL
    last = _cued_name(text, words, index, cued=cued)
    if last is not None:
        return index, last, CUE
    if singles and word.capital and word.kind.given and not word.text.isupper():
        counted = text[word.end : word.end + 1] in {"-", "("} or text[word.end + 1 : word.end + 2].isdigit()
        if not (counted or stands_in_capitals(text, word) or _names_organisation(text, words, index, index)):
            return index, index, SINGLE
    return None


_CAPITAL_BEFORE = compiled(r"(\p{Lu}[\p{L}'-]*)(?: & | )$")
_CAPITAL_AFTER = compiled(r"^(?: & | )\p{Lu}")


def stands_in_capitals(text: str, word: Word) -> bool:
    """Return whether a capitalised word is next to another, as in `San Jose`, which does not only begin a sentence."""
    if _CAPITAL_AFTER.match(text[word.end : word.end + 4]):
        return True
    before = _CAPITAL_BEFORE.search(text[max(0, word.start - 32) : word.start])
    if before is None:
        return False
    start = word.start - (len(before.group()) - before.start(1) + before.start())
    begins = SENTENCE_START.search(text[max(0, start - 4) : start]) is not None
    return not (begins and is_word(folded(before.group(1)))) and folded(before.group(1)) not in TITLES


def _joined(text: str, left: Word, right: Word, *, comma: bool = False) -> bool:
    """Return whether two words can belong to one name: a space between them, after an initial a full stop too."""
    between = text[left.end : right.start]
    if between in {" ", "  ", "\u00a0"}:
        return True
    if left.is_initial:
        return between in {". ", "."}
    return comma and between == ", "


def _chain(text: str, words: list[Word], index: int) -> list[int]:
    """Return the places of the words that can go on a name from here: capitalised, initials, and particles between."""
    chain, place = [index], index
    while len(chain) < MAX_WORDS and place + 1 < len(words) and _joined(text, words[place], words[place + 1]):
        following = place + 1
        while following < len(words) and words[following].text.lower() in PARTICLES and following - place <= 3:
            if following + 1 == len(words) or not _joined(text, words[following], words[following + 1]):
                break
            following += 1
        following_word = words[following]
        if not following_word.capital or (not following_word.is_initial and folded(following_word.text) in TITLES):
            break
        chain.append(following)
        place = following
    return chain


def _full_name(text: str, words: list[Word], index: int) -> int | None:
    first = words[index]
    if not first.capital:
        return _lower_case_name(text, words, index)
    turned = _last_and_first(text, words, index)
    if turned is not None:
        return turned
    chain = _chain(text, words, index)
    if len(chain) < 2 or _follows_place_word(text, words, index):
        return None
    cued = _is_cued(text, words, index)
    middle = 1
    while middle < len(chain) - 1 and words[chain[middle]].is_initial:
        middle += 1
    second = words[chain[middle]]
    if second.is_initial:
        return chain[middle] if first.kind.given and text[second.end : second.end + 1] == "." else None
    particle = chain[middle] - chain[middle - 1] > 1
    at_start = SENTENCE_START.search(text[max(0, first.start - 4) : first.start]) is not None
    cued = cued or VERBS_AFTER_WORDS.match(text, second.end) is not None
    if not _pair(first, second, cued=cued, particle=particle, initial=middle > 1, at_start=at_start):
        return None
    if f"{folded(first.text)} {folded(second.text)}" in BRANDS:
        return None
    last = middle
    while last + 1 < len(chain) and _goes_on(words[chain[last + 1]]):
        last += 1
    return None if _names_organisation(text, words, index, chain[last]) else chain[last]


def _pair(first: Word, second: Word, *, cued: bool, particle: bool, initial: bool, at_start: bool) -> bool:
    """Return whether two words are a given name and a surname, or a surname and a given name."""
    one, two = first.kind, second.kind
    upper = first.text.isupper() or second.text.isupper()
    if upper and not first.is_initial and len(second.text) > 1:
        return one.given and (two.surname or two.given or (two.maybe_surname and second.text.isupper()))
    if first.is_initial:
        return two.surname or (cued and two.maybe_surname)
    if one.given:
        return two.surname or two.given or two.maybe_surname or two.unknown or (cued and two.maybe_given)
    if one.maybe_given:
        return (
            two.surname
            or (two.given and cued)
            or ((cued or particle or initial) and (two.unknown or two.maybe_surname))
        )
    if one.surname and two.given:
        return True
    if one.unknown:
        inflected = first.text.endswith(("ed", "ing", "ly"))
        return (
            (two.surname and not (at_start and inflected)) or (two.given and not at_start) or (initial and two.unknown)
        )
    return False


def _goes_on(word: Word) -> bool:
    return (
        not word.is_initial and (word.kind.surname or word.kind.given or word.kind.unknown) and not word.text.isupper()
    )


def _lower_case_name(text: str, words: list[Word], index: int) -> int | None:
    """Return the end of a name in lower case: a given name and a frequent surname, neither of them a word."""
    if index + 1 == len(words) or not _joined(text, words[index], words[index + 1]):
        return None
    first, second = words[index], words[index + 1]
    sure = first.kind.given and first.text.islower() and second.text.islower()
    sure = sure and (second.kind.surname or (second.kind.unknown and _is_cued(text, words, index)))
    if (
        not sure
        or is_word(folded(first.text))
        or len(first.text) < 4
        or text[second.end : second.end + 1] in {"_", "("}
    ):
        return None
    return None if text[first.start - 1 : first.start] in {"/", "_", ".", "-", "@"} else index + 1


def _last_and_first(text: str, words: list[Word], index: int) -> int | None:
    """Return the end of `Last, First`."""
    if index + 1 == len(words):
        return None
    first, second = words[index], words[index + 1]
    if text[first.end : second.start] != ", " or not second.capital:
        return None
    if index and _joined(text, words[index - 1], first, comma=True) and words[index - 1].capital:
        return None
    alone = index + 2 == len(words) or text[second.end : second.end + 2] != ", " or not words[index + 2].capital
    sure = first.kind.maybe_surname and (not first.kind.given or first.kind.surname) and second.kind.given
    return index + 1 if sure and alone and not first.text.isupper() else None


def _after_title(text: str, words: list[Word], index: int) -> int | None:
    """Return the end of the name after a title: `Dr. Anna van der Berg`, `Frau Müller`."""
    title = words[index]
    if index + 1 == len(words) or not (title.capital or folded(title.text) in LOWER_TITLES):
        return None
    if title.text.isupper() and len(title.text) > 1:  # `MS Windows`
        return None
    following = words[index + 1]
    if folded(following.text) in TITLES and following.capital:  # `Herr Dr. Krause`: the next title finds the name
        return None
    between = text[title.end : following.start]
    if (
        between not in {" ", ". ", ".", "\u00a0"}
        or not following.capital
        or (following.text.isupper() and len(following.text) > 1)
    ):
        return None
    if folded(following.text) in AFTER_TITLE or following.kind == Kind():
        plain = folded(following.text)
        if plain in AFTER_TITLE or not is_word(plain) or title.text.lower() not in {"mr", "mrs", "ms", "frau", "herr"}:
            return None
    chain = _chain(text, words, index + 1)
    last = 0
    while last + 1 < len(chain) and (words[chain[last + 1]].is_initial or _goes_on(words[chain[last + 1]])):
        last += 1
    while last and words[chain[last]].is_initial:
        last -= 1
    return chain[last]


def _cued_name(text: str, words: list[Word], index: int, *, cued: bool) -> int | None:
    """Return the end of a name of two unknown words after words that come before people: `assigned to Xiu Qorbani`."""
    chain = _chain(text, words, index)
    if len(chain) < 2:
        return None
    if not (cued or _is_cued(text, words, index, STRONG_CUES) or VERBS_OF_PEOPLE.match(text, words[chain[-1]].end)):
        return None
    named = [words[place] for place in chain if not words[place].is_initial]
    if len(named) < 2 or any(word.text.isupper() or len(word.text) < 2 for word in named):
        return None
    first, second = named[0].kind, named[1].kind
    if not (first.unknown or first.surname or first.maybe_given) or not (
        second.unknown or second.surname or second.given
    ):
        return None
    if named[1].text.lower().endswith(BUSINESS_ENDINGS):
        return None
    last = chain.index(next(place for place in chain if words[place] is named[1]))
    while last + 1 < len(chain) and _goes_on(words[chain[last + 1]]):
        last += 1
    return None if _names_organisation(text, words, index, chain[last]) else chain[last]


def _is_cued(text: str, words: list[Word], index: int, signs: Any = CUES) -> bool:
    """Return whether the words before this one come before people."""
    before = text[max(0, words[index].start - 48) : words[index].start]
    return signs.search(before) is not None


def _follows_place_word(text: str, words: list[Word], index: int) -> bool:
    if not index:
        return False
    before = words[index - 1]
    return folded(before.text) in BEFORE_PLACE and before.capital and _joined(text, before, words[index])


def _names_organisation(text: str, words: list[Word], first: int, last: int) -> bool:
    """Return whether what follows makes the words the name of an organisation, a place or a thing."""
    after = text[words[last].end : words[last].end + 3]
    if after[:1] in {"_", "@", "/"} or after[:2] in {" &", "()"} or (after[:1] == "." and after[1:2].isalnum()):
        return True
    if text[words[first].start - 1 : words[first].start] in {"_", "/", "@", "#"}:
        return True
    if last + 1 == len(words) or not _joined(text, words[last], words[last + 1]):
        return False
    following = words[last + 1]
    return following.capital and folded(following.text) in AFTER_ORGANISATION
