"""Texts of rows as the dashboard shows them: without invisible characters, and with placeholders set apart. Pure.

The templates do the escaping.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from autopost.model import PLACEHOLDER

# What would end a line, move the cursor or turn the reading direction of what follows.
_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+")
# Invisible by definition. Left are joiners and variation selectors, of which emoji are made, and the tags of flags.
_INVISIBLE = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}--[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f]]+", regex.V1
)
_JOINED = r"[[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]--[\x00-\x7f]]"
_STRAY = regex.compile(
    rf"(?<!{_JOINED})[\u200c\u200d]+|[\u200c\u200d]+(?!{_JOINED})|(?<=[\u200c\u200d])[\u200c\u200d]+"
    r"|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+|(?<!\S)[\ufe00-\ufe0f]+"
    r"|(?<!\U0001f3f4[\U000e0020-\U000e007f]{0,5})[\U000e0020-\U000e007f]+",
    regex.V1,
)
# Marks above marks would run over the lines around them.
_PILE = regex.compile(r"((?:\p{M}[\u200c\u200d]?){3}\p{M})[\p{M}\u200c\u200d]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a post; `is_placeholder` where something was redacted."""

    text: str
    is_placeholder: bool


def visible(value: object) -> str:
    """Return a value on one line, without control and invisible characters."""
    text = _CONTROL.sub(" ", str(value))
    return _PILE.sub(r"\1", _STRAY.sub("", _INVISIBLE.sub("", text))).strip()


def parts(value: object) -> Iterator[Part]:
    """Yield the pieces of a post, in order."""
    text = visible(value)
    end = 0
    for found in regex.finditer(PLACEHOLDER, text):
        if found.start() > end:
            yield Part(text[end : found.start()], is_placeholder=False)
        yield Part(found.group(), is_placeholder=True)
        end = found.end()
    if end < len(text):
        yield Part(text[end:], is_placeholder=False)
