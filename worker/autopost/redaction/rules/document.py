"""What stands between a word such as `passport` and its number, and how a number differs from a count or a date."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.pattern import compiled
from autopost.redaction.rules.shape import is_count

# Before a word: no letter or digit of any script. Keys such as `passport_number` have other words.
EDGE = r"(?:^|[^\pL\pN])"


def anchor_of(words: str) -> str:
    """Return the anchor of a rule whose words begin with ASCII letters: they stand alone, or in a key."""
    return rf"(?:\b|_)(?i:{words})" if words.isascii() else rf"(?i:{words})"


_FILL = (
    r"numbers?|numbers?|num|no|nr|nos?|n[º°o]|nummer|numero|número|numéro|numer|номер|号码?|番号|번호|code|card|id|ids|value|is|was|are|are|reads?|ending|of|for|on|the|my|his|her|their|our|"
    r"customer'?s?|client'?s?|guest'?s?|employee'?s?|applicant'?s?|user'?s?|patient'?s?|holder'?s?|new|old|as|with|to|in|given|and|ist|lautet|est|es|è|é|jest|är|er|on|of|von|des|der|del|de|la|le|du|di|da|"
    r"entered|provided|listed|shown|stored|masked|found|saved|sent|says|said|should be|now"
)
# After a word: signs and words that lead to its number.
LINK = rf"(?:[ \t\n\"'`:：=#＃.,()\[\]|>/_*№は是为為-]|\b(?i:{_FILL})\b|\([^()\n\d]{{1,16}}\)|(?i:number|nummer|numero|nr|no|id|code)){{1,12}}?"
# After an acronym that is also a word: nothing but signs, `number` or `is`.
BEFORE_NUMBER = r"(?:[ \"'`:=#.()-]|(?i:\b(?:number|num|no|nr|n[º°]|is|was)\b)){1,8}?"

_COUNTING = compiled(
    r"(?i)\b(?:took|takes?|imported|exported|ran|processed|handled|over|about|around|than|within|until|up to)\s$"
)
_DAY = compiled(
    r"^(?:(?:19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d)$"
)
_UNIT = compiled(
    r"^\s?(?:ms|s|sec|seconds|minutes|hours|days|bytes?|[KMG]i?B|%|rows?|values?|records?|lines?|entries|items|times|Zeilen|Datensätze|Einträge|Stück|filas|lignes|righe)\b"
)


def is_counted(text: str, start: int, end: int) -> bool:
    """Return whether a number behind the word of a document is a count, a date or a time: `import took 1204821 ms`."""
    return (
        is_count(text, end)
        or _UNIT.search(text[end : end + 16]) is not None
        or _DAY.search(text[start:end]) is not None
        or _COUNTING.search(text[max(0, start - 28) : start]) is not None
    )


def stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether a value is not part of a longer number, name or decimal."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalnum() and before.isascii():
        return False
    if after[:1].isascii() and (after[:1].isalnum() or after[:1] == "_"):
        return False
    if before[-1:] in {".", "-", "/"} and before[:1].isdigit() and len(before) == 2:
        return False
    return not (after[:1] in {".", "-", "/", ","} and after[1:].isdigit())
