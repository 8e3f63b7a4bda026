"""Find the names of known people: a list, such as a platform's users, compared word by word.

Each text is read once, whatever the length of the list: its words are joined to rows as long as names are, and the rows
looked up. Letter case, accents and forms of Unicode make no difference.
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

# Letters of scripts that put no space between words are words of their own.
_JOINED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}"
_WORD = compiled(rf"[{_JOINED}]|[^\P{{L}}{_JOINED}]\p{{M}}*(?:[^\P{{L}}{_JOINED}]|\p{{M}}|\p{{N}})*|\p{{N}}+")
_ASCII_WORD = re.compile(r"[a-z][a-z0-9]*|[0-9]+")
_IS_JOINED = compiled(rf"^[{_JOINED}]$")

# Letters that no decomposition takes their stroke from.
_STROKES = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})

_LONGEST_INITIAL = 2


class NameList:
    """The names to find, whole. `Last, First` is found for `First Last`, too."""

    def __init__(self, names: Iterable[str]) -> None:
        self._rows: set[str] = set()
        self._lengths: dict[str, tuple[int, ...]] = {}
        for name in names:
            words = _split(normalise(name).text)[1]
            if words:
                self._add(words)

    def __bool__(self) -> bool:
        """Tell whether there is a name in it."""
        return bool(self._rows)

    def _add(self, words: list[str]) -> None:
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
        """Return where names stand in a normalised text, the longest at each place; in order, apart."""
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
        """Return how many words the name has that begins at this one; 0 for none."""
        for length in self._lengths.get(words[index], ()):
            if index + length <= len(words):
                row = _row(text, places[index : index + length], words[index : index + length])
                if row in self._rows:
                    return length
        return 0


def word_count(name: str) -> int:
    """Return of how many words a name is, as it is compared."""
    return len(_split(normalise(name).text)[1])


def _row(text: str, places: list[Span], words: list[str]) -> str | None:
    """Return words that stand together as one row, with its comma; None when something else is between them."""
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
    """Return the places of the words and what they are compared as."""
    if text.isascii():  # ten times as fast
        matches = list(_ASCII_WORD.finditer(text.lower()))
        return [match.span() for match in matches], [match.group() for match in matches]
    places = [match.span() for match in _WORD.finditer(text)]
    return places, [_folded(text[start:end]) for start, end in places]


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return bare.translate(_STROKES)
