"""Convert a text to the form that the patterns expect, and record the origin of each character.

Compatibility forms (full-width digits, no-break spaces, ligatures) are replaced by plain ones, digits of any script by
0-9, typographic hyphens and quotes by ASCII. Invisible characters are removed: Unicode category Cf, which includes
zero-width characters and the soft hyphen, and variation selectors. A letter and the accents after it become one
character (NFC); accents that have no such form are removed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NON_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_ANY_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_LEAST_ACCENT_CLASS = 200  # canonical combining classes of accents; below are parts of Indic, Hebrew and Arabic letters
_KEYCAP = "\u20e3"

_LOOKALIKES = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
}

# Invisible, but not of category Cf: grapheme joiner, Hangul fillers, Khmer inherent vowels, braille blank.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The normal form of a text.

    `starts[i]` and `ends[i]` are the span in the original text of `text[i]`; None if each character has the same place
    in both texts.
    """

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that corresponds to a span of `text`."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


class Pieces:
    """Builds a normal form from left to right."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def keep(self, text: str, start: int) -> None:
        """Add a part that is unchanged."""
        self._texts.append(text)
        self._starts.extend(range(start, start + len(text)))
        self._ends.extend(range(start + 1, start + len(text) + 1))

    def put(self, text: str, start: int, end: int) -> None:
        """Add what replaces a part of the original."""
        self._texts.append(text)
        self._starts.extend([start] * len(text))
        self._ends.extend([end] * len(text))

    def done(self) -> Normalised:
        """Return the normal form."""
        return Normalised("".join(self._texts), self._starts, self._ends)


def normalise(text: str) -> Normalised:
    """Return the normal form of `text`; ASCII is unchanged."""
    if text.isascii():
        return Normalised(text)
    table = _table(frozenset(_ANY_NON_ASCII.findall(text)))
    if table is not None:
        return Normalised(text.translate(table) if table else text)
    pieces = Pieces()
    position = 0
    for run in _NON_ASCII.finditer(text):
        pieces.keep(text[position : run.start()], position)
        position = start = run.start()
        while start < run.end():
            position = start + 1
            while position < run.end() and _is_accent(text[position]):
                position += 1
            pieces.put(
                _plain(text[start]) if position == start + 1 else _composed(text[start:position]), start, position
            )
            start = position
    pieces.keep(text[position:], position)
    return pieces.done()


@lru_cache(maxsize=1024)
def _table(characters: frozenset[str]) -> dict[int, str] | None:
    """Return what replaces characters if each is replaced by one, wherever it stands; otherwise None."""
    if any(_is_accent(character) or len(_plain(character)) != 1 for character in characters):
        return None
    return {ord(character): plain for character in characters if (plain := _plain(character)) != character}


@lru_cache(maxsize=4096)
def _is_accent(character: str) -> bool:
    return (
        unicodedata.combining(character) >= _LEAST_ACCENT_CLASS
        or character == _KEYCAP
        or "\u0300" <= character <= "\u036f"
    )


def _composed(cluster: str) -> str:
    """Return a character with its accents as one, without those that have no such form."""
    made = unicodedata.normalize("NFC", cluster)
    return "".join(map(_plain, (character for character in made if not _is_accent(character))))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
    code = ord(character)
    if character in _INVISIBLE or character == _KEYCAP or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    return "".join(_LOOKALIKES.get(part, part) for part in unicodedata.normalize("NFKC", character))


def without_surrogates(text: str) -> str:
    """Return `text` with U+FFFD for each lone surrogate, which cannot be encoded as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text
