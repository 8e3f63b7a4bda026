"""Find a post in which two things of its operation have changed their roles. Pure.

"Praised is the queue, criticised the soup" for "the soup is praised, the queue criticised": two clauses of one sentence
of the operation, of which two clauses of the post have one half of each. Figures are such words, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import regex

from autopost.writing.subject import COMMON
from autopost.writing.vocabulary import GENERIC

_SENTENCE_END = regex.compile(r"[.!?](?=\s|\Z)|[。！？]")
_CLAUSE_END = regex.compile(r"[.,](?!\d)|[;:!?…–—()\n]|\s(?:but|aber|mais|pero|ma|mas|ale|while|während|whereas)\s")
_PART_END = regex.compile(r"\s(?:and|und|et|y|e|en|och|i)\s")
_WORD = regex.compile(r"\p{N}+(?:[.,\u00a0\u202f ]\p{N}{3})*|[\p{L}\p{M}]{3,}")
_SEPARATORS = regex.compile(r"[.,\u00a0\u202f ]")
_STEM = 5
_LEAST_SHARED = 4  # words: two halves of two clauses


def swaps_roles(text: str, known: str) -> bool:
    """Return whether two clauses of a post each have one half of the same two clauses of `known`; both folded."""
    told = [words for clause in _CLAUSE_END.split(text) for part in _PART_END.split(clause) if (words := _words(part))]
    if len(told) < 2:
        return False
    told_words = frozenset().union(*told)
    for sentence in _SENTENCE_END.split(known):
        counts = Counter(_words_twice(sentence))
        if len(told_words & counts.keys()) < _LEAST_SHARED:
            continue
        # "in French and Spanish" is one thing; parts with figures are two.
        for splits in (_clauses(sentence), [part for part in _parts(sentence) if _has_figure(part)]):
            own = [{word for word in words if counts[word] == 1} for words in splits]
            for one, other in combinations(own, 2):
                # "22 of 64" is a share of both.
                mixed = [
                    (words & one, words & other)
                    for words in told
                    if words & one and words & other and not (_has_figure(words & one) and _has_figure(words & other))
                ]
                if any(a.isdisjoint(b) and c.isdisjoint(d) for (a, c), (b, d) in combinations(mixed, 2)):
                    return True
    return False


def _has_figure(words: set[str]) -> bool:
    return any(word[0].isnumeric() for word in words)


def _clauses(sentence: str) -> list[set[str]]:
    return [_words(clause) for clause in _CLAUSE_END.split(sentence)]


def _parts(sentence: str) -> list[set[str]]:
    return [_words(part) for clause in _CLAUSE_END.split(sentence) for part in _PART_END.split(clause)]


def _words_twice(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if word not in COMMON and word not in GENERIC:
            yield _key(word)


def _words(text: str) -> set[str]:
    return set(_words_twice(text))


def _key(word: str) -> str:
    return _SEPARATORS.sub("", word) if word[0].isnumeric() else word[:_STEM]
