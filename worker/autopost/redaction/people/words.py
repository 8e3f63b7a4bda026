"""The words of a text, whether they are written as names, and how far a name can go on."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from autopost.redaction.people.lists import Kind, folded, kind
from autopost.redaction.people.signs import PARTICLES, TITLES

MAX_WORDS = 6

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_INNER_CAPITAL = re.compile(r"(?:Mc|Mac|Fitz|De|Di|Da|La|Le|Van|Von|Du|D'|O'|L'|M')[A-Z]")


class Word(NamedTuple):
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


def words_of(text: str, start: int, end: int) -> list[Word]:
    """Return the words of a part of a text; one that goes on behind it is included whole."""
    while end < len(text) and text[end - 1].isalpha() and text[end].isalpha():
        end += 1
    return [word_of(text, *match.span()) for match in _WORD.finditer(text, start, end)]


def word_of(text: str, start: int, end: int) -> Word:
    """Return the word of this span, without the `'s` of a possessive."""
    word = text[start:end]
    if word.endswith(("'s", "'S")) and len(word) > 2:
        word = word[:-2]
    return Word(start, start + len(word), word, *_traits(word))


@lru_cache(maxsize=4096)
def _traits(word: str) -> tuple[bool, Kind]:
    return is_capitalised(word), kind(word)


def is_capitalised(text: str) -> bool:
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


def joined(text: str, left: Word, right: Word, *, comma: bool = False) -> bool:
    """Return whether two words can belong to one name: a space between them, after an initial a full stop too."""
    between = text[left.end : right.start]
    if between in {" ", "  ", "\u00a0"}:
        return True
    if left.is_initial:
        return between in {". ", ".", ".-"}
    return comma and between == ", "


def chain_from(text: str, words: list[Word], index: int) -> list[int]:
    """Return the places of the words that can go on a name from here: capitalised, initials, and particles between."""
    chain, place = [index], index
    while len(chain) < MAX_WORDS and place + 1 < len(words) and joined(text, words[place], words[place + 1]):
        following = place + 1
        while following < len(words) and words[following].text.lower() in PARTICLES and following - place <= 3:
            if following + 1 == len(words) or not joined(text, words[following], words[following + 1]):
                break
            following += 1
        following_word = words[following]
        if not following_word.capital or (not following_word.is_initial and folded(following_word.text) in TITLES):
            break
        chain.append(following)
        place = following
    return chain
