"""How codes look, and how they differ from counts, dates and years."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re

from autopost.redaction.people.lists import is_word
from autopost.redaction.rules.shape import is_count

REACH_CHARACTERS = 56

VALUE = re.compile(
    r"(?<![A-Za-z0-9$€£#@_.+~%*])(?<![0-9A-Za-z][.,/-])(?<![0-9]:)(?:[A-Z]{1,3}-\d{4,8}|\d{3}(?:[ -]\d{3}){1,3}|\d{1,2}(?:-\d{1,2}){2,3}(?!-)|\d{2}[- ]\d{2}[- ]\d{2,3}(?![ -]?\d)|\d{1,2} \d{1,2} \d{1,2}(?! ?\d)|\d[#*]\d{3,5}#?|[#*]\d{3,6}[#*]?|[#*]\d{3,6}[#*]?|\d{2,4}[#*]\d{2,4}|\d{4}[ -]\d{4}(?:[ -]\d{4})?|\d{4,10}[#*]?|\d(?: \d){3,7}(?: (?:star|hash|pound|asterisk|stern|raute|étoile|dièse|asterisco|sterretje|hekje))?|\d(?:-\d){3,7}"
    r"|[A-Za-z0-9]{4,6}(?:-[A-Za-z0-9]{4,6}){1,5}|[A-Z0-9]{3}-[A-Z0-9]{3}|\d{1,3}[A-ZА-Я]\d{2,6}|\d{1,3}[kк]\d{2,6}|[A-Z]\d{4,6}#?|(?=[a-z]{0,3}\d)[a-z0-9]{4} (?=[a-z]{0,3}\d)[a-z0-9]{4}(?: (?=[a-z]{0,3}\d)[a-z0-9]{4})?|[A-Z0-9]{4,12}|[a-z0-9]{5,12})(?![A-Za-z0-9_@%°€$]|[.,:/-]\d|[-/.][A-Za-z])"
)
SENTENCE_END = re.compile(r"[.!?][\"')\]]?\s+(?=[^\sa-z0-9])|[。！？]|\n\s*\n")
CHANGED_FROM = re.compile(
    r"(?i)\b(?:changed|reset|updated|rotated|switched|geändert|changé|cambiad[oa])\s(?:\w+\s){0,2}(?:from|von|de)\s$"
)
YEAR = re.compile(r"(?:19|20)\d\d")
DATE = re.compile(r"(?:19|20)\d\d[- ]?[01]\d[- ]?[0-3]\d|\d{4}-\d{2}-\d{2}")
BESIDE = re.compile(
    r"(?i)(?:e?s\b)?[\s:=#\"'`(\[>|,-]*(?:(?:is|was|are|ist|lautet|est|es|è|é|er|är|on|jest|number|code|now|to|set to|:|=)[\s:=\"'`(]+){0,3}"
)
UNIT = re.compile(
    r"(?i)^\s?(?:%|ms|s|sec\w*|min\w*|h|hours?|days?|weeks?|months?|years?|times?|kb|mb|gb|tb|bytes?|px|pt|lines?|rows?|records?|items?|tokens?|words?|chars?|characters?|pages?|users?|files?|errors?|tests?|points?|steps?|requests?|calls?"
    r"|customers?|accounts?|orders?|people|mails?|messages?|attempts?|digits?|codes?|changes?|commits?|repos?\w*|zeilen|stellen|refactor\w*|release|roadmap|conference|edition|budget|usd|eur|gbp|of|/)\b"
)
COUNT_BEFORE = re.compile(
    r"(?i)\b(?:in|since|by|until|from|during|for|year|over|about|around|nearly|almost|than|line|lines|port|page|step|version|ticket|issue|pr|room|suite|order|invoice|took|after|every|max|least|most|chapter|section|rfc|iso|case|error|job|build|run|user|id|has|have|sent|processed|handled|of)\s[#\"'`(]?$"
)


def sentence_start(text: str, start: int) -> int:
    """Return the start of the sentence with this place, or a place some 90 characters before."""
    begin = max(0, start - REACH_CHARACTERS - 30)
    ends = [match.end() for match in SENTENCE_END.finditer(text[begin:start])]
    return begin + (ends[-1] if ends else 0)


def sentence_stop(text: str, end: int) -> int:
    """Return the end of the sentence with this place, or a place some 110 characters behind."""
    window = text[end : end + 2 * REACH_CHARACTERS]
    match = SENTENCE_END.search(window, len(BESIDE.match(window).group()))  # type: ignore[union-attr]
    return end + (match.start() if match else len(window))


def has_digits(text: str, start: int, end: int) -> bool:
    """Return whether a value has two digits and counts nothing."""
    value = text[start:end]
    return sum(map(str.isdigit, value)) >= 2 and not is_count(text, end) and UNIT.match(text[end : end + 20]) is None


def is_spelled(value: str) -> bool:
    """Return whether a value is letters in groups that are not words: `QXTPLM`, `xkqpz-wmnrt`."""
    parts = value.lower().split("-")
    return (
        value.replace("-", "").isalnum()
        and not value.replace("-", "").isdigit()
        and (value.replace("-", "").isalpha() or len(parts) > 1)
        and (len(parts) > 1 or (value.isupper() and len(value) >= _LEAST_SPELLED))
        and not any(is_word(part) for part in parts)
    )


_LEAST_SPELLED = 6
