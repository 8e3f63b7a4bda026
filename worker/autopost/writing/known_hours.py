"""Find whether a figure is an hour of the day that an operation names, or the time between two of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import regex

from autopost.writing.figure import Figure
from autopost.writing.figure_match import is_at_a_clock
from autopost.writing.figures import EARLIER, LATER, SHIFTED
from autopost.writing.lazy import Lazy

_HOUR_SECONDS = 3_600
_WITHIN = 24  # characters around the figure
_MOST_HOURS = 16
_AN_HOUR = Lazy(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])[:.h](?P<minute>[0-5]\d)(?!\d)"
    r"|(?<![\d.,:])(?P<bare>[01]?\d|2[0-4])(?=\s?(?:uhr|uur|h\b|[ap]\.?m\b|heures?|horas?|時|点)"
    r"|\s(?:auf|to|à|a|alle|naar|do)\s\d{1,2}\s?(?:uhr|uur|h\b|[ap]\.?m\b|heures?|horas?))",
    regex.I,
)
# Something is compared with what it was.
INSTEAD = Lazy(
    r"\b(?:instead of|rather than|down from|up from|statt|au lieu de|en lugar de|en vez de|invece di|em vez de|zamiast"
    r"|in plaats van)\b",
    regex.I,
)


def has_hour(text: str, figure: Figure, known: str, figures: Sequence[Figure]) -> bool:
    """Return whether the figure is an hour of the operation, counted to 12 in one of both."""
    is_hour = figure.dimension is None or figure.size == _HOUR_SECONDS
    if not is_hour or not any(0 < number <= 24 for number in figure.numbers):
        return False
    return any(
        (abs(a - b) == 12 and (is_at_a_clock(text, figure) or is_at_a_clock(known, each)))
        for each in figures
        for a in figure.numbers
        for b in each.numbers
    ) or (
        is_at_a_clock(text, figure)
        and any(int(time["hour"] or time["bare"]) in figure.numbers for time in _AN_HOUR.finditer(known))
    )


def has_time_between(text: str, figure: Figure, known: str) -> bool:
    """Return whether the figure is how much earlier, later or longer one hour of the operation is than another."""
    near = text[max(0, figure.start - _WITHIN) : figure.end + _WITHIN]
    if figure.dimension != "time" or SHIFTED.search(near) is None:
        return False
    hours = [int(time["hour"] or time["bare"]) + int(time["minute"] or 0) / 60 for time in _AN_HOUR.finditer(known)][
        :_MOST_HOURS
    ]
    between = {round(abs(a - b) * _HOUR_SECONDS, 6) for a, b in combinations(hours, 2)}
    if len(hours) == 2 and _is_turned(near, hours, is_new_first=INSTEAD.search(known) is not None):
        return False
    return any(round(value, 6) in between for value in figure.values)


def _is_turned(text: str, hours: Sequence[float], *, is_new_first: bool) -> bool:
    """Return whether a text says "earlier" of an hour that became later, or the reverse."""
    new, old = hours if is_new_first else reversed(hours)
    return (LATER if new < old else EARLIER).search(text) is not None
