"""Compare what a post is about with what its operation is about, by the words that they share. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import pairwise

import regex

from autopost.writing.figure import WORDS
from autopost.writing.vocabulary import GENERIC, STOP_WORDS

_WORD = regex.compile(r"[\p{L}\p{M}]+|\p{N}+(?:[.,]\p{N}+)*")
_SHORT_FORM = regex.compile(r"\b\p{L}+n['’]t\b")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]+")
_STEM = 5  # the rest of a word is most often its ending
_STEM_OF_INFLECTED = 4
_INFLECTED = frozenset({"pl", "cs", "ru", "uk", "fi", "hu", "tr"})
_LEAST = 4  # letters of a word that says what a text is about
# Figures are compared by their values.
NUMBERS = frozenset(pair.split("=")[0] for words in WORDS["numbers"].values() for pair in words.split())
NO_SUBJECT = GENERIC | NUMBERS
COMMON = frozenset().union(*STOP_WORDS.values())
_PAST = regex.compile(r"(?<=\p{Latin}{3})ie[ds]\b")
_ENDING = regex.compile(r"(?<=\p{Latin}{4})ing\b")
_KANA = regex.compile(r"\p{Hiragana}")


def shared(text: str, known: str, language: str | None = None) -> float:
    """Return the share of the words of a text that the known text has too; 1 if it has none."""
    cut = _STEM_OF_INFLECTED if language in _INFLECTED else _STEM
    words = {word[:cut] for word in words_of(_without_endings(text), NO_SUBJECT)}
    there = {word[:cut] for word in words_of(_without_endings(known))}
    if not words:
        return 1.0
    short = {word for word in words - there if _is_short_form(word, there)}
    return len(words & there | short) / len(words)


def _is_short_form(word: str, there: Iterable[str]) -> bool:
    """Return whether "certs" stands for a longer word that is there."""
    return word[-1] == "s" and len(word) == _STEM and any(other[: _STEM - 1] == word[:-1] for other in there)


def _without_endings(text: str) -> str:
    """Return the text with "copied" and "copying" as "copy"."""
    return _ENDING.sub("", _PAST.sub("y", text.casefold()))


def words_of(text: str, without: Container[str] = ()) -> Iterator[str]:
    """Return the beginnings of the words that say what a text is about, and pairs of characters in dense scripts.

    Words in `without` are left out.
    """
    text = _SHORT_FORM.sub(" ", text.casefold())
    for match in _WORD.finditer(text):
        word = match[0]
        if _DENSE.match(word):
            for run in _DENSE.findall(word):
                yield from (a + b for a, b in pairwise(run) if not _KANA.search(a + b))
        elif word[0].isnumeric():
            yield word
        elif word not in without and (root := stem(word)) is not None:
            yield root


def stem(word: str) -> str | None:
    """Return the beginning of a folded word, None if it is short or says nothing about a subject."""
    return word[:_STEM] if len(word) >= _LEAST and word not in COMMON else None
