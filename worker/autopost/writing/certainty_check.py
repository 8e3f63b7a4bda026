"""Find what a post says for certain where its operation says that it nearly happened: "nearly missed". Pure."""

from __future__ import annotations

import regex

from autopost.writing.lazy import Lazy
from autopost.writing.subject import stem

_NEARLY = (
    r"(?:nearly|almost|narrowly|beinahe|fast|um ein haar|presque|failli|casi|por poco|quasi|quase|bijna|nästan|prawie)"
)
# Of a figure it says how it was rounded.
_NEARLY_DONE = Lazy(
    rf"(?<!\p{{L}}){_NEARLY}\s(?:been |worden |été |sido |stat\p{{L}} )?(?P<done>\p{{L}}{{5,}})(?!\s\d)"
)
_ANY_NEARLY = Lazy(rf"(?<!\p{{L}})(?:{_NEARLY}|near|knapp|knapper|manqué de|rischi\w+|groz\w+|risk\w+)(?!\p{{L}})")
_WORD = regex.compile(r"[\p{L}\p{M}]+")


def drops_nearly(text: str, known: str) -> bool:
    """Return whether a post says of what nearly happened in its operation that it happened; both folded."""
    if _ANY_NEARLY.search(text) is not None:
        return False
    nearly = {stem(found["done"]) or found["done"] for found in _NEARLY_DONE.finditer(known)}
    return bool(nearly) and not nearly.isdisjoint(stem(word) or word for word in _WORD.findall(text))
