"""Detect the language of a text by its script and its most frequent words. Pure.

Stop words tell the languages of one script apart well in a sentence or two; a text without enough of them has no
detected language. Source of the method: Grefenstette, "Comparing two language identification schemes", 1995.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import regex

from autopost.writing.vocabulary import LETTERS, STOP_WORDS

# What the prompt calls a language, by its ISO 639-1 code.
NAMES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}

VERB_LAST = frozenset({"de", "nl", "sv"})  # a participle or a negation ends the clause

# Scripts that one language of the above is written in; kana before Han, which Japanese uses as well.
_SCRIPTS = {
    "ja": r"\p{Hiragana}\p{Katakana}",
    "zh": r"\p{Han}",
    "ko": r"\p{Hangul}",
    "ar": r"\p{Arabic}",
    "he": r"\p{Hebrew}",
    "th": r"\p{Thai}",
    "hi": r"\p{Devanagari}",
    "el": r"\p{Greek}",
}
_OF_SCRIPT = {language: regex.compile(rf"[{script}]") for language, script in _SCRIPTS.items()}
_PERSIAN = regex.compile(r"[پچژگ]")
_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"(?<!\p{N})[\p{L}\p{M}]+['’]?")  # "l'hôtel" is two words


def _by_mark(marks: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """Return the languages of each word or letter."""
    return {
        mark: tuple(language for language, of_language in marks.items() if mark in of_language)
        for mark in frozenset().union(*marks.values())
    }


_OF_WORD = _by_mark(STOP_WORDS)
_OF_LETTER = _by_mark(LETTERS)
_LEAST_SHARE = 0.2  # of the letters are of the script
_LEAST_SCORE = 1.0
_CLEARLY = 0.75
_CLEARLY_OF_KIN = 1.25  # which share many words
_KIN = (frozenset({"es", "it", "pt", "ca"}), frozenset({"sv", "da", "nb"}), frozenset({"cs", "sk", "pl"}))
_READ_CHARACTERS = 1_000


def detect(text: str) -> str | None:
    """Return the code of the text's language, a key of NAMES; None if it cannot be told."""
    text = text[:_READ_CHARACTERS].casefold()
    by_script = _of_script(text)
    if by_script is not None:
        return by_script
    scores = _scores(text)
    best = sorted(scores, key=scores.__getitem__, reverse=True)
    if not best or scores[best[0]] < _LEAST_SCORE or (len(best) > 1 and scores[best[0]] == scores[best[1]]):
        return None
    return best[0]


def is_in_another(text: str, expected: str | None) -> bool:
    """Return whether a text is clearly in another language than expected: a short one may have words of several."""
    text = text[:_READ_CHARACTERS].casefold()
    by_script = _of_script(text)
    if expected is None or by_script is not None:
        return expected is not None and by_script != expected
    scores = _scores(text)
    best = max(scores, key=scores.__getitem__, default=expected)
    least = _CLEARLY_OF_KIN if any({best, expected} <= kin for kin in _KIN) else _CLEARLY
    return scores.get(best, 0.0) >= max(_LEAST_SCORE, scores.get(expected, 0.0) + least)


def _of_script(text: str) -> str | None:
    if not text.isascii():
        letters = len(_LETTER.findall(text))
        for language, of_script in _OF_SCRIPT.items():
            if letters and len(of_script.findall(text)) >= _LEAST_SHARE * letters:
                return "fa" if language == "ar" and _PERSIAN.search(text) else language
    return None


def _scores(text: str) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    languages = [_OF_WORD[word] for word in _WORD.findall(text.replace("’", "'")) if word in _OF_WORD]
    languages += [_OF_LETTER[letter] for letter in set(text) if letter in _OF_LETTER]
    for some in languages:
        for language in some:
            scores[language] += 1 / len(some)
    return scores
