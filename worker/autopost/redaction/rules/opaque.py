"""Random values without a word beside them: long, of several kinds of characters that change often."""

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.strength import changes, follows_digest, is_opaque


def _is_opaque(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if before[-1:] in {"/", "@", "."} and before[:1].isalnum() and "/" not in text[start:end]:
        return False  # part of a path or address: links.py
    return not after.isalnum() and not follows_digest(text, start) and is_opaque(text[start:end].strip("-_~"))


def _is_base64(text: str, start: int, end: int) -> bool:
    value = text[start:end].rstrip("=")
    if text[start - 1 : start] in {"/", "_", ".", "-", "%"} or follows_digest(text, start):
        return False
    kinds = {c.isdigit() + 2 * c.isupper() + 4 * (not c.isalnum()) for c in value}
    return {0, 1, 2} <= kinds and changes(value) >= 0.4 and max(map(len, value.split("/"))) >= 12


RULES = (
    Rule(
        "SECRET",
        r"\b[A-Za-z0-9_+~-]{20,}",
        "entropy: characters of several kinds that change often",
        anchor=r"[A-Za-z0-9_+~-]{20}",
        score=0.65,
        refine=single(_is_opaque),
        name="opaque",
    ),
    Rule(
        "SECRET",
        r"\b[A-Za-z0-9+/]{24,}={0,2}",
        "RFC 4648 4: base64 of random bytes",
        anchor=r"[A-Za-z0-9+/]{24}",
        score=0.65,
        refine=single(_is_base64),
        name="opaque-base64",
    ),
)
