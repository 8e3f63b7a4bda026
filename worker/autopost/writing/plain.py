"""Convert any text to one line of visible characters."""

from __future__ import annotations

import regex

_SURROGATE = regex.compile(r"\p{Cs}")
# Invisible characters that change how text is matched, read or laid out: zero-width spaces, soft hyphens, direction
# overrides, tag characters (except in a flag), supplementary variation selectors. The joiners U+200C and U+200D are
# kept, because emoji families and several scripts need them.
_INVISIBLE = regex.compile(
    r"(\U0001F3F4[\U000E0020-\U000E007F]{1,16})"
    r"|[\u00AD\u180E\u200B\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\U000E0000-\U000E007F\U000E0100-\U000E01EF]"
)
_SPACE = regex.compile(r"[\s\p{Cc}]+")
_NOTHING_TO_SEE = regex.compile(r"[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*")


def plain(text: str | None) -> str:
    """Return `text` on one line, without control and invisible characters; empty if nothing is visible.

    Lone surrogates become U+FFFD. Runs of white space and control characters become one space.
    """
    if not text:
        return ""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _INVISIBLE.sub(r"\1", text)
    text = _SPACE.sub(" ", text).strip()
    return "" if _NOTHING_TO_SEE.fullmatch(text) else text
