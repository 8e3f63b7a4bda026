"""The figures of an operation, and what follows from them: shares, rests, totals, rounded values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import regex

from autopost.writing.figures import TOTALS, WHAT_IS_LEFT, Figure, known_figures, readings

_MOST_FIGURES = 16  # that rests and totals are computed from
_MOST_OF_A_SENTENCE = 12  # that shares are computed from
_ROUNDED_BY = 0.1  # of the figure, at most
_ROUNDED_UP_OR_DOWN_BY = 0.15
_SENTENCE_END = regex.compile(r"[.!?](?=\s|\Z)|[。！？]")
_PART_OF_WHOLE = regex.compile(
    r"(?:(?:out )?of|von|sur|des|de|di|su|van|av|z|ze|из|のうち|中)(?: the| den| i| les| las| los)?", regex.I
)
_DAY_SECONDS, _WEEK_SECONDS = 86_400, 604_800
_CALENDAR = 0.02  # twelve months have 360 days here, a year has 365
_MOST_DAYS = 31  # of a month
_FAR_BELOW = 15  # per cent, of what is "more than half"
_WITHIN = 24  # characters between a part and the whole
# "38 fewer than in May": what it was before follows.
_COMPARED = regex.compile(
    r"\G[^.!?;]{0,16}?(?:\b(?:more|fewer|less|higher|lower|mehr|weniger|(?:de|en) plus|(?:de|en) moins|más|menos|mais"
    r"|più|(?:in|di) meno|meno|więcej|mniej|meer|minder|fler|färre|больше|меньше)\b|[多少増減増减])",
    regex.I,
)
# From the old figure to the new one, and the new one instead of the old one.
_GAP = r"[^\d.!?;]{0,20}?"
_FIGURE = r"\d[\d.,]*"
_TWO_FIGURES = regex.compile(r"\d\D+\d")
_OLD_FIRST = regex.compile(
    rf"(?:\b(?:from|von|de|da|od|z)\s\D?(?P<old>{_FIGURE}){_GAP}\b(?:to|auf|à|a|para|do|na)\s"
    rf"|(?P<old>{_FIGURE}){_GAP}(?:から|到))\D{{0,3}}(?P<new>{_FIGURE})",
    regex.I,
)
_NEW_FIRST = regex.compile(
    rf"(?P<new>{_FIGURE}){_GAP}\b"
    r"(?:instead of|(?:down|up) from|statt|au lieu de|en lugar de|en vez de|invece di|em vez de|zamiast)"
    rf"\s(?P<old>{_FIGURE})",
    regex.I,
)


class KnownFigures:
    """The figures of an operation."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.figures = list(known_figures(text))
        self._exact: dict[float, list[Figure]] = {}
        for figure in self.figures:
            for value in figure.values:
                self._exact.setdefault(value, []).append(figure)
        self._parts = {figure.parts for figure in self.figures}
        self._dates = {frozenset(parts[:2]) for parts in self._parts if len(parts) > 1 and max(parts[:2]) <= _MOST_DAYS}
        self._dates.update(
            frozenset((int(min(day.values)), int(min(month.values))))
            for month in self.figures
            if month.is_month
            for day in self.figures
            if not day.is_month and day.values and (0 <= month.start - day.end <= 4 or 0 <= day.start - month.end <= 2)
        )

    def has(self, figure: Figure) -> bool:
        """Return whether the operation has the figure, or it follows from what it has."""
        return (
            self._has_parts(figure)
            or any(
                _is_compatible(figure, each) for value in figure.values for each in self._exact.get(round(value, 9), ())
            )
            or (figure.rounding is not None and any(_is_rounded(figure, each) for each in self.figures))
            or (figure.dimension == "time" and any(_is_same_time(figure, each) for each in self.figures))
            or (figure.dimension is None and not figure.counts and self._has_without_unit(figure))
            or self._follows(figure)
        )

    def _has_without_unit(self, figure: Figure) -> bool:
        """Return whether the operation has the figure with a unit: "from 55 minutes to 41"."""
        return any(not figure.numbers.isdisjoint(each.numbers) for each in self.figures)

    def has_as_part(self, part: Figure, whole: Figure) -> bool:
        """Return whether the operation has the whole, and what the part leaves of it: 8 of 10 where 2 failed.

        A part has the scale of the whole: "11 of 18 million".
        """
        if whole.scale != 1.0 and part.scale == 1.0:
            return self.has(replace(part, values=frozenset(value * whole.scale for value in part.values)))
        rests = {round(a - b, 9) for a in whole.numbers for b in part.numbers}
        return self.has(whole) and any(not rests.isdisjoint(figure.numbers) for figure in self.figures)

    def has_rest_or_total(self, text: str, figure: Figure) -> bool:
        """Return whether the figure is said to be what is left, or the total, and that is so for two of one unit."""
        near = text[max(0, figure.start - _WITHIN) : figure.end + _WITHIN]
        is_left, is_total = WHAT_IS_LEFT.search(near) is not None, TOTALS.search(near) is not None
        return (is_left or is_total) and any(
            (is_left and round(abs(a - b), 9) in figure.values) or (is_total and round(a + b, 9) in figure.values)
            for one, other in combinations(self.figures[:_MOST_FIGURES], 2)
            if one.dimension == other.dimension
            for a in one.values
            for b in other.values
        )

    def has_one_in(self, figure: Figure) -> bool:
        """Return whether "one in five" is a percentage of the operation, or a share."""
        wanted = [100 / number for number in figure.numbers if number > 1]
        percents = [value for each in self.figures if each.dimension == "percent" for value in each.values]
        near = [*percents, *(100 * share for share in self._shares())]
        return any(abs(one - percent) <= 2.5 for one in wanted for percent in near)

    def _has_parts(self, figure: Figure) -> bool:
        """Return whether a version is there, or a date is, by its parts."""
        if len(figure.parts) < 2:
            return False
        if not figure.values and figure.parts in self._parts:
            return True
        return figure.dimension is None and frozenset(figure.parts[:2]) in self._dates

    def _follows(self, figure: Figure) -> bool:
        if figure.dimension == "percent":
            near = 2.5 if figure.rounding else figure.step / 2
            below = _FAR_BELOW if figure.rounding == "over" else near
            above = _FAR_BELOW if figure.rounding == "under" else near
            wanted = [of for share in self._shares() for of in (share, 1 - share, 1 / share - 1)]
            return any(-above <= 100 * share - value <= below for value in figure.values for share in wanted)
        if figure.dimension == "ratio":
            return figure.rounding is not None and any(
                abs(value - 1 / share) <= 0.5 for value in figure.values for share in self._shares()
            )
        is_known_unit = figure.dimension is None or any(figure.dimension == each.dimension for each in self.figures)
        if is_known_unit and not figure.numbers.isdisjoint(self._rests()):
            return True
        return figure.dimension is None and any(
            part in figure.values
            or (figure.rounding is not None and any(_is_near(v, part, figure) for v in figure.values))
            for part in self._parts_by_percent()
        )

    def _parts_by_percent(self) -> Iterator[float]:
        """Return what percentages of the counts beside them are: 10,200 for 85 percent of 12,000."""
        for figures in self._sentences():
            for one, other in combinations(figures[:_MOST_OF_A_SENTENCE], 2):
                percent, count = (one, other) if one.dimension == "percent" else (other, one)
                if percent.dimension == "percent" and count.dimension is None and not count.is_month:
                    yield from (
                        round(number * part / 100, 6)
                        for number in count.values
                        for value in percent.values
                        for part in (value, 100 - value)
                    )

    def _shares(self) -> Iterator[float]:
        """Return the shares of two figures with the same unit in a sentence."""
        for figures in self._sentences():
            for one, other in combinations(figures[:_MOST_OF_A_SENTENCE], 2):
                has_unit = bool(one.dimension or other.dimension)
                if _have_one_unit(one, other):
                    yield from (
                        min(a, b) / max(a, b)
                        for a in one.numbers
                        for b in other.numbers
                        if a and b and a != b and (has_unit or (a.is_integer() and b.is_integer()))
                    )

    def _rests(self) -> Iterator[float]:
        """Return what is left where a figure is said to be a part of the next."""
        for one, other in zip(self.figures, self.figures[1:], strict=False):
            between = self._text[one.end : other.start].strip()
            if len(between) <= _WITHIN and _PART_OF_WHOLE.search(between):
                for a in one.values:
                    for b in other.values:
                        yield abs(a - b)
        for old, new in changes(self._text):
            yield from (round(abs(a - b), 9) for a in readings(old) for b in readings(new))
        for figures in self._sentences():
            for one, other in combinations(figures[:_MOST_OF_A_SENTENCE], 2):
                if not one.is_month and _COMPARED.search(self._text, other.end):
                    yield from (
                        round(each, 9) for a in one.numbers for b in other.numbers for each in (a + b, abs(a - b))
                    )

    def _sentences(self) -> Iterator[Sequence[Figure]]:
        """Return the figures of each sentence."""
        ends = [match.end() for match in _SENTENCE_END.finditer(self._text)] + [len(self._text)]
        figures = sorted(self.figures, key=lambda figure: figure.start)
        place = 0
        for end in ends:
            begin = place
            while place < len(figures) and figures[place].start < end:
                place += 1
            if place - begin > 1:
                yield figures[begin:place]


def _have_one_unit(one: Figure, other: Figure) -> bool:
    """Return whether two figures can be compared: the first of "from 21 to 7 minutes" has no unit of its own."""
    if one.dimension == other.dimension:
        return one.dimension not in ("percent", "ratio") and one.size == other.size
    bare = one if one.dimension is None else other
    return None in (one.dimension, other.dimension) and not bare.counts and not bare.is_month


def _is_compatible(figure: Figure, known: Figure) -> bool:
    """Return whether two equal figures are of the same thing, as far as units tell."""
    if figure.dimension == known.dimension or figure.dimension is None:
        return True
    # "from 9 to 11 dollars": the first has no unit of its own.
    return known.dimension is None and not known.counts and figure.dimension != "ratio"


def _is_same_time(figure: Figure, known: Figure) -> bool:
    """Return whether two spans are the same in weeks, months or years, which are not exact in each other."""
    if known.dimension != "time" or figure.size == known.size or min(figure.size, known.size) < _DAY_SECONDS:
        return False
    return max(figure.size, known.size) > _WEEK_SECONDS and any(
        abs(a - b) <= _CALENDAR * b for a in figure.values for b in known.values
    )


def _is_rounded(figure: Figure, known: Figure) -> bool:
    if not _is_compatible(figure, known):
        return False
    return any(_is_near(value, other, figure) for value in figure.values for other in known.values)


def _is_near(value: float, known: float, figure: Figure) -> bool:
    match figure.rounding:
        case "over":
            return value <= known <= value * (1 + _ROUNDED_UP_OR_DOWN_BY)
        case "under":
            return known <= value <= known * (1 + _ROUNDED_UP_OR_DOWN_BY)
        case _:
            return abs(value - known) <= min(max(figure.step / 2, 0.02 * known), _ROUNDED_BY * known)


def changes(text: str) -> Iterator[tuple[str, str]]:
    """Return pairs of the old and the new figure."""
    if _TWO_FIGURES.search(text) is None:
        return
    for pattern in (_OLD_FIRST, _NEW_FIRST):
        for match in pattern.finditer(text):
            yield match["old"].rstrip(".,"), match["new"].rstrip(".,")
