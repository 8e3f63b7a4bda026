"""Find a post that tells of a larger figure what its operation did to a part: "57 booked" for "55 booked". Pure.

Each verb of the operation belongs to the figures next to it. A post that has the verb and none of these figures, but
only larger ones of the operation, tells it of more than it was done to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

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
# "57 were imported and booked" is one clause.
_LARGE_CLAUSE_END = Lazy(r"[.,](?!\d)|[;:!?…–—()\n]|\s(?:but|mais|pero|ma|mas|ale|men|while|whereas)\s")


def tells_part_of_whole(text: str, known: str, language: str | None) -> bool:
    """Return whether a post tells of a larger figure what `known` tells of a smaller one; both folded."""
    if language is None or language not in PARTICIPLES or language in VERB_LAST:
        return False
    told = _values(text, language)
    if not told:
        return False
    of_verbs = _figures_of_verbs(known, language)
    there = _values(known, language)
    for clause in _LARGE_CLAUSE_END.split(text) if of_verbs else ():
        larger = there & _values(clause, language)
        if not larger or lacks(clause):
            continue
        for verb, _ in _verbs(clause, language):
            own = of_verbs.get(verb, set())
            if own and own.isdisjoint(told) and max(larger) > max(own):
                return True
    return False


def _figures_of_verbs(known: str, language: str) -> dict[str, set[float]]:
    """Return the figures next to each verb; none for a verb that is somewhere without."""
    found: dict[str, set[float]] = defaultdict(set)
    without: set[str] = set()
    for clause in CLAUSE_ENDS.split(known):
        if denies(clause, language):
            continue
        figures = list(_amounts(clause, language))
        for verb, match in _verbs(clause, language):
            near = [figure for figure in figures if _are_near(clause, figure, match)]
            found[verb].update(value for figure in near for value in figure.values)
            without |= set() if near else {verb}
    return {verb: values for verb, values in found.items() if verb not in without}


def _verbs(clause: str, language: str) -> Iterator[tuple[str, regex.Match[str]]]:
    for match in WORD.finditer(clause):
        if looks_past(match[0], language) and (verb := key_of(match[0], language)) is not None:
            yield verb, match


def _values(text: str, language: str) -> set[float]:
    return {value for figure in _amounts(text, language) for value in figure.values}


def _amounts(text: str, language: str) -> Iterator[Figure]:
    """Return the figures that count something; none of what is measured, and no zero."""
    for figure in figures_in(text, language):
        if figure.dimension is None and figure.is_amount and not figure.is_ordinal and any(figure.values):
            yield figure


def _are_near(clause: str, figure: Figure, verb: regex.Match[str]) -> bool:
    between = (figure.end, verb.start()) if figure.end <= verb.start() else (verb.end(), figure.start)
    return between[0] <= between[1] and len(WORD.findall(clause, *between)) <= _BETWEEN
