"""Shorten a text without breaking grapheme clusters and placeholders."""

from __future__ import annotations

from itertools import islice

import regex

from autopost.model import PLACEHOLDER

LIMIT_CHARACTERS = 280
ELLIPSIS = "…"
_NEAR_CHARACTERS = 30  # a longer last word is cut instead of dropped

_DANGLING = ",;:-–—"

# What is kept or dropped whole. The bracket that ends a placeholder is matched as a grapheme cluster, so that an accent
# on it comes along.
_UNIT = regex.compile(rf"{PLACEHOLDER.removesuffix('>')}(?=>)\X|\X")


def cut(text: str, limit: int = LIMIT_CHARACTERS) -> str:
    """Return at most `limit` code points of `text`, ending in an ellipsis if it was cut.

    The cut is between grapheme clusters, never within a placeholder, and at a word boundary if one is near. If the
    first cluster is too long, only the ellipsis is returned.
    """
    if limit < 1:
        raise ValueError("limit must be at least 1")
    if len(text) <= limit:
        return text
    room = limit - len(ELLIPSIS)
    end = boundary = 0
    for unit in _UNIT.finditer(text):
        if unit.group().isspace():
            boundary = unit.start()
        if unit.end() > room:
            break
        end = unit.end()
    if end - boundary <= _NEAR_CHARACTERS and boundary > 0:
        end = boundary
    return text[:end].rstrip().rstrip(_DANGLING).rstrip() + ELLIPSIS


# Characters that are shown as emoji by default, or because of U+FE0F; U+FE0E requests text. Digits, `#`, `©`, `™` and
# the arrows below U+2200 have emoji properties, but are text without U+FE0F.
_EMOJI = regex.compile(
    r"\p{Emoji_Presentation}(?!\uFE0E)"
    r"|[\p{Extended_Pictographic}--[\u0000-\u21FF]](?!\uFE0E)"
    r"|\p{Emoji}\uFE0F"
    r"|\u20E3",
    regex.VERSION1,
)
_CLUSTER = regex.compile(r"\X")


def is_emoji(cluster: str) -> bool:
    """Return whether a grapheme cluster is an emoji; a family, a flag and a keycap count as one."""
    return _EMOJI.search(cluster) is not None


def limit_emoji(text: str, limit: int) -> str:
    """Return `text` with its first `limit` emoji; the others are removed."""
    if sum(1 for _ in islice(_EMOJI.finditer(text), limit + 1)) <= limit:
        return text  # most are: each emoji has a match at least
    kept = 0
    parts: list[str] = []
    for cluster in _CLUSTER.findall(text):
        if is_emoji(cluster):
            kept += 1
            if kept > limit:
                continue
        parts.append(cluster)
    return " ".join("".join(parts).split()) if kept > limit else text


def count_emoji(text: str) -> int:
    """Return how many emoji a text has."""
    return sum(map(is_emoji, _CLUSTER.findall(text)))
