"""Know a text that is no post, and the outcome that one tells, by words in vocabulary.toml. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from itertools import pairwise
from typing import Any

import re2
import regex

_LANGUAGES = tomllib.loads(resources.files(__package__).joinpath("vocabulary.toml").read_text("utf-8"))
_WHOLE_WORDS = ("negations",)
_SPACELESS = ("ja", "zh", "ko", "ar")
# What RE2 knows in ASCII only, or not at all, or with many states, and what matches more than it.
_WIDER = (
    (r"\(\?[!=][^)]*\)|\\[bAZ]", ""),
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
ENGLISH = frozenset(_LANGUAGES["english"]["common"].split())
STOP_WORDS = {language: frozenset(words.split()) for language, words in _LANGUAGES["stop_words"].items()}
LETTERS = {language: frozenset(letters) for language, letters in _LANGUAGES["letters"].items()}
WITH_CAPITAL = frozenset(_LANGUAGES["english"]["capital"].split())
ASIDE = _LANGUAGES["aside"]["all"]
DENIALS = {language: regex.compile(words) for language, words in _LANGUAGES["denials"].items()}
# Before a word of success, in the same sentence.
NEGATED = regex.compile(rf"(?:{_words('negations')})[^.!?。！？]*\Z", regex.IGNORECASE)
_NEGATED_WITHIN = 40

_META = Words("meta")
_NOTE = regex.compile(r"\(\s*note\b|(?:\A|\s)-{3,}(?:\s|\Z)", regex.IGNORECASE)
# Of a text that describes itself: its tone is casual, its length short.
_LABEL = regex.compile(r"(?:\A|[.!?|/]\s+)(?P<label>\p{Lu}[\p{L} ]{0,24}?)\s?\d?\s?:(?=\s)")
_OF_NO_POST = frozenset(_LANGUAGES["labels"]["all"].split("|"))
_MOST_LABELS = 1
_REFUSED = Words("refusals")
_BEGINNING = 40  # characters before the words with which a model refuses
HASHTAG = regex.compile(r"#(?!\d+\b)\w")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’]+")
_DENSE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Hangul}]"
)  # a character says about as much as a word
_LEAST_WORDS = 3
_LEAST_DENSE = 8
MOST_HASHTAGS = 2
_LEAST_DISTINCT = 0.4
_REPEATED = 3


def misfit(text: str, known: str = "") -> str | None:
    """Return why a text is no post, whatever it is about; None if it may be one.

    `refused`, `meta` (it talks about itself or its task, or offers a choice), `repetitive`, `too_short`. What the
    operation's texts, `known`, say too is no talk about the post.
    """
    refusal = _REFUSED.search(text)
    if refusal is not None and refusal.start() <= _BEGINNING:
        return "refused"
    if _is_about_itself(text, known.casefold()) or len(HASHTAG.findall(text)) > MOST_HASHTAGS:
        return "meta"
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS and len(_DENSE.findall(text)) < _LEAST_DENSE:
        return "too_short"
    return "repetitive" if _repeats(words, text) else None


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


def _is_about_itself(text: str, known: str) -> bool:
    if any(match[0].casefold().strip() not in known for match in _META.finditer(text)) or _NOTE.search(text):
        return True
    labels = [match["label"].casefold() for match in _LABEL.finditer(text)]
    return len(labels) > _MOST_LABELS or any(label in _OF_NO_POST and label not in known for label in labels)


def _repeats(words: list[str], text: str) -> bool:
    """Return whether three words in a row come three times, or few words are distinct; in dense scripts few pairs."""
    dense = "".join(_DENSE.findall(text))
    if len(dense) >= _LEAST_DENSE and len(set(pairwise(dense))) < _LEAST_DISTINCT * (len(dense) - 1):
        return True
    if len(words) >= 8 and len(set(words)) < _LEAST_DISTINCT * len(words):
        return True
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return any(runs.count(run) >= _REPEATED for run in set(runs))
