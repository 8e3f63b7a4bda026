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


# A run of one direction inside a text of the other, with the mark that ends it.
_RTL = r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]"
_LTR = r"\p{Bidi_Class=L}"
_RUN = {
    "ltr": regex.compile(rf"{_RTL}(?:[^{_LTR}]*{_RTL})?[.!?…]*", regex.V1),
    "rtl": regex.compile(rf"{_LTR}(?:[^\p{{Bidi_Class=R}}\p{{Bidi_Class=AL}}]*{_LTR})?[.!?…]*", regex.V1),
}
_STRONG = regex.compile(rf"({_LTR})|{_RTL}", regex.V1)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a post: `kind` is text, placeholder (something was redacted there), or apart (its own direction)."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class PostText:
    """A post in pieces, and the direction of the sentence around names and quoted texts."""

    direction: str
    parts: list[Part]


def visible(value: object) -> str:
    """Return a value on one line, without control and invisible characters."""
    text = _CONTROL.sub(" ", str(value))
    return _PILE.sub(r"\1", _STRAY.sub("", _INVISIBLE.sub("", text))).strip()


def post_text(value: object, name: str | None = None) -> PostText:
    """Return a post in pieces. The agent's name does not decide the direction of the sentence that it stands in."""
    text = visible(value)
    shown = visible(name or "")
    own = text.replace(shown, " ") if shown else text
    direction = _direction(regex.sub(PLACEHOLDER, " ", own))
    parts: list[Part] = []
    end = 0
    for found in regex.finditer(PLACEHOLDER, text):
        parts += _runs(text[end : found.start()], direction, shown)
        parts.append(Part(found.group(), "placeholder"))
        end = found.end()
    return PostText(direction, [*parts, *_runs(text[end:], direction, shown)])


def _direction(text: str) -> str:
    """Return the direction of the first letter that has one."""
    found = _STRONG.search(text)
    return "rtl" if found is not None and found[1] is None else "ltr"


def _runs(text: str, direction: str, name: str) -> Iterator[Part]:
    """Yield a text in pieces: the agent's name and runs of the other direction stand apart."""
    for number, around in enumerate(text.split(name) if name else [text]):
        if number:
            yield Part(name, "apart")
        end = 0
        for found in _RUN[direction].finditer(around):
            if found.start() > end:
                yield Part(around[end : found.start()])
            yield Part(found.group(), "apart")
            end = found.end()
        if end < len(around):
            yield Part(around[end:])
