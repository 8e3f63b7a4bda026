"""Compare the days, months and seasons that a post names with those of its operation. Pure."""

from __future__ import annotations

import regex

from autopost.writing.figure import MONTHS
from autopost.writing.lazy import Lazy

_DAY = Lazy(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)(?=days?\b)|\b(?:mon|diens|donners|frei|sams|sonn)(?=tags?\b)|\bmittwoch"
    r"|\b(?:lun|mar|mercre|jeu|vendre|same|diman)(?=dis?\b)|\b(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
    r"|\b(?:luned|marted|mercoled|gioved|venerd)(?=ì\b)|\b(?:poniedział|wtor|środ|czwart|piąt|sobot|niedziel)"
    r"|[月火水木金土日](?=曜)|(?:周|星期|礼拜)[一二三四五六日天]"
)
_SEASON = Lazy(
    r"\bspring(?! clean)|\b(?:summer|autumn|winter|frühjahr|frühling|sommer|herbst|printemps|automne|hiver|primavera"
    r"|verano|verão|otoño|outono|invierno|inverno|autunno|wiosn|jesie|zim(?:a|ą|ę|y|ow)\b)"
)
_WORD = Lazy(r"[\p{L}\p{M}]+|[一二三四五六七八九十]{1,2}月")
# Also other words, or parts of dates alone.
_AMBIGUOUS = frozenset(
    {"may", "march", "mars", "mar", "marca", "maja", "set", "ago", "august", "mai", "abril"}
    | {"apr", "jan", "feb", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)
# "in May", "12 March"
_IN_A_MONTH = Lazy(
    r"(?:\b(?:in|of|by|on|since|until|till|from|through|early|mid|late|before|after|next|last|this|im|ab|seit|bis|en|de"
    r"|fin|début|em|a|di|w|do|od|końca)|\d\.?)[\s-]\Z"
)
_FIGURE = regex.compile(r"\d+")
_DATE = Lazy(r"(?<![\d.])(?:\d{4}-)?(\d{1,2})[./-](\d{1,2})(?![\d%])|(\d{1,2})\s?月")


def names_another_date(text: str, known: str) -> bool:
    """Return whether a post names a day of the week, a month or a season that the operation has not."""
    folded = known.casefold()
    told = text.casefold()
    if any(named[0] not in folded for pattern in (_DAY, _SEASON) for named in pattern.finditer(told)):
        return True
    named = set(_months(text))
    return bool(named) and not named <= _known_months(known)


def dates_in(text: str) -> set[str]:
    """Return the days of the week, the names of months and the figures of a folded text."""
    months = {word[0] for word in _WORD.finditer(text) if word[0] in MONTHS}
    return months | {named[0] for named in _DAY.finditer(text)} | set(_FIGURE.findall(text))


def _months(text: str) -> list[float]:
    """Return the months that a post names in words, where they cannot be other words."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0].casefold()
        if word not in MONTHS:
            continue
        is_sure = word not in _AMBIGUOUS or (
            match[0][0].isupper() and _IN_A_MONTH.search(text, max(0, match.start() - 10), match.start()) is not None
        )
        if is_sure:
            found.append(MONTHS[word])
    return found


def _known_months(known: str) -> set[float]:
    months = {MONTHS[word[0].casefold()] for word in _WORD.finditer(known) if word[0].casefold() in MONTHS}
    for date in _DATE.finditer(known):
        months.update(float(part) for part in date.groups() if part is not None)
    return months
