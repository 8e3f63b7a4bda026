"""A figure of a text: its values, its unit, and how it was rounded. `figures.toml` has the words. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

import regex

WORDS = tomllib.loads(resources.files(__package__).joinpath("figures.toml").read_text("utf-8"))


def _by_word(table: dict[str, str]) -> dict[str, float]:
    return {word: float(size) for size, words in table.items() for word in words.split()}


# The dimension and the size of each unit.
UNITS = {
    word: (dimension, size) for dimension, table in WORDS["units"].items() for word, size in _by_word(table).items()
}
SCALES = _by_word(WORDS["scales"])
MONTHS = _by_word(WORDS["months"])
_ROUNDED = {word: direction for direction, words in WORDS["rounded"].items() for word in words.split()}
_BETWEEN = frozenset(WORDS["between"]["all"].split())
_ROUNDED_AFTER = {
    direction: regex.compile("|".join(words.split())) for direction, words in WORDS["rounded_after"].items()
}


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words; those of letters end where the word ends, except in dense scripts.

    Neighbours in the order share one condition: compiling it for each word takes most of a second.
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word[-1].isascii(), word))
    runs = groupby(longest_first, key=lambda word: word[-1].isascii())
    return "|".join(
        f"(?:{'|'.join(map(regex.escape, run))})" + (r"(?![\p{L}--[\p{Han}\p{Hiragana}\p{Katakana}]])" if ends else "")
        for ends, run in runs
    )


UNIT = any_of(UNITS)
WORD = regex.compile(r"[\p{L}\p{M}~≈]+")
_PER_CENT = frozenset({"cent", "ciento", "cento"})
# After a figure without a unit, these are not a noun that it counts.
NO_NOUNS = frozenset(WORDS["no_nouns"]["all"].split())
_BEFORE_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text.

    `values` are what it can mean, in the base unit of `dimension`. `rounding` is "about", "over", "under", or None if
    it is exact; `step` is the value of its last digit that is not zero. `parts` are the numbers of a version or a date.
    `counts` tells that a noun follows, which is not a unit. `start` is its place, `size` that of its unit,
    `scale` the word after it, such as "million". A month and an ordinal are not amounts.
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
    is_ordinal: bool = False

    @property
    def numbers(self) -> frozenset[float]:
        """Return the values in the figure's own unit."""
        return self.values if self.size == 1.0 else frozenset(round(value / self.size, 9) for value in self.values)

    @property
    def is_amount(self) -> bool:
        """Return whether shares and totals can be computed from it."""
        return not self.is_month and not self.is_ordinal


def plain_figure(value: float, start: int, end: int) -> Figure:
    """Return an exact figure without a unit."""
    return Figure(frozenset({value}), None, None, 1.0, (), counts=False, start=start, end=end)


def unit_of(word: str | None) -> tuple[str | None, float]:
    """Return the dimension and the size of the unit that a word is."""
    if word is None:
        return None, 1.0
    if word.lower() in _PER_CENT:
        return "percent", 1.0
    return UNITS[word.lower()]


def rounding_of(text: str, start: int, end: int) -> str | None:
    """Return how the figure at this place was rounded, by the words before it or what is right behind it."""
    words = [word.lower() for word in WORD.findall(text, max(0, start - _BEFORE_CHARACTERS), start)]
    before = [word for word in words if word not in _BETWEEN][-2:]
    dense = text[max(0, start - 2) : start]
    found = next((_ROUNDED[word] for word in (*reversed(before), dense, dense[-1:]) if word in _ROUNDED), None)
    return found or next((way for way, mark in _ROUNDED_AFTER.items() if mark.match(text, end)), None)
