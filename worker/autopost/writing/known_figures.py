"""The figures of an operation, and what follows from them: shares, rests, totals, rounded values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import regex

from autopost.writing.arithmetic import is_computed
from autopost.writing.figure import MONTHS, Figure
from autopost.writing.figure_changes import changes
from autopost.writing.figure_match import have_one_unit, is_compatible, is_near, is_rounded, is_same_time
from autopost.writing.figures import EACH, TOTALS, WHAT_IS_LEFT, known_figures, readings
from autopost.writing.known_hours import INSTEAD
from autopost.writing.lazy import Lazy

_MOST_FIGURES = 16  # that rests and totals are computed from
_MOST_OF_A_SENTENCE = 12  # that shares are computed from
_SENTENCE_END = Lazy(r"[.!?](?=\s|\Z)|[。！？]")
_PART_OF_WHOLE = Lazy(
    r"(?:(?:out )?of|von|sur|des|de|di|su|van|av|z|ze|из|のうち|中)(?: the| den| i| les| las| los)?", regex.I
)
_MOST_DAYS = 31  # of a month
_FAR_BELOW = 15  # per cent, of what is "more than half"
_FAR_OF_SMALL = 0.5  # of a small percentage: 2.6 is not "under 1 %"
_WHOLES = frozenset({3.0, 4.0, 5.0, 10.0, 100.0})  # of which people say a part: "seven of ten"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
OF_A_DATE = Lazy(
    rf"\b\d{{1,2}}[:h]\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th|[.ºª])?\s(?:de |of )?(?:{_MONTH})\b|\b(?:{_MONTH})\s\d{{1,2}}\b",
    regex.I,
)
_WITHIN = 24  # characters between a part and the whole
# "38 fewer than in May": what it was before follows.
_COMPARED = Lazy(
    r"\G[^.!?;]{0,16}?(?:\b(?:more|fewer|less|higher|lower|mehr|weniger|(?:de|en) plus|(?:de|en) moins|más|menos|mais"
    r"|più|(?:in|di) meno|meno|więcej|mniej|meer|minder|fler|färre|больше|меньше)\b|[多少増減増减])",
    regex.I,
)
_CHANGED = Lazy(
    r"\b(?:than|last|previous|before|from|up|rose|als|vor|gegenüber|von|que|qu['’]|précéd|dernier|anterior|pasad|scors"
    r"|precedent|passad|dan|vorig|niż|poprzedni|od)|[比前较]",
    regex.I,
)
_OF_A_FRACTION = 5.0  # the step of one in words


class KnownFigures:
    """The figures of an operation."""

    def __init__(self, text: str) -> None:
        self.text = text
        dated = [match.span() for match in OF_A_DATE.finditer(text)]
        # A day and a part of an hour count nothing.
        self.figures = [
            replace(figure, is_ordinal=True) if any(begin <= figure.start < end for begin, end in dated) else figure
            for figure in known_figures(text)
        ]
        self._exact: dict[float, list[Figure]] = {}
        for figure in self.figures:
            for value in figure.values:
                self._exact.setdefault(value, []).append(figure)
        self._parts = {figure.parts for figure in self.figures}
        self._dates = {
            frozenset(parts[:2])
            for parts in self._parts
            if len(parts) > 1 and min(parts[:2]) >= 1 and max(parts[:2]) <= _MOST_DAYS
        }
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
                is_compatible(figure, each) and not (figure.counts and not each.is_amount)
                for value in figure.values
                for each in self._exact.get(round(value, 9), ())
            )
            or (figure.rounding is not None and any(is_rounded(figure, each) for each in self.figures))
            or (figure.dimension == "time" and any(is_same_time(figure, each) for each in self.figures))
            or (figure.dimension is None and not figure.counts and self._has_without_unit(figure))
            or (figure.dimension is not None and self._has_with_a_later_unit(figure))
            or (figure.rounding in ("over", "under") and self._is_over_or_under(figure))
            or self._follows(figure)
            or is_computed(figure, self.figures)
        )

    def _has_with_a_later_unit(self, figure: Figure) -> bool:
        """Return whether the unit of the figure stands with the next one: "in two instead of five days"."""
        ordered = sorted(self.figures, key=lambda each: each.start)
        return any(
            one.dimension is None
            and not figure.numbers.isdisjoint(one.numbers)
            and any(
                other.dimension == figure.dimension and 0 < other.start - one.end <= _WITHIN
                for other in ordered[place + 1 : place + 3]
            )
            for place, one in enumerate(ordered)
        )

    def _is_over_or_under(self, figure: Figure) -> bool:
        """Return whether a percentage of the operation is a little more than half, or almost two thirds."""
        way = 1 if figure.rounding == "over" else -1
        return (
            figure.dimension == "percent"
            and figure.step == _OF_A_FRACTION
            and any(
                0 <= way * (percent - value) <= _FAR_BELOW
                for each in self.figures
                if each.dimension == "percent"
                for percent in each.values
                for value in figure.values
            )
        )

    def has_for_each(self, text: str, figure: Figure) -> bool:
        """Return whether the figure is one divided by another, of one thing each: "190 euros each"."""
        near = text[max(0, figure.start - _WITHIN) : figure.end + _WITHIN]
        if EACH.search(near) is None:
            return False
        amounts = [each for each in self.figures if each.is_amount][:_MOST_FIGURES]
        return any(
            b
            and abs(a / b - value) <= max(0.005 * value, figure.size * 0.05 if figure.rounding is None else value * 0.1)
            for one in amounts
            if one.dimension == figure.dimension
            for other in amounts
            if other is not one
            for a in one.values
            for b in other.numbers
            for value in figure.values
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
        if whole.numbers & _WHOLES and self._has_share(part, whole):
            return True
        rests = {round(a - b, 9) for a in whole.numbers for b in part.numbers}
        return self.has(whole) and any(not rests.isdisjoint(figure.numbers) for figure in self.figures)

    def _has_share(self, part: Figure, whole: Figure) -> bool:
        """Return whether "seven of ten" is a percentage of the operation, or a share."""
        percents = [value for each in self.figures if each.dimension == "percent" for value in each.values]
        return any(
            abs(100 * a / b - percent) <= 50 / b
            for a in part.numbers
            for b in whole.numbers & _WHOLES
            for percent in (*percents, *(100 * share for share in self._shares()))
        )

    def has_rest_or_total(self, text: str, figure: Figure) -> bool:
        """Return whether the figure is said to be what is left, or the total, and that is so for two of one unit."""
        near = text[max(0, figure.start - _WITHIN) : figure.end + _WITHIN]
        is_left, is_total = WHAT_IS_LEFT.search(near) is not None, TOTALS.search(near) is not None
        if is_total and EACH.search(self.text) is not None and self._has_product(figure):
            return True
        return (is_left or is_total) and any(
            (is_left and round(abs(a - b), 9) in figure.values) or (is_total and round(a + b, 9) in figure.values)
            for one, other in combinations([each for each in self.figures if each.is_amount][:_MOST_FIGURES], 2)
            if one.dimension == other.dimension
            for a in one.values
            for b in other.values
        )

    def _has_product(self, figure: Figure) -> bool:
        """Return whether the figure is a count times a unit price: 867 euros for 3 at 289 each."""
        amounts = [each for each in self.figures if each.is_amount][:_MOST_FIGURES]
        return any(
            round(a * b, 6) in figure.values
            for count in amounts
            if count.dimension is None
            for one in amounts
            if one.dimension == figure.dimension and one is not count
            for a in count.values
            for b in one.values
        )

    def has_one_in(self, figure: Figure) -> bool:
        """Return whether "one in five" is a percentage of the operation, or a share."""
        wanted = [100 / number for number in figure.numbers if number > 1]
        percents = [value for each in self.figures if each.dimension == "percent" for value in each.values]
        near = [*percents, *(100 * share for share in self._shares())]
        return any(abs(one - percent) <= min(2.5, one / 4) for one in wanted for percent in near)

    def _has_parts(self, figure: Figure) -> bool:
        """Return whether a version is there, or a date is, by its parts."""
        if len(figure.parts) < 2:
            return False
        if not figure.values and figure.parts in self._parts:
            return True
        return figure.dimension is None and not figure.counts and frozenset(figure.parts[:2]) in self._dates

    def _follows(self, figure: Figure) -> bool:
        if figure.dimension == "percent":
            most = max(_FAR_OF_SMALL * max(figure.values), figure.step / 2)
            near = min(most, 2.5) if figure.rounding else figure.step / 2
            below = min(most, _FAR_BELOW) if figure.rounding == "over" else near
            above = min(most, _FAR_BELOW) if figure.rounding == "under" else near
            shares = list(self._shares())
            wanted = [of for share in shares for of in (share, 1 - share)]
            if _CHANGED.search(self.text) is not None:
                wanted += [1 / share - 1 for share in shares]
            return any(-above <= 100 * share - value <= below for value in figure.values for share in wanted)
        if figure.dimension == "ratio":
            near = 0.5 if figure.rounding is not None else 0.05
            return any(abs(value - 1 / share) <= near for value in figure.values for share in self._shares())
        is_known_unit = figure.dimension is None or any(figure.dimension == each.dimension for each in self.figures)
        if is_known_unit and not figure.numbers.isdisjoint(self._rests(figure.dimension)):
            return True
        if figure.counts and figure.values & set(self._others()):
            return True
        return figure.dimension is None and any(
            part in figure.values
            or (figure.rounding is not None and any(is_near(v, part, figure) for v in figure.values))
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
        """Return the shares of two figures of one unit, in a sentence or in two that follow each other."""
        for one, other in self._neighbours():
            has_unit = bool(one.dimension or other.dimension)
            if have_one_unit(one, other):
                is_same = one.dimension == other.dimension
                yield from (
                    min(a, b) / max(a, b)
                    for a in (one.values if is_same else one.numbers)
                    for b in (other.values if is_same else other.numbers)
                    if a and b and a != b and (has_unit or (a.is_integer() and b.is_integer()))
                )

    def _neighbours(self) -> Iterator[tuple[Figure, Figure]]:
        """Return pairs of amounts in a sentence, or in two that follow each other."""
        before: Sequence[Figure] = ()
        for figures in self._sentences():
            amounts = [figure for figure in figures if figure.is_amount][:_MOST_OF_A_SENTENCE]
            yield from combinations(amounts, 2)
            yield from product(before, amounts)
            before = amounts

    def _rests(self, dimension: str | None) -> Iterator[float]:
        """Return what is left where a figure is said to be a part of the next, and by how much one differs."""
        for one, other in zip(self.figures, self.figures[1:], strict=False):
            between = self.text[one.end : other.start].strip()
            if len(between) <= _WITHIN and _PART_OF_WHOLE.search(between):
                for a in one.values:
                    for b in other.values:
                        yield abs(a - b)
        for old, new in changes(self.text):
            yield from (round(abs(a - b), 9) for a in readings(old) for b in readings(new))
        for figures in self._sentences():
            for one, other in combinations(figures[:_MOST_OF_A_SENTENCE], 2):
                is_same = dimension in (one.dimension, other.dimension) or (one.dimension is other.dimension is None)
                if is_same and one.is_amount and _COMPARED.search(self.text, other.end):
                    yield from (
                        round(each, 9) for a in one.numbers for b in other.numbers for each in (a + b, abs(a - b))
                    )
                elif is_same and INSTEAD.search(self.text, one.end, min(other.end, one.end + 2 * _WITHIN)):
                    yield from (round(abs(a - b), 9) for a in one.numbers for b in other.numbers)

    def _others(self) -> Iterator[float]:
        """Return how many are left of what is counted: 81 of 85 where 4 are named."""
        for one, other in self._neighbours():
            if one.counts and other.counts:
                yield from (abs(a - b) for a in one.values for b in other.values if a != b)

    def _sentences(self) -> Iterator[Sequence[Figure]]:
        """Return the figures of each sentence."""
        ends = [match.end() for match in _SENTENCE_END.finditer(self.text)] + [len(self.text)]
        figures = sorted(self.figures, key=lambda figure: figure.start)
        place = 0
        for end in ends:
            begin = place
            while place < len(figures) and figures[place].start < end:
                place += 1
            yield figures[begin:place]
