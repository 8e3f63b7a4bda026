"""Find judgements on people, exaggeration and advice in a post that its operation does not have. Pure."""

from __future__ import annotations

from autopost.writing.vocabulary import ADVISING, JUDGING


def adds_an_opinion(text: str, known: str, language: str | None) -> bool:
    """Return whether a post judges, exaggerates or advises in words that `known`, the operation, has not; both folded.

    Only in a known language: such a word of one language is a harmless word of another.
    """
    return language is not None and any(
        found[0] not in known for words in (JUDGING, ADVISING) for found in words.finditer(text, language)
    )
