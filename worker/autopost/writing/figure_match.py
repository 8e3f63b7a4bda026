"""Compare two figures: unit, rounding, spans of time. Pure."""

from __future__ import annotations

from autopost.writing.figure import Figure
from autopost.writing.figures import CLOCK

_ROUNDED_BY = 0.1  # of the figure, at most
_ROUNDED_UP_OR_DOWN_BY = 0.15
_OVER_AT_MOST = 1.35  # times what "more than" is said of
_DAY_SECONDS, _WEEK_SECONDS = 86_400, 604_800
_CALENDAR = 0.02  # twelve months have 360 days here, a year has 365
_NEAR_A_CLOCK = 8  # characters


def have_one_unit(one: Figure, other: Figure) -> bool:
    """Return whether two figures can be compared: the first of "from 21 to 7 minutes" has no unit of its own."""
    if one.dimension == other.dimension:
        return one.dimension not in ("percent", "ratio")
    bare = one if one.dimension is None else other
    return None in (one.dimension, other.dimension) and not bare.counts


def is_compatible(figure: Figure, known: Figure) -> bool:
    """Return whether two equal figures are of the same thing, as far as units tell."""
    if figure.dimension == known.dimension or figure.dimension is None:
        return True
    # "from 9 to 11 dollars": the first has no unit of its own.
    return known.dimension is None and not known.counts and figure.dimension != "ratio"


def is_same_time(figure: Figure, known: Figure) -> bool:
    """Return whether two spans are the same in weeks, months or years, which are not exact in each other."""
    if known.dimension != "time" or figure.size == known.size or min(figure.size, known.size) < _DAY_SECONDS:
        return False
    return max(figure.size, known.size) > _WEEK_SECONDS and any(
        abs(a - b) <= _CALENDAR * b for a in figure.values for b in known.values
    )


def is_rounded(figure: Figure, known: Figure) -> bool:
    """Return whether a figure is another one as it was rounded."""
    if not is_compatible(figure, known):
        return False
    return any(is_near(value, other, figure) for value in figure.values for other in known.values)


def is_near(value: float, known: float, figure: Figure) -> bool:
    """Return whether a value is near enough to a known one for the way in which the figure was rounded."""
    match figure.rounding:
        case "over":
            return (
                value
                <= known
                <= max(value * (1 + _ROUNDED_UP_OR_DOWN_BY), min(value + figure.step, value * _OVER_AT_MOST))
            )
        case "under":
            at_most = max(known * (1 + _ROUNDED_UP_OR_DOWN_BY), min(known + figure.step, known * _OVER_AT_MOST))
            return known <= value <= at_most
        case _:
            return abs(value - known) <= min(max(figure.step / 2, 0.02 * known), _ROUNDED_BY * known)


def is_at_a_clock(text: str, figure: Figure) -> bool:
    """Return whether the text says near the figure that it is an hour of the day."""
    return CLOCK.search(text, max(0, figure.start - _NEAR_A_CLOCK), figure.end + _NEAR_A_CLOCK) is not None
