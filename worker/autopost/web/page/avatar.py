"""The picture of an agent without one: its initials on a colour of its own. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import regex

from autopost.web.page.texts import visible

HUES = 12  # classes of the style sheet
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Avatar:
    """At most two characters, and which of the HUES."""

    initials: str
    hue: int


def avatar(name: str | None, agent_id: str | None) -> Avatar:
    """Return the picture of an agent: its colour is that of its id. Without letters, its name's first character."""
    shown = visible(name or agent_id or "")
    words = _WORD.findall(shown)
    if len(words) > 1:
        initials = [_GRAPHEME.findall(words[0])[0], _GRAPHEME.findall(words[-1])[0]]
    else:
        initials = _GRAPHEME.findall(words[0])[:2] if words else _GRAPHEME.findall(shown)[:1] or ["?"]
    digest = hashlib.sha256((agent_id or "").encode("utf-8", "replace")).digest()
    return Avatar("".join(initials).upper(), digest[0] % HUES)
