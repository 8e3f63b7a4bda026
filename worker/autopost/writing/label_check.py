"""Compare the numbers by which a post names things with those of its operation: "berth 5", "clause 14.2". Pure."""

from __future__ import annotations

from collections import defaultdict

from autopost.writing.lazy import Lazy
from autopost.writing.subject import COMMON, NO_SUBJECT

_NUMBER = r"\d++(?:\.\d++)*+"
_AND = r"(?:, | ?[-–/] ?|,? (?:and|or|to|und|oder|bis|et|ou|à|y|o|e|a|i|do|en|of|t/m|och) )"
_NUMBERED = Lazy(
    rf"(?<![\p{{L}}\p{{N}}])(?P<noun>\p{{L}}{{3,}})[\s\u00a0](?P<numbers>{_NUMBER}(?:{_AND}(?:(?P=noun) )?{_NUMBER})*+)"
    r"(?![\p{L}%€$£°:]|[.,]\d|[\s\u00a0-][\d%€$£°])(?:[\s\u00a0-](?P<after>\p{L}+))?"
)
_NUMBERS = Lazy(_NUMBER)
_LETTERS = 6
_NO_NOUNS = COMMON | NO_SUBJECT


def renames(text: str, known: str) -> bool:
    """Return whether a post gives a numbered thing of the operation a number that it has nowhere; both folded."""
    told, _ = _names(text)
    there, numbers = _names(known) if told else ({}, {})
    somewhere = {number[0] for number in _NUMBERS.finditer(known)} if told else set()
    return any(noun in there and not names <= numbers[noun] | somewhere for noun, names in told.items())


def _names(text: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the numbers that name things, by the noun before them, and all numbers after these nouns.

    What is counted follows its number: that is an amount, and no name.
    """
    names: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, set[str]] = defaultdict(set)
    for match in _NUMBERED.finditer(text):
        noun = match["noun"].removesuffix("s")[:_LETTERS]
        found = {number[0] for number in _NUMBERS.finditer(match["numbers"])}
        if match["noun"] not in COMMON:
            numbers[noun] |= found
            if match["after"] is None or match["after"] in _NO_NOUNS:
                names[noun] |= found
    return names, numbers
