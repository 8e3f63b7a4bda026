"""Compute what a careful reader computes from the figures of an operation: sums, differences, products. Pure.

Of small numbers nearly every one is the sum or the difference of two others. So a result counts only where it is too
large to be one by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from autopost.writing.figure import Figure

_LEAST = 100.0
_LEAST_DIGITS, _LEAST_DIGITS_OF_PRODUCT = 3, 2  # without zeros at the end: 500 is more likely by chance than 1,244
_MOST_FIGURES = 16


def is_computed(figure: Figure, known: Sequence[Figure]) -> bool:
    """Return whether an exact, large figure is the sum, the difference or the product of two others, or their total."""
    if figure.rounding is not None or not figure.is_amount or max(figure.numbers, default=0.0) < _LEAST:
        return False
    wanted = {round(value, 6): _digits(value / figure.size) for value in figure.values}
    amounts = [each for each in known if each.is_amount and each.dimension not in ("percent", "ratio")][:_MOST_FIGURES]
    return any(
        wanted.get(round(value, 6), 0) >= least and dimension == figure.dimension
        for least, results in ((_LEAST_DIGITS, _sums(amounts)), (_LEAST_DIGITS_OF_PRODUCT, _products(amounts)))
        for dimension, value in results
    )


def _digits(value: float) -> int:
    """Return the number of digits without zeros at the end."""
    return len(f"{value:.2f}".replace(".", "").strip("0"))


def _sums(amounts: Sequence[Figure]) -> Iterator[tuple[str | None, float]]:
    for one, other in combinations(amounts, 2):
        if one.dimension == other.dimension:
            yield from ((one.dimension, each) for a in one.values for b in other.values for each in (a + b, abs(a - b)))
    for dimension in {each.dimension for each in amounts}:
        yield dimension, sum(max(each.values, default=0.0) for each in amounts if each.dimension == dimension)


def _products(amounts: Sequence[Figure]) -> Iterator[tuple[str | None, float]]:
    for one, other in combinations(amounts, 2):
        if one.dimension is None or other.dimension is None:
            yield from ((one.dimension or other.dimension, a * b) for a in one.values for b in other.values)
        elif "mass" in (one.dimension, other.dimension) or "volume" in (one.dimension, other.dimension):
            # 350 kg at 14.20 euros for each kilo.
            price, amount = (one, other) if other.dimension in ("mass", "volume") else (other, one)
            yield from ((price.dimension, a * b) for a in price.values for b in amount.numbers)
