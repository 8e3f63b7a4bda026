"""A rule: the pattern of one kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autopost.redaction.pattern import MEMORY_BYTES, MEMORY_BYTES_IF_FREQUENT, compiled

Span = tuple[int, int]
Refine = Callable[[str, int, int], Iterable[Span]]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """An RE2 pattern, and how its matches are checked.

    `pattern`: if it has groups, the first one that matched is the finding, else the whole match.
    `anchor`: a cheaper pattern that occurs in every text in which `pattern` matches; the prefilter searches for it.
    Default: the pattern itself.
    `refine`: takes the text and the span of a match, yields the spans of findings (none, one or several).
    `source`: the vendor's page or the standard that the pattern follows.
    `whole`: pass the whole match to `refine`, even if there are groups. `name`: what distinguishes it from the family's
    other rules; see `rules.identified`. `own`: whether it is a user's own pattern, whose name is its id.
    """

    entity: str
    pattern: str
    source: str
    anchor: str | None = None
    score: float = 0.9
    refine: Refine | None = None
    whole: bool = False
    name: str = ""
    own: bool = False

    def compile(self) -> Any:
        """Return the compiled pattern."""
        return compiled(self.pattern, MEMORY_BYTES if self.anchor else MEMORY_BYTES_IF_FREQUENT)


def single(accept: Callable[[str, int, int], bool]) -> Refine:
    """Return a refinement that keeps or drops the whole match."""

    def refine(text: str, start: int, end: int) -> Iterable[Span]:
        if accept(text, start, end):
            yield start, end

    return refine
