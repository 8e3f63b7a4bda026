"""Know a text that talks about itself, its task or the wishes of its reader. Pure.

Some words are enough for that, unless the operation has them. Others, such as "short" or "version", are talk about the
post only in a part of it that has nothing to do with the operation: "An upbeat take: ...", "Shall I make it shorter?".
"""

from __future__ import annotations

import regex

from autopost.writing.subject import words_of
from autopost.writing.vocabulary import LABELS, META, WRITING

_NOTE = regex.compile(r"\(\s*note\b|(?:\A|\s)-{3,}(?:\s|\Z)", regex.IGNORECASE)
# Of a text that describes itself: its tone is casual, its length short.
_LABEL = regex.compile(r"(?:\A|[.!?|/]\s+)(?P<label>\p{Lu}[\p{L} ]{0,24}?)\s?\d?\s?:(?=\s)")
_MOST_LABELS = 1
_PART_ENDS = regex.compile(r"[.!?](?=\s|\Z|[\"'”)])|[:;](?=\s)|[()]|[。！？：；:]|\s[–—-]\s")


def is_about_itself(text: str, known: str) -> bool:
    """Return whether a text is about the post or the task. `known` is the operation's texts."""
    folded = known.casefold()
    if any(match[0].casefold().strip() not in folded for match in META.finditer(text)) or _NOTE.search(text):
        return True
    labels = [match["label"].casefold() for match in _LABEL.finditer(text)]
    if len(labels) > _MOST_LABELS or any(label in LABELS and label not in folded for label in labels):
        return True
    if WRITING.search(text) is None:
        return False
    about = set(words_of(known))
    return any(
        about.isdisjoint(words_of(part))
        and any(match[0].casefold().strip() not in folded for match in WRITING.finditer(part))
        for part in _PART_ENDS.split(text)
        if part.strip()
    )
