"""Random values without a word beside them: long, of several kinds of characters that change often."""

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.strength import changes, follows_digest, is_opaque


def _is_opaque(text: str, start: int, end: int) -> bool:
    before, value = text[max(0, start - 2) : start], text[start:end].rstrip("=")
    if text[end : end + 1].isalnum():
        return False
    if "/" in value or "+" in value:
        return before[-1:] not in {"/", ".", "%"} and _is_base64(value) and not follows_digest(text, start)
    if before[-1:] in {"/", "@", "."} and before[:1].isalnum():
        return False  # part of a path or address: links.py
    return is_opaque(value.strip("-_~")) and not follows_digest(text, start)


def _is_base64(value: str) -> bool:
    """Return whether characters of four kinds change often, and not only at the slashes of a path."""
    kinds = {c.isdigit() + 2 * c.isupper() for c in value if c.isalnum()}
    return len(value) >= 24 and kinds == {0, 1, 2} and changes(value) >= 0.4 and max(map(len, value.split("/"))) >= 12


_DIGITS_APART = r"[0-9][A-Za-z]{1,6}[0-9]{1,6}[A-Za-z]{1,6}[0-9]"
_SHORT = 14, 19  # characters


def _is_short_opaque(text: str, start: int, end: int) -> bool:
    value = text[start:end]
    return (
        _SHORT[0] <= len(value) <= _SHORT[1]
        and sum(map(str.isdigit, value)) >= 4
        and any(map(str.isupper, value))
        and any(map(str.islower, value))
        and changes(value) >= 0.6
        and text[start - 1 : start] not in {"/", "@", ".", "_", "-", "#"}
        and text[end : end + 1] not in {"/", "@", "_", "-"}
        and not follows_digest(text, start)
    )


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
    Rule(
        "SECRET",
        rf"\b([A-Za-z0-9]*{_DIGITS_APART}[A-Za-z0-9]*)\b",
        "the same for 14 to 19 characters, of which four are digits and most are of another kind than their neighbour",
        anchor=_DIGITS_APART,
        score=0.6,
        refine=single(_is_short_opaque),
        name="short-opaque",
    ),
)
