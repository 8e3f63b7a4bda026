"""Find whether what the redactor found in an answer was in the prompt already. Pure.

The prompt is redacted, so what it has is not private, although the redactor takes it for that in another sentence. A
secret or an address of several known words may have been put together from harmless pieces: that is another value.
"""

from __future__ import annotations

import regex

from autopost.model import PLACEHOLDER, Redaction

_PLACEHOLDER = regex.compile(PLACEHOLDER)
# Made of words, of which each by itself says who or where nobody is.
_NAMES = frozenset({"PERSON", "LOCATION"})
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


def is_of_prompt(text: str, redacted: Redaction, known: str) -> bool:
    """Return whether everything that `redacted` replaces in `text` is in `known`; of a name, each word."""
    found = found_in(text, redacted.text)
    if found is None or len(found) < sum(redacted.counts.values()):
        return False
    there = known.casefold()
    words = set(_WORD.findall(there))
    return all(
        _stands_in(value.casefold(), there)
        or (entity in _NAMES and words.issuperset(_WORD.findall(value.casefold().removesuffix("'s"))))
        for entity, value in found
    )


def _stands_in(value: str, known: str) -> bool:
    return regex.search(rf"(?<!\w){regex.escape(value)}(?!\w)", known) is not None


def found_in(text: str, redacted: str) -> list[tuple[str, str]] | None:
    """Return the types and texts of the findings in a text; None if that cannot be told, as where the text was cut."""
    entities: list[str] = []
    pattern = ""
    end = 0
    for place in _PLACEHOLDER.finditer(redacted):
        if text.count(place[0]) < redacted.count(place[0]):
            pattern += regex.escape(redacted[end : place.start()]) + "(.+?)"
            entities.append(place[0].strip("<>"))
            end = place.end()
    match = regex.fullmatch(pattern + regex.escape(redacted[end:]), text, timeout=0.1)
    return list(zip(entities, match.groups(), strict=True)) if match else None
