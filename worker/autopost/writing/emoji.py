"""Counting emoji as a reader counts them."""

from __future__ import annotations

import regex

# Shown as a picture by default, or asked to be one by U+FE0F; U+FE0E asks for the contrary. Digits, `#`, `©`,
# `™` and the arrows below U+2200 belong to the emoji properties but are text unless U+FE0F says otherwise.
_EMOJI = regex.compile(
    r"\p{Emoji_Presentation}(?!\uFE0E)"
    r"|[\p{Extended_Pictographic}--[\u0000-\u21FF]](?!\uFE0E)"
    r"|\p{Emoji}\uFE0F"
    r"|\u20E3",
    regex.VERSION1,
)
_CLUSTER = regex.compile(r"\X")


def is_emoji(cluster: str) -> bool:
    """Tell whether a grapheme cluster is an emoji: a family, a flag and a keycap are one each."""
    return _EMOJI.search(cluster) is not None


def keep_emoji(text: str, most: int) -> str:
    """Return `text` with its first `most` emoji; the others are taken out."""
    kept = 0
    parts: list[str] = []
    for cluster in _CLUSTER.findall(text):
        if is_emoji(cluster):
            kept += 1
            if kept > most:
                continue
        parts.append(cluster)
    return " ".join("".join(parts).split()) if kept > most else text
