"""Know a text that is not a post, whatever it is about: a refusal, talk about itself, a loop, a word or two. Pure."""

from __future__ import annotations

from itertools import pairwise

import regex

from autopost.writing.language import detect
from autopost.writing.self_talk import is_about_itself
from autopost.writing.vocabulary import REFUSALS, UNENDING

_BEGINNING = 40  # characters before the words with which a model refuses
HASHTAG = regex.compile(r"#(?!\d+\b)\w")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’]+")
_DENSE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Hangul}]"
)  # a character says about as much as a word
_LAST_WORD = regex.compile(r"(?:\A|[\s'’])(?P<last>\p{Ll}+)[\s,;:]*\Z")
_LEAST_WORDS = 3
_LEAST_DENSE = 8
MOST_HASHTAGS = 2
_LEAST_DISTINCT = 0.4
_REPEATED = 3


def misfit(text: str, known: str = "") -> str | None:
    """Return why a text is not a post, whatever it is about; None if it may be one.

    `refused`, `meta` (it talks about itself or its task, or offers a choice), `out_of_tokens` (it ends within a
    sentence), `repetitive`, `too_short`. What the operation's texts, `known`, say too is not talk about the post.
    """
    refusal = REFUSALS.search(text)
    if refusal is not None and refusal.start() <= _BEGINNING:
        return "refused"
    if is_about_itself(text, known) or len(HASHTAG.findall(text)) > MOST_HASHTAGS:
        return "meta"
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS and len(_DENSE.findall(text)) < _LEAST_DENSE:
        return "too_short"
    if _is_cut_off(text):
        return "out_of_tokens"
    return "repetitive" if _repeats(words, text) else None


def _is_cut_off(text: str) -> bool:
    """Return whether the last word is one with which no sentence of the language ends."""
    last = _LAST_WORD.search(text)
    languages = [language for language, words in UNENDING.items() if last is not None and last["last"] in words]
    return bool(languages) and detect(text) in languages


def _repeats(words: list[str], text: str) -> bool:
    """Return whether three words in a row come three times, or few words are distinct; in dense scripts few pairs."""
    dense = "".join(_DENSE.findall(text))
    if len(dense) >= _LEAST_DENSE and len(set(pairwise(dense))) < _LEAST_DISTINCT * (len(dense) - 1):
        return True
    if len(words) >= 8 and len(set(words)) < _LEAST_DISTINCT * len(words):
        return True
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return any(runs.count(run) >= _REPEATED for run in set(runs))
