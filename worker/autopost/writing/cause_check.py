"""Find a cause in a post that its operation does not give: "because of a strike", of which it says nothing. Pure.

A true cause has words of the operation, perhaps with a few others: so it is invented if most of its words are new.
"""

from __future__ import annotations

from autopost.writing.lazy import Lazy
from autopost.writing.subject import NO_SUBJECT, words_of
from autopost.writing.vocabulary import CAUSES

_PREFIX = 4  # letters that tell that two words are forms of one
_LEAST_NEW = 2  # words
_MOST_KNOWN = 0.5  # of the words of an invented cause
_CAUSES = {
    language: Lazy(rf"(?<!\p{{L}})(?:{words})(?!\p{{L}})(?P<cause>[^.,;:!?()–—]*)")
    for language, words in CAUSES.items()
}


def invents_cause(text: str, known: str, language: str | None) -> bool:
    """Return whether a post gives a cause in words that `known`, the operation, has not; both folded."""
    if language not in _CAUSES:
        return False
    there: set[str] | None = None
    for found in _CAUSES[language].finditer(text):
        words = set(words_of(found["cause"], NO_SUBJECT))
        if there is None:
            there = {word[:_PREFIX] for word in words_of(known)}
        new = [word for word in words if word[:_PREFIX] not in there and word not in known]
        if len(new) >= _LEAST_NEW and len(new) >= _MOST_KNOWN * len(words):
            return True
    return False
