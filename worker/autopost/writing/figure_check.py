"""Compare the figures of a post with those of its operation: may a reader conclude them from it? Pure.

A figure may be rounded where the post says so ("about 1,200", "84k"), may be a share of two figures of one sentence
("80 percent" for 4 of 5), or what is left ("1,800 of 5,000" for 3,200 refused). Its unit must be the operation's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile, zip_longest

import regex

from autopost.writing.clock_words import with_hours_in_figures
from autopost.writing.figure import UNIT, UNITS, Figure
from autopost.writing.figure_changes import changes
from autopost.writing.figures import OF_THEM, WHAT_IS_LEFT, figures_in
from autopost.writing.known_figures import OF_A_DATE, KnownFigures
from autopost.writing.known_hours import has_hour, has_time_between
from autopost.writing.language import VERB_LAST
from autopost.writing.lazy import Lazy
from autopost.writing.number_words import fractions_in
from autopost.writing.subject import COMMON, stem

_MOST_FIGURES = 16  # of a post; it has 280 characters
_IS_PART = Lazy(
    r"(?: \p{L}+){0,2} (?:(?:out|in) of|of|in|von|sur|de|di|su|van|av|z|ze|na|из)"
    r"(?: (?:every|jeweils|chaque|cada|ogni|każd\w+|de))?"
    r"(?: (?:the|our|all|den|i|les|las|los|its|their|alle[rn]?))*\s",
    regex.I,
)
_UNIT_LATER = Lazy(rf"\s\p{{L}}+\s(?P<unit>{UNIT})", regex.VERSION1 | regex.I)
_IS_WHOLE = Lazy(r"[人件個台名]に")
_ONE_IN = Lazy(
    r"\b(?:one|einer?|eines|une?|una?|uno|uma?|jeden|jedna) (?:\p{L}+ )?"
    r"(?:in|out of|of|von|sur|de cada|em cada|su|ogni|na)(?: every)? \Z",
    regex.I,
)
_PAIR = Lazy(r"(?<!\p{L})\p{L}{3,} (?:and|und|et|y|e|i|en|och|oraz) \p{L}{3,}|\d (?:and|und|et|y|e|i|en|och|oraz) \d")
_TWO = frozenset({2.0})
# A span of time without a figure.
_EVERY = Lazy(
    r"\b(?:every|each|within an?|after an?|in under an?|jede[nrs]?|nach einer?|innerhalb einer?|chaque|en une|cada|ogni"
    rf"|elke?|po|co)\s(?P<unit>{UNIT})",
    regex.VERSION1,
)
# "in under an hour" is said of 52 minutes.
_WITHIN_ONE = Lazy(r"(?:with)?in\b|innerhalb")
_CLAUSE_END = Lazy(r"[.,;:!?()–—。、，](?:\s|\Z|(?<=[。、，]))")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_NEAR = 2  # words after a figure that it may count
_NEAR_OF_VERB_LAST = 1  # where a participle ends the clause
_NEAR_OF_OPERATION = 3
_MOST_DAYS = 31  # of a month
_NO_NOUN = Lazy(rf"[\s-](?:{'|'.join(sorted(map(regex.escape, COMMON), key=len, reverse=True))})(?!\p{{L}})", regex.I)
_NEXT = 8  # characters between a part and a whole, without a noun
_WITHIN = 24  # characters between a part and the whole


def invents_figures(text: str, known: str, language: str | None) -> bool:
    """Return whether a figure of the post does not follow from the operation, or two have changed their roles."""
    text = with_hours_in_figures(text.replace("24/7", ""), language)
    figures = [*figures_in(text, language), *fractions_in(text)]
    dated = [match.span() for match in OF_A_DATE.finditer(text)]
    figures = [
        replace(figure, counts=False) if _may_be_of_a_date(text, figure, dated) else figure for figure in figures
    ]
    spans = list(_EVERY.finditer(text.lower()))
    if not figures and not spans:
        return False
    if _PAIR.search(known) is not None:  # "two languages" for "Spanish and English"
        figures = [figure for figure in figures if figure.parts or figure.numbers != _TWO]
    there = KnownFigures(known)
    if any(_is_another_span(span, known, there.figures) for span in spans):
        return True
    # A figure with several readings is one; they are at one place.
    places = {figure.start: [each for each in figures if each.start == figure.start] for figure in figures}
    if len(places) > _MOST_FIGURES:
        return True
    parts = _parts_of_wholes(text, figures)
    if any(
        min(part.numbers) > max(whole.numbers) and len(text[part.end : whole.start]) <= _NEXT
        for part, whole in parts.values()
        if part.dimension == whole.dimension
    ):
        return True
    shared = {place for pair in parts.values() if there.has_as_part(*pair) for place in (pair[0].start, pair[1].start)}
    for start, same in places.items():
        is_part = start in shared
        is_one_in = _ONE_IN.search(text, 0, start) is not None and any(map(there.has_one_in, same))
        is_known = is_part or is_one_in or any(map(there.has, same))
        if not is_known and not any(_follows(there, text, figure) for figure in same):
            return True
    near = _NEAR_OF_VERB_LAST if language in VERB_LAST else _NEAR
    return _turns_round(text, known) or _counts_something_else(text, figures, known, there.figures, near)


def _may_be_of_a_date(text: str, figure: Figure, dated: Sequence[tuple[int, int]]) -> bool:
    """Return whether a figure is a day or an hour, or may be one because no noun follows."""
    is_small = max(figure.numbers, default=0) <= _MOST_DAYS and OF_THEM.match(text, figure.end) is None
    return any(begin <= figure.start < end for begin, end in dated) or (
        is_small and _NO_NOUN.match(text, figure.end) is not None
    )


def _follows(there: KnownFigures, text: str, figure: Figure) -> bool:
    return (
        there.has_rest_or_total(text, figure)
        or has_hour(text, figure, there.text, there.figures)
        or there.has_for_each(text, figure)
        or has_time_between(text, figure, there.text)
        or _has_with_later_unit(there, text, figure)
    )


def _has_with_later_unit(there: KnownFigures, text: str, figure: Figure) -> bool:
    """Return whether a figure is known with the unit after the next word: "four closed days"."""
    unit = _UNIT_LATER.match(text, figure.end) if figure.dimension is None else None
    if unit is None:
        return False
    dimension, size = UNITS[unit["unit"].lower()]
    values = frozenset(value * size for value in figure.values)
    return there.has(replace(figure, values=values, dimension=dimension, size=size, counts=False))


def _is_another_span(span: regex.Match[str], known: str, those: Sequence[Figure]) -> bool:
    """Return whether "every hour" is said where the operation has another span, and no hours."""
    dimension, size = UNITS[span["unit"]]
    if dimension != "time" or span["unit"][:4] in known.lower():
        return False
    if _WITHIN_ONE.match(span[0]) and any(
        size / 2 <= value <= size for each in those if each.dimension == "time" for value in each.values
    ):
        return False
    sizes = {each.size for each in those if each.dimension == "time"} | {
        value for each in those if each.dimension == "time" for value in each.values
    }
    return bool(sizes) and size not in sizes


def _parts_of_wholes(text: str, figures: Sequence[Figure]) -> dict[int, tuple[Figure, Figure]]:
    """Return the figures that are said to be a part of the next one, by their place."""
    ordered = sorted(figures, key=lambda figure: figure.start)
    found = {}
    for first, second in pairwise(ordered):
        if first.end <= second.start and _IS_PART.fullmatch(text, first.end, second.start):
            found[first.start] = (first, second)
        elif _IS_WHOLE.fullmatch(text, first.end, second.start):
            found[second.start] = (second, first)
    return found


def _turns_round(text: str, known: str) -> bool:
    """Return whether the post gives the new value as the old one."""
    there = set(changes(known))
    return any((new, old) in there and (old, new) not in there for old, new in changes(text))


def _counts_something_else(
    text: str, figures: Sequence[Figure], known: str, those: Sequence[Figure], near: int
) -> bool:
    """Return whether a figure stands before a word that the operation has after other figures, and not after it."""
    there = list(_counted(known, those, _NEAR_OF_OPERATION))
    every_word = {word for _, words in there for word in words}
    for values, words in _counted(text, [figure for figure in figures if figure.rounding is None], near):
        same = [counted for others, counted in there if not values.isdisjoint(others)]
        own = set().union(*same, *(_before(known, figure) for figure in those if not values.isdisjoint(figure.values)))
        # A smaller figure can count what a larger one does: "3 of 90 had no end date".
        larger = {
            word for others, counted in there if max(others, default=0) > max(values, default=0) for word in counted
        }
        if all(same) and own and words & every_word - larger and own.isdisjoint(words):
            return True
    return False


def _before(known: str, figure: Figure) -> set[str]:
    """Return the words before a figure in its clause: "the tours of 26 vans" are 26 tours, perhaps."""
    clause = _CLAUSE_END.split(known[max(0, figure.start - _WITHIN) : figure.start])[-1]
    return set(filter(None, map(_counted_as, _WORD.findall(clause.casefold()))))


def _counted(text: str, figures: Sequence[Figure], near: int) -> Iterator[tuple[set[float], set[str]]]:
    """Return each figure with the words next to it that it may count; a part with those of the whole."""
    ordered = sorted(figures, key=lambda figure: figure.start)
    before: set[float] = set()
    for figure, following in zip_longest(ordered, ordered[1:]):
        window = text[figure.end : following.start if following else len(text)]
        clause = _CLAUSE_END.split(window, maxsplit=1)[0]
        # "14 that nobody used" does not say what is counted.
        counting: Iterable[str] = takewhile(lambda word: word not in COMMON, _WORD.findall(clause.casefold())[:near])
        # "the other 1,800" and "1,800 minutes" do not say it either.
        words = set(
            filter(None, (_counted_as(word) for word in counting if word not in UNITS and not WHAT_IS_LEFT.match(word)))
        )
        yield before | figure.values, words
        # "3 of the 480 failed" tells it of the part.
        is_next = following is not None and len(clause) == len(window) and len(window) <= _WITHIN and not words
        is_part = is_next or (
            following is not None and _IS_PART.fullmatch(text, figure.end, following.start) is not None
        )
        before = before | figure.values if is_part else set()


def _counted_as(word: str) -> str | None:
    """Return what is the same in "page" and "pages"."""
    return stem(word.removesuffix("s"))
