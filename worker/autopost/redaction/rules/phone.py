"""Telephone numbers: international ones by country code, national ones by format.

Presidio's own recognizer asks phonenumbers about every run of digits in every region, which costs more than
all other recognizers together. Here a shape comes first, and phonenumbers is asked about few.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from itertools import pairwise

from phonenumbers import NumberParseException, is_possible_number, parse

from autopost.redaction.rule import Rule, single

_SEP = r"[ ./·-]"
EXTENSION = r"(?:,?\s?(?:ext\.?|x|extension|#)\s?\d{1,6})?"


def count_digits(text: str) -> int:
    """Return the number of digits."""
    return sum(map(str.isdigit, text))


# Scripts from here on are written without spaces between words.
_FIRST_IDEOGRAPH = "\u2e80"


def joins(character: str) -> bool:
    """Return whether a letter or digit belongs to the same word as its neighbour; those of East Asia do not."""
    return character.isalnum() and character < _FIRST_IDEOGRAPH


_NUMBERS = re.compile(r"[0-9]+")
_SERIES = re.compile(
    r"(?i)\b(?:sizes?|values?|counts?|widths?|heights?|dims?|dimensions?|shapes?|epochs?|steps?|batch(?:es)?|resolutions?|pixels?|offsets?|latenc\w+|timings?|modes?|permissions?|chmod|layers?|units?|hidden|buckets?"
    r"|ports?|ids?|coordinates?|bbox|box|crop|percentiles?|thresholds?|weights?|limits?|intervals?|rows?|scores?|versions?|numbers?|figures?|series|sequence|grid|matrix|array|list|range|ranges|lines?|columns?|uhr|p50|p95|p99)[\s:=\[(]{1,3}$"
)
_UNIT = re.compile(
    r"(?i)^\s?(?:px|ms|us|ns|s|sec\w*|min\w*|h|kb|mb|gb|tb|%|x|pt|em|dpi|fps|rps|qps|uhr|am|pm|€|\$|eur|usd|rows?|tokens?|items?|bytes?|pixels?|records?|requests?|calls?|users?|lines?|points?|steps?|values?|units?)\b"
)
_FIRST_TIME_OR_DATE = re.compile(r"(?:[01]?\d|2[0-4])\.[0-5]\d [012]?\d\.|\d{1,2}\.\d{1,2}\.(?:19|20)\d\d")
_MORE_BEFORE = re.compile(r"[0-9][ ,;]{1,2}$")
_MORE_AFTER = re.compile(r"[ ,;]{1,2}[0-9]")


def is_row(text: str, start: int, end: int) -> bool:
    """Return whether numbers with spaces between them are a row of figures: more beside them, a unit, a progression."""
    number = text[start:end]
    if not (set(number) <= set("0123456789 .") and " " in number):
        return False
    if (
        _MORE_BEFORE.search(text[max(0, start - 3) : start])
        or _MORE_AFTER.match(text[end : end + 3])
        or _UNIT.match(text[end : end + 12])
    ):
        return True
    if _SERIES.search(text[max(0, start - 24) : start]) or _FIRST_TIME_OR_DATE.match(number):
        return True
    groups = _NUMBERS.findall(number)
    figures = [int(group) for group in groups]
    steps = {right - left for left, right in pairwise(figures)}
    return (
        (len(steps) == 1 and len(figures) > 2 and (max(steps) % 5 == 0 or abs(max(steps)) <= 2))
        or all(figure % 100 == 0 for figure in figures)
        or (len(groups) > 2 and all(len(group) == 4 and group[0] == "0" for group in groups))
        or all(figure & (figure - 1) == 0 for figure in figures)
    )


def stands_apart(text: str, start: int, end: int) -> bool:
    """Return whether the number is not part of a longer number or word."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if joins(before[-1:]) or before[-1:] in {"_", "$", "€", "£", "#", "+"} or joins(after[:1]) or after[:1] == "_":
        return False
    joins_before = before[-1:] in {".", "-", "/", ":", ","} and before[:1].isdigit() and len(before) == 2
    joins_after = after[:1] in {".", "-", "/", ":", ",", "%"} and after[1:].isdigit()
    return not (joins_before or joins_after or after[:1] == "%") and not is_row(text, start, end)


def _is_international(text: str, start: int, end: int) -> bool:
    if joins(text[start - 1 : start]) or not stands_apart(text, start, end):
        return False
    number = text[start:end].replace("·", " ")
    if number.startswith("00"):
        number = "+" + number[2:]
    try:
        return bool(is_possible_number(parse(number)))
    except NumberParseException:
        return False


def _is_trunk(text: str, start: int, end: int) -> bool:
    """Accept 9 to 12 digits in groups after a trunk prefix 0, but not a date or time."""
    number = text[start:end]
    groups = number.replace("(", " ").replace(")", " ").replace("-", " ").replace(".", " ").replace("/", " ").split()
    return 9 <= count_digits(number) <= 12 and max(map(len, groups)) <= 8 and stands_apart(text, start, end)


RULES = (
    Rule(
        "PHONE_NUMBER",
        rf"(?:\+|\b00)\s?[1-9](?:[ ()./·-]{{0,3}}\d){{6,14}}{EXTENSION}",
        source="ITU-T E.123, E.164; possible lengths from libphonenumber",
        anchor=r"(?:\+|\b00)\s?[1-9](?:[ ()./·-]{0,3}\d){6}",
        score=0.85,
        refine=single(_is_international),
        name="international",
    ),
    Rule(
        "PHONE_NUMBER",
        rf"(?:\b1[ .-]?)?(?:\([2-9]\d{{2}}\)\s?|\b[2-9]\d{{2}}{_SEP})[2-9]\d{{2}}[ .-]\d{{4}}\b{EXTENSION}",
        source="NANPA: numbering plan area, central office code, line",
        anchor=r"\d{3}\)?\s?[ ./·-]?[2-9]\d{2}[ .-]\d{4}",
        score=0.8,
        refine=single(stands_apart),
        name="north-america",
    ),
    Rule(
        "PHONE_NUMBER",
        r"(?:\(0\d{1,4}\)[ ./-]{0,2}\d{2,8}|\b0\d{1,5}[ ./-]{1,2}\d{2,8})(?:[ ./-]{1,2}\d{2,8}){0,4}\b",
        source="ITU-T E.123: national notation with trunk prefix 0",
        anchor=r"\b0\d{1,5}(?:\)[ ./-]{0,2}|[ ./-]{1,2})\d{2}",
        score=0.7,
        refine=single(_is_trunk),
        name="trunk-prefix",
    ),
    Rule(
        "PHONE_NUMBER",
        r"\(\d{2,5}\)\s?\d{3,5}[ -]?\d{3,5}\b",
        source="ITU-T E.123: area code in brackets",
        anchor=r"\(\d{2,5}\)\s?\d{3}",
        score=0.7,
        refine=single(lambda t, s, e: 8 <= count_digits(t[s:e]) <= 12 and stands_apart(t, s, e)),
        name="area-code-in-brackets",
    ),
    Rule(
        "PHONE_NUMBER",
        r"\b(?:[6-9]\d{4} \d{5}|[679]\d{2} \d{2} \d{2} \d{2}|1[3-9]\d[ -]\d{4}[ -]\d{4}|1[38]00 \d{3} \d{3}|8[ -]\(?\d{3}\)?[ -]\d{3}[ -]\d{2}[ -]\d{2})\b",
        source="libphonenumber: mobile numbers of India, Spain, China, Russia as they are printed",
        anchor=r"\b\d{5} \d{5}\b|\b\d{3} \d{2} \d{2} \d{2}\b|\b1[3-9]\d[ -]\d{4}[ -]\d{4}\b|\b1[38]00 \d{3} \d{3}\b|\b8[ -]\(?\d{3}\)?[ -]\d{3}",
        score=0.6,
        refine=single(stands_apart),
        name="printed-mobile",
    ),
)
