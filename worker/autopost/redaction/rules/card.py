"""Payment card numbers of 12 to 19 digits."""

from __future__ import annotations

from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span

_GROUP = compiled(r"\d+")

_SHORTEST, _LONGEST = 12, 19


def _is_issued(digits: str) -> bool:
    """Return whether a network issues cards with this prefix (ISO/IEC 7812, each network's published ranges)."""
    length = len(digits)
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":  # Visa
        return length in {13, 16, 17, 18, 19}
    if 51 <= two <= 55 or 2221 <= four <= 2720:  # Mastercard
        return length == 16
    if two in {34, 37}:  # American Express
        return length == 15
    if 300 <= three <= 305 or three == 309 or two in {36, 38, 39}:  # Diners Club
        return 14 <= length <= 19
    if 3528 <= four <= 3589:  # JCB
        return 16 <= length <= 19
    if four in {2131, 1800}:  # JCB, old
        return length == 15
    if 2200 <= four <= 2204:  # Mir
        return 16 <= length <= 19
    return two == 50 or 56 <= two <= 69 or two in {81, 82}  # Maestro, Discover, UnionPay, RuPay, Troy


def _passes_luhn(digits: str) -> bool:
    """Return whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    odd = sum(int(digit) for digit in digits[-1::-2])
    even = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (odd + even) % 10 == 0


# Numbers of trade items have a check digit, too, and one in ten is valid as that of a card.
_TRADE_ITEM = compiled(
    r"(?i)\b(?:ean|upc|gtin|isbn|barcode)(?:-?1[234])?s?\b(?:[\s:#=.-]|\d{12,14}|\b(?:is|and|no|number|code)\b)*$"
)


def _is_card(digits: str) -> bool:
    return len(set(digits)) > 1 and _is_issued(digits) and _passes_luhn(digits)


def _cards(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the cards in a sequence of digit groups: from each group on, the longest valid sequence of whole groups."""
    if _TRADE_ITEM.search(text[max(0, start - 40) : start]):
        return
    groups = [(start + m.start(), start + m.end()) for m in _GROUP.finditer(text[start:end])]
    first = 0
    while first < len(groups):
        last = _last_group(text, groups, first)
        if last is None:
            first += 1
        else:
            yield groups[first][0], groups[last][1]
            first = last + 1


def _last_group(text: str, groups: list[Span], first: int) -> int | None:
    digits, best = "", None
    for last in range(first, min(len(groups), first + _LONGEST)):
        left, right = groups[last]
        digits += text[left:right]
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST and _is_whole(text, groups, first, last) and _is_card(digits):
            best = last
    return best


def _is_whole(text: str, groups: list[Span], first: int, last: int) -> bool:
    """Return whether these groups are not part of a longer identifier or number, and grouped as on a card."""
    start, end = groups[first][0], groups[last][1]
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalpha() and not text[max(0, start - 4) : start].isalpha():
        return False
    if after[:1].isalpha():
        return False
    if (before[-1:] in {".", "-"} and before[:1].isalnum() and len(before) == 2) or (
        after[:1] in {".", "-"} and after[1:].isalnum()
    ):
        return False
    widths = [right - left for left, right in groups[first : last + 1]]
    return len(widths) == 1 or widths[0] >= 4 or set(widths) == {1}


RULES = (
    Rule(
        "CREDIT_CARD",
        r"\d(?:[ ,./_·-]{0,3}\d){11,}",
        anchor=r"\d(?:[ ,./_·-]{0,3}\d){11}",
        source="ISO/IEC 7812-1",
        score=1.0,
        refine=_cards,
    ),
    Rule(
        "CREDIT_CARD",
        r"(?i)\bcard(?:\s(?:number|no\.?))?[^\w\n.]{1,3}(?:(?:is|was|ending in)\s)?"
        r"(\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7})\b",
        anchor=r"(?i)\bcard\b",
        source="the word card before it, where a digit was mistyped",
        score=0.8,
    ),
)
