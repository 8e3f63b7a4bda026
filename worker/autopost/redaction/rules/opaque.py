"""Random values without a word beside them: long, of several kinds of characters that change often."""

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.strength import changes, follows_digest, is_opaque


def _is_opaque(text: str, start: int, end: int) -> bool:
    before, value = text[max(0, start - 2) : start], text[start:end].rstrip("=")
    if follows_digest(text, start) or text[end : end + 1].isalnum():
        return False
    if "/" in value or "+" in value:
        return before[-1:] not in {"/", ".", "%"} and _is_base64(value)
    if before[-1:] in {"/", "@", "."} and before[:1].isalnum():
        return False  # part of a path or address: links.py
    return is_opaque(value.strip("-_~"))


def _is_base64(value: str) -> bool:
    """Return whether characters of four kinds change often, and not only at the slashes of a path."""
    kinds = {c.isdigit() + 2 * c.isupper() for c in value if c.isalnum()}
    return len(value) >= 24 and kinds == {0, 1, 2} and changes(value) >= 0.4 and max(map(len, value.split("/"))) >= 12


RULES = (
    Rule(
        "SECRET",
        r"\b[A-Za-z0-9_+/~-]{20,}={0,2}",
        "entropy: characters of several kinds that change often; RFC 4648",
        anchor=r"[A-Za-z0-9_+/~-]{20}",
        score=0.65,
        refine=single(_is_opaque),
        name="opaque",
    ),
)
