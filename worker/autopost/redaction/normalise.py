"""Bring a text into the form that patterns are written for, and remember where each character came from.

Compatibility forms (full-width digits, no-break spaces, ligatures) become their plain ones, digits of any
script become 0-9, typographic hyphens and quotes become ASCII, invisible characters go (Unicode general
category Cf, which holds zero-width characters and the soft hyphen, and variation selectors). Each
character is treated alone: accents are not composed, because that would need no pattern of ours.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")

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
    """The plain form of a text.

    `origins[i]` is the index in the original of the character that `text[i]` came from; None when the two
    are the same text.
    """

    text: str
    origins: list[int] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that a span of `text` stands for."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


def normalise(text: str) -> Normalised:
    """Return the plain form of `text` with its map; ASCII is returned as it is."""
    if text.isascii():
        return Normalised(text)
    pieces: list[str] = []
    origins: list[int] = []
    position = 0
    for run in _NON_ASCII.finditer(text):
        start = run.start()
        pieces.append(text[position:start])
        origins.extend(range(position, start))
        for index, character in enumerate(run.group(), start):
            plain = _plain(character)
            pieces.append(plain)
            origins.extend([index] * len(plain))
        position = run.end()
    pieces.append(text[position:])
    origins.extend(range(position, len(text)))
    return Normalised("".join(pieces), origins)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
    code = ord(character)
    if character in _INVISIBLE or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    return "".join(_LOOKALIKES.get(part, part) for part in unicodedata.normalize("NFKC", character))


def without_surrogates(text: str) -> str:
    """Put U+FFFD in the place of each lone surrogate: no database and no peer can be sent one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text
