"""Read the figures of a text: their values, units and how they are rounded. Pure.

A figure has several values where languages write it differently: 1.204 is a little more than one, or 1204. Words for
numbers are read as well; `figures.toml` has the words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from itertools import groupby

import regex

_WORDS = tomllib.loads(resources.files(__package__).joinpath("figures.toml").read_text("utf-8"))


def _by_word(table: dict[str, str]) -> dict[str, float]:
    return {word: float(size) for size, words in table.items() for word in words.split()}


# The dimension and the size of each unit.
UNITS = {
    word: (dimension, size) for dimension, table in _WORDS["units"].items() for word, size in _by_word(table).items()
}
_SCALES = _by_word(_WORDS["scales"])
MONTHS = _by_word(_WORDS["months"])
_ROUNDED = {word: direction for direction, words in _WORDS["rounded"].items() for word in words.split()}
_NUMBER_WORDS = {
    language: {word: float(value) for word, value in (pair.split("=") for pair in words.split())}
    for language, words in _WORDS["numbers"].items()
}
_ANY_NUMBER_WORD = {
    word: value for language, words in _NUMBER_WORDS.items() if language != "en" for word, value in words.items()
} | {"one": 1.0}
_ENGLISH = _NUMBER_WORDS["en"]


_OTHERS = frozenset([*_ANY_NUMBER_WORD, *MONTHS])


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words; those of letters end where the word ends, except in dense scripts.

    Neighbours in the order share one condition: compiling it for each word takes most of a second.
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word[-1].isascii(), word))
    runs = groupby(longest_first, key=lambda word: word[-1].isascii())
    return "|".join(
        f"(?:{'|'.join(map(regex.escape, run))})" + (r"(?![\p{L}--[\p{Han}\p{Hiragana}\p{Katakana}]])" if ends else "")
        for ends, run in runs
    )


_UNIT = _any_of(UNITS)
_NUMBER = regex.compile(
    r"(?P<digits>\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    rf"(?:[\s\u00a0\u202f-]?(?P<scale>{_any_of(_SCALES)})\.?)?"
    rf"(?:[\s\u00a0\u202f-]{{0,2}}(?:(?:de |d['’]|di |per |por |pour )(?=c|€|e|d))?"
    rf"(?P<unit>{_UNIT}|cent\b|ciento\b|cento\b))?"
    r"(?P<noun>[\s-]\p{L}{3,})?",
    regex.IGNORECASE | regex.VERSION1,
)
_IS_CLOCK = regex.compile(r"\d:\d\d\b|\d\s?[ap]\.?m\b", regex.I)
# "an hour", "each week"
_ONE_UNIT = regex.compile(
    rf"\b(?:an?|each|every|per|pro|par|por|cada|ogni|una?|une?|eine?[rn]?) (?P<unit>{_UNIT})", regex.VERSION1
)
_CURRENCY = regex.compile(r"[$€£¥]\s?\Z")
_CLOCK = regex.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?:\s?(?P<half>[ap])\.?m\b\.?)?", regex.I)
_ENGLISH_NUMBER = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_FRACTIONS = [
    (float(percent), regex.compile(rf"(?<![\p{{L}}-])(?:{words})(?!\p{{Latin}})", regex.I))
    for percent, words in _WORDS["fractions"].items()
]
WHAT_IS_LEFT = regex.compile(rf"(?<!\p{{L}})(?:{_WORDS['left']['all']})", regex.I)
_ANY_FRACTION = regex.compile("|".join(_WORDS["fractions"].values()), regex.I)
TOTALS = regex.compile(rf"(?<!\p{{L}})(?:{_WORDS['totals']['all']})", regex.I)
_IN_WORDS = regex.compile(
    rf"(?<!\d )\b(?P<words>(?:{_ENGLISH_NUMBER})(?:[ -](?:and )?(?:{_ENGLISH_NUMBER}))*)\b(?P<half> and a half)?"
    rf"(?:[ -](?P<unit>{_UNIT}))?(?P<noun>[\s-]\p{{L}}{{3,}})?",
    regex.IGNORECASE | regex.VERSION1,
)
_WORD = regex.compile(r"[\p{L}\p{M}~≈]+")
_IN_DATE = regex.compile(r"\d")
_PER_CENT = frozenset({"cent", "ciento", "cento"})
# After a figure without a unit, these are not a noun that it counts.
_NO_NOUNS = frozenset(_WORDS["no_nouns"]["all"].split())
_BEFORE_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text.

    `values` are what it can mean, in the base unit of `dimension`. `rounding` is "about", "over", "under", or None if
    it is exact; `step` is the value of its last digit that is not zero. `parts` are the numbers of a version or a date.
    `counts` tells that a noun follows, which is not a unit. `start` is its place, `size` that of its unit,
    `scale` the word after it, such as "million".
    """

    values: frozenset[float]
    dimension: str | None
    rounding: str | None
    step: float
    parts: tuple[int, ...]
    counts: bool
    start: int
    end: int
    size: float = 1.0
    scale: float = 1.0
    is_month: bool = False

    @property
    def numbers(self) -> frozenset[float]:
        """Return the values in the figure's own unit."""
        return self.values if self.size == 1.0 else frozenset(round(value / self.size, 9) for value in self.values)


def figures_in(text: str, *, words: bool) -> Iterator[Figure]:
    """Return the figures in digits; with `words` those in English words as well, except for a lone "one"."""
    text = _CLOCK.sub(_on_24_hours, text) if _IS_CLOCK.search(text) else text
    for match in _NUMBER.finditer(text):
        scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
        currency = _CURRENCY.search(text, max(0, match.start() - 2), match.start())
        dimension, size = _unit(currency[0].strip() if currency else match["unit"])
        is_elliptic = match["noun"] is None or match["noun"][1:].lower() in _NO_NOUNS
        figure = Figure(
            values=frozenset(value * scale * size for value in readings(match["digits"])),
            dimension=dimension,
            rounding=_rounding(text, match.start()) or ("about" if scale > 1 else None),
            step=_step(match["digits"]) * scale * size,
            parts=tuple(int(part) for part in regex.findall(r"\d{1,9}", match["digits"])),
            counts=dimension is None and not is_elliptic,
            start=match.start(),
            end=match.end("digits"),
            size=size,
            scale=scale,
        )
        yield figure
        if (match["scale"] or "").lower() == "m":  # metres, minutes, or a million
            yield replace(figure, values=frozenset(readings(match["digits"])))
    if words and not _ENGLISH.keys().isdisjoint(_WORD.findall(text.lower())):
        yield from _in_words(text)


def fractions_in(text: str) -> Iterator[Figure]:
    """Return parts in words, such as "half of": they are rounded percentages."""
    if _ANY_FRACTION.search(text) is None:
        return
    for percent, pattern in _FRACTIONS:
        for match in pattern.finditer(text):
            part = _plain(percent, match.start(), match.end())
            yield replace(part, dimension="percent", rounding=_rounding(text, match.start()) or "about", step=5.0)


def _on_24_hours(time: regex.Match[str]) -> str:
    """Return a time as 24 hours are counted, the full hour without minutes."""
    hour = int(time["hour"]) % 12 + (12 if time["half"].lower() == "p" else 0) if time["half"] else int(time["hour"])
    return (
        f"{hour}:{time['minute']}"
        if time["minute"] not in (None, "00")
        else str(hour)
        if time["half"] or time["minute"]
        else time[0]
    )


def known_figures(text: str) -> Iterator[Figure]:
    """Return the figures that a post about this text may have: in words of any language, and months, too."""
    yield from figures_in(text, words=True)
    yield from fractions_in(text)
    for match in _ONE_UNIT.finditer(text.lower()):
        dimension, size = _unit(match["unit"])
        yield replace(_plain(size, match.start(), match.end()), dimension=dimension)
    if _OTHERS.isdisjoint(_WORD.findall(text.lower())):
        return
    for match in _WORD.finditer(text.lower()):
        if match[0] in _ANY_NUMBER_WORD:
            yield _plain(_ANY_NUMBER_WORD[match[0]], match.start(), match.end())
        elif match[0] in MONTHS and _IN_DATE.search(text, max(0, match.start() - 6), match.end() + 4):
            yield replace(_plain(MONTHS[match[0]], match.start(), match.end()), is_month=True)


def _in_words(text: str) -> Iterator[Figure]:
    for match in _IN_WORDS.finditer(text):
        words = [word for word in regex.split(r"[ -]", match["words"].lower()) if word in _ENGLISH]
        value = _sum(words) + (0.5 if match["half"] else 0.0)
        if words == ["one"] and not match["half"] and match["unit"] is None:
            continue
        dimension, size = _unit(match["unit"])
        counts = dimension is None and match["noun"] is not None and match["noun"][1:].lower() not in _NO_NOUNS
        rounding = _rounding(text, match.start())
        yield replace(
            _plain(value * size, match.start(), match.end("words")),
            dimension=dimension,
            rounding=rounding,
            step=size,
            counts=counts,
            size=size,
        )


def _plain(value: float, start: int, end: int) -> Figure:
    return Figure(frozenset({value}), None, None, 1.0, (), counts=False, start=start, end=end)


def _sum(words: list[str]) -> float:
    total = current = 0.0
    for word in words:
        value = _ENGLISH[word]
        if value >= 1_000:
            total, current = total + max(current, 1.0) * value, 0.0
        elif value == 100:
            current = max(current, 1.0) * value
        else:
            current += value
    return total + current


def _unit(word: str | None) -> tuple[str | None, float]:
    if word is None:
        return None, 1.0
    if word.lower() in _PER_CENT:
        return "percent", 1.0
    return UNITS[word.lower()]


def _rounding(text: str, start: int) -> str | None:
    """Return how the figure at this place was rounded, by one of the two words before it."""
    before = [word.lower() for word in _WORD.findall(text, max(0, start - _BEFORE_CHARACTERS), start)][-2:]
    dense = text[max(0, start - 2) : start]
    return next((_ROUNDED[word] for word in (*reversed(before), dense, dense[-1:]) if word in _ROUNDED), None)


def readings(digits: str) -> Iterator[float]:
    """Return what a number can mean, with points and commas as thousands separators or as the decimal mark."""
    digits = regex.sub(r"[ \u00a0\u202f'’]", "", digits)
    groups = regex.split(r"[.,]", digits)
    if len(groups) == 1:
        yield float(digits)
        return
    if all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0":
        yield float("".join(groups))
    marks = regex.sub(r"\d", "", digits)
    if marks[-1] not in marks[:-1]:  # the last mark is another one, or the only one
        yield float("".join(groups[:-1]) + "." + groups[-1])


def _step(digits: str) -> float:
    """Return the value of the last digit that is not zero: 100 for 1,200."""
    value = max(readings(digits), default=0.0)
    whole = f"{value:.0f}"
    if value and value == float(whole):
        return 10.0 ** (len(whole) - len(whole.rstrip("0")))
    return 0.1
