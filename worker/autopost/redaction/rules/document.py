"""What stands between a word such as `passport` and its number, and how a number differs from a count or a date."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.shape import is_count

# Before a word: no letter or digit, except of scripts without spaces. Keys such as `passport_number` have other words.
EDGE = r"(?:^|[^\pL\pN]|[\p{Han}\p{Hiragana}\p{Katakana}])"
# After a value of ASCII characters: the letters of scripts without spaces may follow.
END = r"(?:[^A-Za-z0-9]|$)"


def further_after_words(words: Sequence[str], value: str, source: str, entity: str, name: str) -> Rule:
    """Return the rule for a number of at least eight digits with any words between it and one of these."""
    bordered, others = _by_script("|".join(words))
    return Rule(
        entity,
        rf"{EDGE}(?i:{bordered}{'|' if others else ''}{others})(?:-\pL{{1,4}})?[ _][^\n\d:=.,;()]{{2,32}} ({value}){END}",
        source,
        anchor=rf"(?:\b|_)(?i:{bordered})[ _-]" + (f"|(?i:{others})[ _-]" if others else ""),
        score=0.7,
        refine=single(_is_identifier),
        name=name,
    )


_DONE = compiled(
    r"(?i)\b(?:jobs?|builds?|runs?|tickets?|orders?|invoices?|batch(?:es)?|rows?|checks?|in|at|by|from|since|version|task|process(?:ed)?|file|request|pr|issue|commit|line|port|user|record)\s$"
)


def _is_identifier(text: str, start: int, end: int) -> bool:
    enough = 6 if text[start:end][0].isupper() else 8
    return has_digits(enough)(text, start, end) and _DONE.search(text[max(0, start - 16) : start]) is None


def has_digits(least: int) -> Callable[[str, int, int], bool]:
    """Return whether a value has enough digits, is not part of a longer one, and is not a count, date or time.

    Of eight and more capitals and digits two digits are enough, and of ten and more one.
    """

    def accept(text: str, start: int, end: int) -> bool:
        value = text[start:end]
        digits = sum(map(str.isdigit, value))
        return (
            (digits >= least or (value.isupper() and value.isalnum() and len(value) >= (8 if digits >= 2 else 10)))
            and stands_alone(text, start, end)
            and not is_counted(text, start, end)
        )

    return accept


_FILL = (
    r"numbers?|num|no|nr|nos?|nummer|numero|número|numéro|numer|code|card|id|ids|value|is|was|are|are|reads?|ending|of|for|on|the|my|his|her|their|our|"
    r"customer'?s?|client'?s?|guest'?s?|employee'?s?|applicant'?s?|user'?s?|patient'?s?|father|mother|son|daughter|wife|husband|spouse|partner|child|parent|driver|passenger|traveller|owner|tenant|student|holder'?s?|new|old|as|with|to|in|given|and|ist|lautet|est|es|este|jest|yra|ir|er|on|of|von|des|der|dem|den|del|de|la|le|du|di|da|do|dos|das|een|av|af|van|het|en|el|"
    r"fiscal|intracommunautaire|contractor'?s?|supplier'?s?|vendor'?s?|cliente|client|klienta|klient|kunde[n]?|active|entered|provided|listed|shown|stored|masked|found|saved|sent|shows|says|said|should be|now|updated|changed|reference|ref"
)
# Those that begin or end with a letter that is not of ASCII: RE2 knows no word boundary beside it.
_FILL_NOT_ASCII = r"\bn[º°]|номер|号码?|番号|번호|è|é|är"
# After a word: signs and words that lead to its number.
_GLUED = "(?i:number|nummer|numero|nr|no|id|code)"
LINK = rf"(?:[ \t\n\"'`:：=#＃.,()\[\]|>/_*№は是为為-]|\b(?i:{_FILL})\b|(?i:{_FILL_NOT_ASCII})|\b(?i:n)[°.]\.?|\([^()\n\d]{{1,16}}\)|{_GLUED}){{1,12}}?"
# The same, or any few words before a colon: `VAT of the new supplier: 123`.
_LINK_FAR = rf"(?:{LINK}|[ _][^\n\d:=.,;()]{{2,48}}[:：=] ?)"
_LATIN = re.compile(r"[\x00-\u024f]*")
# After an acronym that is also a word: nothing but signs, `number` or `is`.
BEFORE_NUMBER = r"(?:[ \"'`:=#.()-]|(?i:\b(?:number|num|no|nr|is|was)\b|\bn[º°])){1,8}?"


def anchor_of(words: str) -> str:
    """Return the anchor of a rule whose pattern has `leading(words)`."""
    bordered, others = _by_script(words)
    anchors = [rf"(?:\b|_)(?i:{bordered})(?:\b|[^a-z]|{_GLUED})"] if bordered else []
    return "|".join([*anchors, f"(?i:{others})"] if others else anchors)


def leading(words: str) -> str:
    """Return the pattern of these words, in any case, and what leads from them to a number.

    Words of scripts other than Latin may touch the number. What differs by script are the alternatives outside groups.
    """
    bordered, others = _by_script(words)
    patterns = [rf"(?i:{bordered})(?:{_LINK_FAR}|\b)"] if bordered else []
    return rf"{EDGE}(?:{'|'.join([*patterns, f'(?i:{others})(?:{LINK})?'] if others else patterns)})"


def _by_script(words: str) -> tuple[str, str]:
    """Return the alternatives that consist of ASCII letters or have Latin ones, and all others."""
    alternatives = list(_alternatives(words))
    latin = [word for word in alternatives if _begins_with_ascii(word) and _LATIN.fullmatch(word)]
    return "|".join(latin), "|".join(word for word in alternatives if word not in latin)


def _begins_with_ascii(word: str) -> bool:
    """Return whether the first letter can only be one of ASCII: not in `[řr]idi`, nor in `řidi`."""
    return word[: word.find("]") + 1 if word[0] == "[" else 1].isascii()


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield the alternatives of a pattern that are in no group or class."""
    depth, start, escaped = 0, 0, False
    for place, character in enumerate(pattern):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "|" and depth == 0:
            yield pattern[start:place]
            start = place + 1
    yield pattern[start:]


def after_words(words: Sequence[str], value: str, source: str, entity: str, name: str, least: int = 4) -> Rule:
    """Return the rule for a number of at least `least` digits after one of these words, in any case."""
    joined = "|".join(words)
    return Rule(
        entity,
        rf"{leading(joined)}({value}){END}",
        source,
        anchor=anchor_of(joined),
        score=0.8,  # below rules for one country's form
        refine=single(has_digits(least)),
        name=name,
    )


_COUNTING = compiled(
    r"(?i)\b(?:took|takes?|imported|exported|ran|processed|handled|over|about|around|than|within|until|up to)\s$"
)
_MORE_THAN_COUNTS = 9  # digits; agents count less, and the words after a number are of any language
_DAY = compiled(
    r"^(?:(?:19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|(?:19|20)\d\d)$"
)
_UNIT = compiled(
    r"^\s?(?:ms|s|sec|seconds|minutes|hours|days|bytes?|[KMG]i?B|%|rows?|values?|records?|lines?|entries|items|times|Zeilen|Datensätze|Einträge|Stück|filas|lignes|righe)\b"
)


def is_counted(text: str, start: int, end: int) -> bool:
    """Return whether a number behind the word of a document is a count, a date or a time: `import took 1204821 ms`."""
    value = text[start:end]
    digits = sum(map(str.isdigit, value))
    counts = (
        digits < _MORE_THAN_COUNTS
        and value[0] != "0"
        and not any(map(str.isalpha, value))
        and "-" not in value
        and "/" not in value
        and is_count(text, end)
    )
    return (
        counts
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
