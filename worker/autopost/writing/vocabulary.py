"""Know a text that is no post, and the outcome that one tells, by words in vocabulary.toml. Pure."""

from __future__ import annotations

import tomllib
from importlib import resources

import regex

_LANGUAGES = tomllib.loads(resources.files(__package__).joinpath("vocabulary.toml").read_text("utf-8"))
_SPACELESS = ("ja", "zh", "ko", "ar")


def _words(meaning: str) -> str:
    """Return a pattern for the words of all languages."""
    parts = [
        f"(?:{words})" if language in _SPACELESS else rf"(?<![\p{{L}}\p{{N}}])(?:{words})"
        for language, words in _LANGUAGES[meaning].items()
    ]
    return "|".join(parts)


def _pattern(meaning: str) -> regex.Pattern[str]:
    return regex.compile(_words(meaning), regex.IGNORECASE)


FAILED = _pattern("failed")
FINISHED = _pattern("finished")
APPROVED = _pattern("approved")
ASKING = _pattern("asking")
ENGLISH = frozenset(_LANGUAGES["english"]["common"].split())
WITH_CAPITAL = frozenset(_LANGUAGES["english"]["capital"].split())
NUMBER_WORDS = dict(pair.split("=") for pair in _LANGUAGES["numbers"]["en"].split())
STOP_WORDS = {language: frozenset(words.split()) for language, words in _LANGUAGES["stop_words"].items()}
LETTERS = {language: frozenset(letters) for language, letters in _LANGUAGES["letters"].items()}
# Before a word of success, in the same sentence.
NEGATED = regex.compile(rf"(?:{_words('negations')})\b[^.!?]*\Z", regex.IGNORECASE)
_NEGATED_WITHIN = 40

_META = regex.compile(rf"{_words('meta')}|\(\s*note\b|(?:\A|\s)-{{3,}}(?:\s|\Z)", regex.IGNORECASE)
_REFUSED = regex.compile(rf"\A.{{0,40}}?(?:{_words('refusals')})", regex.IGNORECASE | regex.DOTALL)
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


def misfit(text: str) -> str | None:
    """Return why a text is no post, whatever it is about; None if it may be one.

    `refused`, `meta` (it talks about itself or its task, or offers a choice), `repetitive`, `too_short`.
    """
    if _REFUSED.search(text):
        return "refused"
    if _META.search(text) or len(HASHTAG.findall(text)) > MOST_HASHTAGS:
        return "meta"
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS and len(_DENSE.findall(text)) < _LEAST_DENSE:
        return "too_short"
    return "repetitive" if _repeats(words) else None


def says(pattern: regex.Pattern[str], text: str) -> bool:
    """Return whether the text has a word of the pattern without a negation before it."""
    found = pattern.finditer(text)
    return any(NEGATED.search(text, max(0, match.start() - _NEGATED_WITHIN), match.start()) is None for match in found)


def _repeats(words: list[str]) -> bool:
    """Return whether three words in a row come three times, or few words are distinct."""
    if len(words) >= 8 and len(set(words)) < _LEAST_DISTINCT * len(words):
        return True
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return any(runs.count(run) >= _REPEATED for run in set(runs))
