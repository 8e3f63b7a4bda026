"""Convert a text to the form that the patterns expect, and record the origin of each character.

Compatibility forms (full-width digits, no-break spaces, ligatures) are replaced by plain ones, digits of any script by
0-9, typographic hyphens and quotes by ASCII. Invisible characters are removed: Unicode category Cf, which includes
zero-width characters and the soft hyphen, and variation selectors. Each character is converted by itself; accents are
not composed, as no pattern needs that.
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
    """The normal form of a text.

    `origins[i]` is the index of the original character for `text[i]`; None if both texts are equal.
    """

    text: str
    origins: list[int] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that corresponds to a span of `text`."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


def normalise(text: str) -> Normalised:
    """Return the normal form of `text`; ASCII is unchanged."""
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
    """Return `text` with U+FFFD for each lone surrogate, which cannot be encoded as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text
