"""Find a post that tells of a larger figure what its operation did to a part: "57 booked" for "55 booked". Pure.

Each verb of the operation belongs to the figures next to it. A post that has the verb and none of these figures, but
only larger ones of the operation, tells it of more than it was done to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import regex

from autopost.writing.clause_match import CLAUSE_ENDS, WORD, denies, key_of
from autopost.writing.figure import Figure
from autopost.writing.figures import figures_in
from autopost.writing.language import VERB_LAST
from autopost.writing.lazy import Lazy
from autopost.writing.quantity_check import lacks
from autopost.writing.verb_forms import looks_past
from autopost.writing.vocabulary import PARTICIPLES

_BETWEEN = 3  # words between a verb and its figure
_LEAST_FIGURES = 2  # of an operation that has a part and a whole
# "57 were imported and booked" is one clause.
_LARGE_CLAUSE_ENDS = Lazy(r"[.,](?!\d)|[;:!?…–—()\n]|\s(?:but|mais|pero|ma|mas|ale|men|while|whereas)\s")


def tells_part_of_whole(text: str, known: str, language: str | None) -> bool:
    """Return whether a post tells of a larger figure what `known` tells of a smaller one; both folded."""
    if language is None or language not in PARTICIPLES or language in VERB_LAST:
        return False
    verbs = {verb for verb, _ in _verbs(text, 0, len(text), language)}
    if verbs.isdisjoint(verb for verb, _ in _verbs(known, 0, len(known), language)):
        return False
    amounts = _amounts(text, language)
    there = _amounts(known, language) if amounts else []
    if len(there) < _LEAST_FIGURES:
        return False
    told, known_values = _values(amounts), _values(there)
    of_verbs = _figures_of_verbs(known, there, language)
    for start, end in _spans(text, _LARGE_CLAUSE_ENDS) if of_verbs else ():
        larger = known_values & _values(figure for figure in amounts if start <= figure.start < end)
        if not larger or lacks(text[start:end]):
            continue
        for verb, _ in _verbs(text, start, end, language):
            own: set[float] = of_verbs.get(verb, set())
            if own and own.isdisjoint(told) and max(larger) > max(own):
                return True
    return False


def _figures_of_verbs(known: str, amounts: Iterable[Figure], language: str) -> dict[str, set[float]]:
    """Return the figures next to each verb; none for a verb that is somewhere without."""
    found: dict[str, set[float]] = defaultdict(set)
    without: set[str] = set()
    for start, end in _spans(known, CLAUSE_ENDS):
        figures = [figure for figure in amounts if start <= figure.start < end]
        for verb, match in _verbs(known, start, end, language):
            near = _values(figure for figure in figures if _are_near(known, figure, match))
            if denies(known[start:end], language):
                break
            found[verb] |= near
            without |= set() if near else {verb}
    return {verb: values for verb, values in found.items() if verb not in without}


def _spans(text: str, ends: Lazy) -> Iterator[tuple[int, int]]:
    start = 0
    for end in ends.finditer(text):
        yield start, end.start()
        start = end.end()
    yield start, len(text)


def _verbs(text: str, start: int, end: int, language: str) -> Iterator[tuple[str, regex.Match[str]]]:
    for match in WORD.finditer(text, start, end):
        if looks_past(match[0], language) and (verb := key_of(match[0], language)) is not None:
            yield verb, match


def _amounts(text: str, language: str) -> list[Figure]:
    """Return the figures that count something; none of what is measured, and no zero."""
    return [
        figure
        for figure in figures_in(text, language)
        if figure.dimension is None and figure.is_amount and not figure.is_ordinal and any(figure.values)
    ]


def _values(figures: Iterable[Figure]) -> set[float]:
    return {value for figure in figures for value in figure.values}


def _are_near(text: str, figure: Figure, verb: regex.Match[str]) -> bool:
    between = (figure.end, verb.start()) if figure.end <= verb.start() else (verb.end(), figure.start)
    return between[0] <= between[1] and len(WORD.findall(text, *between)) <= _BETWEEN
