"""Telephone numbers: international ones by country code, national ones by format.

Presidio's own recognizer asks phonenumbers about every run of digits in every region, which costs more than
all other recognizers together. Here a shape comes first, and phonenumbers is asked about few.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from phonenumbers import NumberParseException, is_possible_number, parse

from autopost.redaction.rule import Rule, single

_SEP = r"[ ./-]"
EXTENSION = r"(?:,?\s?(?:ext\.?|x|extension|#)\s?\d{1,6})?"


def count_digits(text: str) -> int:
    """Return the number of digits."""
    return sum(map(str.isdigit, text))


def stands_apart(text: str, start: int, end: int) -> bool:
    """Return whether the number is not part of a longer number or word."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if (
        before[-1:].isalnum()
        or before[-1:] in {"_", "$", "€", "£", "#", "+"}
        or after[:1].isalnum()
        or after[:1] == "_"
    ):
        return False
    joins_before = before[-1:] in {".", "-", "/", ":", ","} and before[:1].isdigit() and len(before) == 2
    joins_after = after[:1] in {".", "-", "/", ":", ",", "%"} and after[1:].isdigit()
    return not (joins_before or joins_after or after[:1] == "%")


def _is_international(text: str, start: int, end: int) -> bool:
    if text[start - 1 : start].isalnum() or not stands_apart(text, start, end):
        return False
    number = text[start:end]
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
        rf"(?:\+|\b00)\s?[1-9](?:[ ()./-]{{0,3}}\d){{6,14}}{EXTENSION}",
        source="ITU-T E.123, E.164; possible lengths from libphonenumber",
        anchor=r"(?:\+|\b00)\s?[1-9](?:[ ()./-]{0,3}\d){6}",
        score=0.85,
        refine=single(_is_international),
    ),
    Rule(
        "PHONE_NUMBER",
        rf"(?:\b1[ .-]?)?(?:\([2-9]\d{{2}}\)\s?|\b[2-9]\d{{2}}{_SEP})[2-9]\d{{2}}[ .-]\d{{4}}\b{EXTENSION}",
        source="NANPA: numbering plan area, central office code, line",
        anchor=r"\d{3}\)?\s?[ ./-]?[2-9]\d{2}[ .-]\d{4}",
        score=0.8,
        refine=single(stands_apart),
    ),
    Rule(
        "PHONE_NUMBER",
        r"(?:\(0\d{1,4}\)[ ./-]{0,2}\d{2,8}|\b0\d{1,5}[ ./-]{1,2}\d{2,8})(?:[ ./-]{1,2}\d{2,8}){0,4}\b",
        source="ITU-T E.123: national notation with trunk prefix 0",
        anchor=r"\b0\d{1,5}(?:\)[ ./-]{0,2}|[ ./-]{1,2})\d{2}",
        score=0.7,
        refine=single(_is_trunk),
    ),
    Rule(
        "PHONE_NUMBER",
        r"\(\d{2,5}\)\s?\d{3,5}[ -]?\d{3,5}\b",
        source="ITU-T E.123: area code in brackets",
        anchor=r"\(\d{2,5}\)\s?\d{3}",
        score=0.7,
        refine=single(lambda t, s, e: 8 <= count_digits(t[s:e]) <= 12 and stands_apart(t, s, e)),
    ),
    Rule(
        "PHONE_NUMBER",
        r"\b(?:[6-9]\d{4} \d{5}|[679]\d{2} \d{2} \d{2} \d{2}|1[3-9]\d[ -]\d{4}[ -]\d{4}|1[38]00 \d{3} \d{3}|8[ -]\(?\d{3}\)?[ -]\d{3}[ -]\d{2}[ -]\d{2})\b",
        source="libphonenumber: mobile numbers of India, Spain, China, Russia as they are printed",
        anchor=r"\b\d{5} \d{5}\b|\b\d{3} \d{2} \d{2} \d{2}\b|\b1[3-9]\d[ -]\d{4}[ -]\d{4}\b|\b1[38]00 \d{3} \d{3}\b|\b8[ -]\(?\d{3}\)?[ -]\d{3}",
        score=0.6,
        refine=single(stands_apart),
    ),
)
