"""Compare in which direction a post says that a figure went with what its operation says. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import regex

from autopost.writing.figures import EARLIER, LATER
from autopost.writing.lazy import Lazy
from autopost.writing.vocabulary import FALLING, RISING

_CLAUSE_END = Lazy(r"[.,](?!\d)|[;:!?…–—()\n]|\s(?:and|und|et|y|e|en|och|i|but|aber|mais|pero|ma|mas|ale)\s")
_FIGURE = regex.compile(r"\d+(?:[.,\u00a0\u202f ]\d+)*")
_MARKS = Lazy(r"[.,\u00a0\u202f ]")
_HOURS = Lazy(
    r"(?P<hour1>\d{1,2})[:.h](?P<minute1>[0-5]\d)\D{0,12}?\b(?:instead of|rather than|statt|au lieu de|en lugar de"
    r"|en vez de|invece (?:di|che)|em vez de|zamiast|in plaats van|i stället för)"
    r"\D{0,8}(?P<hour2>\d{1,2})[:.h](?P<minute2>[0-5]\d)"
)
_UP, _DOWN = 1, -1


def turns_figure(text: str, known: str, language: str | None) -> bool:
    """Return whether a figure rose in a post and fell in `known`, or the reverse; both folded."""
    told = _directions(text, language)
    there = _directions(known, language) if told else {}
    return any(len(ways) == 1 and there.get(figure) == {-next(iter(ways))} for figure, ways in told.items())


def turns_hour(text: str, known: str) -> bool:
    """Return whether a post says "earlier" where the operation has a later hour instead of another, or the reverse."""
    is_earlier, is_later = EARLIER.search(text) is not None, LATER.search(text) is not None
    change = _HOURS.search(known) if is_earlier != is_later else None
    if change is None or EARLIER.search(known) is not None or LATER.search(known) is not None:
        return False
    new, old = (int(change[f"hour{one}"]) * 60 + int(change[f"minute{one}"]) for one in "12")
    return is_earlier == (new > old) and new != old


def _directions(text: str, language: str | None) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for clause in _CLAUSE_END.split(text):
        figures = [_MARKS.sub(".", figure) for figure in _FIGURE.findall(clause)]
        if not figures:
            continue
        ways = {way for way, words in ((_UP, RISING), (_DOWN, FALLING)) if words.search(clause, language)}
        for figure in figures:
            found[figure] |= ways
    return {figure: ways for figure, ways in found.items() if ways}
