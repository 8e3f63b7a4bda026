"""Build the rule of a vendor's token from its prefix."""

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.shape import is_random

# More parts of a token, each after a dot.
DOTTED = r"(?:\.[A-Za-z0-9_=-]+)*"

# The number of characters of a token after its prefix that the anchor includes.
_ANCHORED_CHARACTERS = 4


def token(entity: str, prefix: str, body: str, least: int, source: str, more: str = "", name: str = "") -> Rule:
    """Return the rule for a vendor's token: a fixed prefix and at least `least` characters of a class.

    A token begins where a word begins or after `_`, and does not consist of words. There is no upper limit and no
    boundary at the end: a longer token is also a secret. `more` matches what can follow. Dots belong there, so that a
    token does not include the full stop of the sentence (see `DOTTED`).
    """
    prefix = prefix.removeprefix(r"\b")
    return Rule(
        entity,
        rf"(?:\b|_)({prefix}{body}{{{least},}}{more})",
        source,
        anchor=rf"{prefix}{body}{{{min(least, _ANCHORED_CHARACTERS)}}}",
        score=0.99,
        refine=single(is_random),
        name=name,
    )
