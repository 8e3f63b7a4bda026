"""Find a cause in a post that its operation does not give: "because of a strike", of which it says nothing. Pure.

A true cause has words of the operation, perhaps with a few others: so it is invented if most of its words are new. One
new word is enough if none of the others is of a cause that the operation gives.
"""

from __future__ import annotations

from autopost.writing.lazy import Lazy
from autopost.writing.subject import NO_SUBJECT, words_of
from autopost.writing.vocabulary import CAUSES

_PREFIX = 4  # letters that tell that two words are forms of one
_LEAST_NEW = 2  # words, which are enough by themselves
_MOST_KNOWN = 0.5  # of the words of an invented cause
_CAUSES = {
    language: Lazy(rf"(?<!\p{{L}})(?:{words})(?!\p{{L}})(?P<cause>[^.,;:!?()–—]*)")
    for language, words in CAUSES.items()
}


def invents_cause(text: str, known: str, why: str, language: str | None) -> bool:
    """Return whether a post gives a cause that `known`, the operation, does not; all folded.

    `why` is the part of the operation that explains it.
    """
    if language not in _CAUSES:
        return False
    told = [_words(found["cause"]) for found in _CAUSES[language].finditer(text)]
    if not told:
        return False
    given = _words(why).union(*(_words(found["cause"]) for found in _CAUSES[language].finditer(known)))
    return any(
        (new := [word for word in words if word not in known])  # nor as a part of a longer word
        and len(new) >= _MOST_KNOWN * len(words)
        and (len(new) >= _LEAST_NEW or words.isdisjoint(given))
        for words in told
    )


def _words(text: str) -> set[str]:
    return {word[:_PREFIX] for word in words_of(text, NO_SUBJECT)}
