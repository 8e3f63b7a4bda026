"""Coordinates of a place where somebody is or lives: five decimals tell one house from the next."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.diagnoses import speaks_of_person

ENTITY = "COORDINATES"

_DECIMAL = r"[+-]?\d{1,3}[.,]\d{4,8}°?\s?[NSEWO]?"
_MINUTES = r"\d{1,3}\s?°\s?\d{1,2}(?:[.,]\d+)?\s?['′]?(?:\s?\d{1,2}(?:[.,]\d+)?\s?(?:\"|″|''))?\s?[NSEWO]?"
_PLUS_CODE = "[23456789CFGHJMPQRVWX]"
_OF_PLACE = re.compile(
    r"(?i)\b(?:home|house|live location|live position|pick(?:ed|s)?[- ]?up|drop(?:ped)?[- ]?off|whereabouts|stranded|collapsed|stuck|parked|lives?|residence|flat|wohn\w*|domicile|domicilio|casa|huis|standort|position of|last (?:fix|seen|known)|phone|\"user|user_?id|profile|tracker|smartwatch|wearable|ambulance|rescue|breakdown)\b"
)


def _is_of_person(text: str, start: int, end: int) -> bool:
    """Return whether the sentence mentions a person, or a place where one is."""
    return speaks_of_person(text, start, end) or _OF_PLACE.search(text[max(0, start - 90) : end + 70]) is not None


RULES = (
    Rule(
        ENTITY,
        rf"(?:^|[^\w.])((?:geo:|[NS]\s)?(?:{_DECIMAL}\s?(?:[,;/|]\s?|\s){_DECIMAL}|{_MINUTES}[\s,;/]{{0,3}}{_MINUTES}))",
        "ISO 6709, RFC 5870: latitude and longitude, with four decimals or with minutes",
        anchor=r"\d[.,]\d{4,8}°?\s?[NSEWO]?\s?[,;/|]?\s?[+-]?\d{1,3}[.,]\d{4}|\d\s?°\s?\d",
        score=0.7,
        refine=single(_is_of_person),
        name="latitude-and-longitude",
    ),
    Rule(
        ENTITY,
        r"(?i)\b(?:lat|lon|lng|long|latitude|longitude|breitengrad|längengrad|latitud|longitud|latitudine|longitudine)[\"']?\s?[:=]?\s?[\"']?([+-]?\d{1,3}[.,]\d{3,}°?)",
        "a word for latitude or longitude before it",
        anchor=r"(?i)(?:lat|lon|lng|long|latitude|longitude|breitengrad|längengrad|latitud|longitud|latitudine|longitudine)[\"']?\s?[:=]?\s?[\"']?[+-]?\d",
        score=0.7,
        refine=single(_is_of_person),
        name="after-word",
    ),
    Rule(
        ENTITY,
        rf"(?:^|[^\w.])({_PLUS_CODE}{{4,8}}\+{_PLUS_CODE}{{2,3}}|///[^\W\d_]{{2,20}}(?:\.[^\W\d_]{{2,20}}){{2}}|\d{{1,2}}[C-X]\s\d{{6}}\s\d{{7}}|\d{{1,2}}[C-X]\s?[A-Z]{{2}}\s?\d{{4,5}}\s?\d{{4,5}})(?:[^\w]|$)",
        "Open Location Code, what3words, UTM and MGRS",
        anchor=rf"{_PLUS_CODE}{{4}}\+{_PLUS_CODE}{{2}}|///[^\W\d_]+\.|\d[C-X]\s(?:\d{{6}}\s\d|[A-Z]{{2}}\s?\d{{4}})",
        score=0.7,
        refine=single(_is_of_person),
        name="code-of-place",
    ),
)
