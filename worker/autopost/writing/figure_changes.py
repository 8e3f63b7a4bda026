"""Find the old and the new figure where a text says that one became the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from autopost.writing.lazy import Lazy

# From the old figure to the new one, and the new one instead of the old one.
_GAP = r"[^\d.!?;]{0,20}?"
_FIGURE = r"\d[\d.,]*"
_TWO_FIGURES = Lazy(r"\d\D+\d")
_OLD_FIRST = Lazy(
    rf"(?:\b(?:from|von|de|da|od|z)\s\D?(?P<old>{_FIGURE}){_GAP}\b(?:to|auf|à|a|para|do|na)\s"
    rf"|(?P<old>{_FIGURE}){_GAP}(?:から|到))\D{{0,3}}(?P<new>{_FIGURE})",
    regex.I,
)
_NEW_FIRST = Lazy(
    rf"(?P<new>{_FIGURE}){_GAP}\b"
    r"(?:instead of|(?:down|up) from|statt|au lieu de|en lugar de|en vez de|invece di|em vez de|zamiast)"
    rf"\s(?P<old>{_FIGURE})",
    regex.I,
)


def changes(text: str) -> Iterator[tuple[str, str]]:
    """Return pairs of the old and the new figure."""
    if _TWO_FIGURES.search(text) is None:
        return
    for pattern in (_OLD_FIRST, _NEW_FIRST):
        for match in pattern.finditer(text):
            yield match["old"].rstrip(".,"), match["new"].rstrip(".,")
