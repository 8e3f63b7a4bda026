"""International bank account numbers, in any case, with or without spaces."""

from __future__ import annotations

from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span

# SWIFT IBAN Registry: the length of an account number in each country.
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}

_START = compiled(r"[A-Za-z]{2}[./_·]?\d{2}")


def _ends(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield each span in a run that has the length of an account number."""
    for head in _START.finditer(text[start:end]):
        first = start + head.start()
        if first and text[first - 1].isalnum() and not text[:first].lower().endswith(("iban", "%20")):
            continue
        length = _LENGTHS.get(text[first : first + 2].upper())
        if length is None:
            continue
        index, seen = first, 0
        while index < len(text) and seen < length:
            character = text[index]
            if character.isascii() and character.isalnum():
                seen += 1
            elif text.startswith("%20", index):
                index += 2
            elif character not in " -./_·\n":
                break
            index += 1
        if seen == length and not text[index : index + 1].isalnum():
            yield first, index


def _passes_mod97(account: str) -> bool:
    """Return whether the two check digits are right (ISO 13616, ISO/IEC 7064 MOD 97-10)."""
    compact = "".join(filter(str.isalnum, account)).upper()
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _checked(text: str, start: int, end: int) -> Iterator[Span]:
    return ((s, e) for s, e in _ends(text, start, end) if _passes_mod97(text[s:e]))


# Between the characters: what people, line breaks and URLs put there.
_SIGN = r"(?:%20|[ \n./_·-]){0,2}"
_RUN = rf"[A-Za-z]{{2}}[./_·]?\d{{2}}(?:{_SIGN}[A-Za-z0-9]){{11,}}"

RULES = (
    Rule(
        "IBAN_CODE",
        rf"(?:\b|IBAN|iban|%20|_){_RUN}",
        anchor=rf"(?:\b|IBAN|iban|%20|_)[A-Za-z]{{2}}[./_·]?\d{{2}}(?:{_SIGN}[A-Za-z0-9]){{7}}",
        source="ISO 13616, SWIFT IBAN Registry",
        score=1.0,
        refine=_checked,
        name="number",
    ),
    Rule(
        "IBAN_CODE",
        rf"(?i)\biban\b[^\n.;]{{0,24}}?\b({_RUN})",
        anchor=r"(?i)\biban\b",
        source="the word IBAN before it, where a check digit was mistyped",
        score=0.8,
        refine=_ends,
        name="number-after-word",
    ),
)
