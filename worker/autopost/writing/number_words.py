"""Read the numbers that a text has in words, in ten languages: "two dozen", "vierundzwanzig", "四成". Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import regex

from autopost.writing.figure import (
    MONTHS,
    NO_NOUNS,
    UNIT,
    UNITS,
    WORD,
    WORDS,
    Figure,
    any_of,
    plain_figure,
    rounding_of,
    unit_of,
)
from autopost.writing.lazy import Lazy
from autopost.writing.number_value import NumberWords
from autopost.writing.vocabulary import Searched

_NUMBER_WORDS = {
    language: {word: float(value) for word, value in (pair.split("=") for pair in words.split())}
    for language, words in WORDS["numbers"].items()
}
_ANY_NUMBER_WORD = {
    word: value for language, words in _NUMBER_WORDS.items() if language != "en" for word, value in words.items()
} | {"one": 1.0}
_ENGLISH = _NUMBER_WORDS["en"]
_OTHERS = frozenset([*_ANY_NUMBER_WORD, *MONTHS])
_ORDINALS = frozenset(_NUMBER_WORDS["ordinal"])
_ENGLISH_NUMBER = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_FRACTIONS = [
    (float(percent), Lazy(rf"(?<![\p{{Latin}}-])(?:{words})(?!\p{{Latin}})", regex.I))
    for percent, words in WORDS["fractions"].items()
]
_FRACTIONS_AND_SPANS = "|".join([*WORDS["fractions"].values(), *WORDS["spans"].values()])
_ANY_FRACTION = Searched(_FRACTIONS_AND_SPANS, _FRACTIONS_AND_SPANS)
_SPANS = [
    (float(seconds), Lazy(rf"(?<![\p{{Latin}}])(?:{words})(?!\p{{Latin}})", regex.I))
    for seconds, words in WORDS["spans"].items()
]
# "les deux" may be both of two that the operation lists.
_BOTH = Lazy(r"\b(?:les|los|las|i|le|os|as|de)\s\Z")
_HAN_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000}
_HAN = Lazy(
    rf"(?P<digits>[{''.join([*_HAN_DIGITS, *_HAN_POWERS])}]++)(?P<unit>{any_of(UNITS)})?"
    r"(?P<counted>[个個名人件台家张枚份条次项項位种店つ点回社本章])?(?P<tenths>[成割](?![功立為为员果]))?",
    regex.VERSION1,
)
_IN_WORDS = Lazy(
    r"(?:(?<!\d )|(?!hundred|thousand|million|dozen))"
    rf"\b(?P<words>(?:{_ENGLISH_NUMBER})(?:[ -](?:and )?(?:{_ENGLISH_NUMBER}))*)\b(?P<half> and a half)?"
    rf"(?:[ -](?P<unit>{UNIT}))?(?P<noun>[\s-]\p{{L}}{{3,}})?",
    regex.IGNORECASE | regex.VERSION1,
)
_IN_DATE = Lazy(r"\d")
_UNIT_AFTER = Lazy(rf"[\s-](?P<unit>{UNIT})", regex.VERSION1)
_LIST = Lazy(
    r"[\p{L}\p{N}]++(?:(?:[ -][\p{L}\p{N}]++){0,2},\s[\p{L}\p{N}]++){1,6}"
    r"(?:[ -][\p{L}\p{N}]++){0,2},?\s(?:and|or|und|et|y|e|i|en|och|oraz|sowie)\s"
)
_AND = frozenset({"y", "e", "i", "et", "und", "en", "och"})
_PER = Lazy(r"(?:por|per|pour|pro)\s\Z")
_HUNDRED = 100.0
_FOUR_TWENTIES = Lazy(r"\bquatre[ -]vingts?(?!\p{L})")
_GOES_ON = Lazy(r"[\s-](?:(?:y|e|i|et|und|en|och)\s)?")
_COMMA = regex.compile(r",(?=\s\p{L}++(?<!\band)(?<!\bor))")
_RANGE = Lazy(r"(?<![\d.,:/-])(?P<first>\d{1,4})(?: ?[-–] ?| (?:to|bis|à|a|al|tot|do) )(?P<last>\d{1,4})(?![.,:/-]?\d)")
_DENSE_LIST = Lazy(r"[\p{Han}\p{Hiragana}\p{Katakana}\w]++(?:、[\p{Han}\p{Hiragana}\p{Katakana}\w]++)++")


@cache
def _reader(language: str | None) -> NumberWords:
    return NumberWords(_ANY_NUMBER_WORD if language is None else _NUMBER_WORDS[language])


def fractions_in(text: str) -> Iterator[Figure]:
    """Return parts in words, such as "half of": they are rounded percentages."""
    if not _ANY_FRACTION.is_anywhere(text):
        return
    for seconds, pattern in _SPANS:
        for match in pattern.finditer(text):
            span = plain_figure(seconds, match.start(), match.end())
            rounding = rounding_of(text, match.start(), match.end())
            yield replace(span, dimension="time", rounding=rounding, step=seconds / 6)
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    for percent, pattern in _FRACTIONS:
        for match in pattern.finditer(text):
            part = plain_figure(percent, match.start(), match.end())
            yield replace(
                part, dimension="percent", rounding=rounding_of(text, match.start(), match.end()) or "about", step=5.0
            )


def numbers_in_words(text: str, language: str | None) -> Iterator[Figure]:
    """Return the numbers in words of a language, except for a lone "one"."""
    if language == "en":
        yield from _in_english(text)
    elif language in _NUMBER_WORDS:
        yield from _in_words_of(text, _reader(language))
    elif language in ("ja", "zh"):
        yield from (figure for figure, is_sure in _in_han(text) if is_sure)


def known_in_words(text: str) -> Iterator[Figure]:
    """Return the numbers in words of any language but English, months, and how many things the text lists."""
    yield from (figure for figure, _ in _in_han(text))
    yield from _listed(text)
    yield from _in_words_of(text, _reader(None))
    for match in WORD.finditer(text.lower()):
        if match[0] in _ANY_NUMBER_WORD:
            is_ordinal = match[0] in _ORDINALS
            yield replace(plain_figure(_ANY_NUMBER_WORD[match[0]], match.start(), match.end()), is_ordinal=is_ordinal)
        elif match[0] in MONTHS and _IN_DATE.search(text, max(0, match.start() - 6), match.end() + 4):
            yield replace(plain_figure(MONTHS[match[0]], match.start(), match.end()), is_month=True)


def _listed(text: str) -> Iterator[Figure]:
    """Return how many things a text lists: "Lyon, Porto and Ghent" are three, "pages 10-25" sixteen."""
    for match in _LIST.finditer(text):
        yield plain_figure(float(len(_COMMA.findall(match[0])) + 2), match.start(), match.end())
    for match in _RANGE.finditer(text):
        if int(match["first"]) < int(match["last"]):
            yield plain_figure(float(int(match["last"]) - int(match["first"]) + 1), match.start(), match.end())
    for match in _DENSE_LIST.finditer(text):
        yield plain_figure(float(match[0].count("、") + 1), match.start(), match.end())


def _in_words_of(text: str, numbers: NumberWords) -> Iterator[Figure]:
    """Return the numbers in words, with the unit that follows: "ciento treinta", "vierundzwanzig Stunden"."""
    text = _FOUR_TWENTIES.sub(lambda found: "quatrevingt".rjust(len(found[0])), text.lower())
    last: tuple[float, int, int] | None = None
    for match in (*WORD.finditer(text), None):
        if match and last is not None and _GOES_ON.fullmatch(text, last[2], match.start()) is not None:
            if match[0] in _AND:
                continue
            further = numbers.further(last[0], match[0])
            if further is not None:
                last = (further, last[1], match.end())
                continue
        value = numbers.value(match[0]) if match else None
        if match and value == _HUNDRED and _PER.search(text, 0, match.start()) is not None:
            value = None
        if last is not None and last[0] != 1.0 and not (last[0] == 2.0 and _BOTH.search(text, 0, last[1])):
            yield _with_unit(text, *last)
        last = (value, match.start(), match.end()) if match and value is not None else None


def _with_unit(text: str, value: float, start: int, end: int) -> Figure:
    unit = _UNIT_AFTER.match(text, end)
    dimension, size = unit_of(unit["unit"] if unit else None)
    rounding = rounding_of(text, start, end)
    return replace(plain_figure(value * size, start, end), dimension=dimension, size=size, step=size, rounding=rounding)


def _in_han(text: str) -> Iterator[tuple[Figure, bool]]:
    """Return the numbers in Chinese characters, and whether they are sure to be numbers: what they count follows."""
    for match in _HAN.finditer(text):
        if text.startswith("分之", match.end("digits")):
            continue
        value = _han_value(match["digits"])
        if match["tenths"]:
            share = plain_figure(value * 10, match.start(), match.end())
            yield replace(share, dimension="percent", rounding="about", step=5.0), True
            continue
        dimension, size = unit_of(match["unit"])
        figure = plain_figure(value * size, match.start(), match.end())
        rounding = rounding_of(text, match.start(), match.end("digits"))
        is_sure = value > 1 and (match["counted"] is not None or dimension is not None)
        yield replace(figure, dimension=dimension, size=size, rounding=rounding, step=size), is_sure


def _han_value(digits: str) -> float:
    total = section = digit = 0
    for character in digits:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        elif (power := _HAN_POWERS[character]) == 10_000:
            total, section, digit = total + (section + digit or 1) * power, 0, 0
        else:
            section, digit = section + (digit or 1) * power, 0
    return float(total + section + digit)


def _in_english(text: str) -> Iterator[Figure]:
    if _ENGLISH.keys().isdisjoint(WORD.findall(text.lower())):
        return
    for match in _IN_WORDS.finditer(text):
        words = [word for word in regex.split(r"[ -]", match["words"].lower()) if word in _ENGLISH]
        value = _sum(words) + (0.5 if match["half"] else 0.0)
        if words == ["one"] and not match["half"] and match["unit"] is None:
            continue
        dimension, size = unit_of(match["unit"])
        counts = dimension is None and match["noun"] is not None and match["noun"][1:].lower() not in NO_NOUNS
        rounding = rounding_of(text, match.start(), match.end("words"))
        yield replace(
            plain_figure(value * size, match.start(), match.end("words")),
            dimension=dimension,
            rounding=rounding,
            step=size,
            counts=counts,
            size=size,
        )


def _sum(words: list[str]) -> float:
    total = current = 0.0
    for word in words:
        value = _ENGLISH[word]
        if value >= 1_000:
            total, current = total + max(current, 1.0) * value, 0.0
        elif value == 100 or word == "dozen":
            current = max(current, 1.0) * value
        else:
            current += value
    return total + current
