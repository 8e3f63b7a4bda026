"""The words in vocabulary.toml, by what they mean, and what a text says with them. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache, cached_property
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


def _words(meaning: str, languages: Iterable[str]) -> str:
    """Return a pattern for the words of these languages."""
    end = r"\b" if meaning in _WHOLE_WORDS else ""
    of = _LANGUAGES[meaning]
    in_words = [of[language] for language in languages if language not in _SPACELESS]
    dense = [of[language] for language in languages if language in _SPACELESS]
    return "|".join([*([rf"(?<![\p{{L}}\p{{N}}])(?:{'|'.join(in_words)}){end}"] if in_words else []), *dense])


class Searched:
    """A pattern that most texts have no match for: RE2 tells so in a hundredth of the time."""

    def __init__(self, anywhere: str, exact: str) -> None:
        self._sources = anywhere, exact

    @cached_property
    def _compiled(self) -> tuple[Any, regex.Pattern[str]]:
        anywhere, exact = self._sources
        for precise, wider in _WIDER:
            anywhere = regex.sub(precise, wider, anywhere)
        options = re2.Options()
        options.max_mem = _MEMORY_BYTES
        options.case_sensitive = False
        options.log_errors = False
        return re2.compile(anywhere, options=options), regex.compile(exact, regex.IGNORECASE)  # type: ignore[no-untyped-call]

    def is_anywhere(self, text: str) -> bool:
        """Return whether there may be a match."""
        return self._compiled[0].search(text) is not None

    def search(self, text: str) -> regex.Match[str] | None:
        """Return the first match."""
        return self._compiled[1].search(text) if self.is_anywhere(text) else None

    def finditer(self, text: str) -> Iterable[regex.Match[str]]:
        """Return the matches."""
        return self._compiled[1].finditer(text) if self.is_anywhere(text) else ()

    def sub(self, replacement: str, text: str) -> str:
        """Return the text with the matches replaced."""
        return self._compiled[1].sub(replacement, text) if self.is_anywhere(text) else text


class Words:
    """The words of a meaning, of one language or, where that is not known or has none, of all languages.

    A word of one language is another word in others: "busta paga" is not a bust.
    """

    def __init__(self, meaning: str) -> None:
        self._meaning = meaning
        self._searched: dict[str | None, Searched] = {}

    def search(self, text: str, language: str | None = None) -> regex.Match[str] | None:
        """Return the first match."""
        return self._of(language).search(text)

    def finditer(self, text: str, language: str | None = None) -> Iterable[regex.Match[str]]:
        """Return the matches."""
        return self._of(language).finditer(text)

    def sub(self, replacement: str, text: str, language: str | None = None) -> str:
        """Return the text with the words replaced."""
        return self._of(language).sub(replacement, text)

    def _of(self, language: str | None) -> Searched:
        if language not in self._searched:
            there = _LANGUAGES[self._meaning]
            if language is not None and language not in there:
                self._searched[language] = self._of(None)
            else:
                languages = there if language is None else [language]
                anywhere = "|".join(there[each] for each in languages)
                self._searched[language] = Searched(anywhere, _words(self._meaning, languages))
        return self._searched[language]


class Opposites:
    """Pairs of words of which a text has one, and another text that says the same cannot have the other alone."""

    def __init__(self) -> None:
        self._pairs: dict[str | None, list[tuple[regex.Pattern[str], regex.Pattern[str]]]] = {}

    def _of(self, language: str | None) -> list[tuple[regex.Pattern[str], regex.Pattern[str]]]:
        """Return the pairs of a language, compiled at its first text."""
        if language not in self._pairs:
            pairs = _LANGUAGES["opposites"].get(language, "")
            self._pairs[language] = [self._compiled(pair) for pair in pairs.split(";") if pair]
        return self._pairs[language]

    @staticmethod
    def _compiled(pair: str) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
        one, other = (rf"(?<![\p{{Latin}}\p{{N}}])(?:{words.strip()})" for words in pair.split("<>"))
        return regex.compile(one), regex.compile(other)

    def turns(self, text: str, known: str, language: str | None) -> bool:
        """Return whether a folded text has only one word of a pair, and the known text only the other."""
        for pair in self._of(language):
            for one, other in (pair, pair[::-1]):
                if one.search(text) and other.search(known) and not other.search(text) and not one.search(known):
                    return True
        return False


FAILED = Words("failed")
UNFINISHED = Words("unfinished")
SMOOTH = Words("smooth")
UNHARMED = Words("unharmed")
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
JUDGING, ADVISING = Words("judging"), Words("advising")
ENGLISH = frozenset(_LANGUAGES["english"]["common"].split())
STOP_WORDS = {language: frozenset(words.split()) for language, words in _LANGUAGES["stop_words"].items()}
GENERIC = frozenset(_LANGUAGES["generic"]["all"].split())
LETTERS = {language: frozenset(letters) for language, letters in _LANGUAGES["letters"].items()}
LABELS = frozenset(_LANGUAGES["labels"]["all"].split("|"))
WITH_CAPITAL = frozenset(_LANGUAGES["english"]["capital"].split())
COUNTRIES = tuple(frozenset(words.split()) for words in _LANGUAGES["countries"]["en"].split(";"))
ASIDE = _LANGUAGES["aside"]["all"]
DENIALS, TOTAL_DENIALS, DENSE_DENIALS = (
    {language: regex.compile(words) for language, words in _LANGUAGES[meaning].items()}
    for meaning in ("denials", "total_denials", "dense_denials")
)
CONCESSIVE, NOT_ALL = (regex.compile(_LANGUAGES[meaning]["all"]) for meaning in ("concessive", "not_all"))
ALREADY, PLANNED = Words("already"), Words("planned")
DONE_WITH, PARTICIPLES, PRETERITES = (
    {language: regex.compile(words) for language, words in _LANGUAGES[meaning].items()}
    for meaning in ("done_with", "participles", "preterites")
)
PAST_TENSES = {language: regex.compile(words) for language, words in _LANGUAGES["past_tenses"].items()}
RECEIVED, SENDING = Words("received"), Words("sending")
BEFORE_NOUNS = {language: frozenset(words.split()) for language, words in _LANGUAGES["before_nouns"].items()}
IRREGULAR = {
    base: frozenset(forms.split(","))
    for base, forms in (pair.split("=") for pair in _LANGUAGES["irregular"]["en"].split())
}
ALL, NONE, NEARLY, LACKING = (_LANGUAGES[of]["all"] for of in ("all", "none", "nearly", "lacking"))
# Words for one way to fail.
SAME_FAILURES = [regex.compile(rf"(?<!\p{{L}})(?:{words})") for words in _LANGUAGES["same_failures"]["all"].split(";")]
OPPOSITES = Opposites()
OPEN, NOBODY, NEED, AUXILIARIES = (_LANGUAGES[of]["all"] for of in ("open", "nobody", "need", "auxiliaries"))
CONDITIONS = _LANGUAGES["conditions"]["all"]
CAUSES = dict(_LANGUAGES["causes"])
UNENDING = {language: frozenset(words.split()) for language, words in _LANGUAGES["unending"].items()}


@cache
def _negated() -> regex.Pattern[str]:
    """Return the pattern of what stands before a word of success, in the same sentence."""
    return regex.compile(rf"(?:{_words('negations', _LANGUAGES['negations'])})[^.,;!?。！？、，]*\Z", regex.IGNORECASE)


_NEGATED_WITHIN = 40


def said(words: Words, text: str, language: str | None = None) -> set[str]:
    """Return the words of a text that say it, without a negation before them."""
    return {
        match[0]
        for match in words.finditer(text, language)
        if _negated().search(text, max(0, match.start() - _NEGATED_WITHIN), match.start()) is None
    }


def says(words: Words, text: str, language: str | None = None) -> bool:
    """Return whether a text says it, without a negation before it."""
    return bool(said(words, text, language))
