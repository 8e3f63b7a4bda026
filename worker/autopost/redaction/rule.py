"""One entry of a pattern table: what a kind of finding looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autopost.redaction.pattern import compiled

Span = tuple[int, int]
Refine = Callable[[str, int, int], Iterable[Span]]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A pattern of RE2, and what is needed to trust a match of it.

    `pattern`: where it has groups, the first that took part is the finding; else the whole match is.
    `anchor`: a cheaper pattern that occurs in every text in which `pattern` finds something; the prefilter
    looks for it. Without one the pattern itself is used.
    `refine`: gets the text and the span of a match, yields the spans that are findings (none, one, several).
    `source`: the vendor's page or the standard that the pattern follows.
    `whole`: `refine` gets the whole match, whatever groups there are. `name`: of a user's own pattern.
    """

    entity: str
    pattern: str
    source: str
    anchor: str | None = None
    score: float = 0.9
    refine: Refine | None = None
    whole: bool = False
    name: str = ""

    def compile(self) -> Any:
        """Return the compiled pattern."""
        return compiled(self.pattern)


def single(accept: Callable[[str, int, int], bool]) -> Refine:
    """Make a refinement that keeps a match whole or drops it."""

    def refine(text: str, start: int, end: int) -> Iterable[Span]:
        if accept(text, start, end):
            yield start, end

    return refine


# Further parts of a token, each behind a dot.
DOTTED = r"(?:\.[A-Za-z0-9_=-]+)*"

# How many characters of a token's body the prefilter looks at behind the prefix.
_ANCHORED_CHARACTERS = 4


def token(entity: str, prefix: str, body: str, least: int, source: str, more: str = "") -> Rule:
    """Make the rule of a vendor's token: a fixed prefix and at least so many characters of a class.

    There is no upper limit and no right border: a longer token is as secret. `more` is what may follow;
    dots belong there, so that a token does not take the full stop of its sentence (see `DOTTED`).
    """
    return Rule(
        entity,
        f"{prefix}{body}{{{least},}}{more}",
        source,
        anchor=f"{prefix}{body}{{{min(least, _ANCHORED_CHARACTERS)}}}",
        score=0.99,
    )
