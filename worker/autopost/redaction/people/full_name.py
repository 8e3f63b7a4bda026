"""Names of a given name and a surname, in either order."""

from __future__ import annotations

import re

from autopost.redaction.people.around import SENTENCE_START, follows_place_word, is_cued, names_organisation
from autopost.redaction.people.lists import folded, is_word, lists
from autopost.redaction.people.signs import (
    BUSINESS_ENDINGS,
    LOWER_CUES,
    LOWER_VERBS,
    LOWER_WEAK_CUES,
    OF_MATHEMATICS,
    OF_SAINTS,
    PARTICLES,
    SURNAME_ENDINGS,
    VERBS_AFTER_LOWER,
    VERBS_AFTER_WORDS,
    VERBS_OF_PEOPLE,
)
from autopost.redaction.people.things import OF_ORGANISATIONS, is_known, names_thing
from autopost.redaction.people.vocabulary import FUNCTION_WORDS
from autopost.redaction.people.words import Word, chain_from, joined

_LEAST_LETTERS = 3
_MOST_PARTICLES = 3
# Particles of surnames that hardly stand in names of places.
_NOBLE = frozenset(["van", "von", "ter", "bin", "ibn"])
_ARTICLES = ("o'", "mc", "al-", "el-", "ben-", "abu-", "ibn-")

# In German, nouns have a capital: `Sessel Emil` is not a surname and a given name.
_GERMAN = re.compile(r"(?:^|\s)(?:[Dd]er|[Dd]ie|[Dd]as|und|ist|sind|wird|wurde|nicht|für|auf|ab|mit|im|vom|zum)\s")
_NEVER_FIRST = OF_SAINTS | OF_ORGANISATIONS
_IN_LIST = re.compile(r"(?:^|[:;|\n]\s?)$")


# The start of a text, of a line, of what a colon introduces.
_BEGINS = re.compile(r"(?:^|\n|: ?|[-*|•] )$")


def full_name(text: str, words: list[Word], index: int) -> int | None:
    """Return the last word of the full name that begins at this capitalised word; None if none does."""
    first = words[index]
    turned = _last_and_first(text, words, index)
    if turned is not None:
        return turned
    chain = chain_from(text, words, index)
    if len(chain) < 2 or follows_place_word(text, words, index) or folded(first.text) in _NEVER_FIRST:
        return None
    cued = is_cued(text, words, index)
    middle = 1
    while middle < len(chain) - 1 and words[chain[middle]].is_initial:
        middle += 1
    second = words[chain[middle]]
    if second.is_initial:
        return chain[middle] if first.kind.given and text[second.end : second.end + 1] == "." else None
    particle = chain[middle] - chain[middle - 1] > 1
    if folded(second.text) in OF_SAINTS or (particle and 1 < len(first.text) < _LEAST_LETTERS):  # `Ja, der Datenschutz`
        return None
    at_start = SENTENCE_START.search(text[max(0, first.start - 4) : first.start]) is not None
    cued = cued or VERBS_AFTER_WORDS.match(text, second.end) is not None
    noble = particle and words[chain[middle - 1] + 1].text in _NOBLE
    unlisted = noble and first.kind.unknown and second.kind.unknown and len(first.text) > 4 < len(second.text)
    if not unlisted and not _pair(
        first,
        second,
        cued=cued,
        particle=particle,
        initial=middle > 1,
        at_start=at_start,
        german=_is_german(text, first, second),
    ):
        return None
    if not (first.kind.given or second.kind.given) and OF_MATHEMATICS.match(text, second.end):
        return None
    last = middle
    while last + 1 < len(chain) and goes_on(words[chain[last + 1]]):
        last += 1
    if is_known([first, *(words[chain[place]] for place in range(middle, last + 1))]):
        return None
    named = names_organisation(text, words, index, chain[last]) or names_thing(text, words, index, chain[last])
    return None if named else chain[last]


def _is_german(text: str, first: Word, second: Word) -> bool:
    """Return whether the words around are German; asked only of an unknown word before a given name."""
    if not (first.kind.unknown and second.kind.given):
        return False
    return _GERMAN.search(text, max(0, first.start - 80), second.end + 80) is not None


def _pair(
    first: Word, second: Word, *, cued: bool, particle: bool, initial: bool, at_start: bool, german: bool
) -> bool:
    """Return whether two words are a given name and a surname, or a surname and a given name."""
    one, two = first.kind, second.kind
    upper = first.text.isupper() or second.text.isupper()
    if upper and not first.is_initial and len(second.text) > 1:
        return one.given and (two.surname or two.given or (two.maybe_surname and second.text.isupper()))
    if first.is_initial:
        return two.surname or (cued and (two.maybe_surname or two.unknown)) or ((initial or particle) and two.unknown)
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
        if particle and two.given:  # `Kaffeebohnen von Julius Meinl`
            return False
        inflected = first.text.endswith(("ed", "ing", "ly"))
        return (
            (two.surname and not (at_start and inflected))
            or (two.given and not at_start and (cued or not german))
            or (initial and two.unknown)
        )
    return False


def goes_on(word: Word) -> bool:
    """Return whether a word after a surname is another part of the name."""
    return (
        not word.is_initial and (word.kind.surname or word.kind.given or word.kind.unknown) and not word.text.isupper()
    )


def lower_case_name(text: str, words: list[Word], index: int, *, cued: bool = False) -> int | None:
    """Return the end of a name in lower case: a given name that is not a word, and a surname.

    What no list knows is a surname after a word such as `for`, or if it ends as one. A surname that is also a word
    needs words that come before people. `cued`: another name stands before this one.
    """
    first = words[index]
    if len(first.text) < _LEAST_LETTERS or folded(first.text) not in lists().lower_given:
        return None
    last = _lower_surname(text, words, index)
    if first.text in LOWER_VERBS or (last is not None and folded(words[last].text) in FUNCTION_WORDS):
        return None
    if last is None or text[first.start - 1 : first.start] in {"/", "_", ".", "-", "@"}:
        return None
    second = words[last]
    if is_known([first, second]):
        return None
    if text[second.end : second.end + 1] in {"_", "(", "/", "@"} or second.text.endswith(BUSINESS_ENDINGS):
        return None
    strong = (
        cued
        or is_cued(text, words, index, LOWER_CUES)
        or VERBS_OF_PEOPLE.match(text, second.end) is not None
        or VERBS_AFTER_WORDS.match(text, second.end) is not None
    )
    if first.text not in lists().lower_given and not (strong or second.text.endswith(SURNAME_ENDINGS)):
        return None  # without its accents it is a name: `más`
    weak = (
        strong or is_cued(text, words, index, LOWER_WEAK_CUES) or VERBS_AFTER_LOWER.match(text, second.end) is not None
    )
    surname = second.kind.surname or second.kind.given or second.text.startswith(_ARTICLES)
    if first.kind.given and not is_word(folded(first.text)):
        if surname or second.text.endswith(SURNAME_ENDINGS):
            sure = weak or len(first.text) > _LEAST_LETTERS
        else:
            begins = _BEGINS.search(text[max(0, first.start - 3) : first.start]) is not None
            long = len(first.text) > 4 and len(second.text) > 4 and second.kind.unknown
            sure = (weak and (second.kind.unknown or second.kind.maybe_surname)) or (begins and long)
            # `joost van der meer`: what follows two particles is a surname, whatever else it is.
            sure = sure or last - index > 2 or (weak and last - index > 1 and words[index + 1].text in PARTICLES)
    else:  # a word of another language, or of English
        sure = (weak if first.kind.maybe_given and not is_word(folded(first.text)) else strong) and (
            surname
            or (strong and first.kind.given and (second.kind.unknown or second.kind.maybe_surname))
            or (strong and not is_word(folded(first.text)) and second.kind.unknown and len(second.text) > 4)
        )
    return last if sure else None


def _lower_surname(text: str, words: list[Word], index: int) -> int | None:
    """Return the place of the word after a given name, an initial and particles."""
    place, end = index + 1, words[index].end
    while place < len(words) and place - index <= _MOST_PARTICLES:
        word = words[place]
        if text[end : word.start] not in {" ", ". "} or not word.text.islower():
            return None
        if not (word.text in PARTICLES or (len(word.text) == 1 and text[word.end : word.end + 1] == ".")):
            return place if len(word.text) > 2 or word.kind.surname else None
        place, end = place + 1, word.end
    return None


def _last_and_first(text: str, words: list[Word], index: int) -> int | None:
    """Return the end of `Last, First`."""
    if index + 1 == len(words):
        return None
    first, second = words[index], words[index + 1]
    if text[first.end : second.start] != ", " or not second.capital:
        return None
    if index and joined(text, words[index - 1], first, comma=True) and words[index - 1].capital:
        return None
    alone = index + 2 == len(words) or text[second.end : second.end + 2] != ", " or not words[index + 2].capital
    sure = first.kind.maybe_surname and (not first.kind.given or first.kind.surname)
    # In a list with semicolons or after a colon, as `Sorted: Abernethy, Colin; Czerny, Pavel`.
    listed = first.kind.unknown and _IN_LIST.search(text[max(0, first.start - 2) : first.start]) is not None
    if first.text.isupper():
        sure, listed = False, first.kind.surname or (len(first.text) > 5 and first.kind.unknown)
    return index + 1 if (sure or listed) and alone and second.kind.given else None
