"""Compare the figures of a post with those of its operation: may a reader conclude them from it? Pure.

A figure may be rounded where the post says so ("about 1,200", "84k"), may be a share of two figures of one sentence
("80 percent" for 4 of 5), or what is left ("1,800 of 5,000" for 3,200 refused). Its unit must be the operation's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, takewhile, zip_longest

import regex

from autopost.writing.figures import Figure, figures_in, known_figures, readings
from autopost.writing.subject import COMMON, stem

_MOST_FIGURES = 16  # of a post; it has 280 characters
_MOST_OF_A_SENTENCE = 12  # that shares are computed from
_ROUNDED_BY = 0.1  # of the figure, at most
_ROUNDED_UP_OR_DOWN_BY = 0.15
_SENTENCE_END = regex.compile(r"[.!?;](?=\s|\Z)|[。！？；]")
_PART_OF_WHOLE = regex.compile(
    r"(?:(?:out )?of|von|sur|des|de|di|su|van|av|z|ze|из|のうち|中)(?: the| den| i| les| las| los)?", regex.I
)
_CLAUSE_END = regex.compile(r"[.,;:!?()–—。、，](?:\s|\Z|(?<=[。、，]))")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_NEAR = 2  # words after a figure that it may count
_NEAR_OF_OPERATION = 3
_WITHIN = 24  # characters between a part and the whole
# From the old figure to the new one, and the new one instead of the old one.
_GAP = r"[^\d.!?;]{0,20}?"
_FIGURE = r"\d[\d.,]*"
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


def invents_figures(text: str, known: str, *, is_english: bool) -> bool:
    """Return whether a figure of the post does not follow from the operation, or two have changed their roles."""
    figures = list(figures_in(text.replace("24/7", ""), words=is_english))
    if not figures:
        return False
    there = _Known(known)
    # A figure with several readings is one; they are at one place.
    places = {figure.start: [each for each in figures if each.start == figure.start] for figure in figures}
    if len(places) > _MOST_FIGURES:
        return True
    if not all(any(map(there.has, readings)) for readings in places.values()):
        return True
    return _turns_round(text, known) or _counts_something_else(text, figures, known, there.figures)


class _Known:
    """The figures of an operation."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.figures = list(known_figures(text))
        self._exact: dict[float, list[Figure]] = {}
        for figure in self.figures:
            for value in figure.values:
                self._exact.setdefault(value, []).append(figure)
        self._parts = {figure.parts for figure in self.figures}

    def has(self, figure: Figure) -> bool:
        """Return whether the operation has the figure, or it follows from what it has."""
        return (
            self._has_parts(figure)
            or any(
                _is_compatible(figure, each) for value in figure.values for each in self._exact.get(round(value, 9), ())
            )
            or (figure.rounding is not None and any(_is_rounded(figure, each) for each in self.figures))
            or self._follows(figure)
        )

    def _has_parts(self, figure: Figure) -> bool:
        """Return whether a version is there, or a date is, by its parts."""
        if len(figure.parts) < 2:
            return False
        if not figure.values and figure.parts in self._parts:
            return True
        is_date = all(part <= 31 for part in figure.parts[:2]) and figure.dimension is None
        return is_date and all(float(part) in self._exact for part in figure.parts)

    def _follows(self, figure: Figure) -> bool:
        if figure.dimension == "percent":
            near = 2.5 if figure.rounding else figure.step / 2
            wanted = [of for share in self._shares() for of in (share, 1 - share, 1 / share - 1)]
            return any(abs(value - 100 * share) <= near for value in figure.values for share in wanted)
        if figure.dimension == "ratio":
            return figure.rounding is not None and any(
                abs(value - 1 / share) <= 0.5 for value in figure.values for share in self._shares()
            )
        return any(value in figure.values for value in self._rests())

    def _shares(self) -> Iterator[float]:
        """Return the shares of two figures with the same unit in a sentence."""
        for figures in self._sentences():
            for one, other in combinations(figures[:_MOST_OF_A_SENTENCE], 2):
                if one.dimension == other.dimension and one.dimension not in ("percent", "ratio"):
                    yield from (
                        min(a, b) / max(a, b)
                        for a in one.values
                        for b in other.values
                        if a and b and a != b and (one.dimension or (a.is_integer() and b.is_integer()))
                    )

    def _rests(self) -> Iterator[float]:
        """Return what is left where a figure is said to be a part of the next."""
        for one, other in zip(self.figures, self.figures[1:], strict=False):
            between = self._text[one.end : other.start].strip()
            if len(between) <= _WITHIN and _PART_OF_WHOLE.search(between):
                for a in one.values:
                    for b in other.values:
                        yield abs(a - b)
        for old, new in _changes(self._text):
            yield from (round(abs(a - b), 9) for a in readings(old) for b in readings(new))

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


def _is_compatible(figure: Figure, known: Figure) -> bool:
    """Return whether two equal figures are of the same thing, as far as units tell."""
    if figure.dimension == known.dimension or figure.dimension is None:
        return True
    # "from 9 to 11 dollars": the first has no unit of its own.
    return known.dimension is None and not known.counts and figure.dimension != "ratio"


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


def _turns_round(text: str, known: str) -> bool:
    """Return whether the post gives the new value as the old one."""
    changes = set(_changes(known))
    return any((new, old) in changes and (old, new) not in changes for old, new in _changes(text))


def _changes(text: str) -> Iterator[tuple[str, str]]:
    """Return pairs of the old and the new figure."""
    for pattern in (_OLD_FIRST, _NEW_FIRST):
        for match in pattern.finditer(text):
            yield match["old"].rstrip(".,"), match["new"].rstrip(".,")


def _counts_something_else(text: str, figures: Sequence[Figure], known: str, those: Sequence[Figure]) -> bool:
    """Return whether a figure stands before a word that the operation has after other figures, and not after it."""
    there = list(_counted(known, those, _NEAR_OF_OPERATION))
    every_word = {word for _, words in there for word in words}
    for values, words in _counted(text, [figure for figure in figures if figure.rounding is None], _NEAR):
        own = {word for others, counted in there if not values.isdisjoint(others) for word in counted}
        if own and words & every_word and own.isdisjoint(words):
            return True
    return False


def _counted(text: str, figures: Sequence[Figure], near: int) -> Iterator[tuple[set[float], set[str]]]:
    """Return each figure with the words next to it that it may count; a part with those of the whole."""
    ordered = sorted(figures, key=lambda figure: figure.start)
    before: set[float] = set()
    for figure, following in zip_longest(ordered, ordered[1:]):
        window = text[figure.end : following.start if following else len(text)]
        clause = _CLAUSE_END.split(window, maxsplit=1)[0]
        # "14 that nobody used" does not say what is counted.
        counting = takewhile(lambda word: word not in COMMON, _WORD.findall(clause.casefold())[:near])
        words = set(filter(None, map(stem, counting)))
        yield before | figure.values, words
        is_part = following is not None and len(clause) == len(window) and len(window) <= _WITHIN and not words
        before = before | figure.values if is_part else set()
