"""Read the figures of a text: those in digits, and with `number_words` those in words. Pure.

A figure has several values where languages write it differently: 1.204 is a little more than one, or 1204.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from autopost.writing.clock_words import with_hours_in_figures
from autopost.writing.figure import (
    NO_NOUNS,
    SCALES,
    UNIT,
    WORDS,
    Figure,
    any_of,
    plain_figure,
    rounding_of,
    unit_of,
)
from autopost.writing.lazy import Lazy
from autopost.writing.number_words import fractions_in, known_in_words, numbers_in_words

_NUMBER = Lazy(
    r"(?P<digits>\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    rf"(?:[\s\u00a0\u202f-]?(?P<scale>{any_of(SCALES)})\.?)?"
    rf"(?:[\s\u00a0\u202f-]{{0,2}}(?:(?:de |d['’]|di |per |por |pour )(?=c|€|e|d))?"
    rf"(?P<unit>{UNIT}|cent\b|ciento\b|cento\b))?"
    r"(?P<noun>[\s-]\p{L}{3,})?",
    regex.IGNORECASE | regex.VERSION1,
)
_IS_ORDINAL = Lazy(r"(?:st|nd|rd|th|º|ª|er|ère|ème|e)\b", regex.I)
_IS_CLOCK = Lazy(r"\d:\d\d(?!\d)|\d\s?[ap]\.?m\b", regex.I)
# "an hour", "each week"
_ONE_UNIT = Lazy(
    rf"\b(?:an?|each|every|per|pro|par|por|cada|ogni|una?|une?|eine?[rnms]?|een|po|co|około|ok[.]|w ciągu)"
    rf" (?P<unit>{UNIT})",
    regex.VERSION1,
)
_CURRENCY = Lazy(r"[$€£¥]\s?\Z")
_CLOCK = Lazy(r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?:\s?(?P<half>[ap])\.?m\b\.?)?", regex.I)
_TIME = (
    r"(?P<hour{0}>[01]?\d|2[0-4])(?:[:.h](?P<minute{0}>[0-5]\d)|\s?(?:h|uhr|uur|時|点|am|pm)(?P<minute_{0}>[0-5]\d)?)"
)
_TWO_CLOCKS = Lazy(
    rf"(?<![\d.,]){_TIME.format(1)}\s?"
    rf"(?:to|till|until|bis|à|a|alle|às|tot|do|and|und|et|[-–—]|から|到|至)\s?(?:las |le )?{_TIME.format(2)}",
    regex.I,
)
_WITH_POINTS = frozenset({"en", "ja", "zh", "ko"})  # and a comma between thousands
_THOUSANDS = {mark: regex.compile(rf"[1-9]\d{{0,2}}(?:{regex.escape(mark)}\d{{3}})+") for mark in ".,"}
_SEPARATORS, _MARKS, _PART = (regex.compile(each) for each in (r"[ \u00a0\u202f'’]", r"[.,]", r"\d{1,9}"))
WHAT_IS_LEFT = Lazy(rf"(?<!\p{{L}})(?:{WORDS['left']['all']})", regex.I)
OF_THEM = Lazy(
    r"\s(?:of (?:them|these|those|which)|davon|d['’]entre|de ell[oa]s|di (?:ess[ie]|loro)|del[ea]s|z nich|ervan|av dem)"
    r"\b",
    regex.I,
)
EACH = Lazy(rf"(?<!\p{{L}})(?:{WORDS['each']['all']})", regex.I)
CLOCK = Lazy(rf"(?<!\p{{Latin}})(?:{WORDS['clock']['all']})", regex.I)
EARLIER, LATER = (regex.compile(rf"(?<!\p{{L}})(?:{WORDS['shifted'][way]})", regex.I) for way in ("earlier", "later"))
SHIFTED = Lazy(rf"(?<!\p{{L}})(?:{WORDS['shifted']['all']})", regex.I)
TOTALS = Lazy(rf"(?<!\p{{L}})(?:{WORDS['totals']['all']})", regex.I)


def figures_in(text: str, language: str | None) -> Iterator[Figure]:
    """Return the figures in digits, and those in words of the language, except for a lone "one"."""
    text = with_hours_in_figures(text, language)
    text = _CLOCK.sub(_on_24_hours, text) if _IS_CLOCK.search(text) else text
    for match in _NUMBER.finditer(text):
        scale = SCALES.get((match["scale"] or "").lower(), 1.0)
        currency = _CURRENCY.search(text, max(0, match.start() - 2), match.start())
        dimension, size = unit_of(currency[0].strip() if currency else match["unit"])
        is_elliptic = match["noun"] is None or match["noun"][1:].lower() in NO_NOUNS
        figure = Figure(
            values=frozenset(value * scale * size for value in _readings_in(match["digits"], language)),
            dimension=dimension,
            rounding=rounding_of(text, match.start(), match.end("digits")) or ("about" if scale > 1 else None),
            step=_step(match["digits"]) * scale * size,
            parts=tuple(int(part) for part in _PART.findall(match["digits"])),
            counts=dimension is None and (not is_elliptic or OF_THEM.match(text, match.end("digits")) is not None),
            start=match.start(),
            end=match.end("digits"),
            size=size,
            scale=scale,
            is_ordinal=_IS_ORDINAL.match(text, match.end("digits")) is not None,
        )
        yield figure
        if (match["scale"] or "").lower() == "m":  # metres, minutes, or a million
            rounding = rounding_of(text, match.start(), match.end("digits"))
            values = frozenset(_readings_in(match["digits"], language))
            yield replace(figure, values=values, rounding=rounding, step=_step(match["digits"]), scale=1.0)
    yield from numbers_in_words(text, language)


def _on_24_hours(time: regex.Match[str]) -> str:
    """Return a time as 24 hours are counted, the full hour without minutes, as long as it was."""
    hour = int(time["hour"]) % 12 + (12 if time["half"].lower() == "p" else 0) if time["half"] else int(time["hour"])
    if time["minute"] not in (None, "00"):
        return f"{hour}:{time['minute']}".rjust(len(time[0]))
    return str(hour).rjust(len(time[0])) if time["half"] or time["minute"] else time[0]


def _readings_in(digits: str, language: str | None) -> Iterator[float]:
    """Return what a number can mean in a language: "4,000" cannot be four in English, nor "4.000" in German."""
    mark = "," if language in _WITH_POINTS else "."
    if language is not None and _THOUSANDS[mark].fullmatch(digits):
        yield float(digits.replace(mark, ""))
    else:
        yield from readings(digits)


def known_figures(text: str) -> Iterator[Figure]:
    """Return the figures that a post about this text may have: in words of any language, and months, too."""
    yield from figures_in(text, None)
    yield from numbers_in_words(text, "en")
    yield from fractions_in(text)
    yield from known_in_words(text)
    yield from _spans_of_clocks(text)
    for match in _ONE_UNIT.finditer(text.lower()):
        dimension, size = unit_of(match["unit"])
        yield replace(plain_figure(size, match.start(), match.end()), dimension=dimension)


def _spans_of_clocks(text: str) -> Iterator[Figure]:
    """Return the time between two times of a day: two and a half hours for "from 9:00 to 11:30"."""
    for match in _TWO_CLOCKS.finditer(text):
        begin, end = (
            int(match[f"hour{one}"]) * 60 + int(match[f"minute{one}"] or match[f"minute_{one}"] or 0) for one in "12"
        )
        seconds = 60.0 * ((end - begin) % 1_440 if end != begin else 1_440)
        yield replace(plain_figure(seconds, match.start(), match.start()), dimension="time")


def readings(digits: str) -> Iterator[float]:
    """Return what a number can mean, with points and commas as thousands separators or as the decimal mark."""
    digits = _SEPARATORS.sub("", digits)
    groups = _MARKS.split(digits)
    if len(groups) == 1:
        yield float(digits)
        return
    if all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0":
        yield float("".join(groups))
    marks = _MARKS.findall(digits)
    if marks[-1] not in marks[:-1]:  # the last mark is another one, or the only one
        yield float("".join(groups[:-1]) + "." + groups[-1])


def _step(digits: str) -> float:
    """Return the value of the last digit that is not zero: 100 for 1,200."""
    value = max(readings(digits), default=0.0)
    whole = f"{value:.0f}"
    if value and value == float(whole):
        return 10.0 ** (len(whole) - len(whole.rstrip("0")))
    return 0.1
