"""Find the names of known people, such as a platform's users, word by word.

The time depends on the text, not on the length of the list: sequences of words as long as names are looked up in a set.
Letter case, accents and forms of Unicode are ignored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from autopost.redaction.normalise import normalise
from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Span

ENTITY = "PERSON"
SCORE = 0.9

# In scripts without spaces between words, each letter counts as a word.
_JOINED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}"
_WORD = compiled(rf"[{_JOINED}]|[^\P{{L}}{_JOINED}]\p{{M}}*(?:[^\P{{L}}{_JOINED}]|\p{{M}}|\p{{N}})*|\p{{N}}+")
_ASCII_WORD = re.compile(r"[a-z][a-z0-9]*|[0-9]+")
_IS_JOINED = compiled(rf"^[{_JOINED}]$")

# Letters whose stroke is not removed by Unicode decomposition.
_STROKES = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})

_LONGEST_INITIAL = 2


class NameList:
    """The full names to find. `First Last` is also found as `Last, First`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._rows: set[str] = set()
        self._lengths: dict[str, tuple[int, ...]] = {}
        for name in names:
            self.add(name)

    def __bool__(self) -> bool:
        """Return whether the list has a name."""
        return bool(self._rows)

    def add(self, name: str) -> None:
        """Look for this name, too. Other threads may search meanwhile."""
        words = _split(normalise(name).text)[1]
        if not words:
            return
        self._add_row(" ".join(words), words[0], len(words))
        for first in range(1, len(words)):
            turned = f"{' '.join(words[first:])}, {' '.join(words[:first])}"
            self._add_row(turned, words[first], len(words))

    def _add_row(self, row: str, first: str, length: int) -> None:
        self._rows.add(row)
        lengths = self._lengths.get(first, ())
        if length not in lengths:
            self._lengths[first] = tuple(sorted((*lengths, length), reverse=True))

    def spans(self, text: str) -> list[Span]:
        """Return the spans of names in a normalised text, the longest at each place, in order and without overlaps."""
        if not self._rows:
            return []
        places, words = _split(text)
        found: list[Span] = []
        index = 0
        while index < len(words):
            length = self._length_at(text, places, words, index)
            if length:
                found.append((places[index][0], places[index + length - 1][1]))
            index += length or 1
        return found

    def _length_at(self, text: str, places: list[Span], words: list[str], index: int) -> int:
        """Return the number of words of the name that begins at this word; 0 if none does."""
        for length in self._lengths.get(words[index], ()):
            if index + length <= len(words):
                row = _row(text, places[index : index + length], words[index : index + length])
                if row in self._rows:
                    return length
        return 0


def word_count(name: str) -> int:
    """Return the number of words of a name, as names are compared."""
    return len(_split(normalise(name).text)[1])


def _row(text: str, places: list[Span], words: list[str]) -> str | None:
    """Return adjacent words as one string, with a comma between them if there is one; None if they are not adjacent."""
    row = words[0]
    for before, after, word, last in zip(places, places[1:], words[1:], words, strict=False):
        between = text[before[1] : after[0]].strip()
        if between == ",":
            row += ","
        elif between == "." and len(last) <= _LONGEST_INITIAL:
            pass
        elif between not in {"", "-", "'"} or (
            before[1] == after[0] and not _IS_JOINED.match(text[before[0] : before[1]])
        ):
            return None
        row += f" {word}"
    return row


def _split(text: str) -> tuple[list[Span], list[str]]:
    """Return the spans of the words, and their normal form for comparison."""
    if text.isascii():  # ten times faster
        matches = list(_ASCII_WORD.finditer(text.lower()))
        return [match.span() for match in matches], [match.group() for match in matches]
    places = [match.span() for match in _WORD.finditer(text)]
    return places, [_folded(text[start:end]) for start, end in places]


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return bare.translate(_STROKES)
