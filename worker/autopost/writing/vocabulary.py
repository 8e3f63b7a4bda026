"""The words in vocabulary.toml, by what they mean, and what a text says with them. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any

import re2
import regex

_LANGUAGES = tomllib.loads(resources.files(__package__).joinpath("vocabulary.toml").read_text("utf-8"))
_WHOLE_WORDS = ("negations",)
_SPACELESS = ("ja", "zh", "ko", "ar")
# What RE2 knows in ASCII only, or not at all, or with many states, and what matches more than it.
_WIDER = (
    (r"\(\?<?[!=](?:[^()]|(?P<inner>\((?:[^()]|(?&inner))*\)))*\)|\\[bAZ]", ""),
    (r"(?:\[\^[^\]]*\]|\(\?:\\w\+ \)|\.)\{\d+,\d*\}\??|\\w[+*]?", ".*"),
)
_MEMORY_BYTES = 8 << 20


def _words(meaning: str) -> str:
    """Return a pattern for the words of all languages."""
    end = r"\b" if meaning in _WHOLE_WORDS else ""
    in_words = [words for language, words in _LANGUAGES[meaning].items() if language not in _SPACELESS]
    dense = [words for language, words in _LANGUAGES[meaning].items() if language in _SPACELESS]
    return "|".join([rf"(?<![\p{{L}}\p{{N}}])(?:{'|'.join(in_words)}){end}", *dense])


class Words:
    """The words of a meaning in all languages.

    Most texts have none of them. RE2 tells so in a hundredth of the time, with the words anywhere in the text.
    """

    def __init__(self, meaning: str) -> None:
        anywhere = "|".join(_LANGUAGES[meaning].values())
        for exact, wider in _WIDER:
            anywhere = regex.sub(exact, wider, anywhere)
        options = re2.Options()
        options.max_mem = _MEMORY_BYTES
        options.case_sensitive = False
        options.log_errors = False
        self._anywhere: Any = re2.compile(anywhere, options=options)  # type: ignore[no-untyped-call]
        self._exact = regex.compile(_words(meaning), regex.IGNORECASE)

    def search(self, text: str) -> regex.Match[str] | None:
        """Return the first match."""
        return self._exact.search(text) if self._anywhere.search(text) else None

    def finditer(self, text: str) -> Iterable[regex.Match[str]]:
        """Return the matches."""
        return self._exact.finditer(text) if self._anywhere.search(text) else ()

    def sub(self, replacement: str, text: str) -> str:
        """Return the text with the words replaced."""
        return self._exact.sub(replacement, text) if self._anywhere.search(text) else text


FAILED = Words("failed")
UNFINISHED = Words("unfinished")
SMOOTH = Words("smooth")
FINISHED = Words("finished")
UNDERWAY = Words("underway")
APPROVED = Words("approved")
DENIED = Words("denied")
ASKING = Words("asking")
INSTRUCTIONS = Words("instructions")
RISING = Words("rising")
FALLING = Words("falling")
REFUSALS = Words("refusals")
META = Words("meta")
WRITING = Words("writing")
ENGLISH = frozenset(_LANGUAGES["english"]["common"].split())
STOP_WORDS = {language: frozenset(words.split()) for language, words in _LANGUAGES["stop_words"].items()}
LETTERS = {language: frozenset(letters) for language, letters in _LANGUAGES["letters"].items()}
LABELS = frozenset(_LANGUAGES["labels"]["all"].split("|"))
WITH_CAPITAL = frozenset(_LANGUAGES["english"]["capital"].split())
ASIDE = _LANGUAGES["aside"]["all"]
DENIALS, TOTAL_DENIALS, DENSE_DENIALS = (
    {language: regex.compile(words) for language, words in _LANGUAGES[meaning].items()}
    for meaning in ("denials", "total_denials", "dense_denials")
)
CONCESSIVE, NOT_ALL = (regex.compile(_LANGUAGES[meaning]["all"]) for meaning in ("concessive", "not_all"))
CONDITIONS = _LANGUAGES["conditions"]["all"]
# Before a word of success, in the same sentence.
NEGATED = regex.compile(rf"(?:{_words('negations')})[^.!?。！？]*\Z", regex.IGNORECASE)
_NEGATED_WITHIN = 40


def said(words: Words, text: str) -> set[str]:
    """Return the words of a text that say it, without a negation before them."""
    return {
        match[0]
        for match in words.finditer(text)
        if NEGATED.search(text, max(0, match.start() - _NEGATED_WITHIN), match.start()) is None
    }


def says(words: Words, text: str) -> bool:
    """Return whether a text says it, without a negation before it."""
    return bool(said(words, text))
