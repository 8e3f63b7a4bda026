"""Telephone numbers of any country, valid by its numbering plan, in the forms in which people print them."""

from __future__ import annotations

from collections.abc import Sequence

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from tests.data.redaction.dice import Dice, marked

_KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)


def phone(dice: Dice, regions: Sequence[str]) -> str:
    """Return a number of one of the regions, half of the time in its international form."""
    number = _valid(dice, dice.pick(regions))
    style = dice.pick(["international", "international", "e164", "national", "national", "national", "bare"])
    if style == "e164":
        return marked(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    if style == "international":
        text = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        if dice.chance(0.2):
            text = "00" + text[1:]
        return marked(text.replace(" ", dice.pick([" ", " ", " ", "-", ".", "\u00a0"])))
    text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    if style == "bare":
        digits = "".join(filter(str.isdigit, text))
        # Fewer bare digits than nine say nothing without a word that says what they are.
        return marked(digits) if len(digits) >= 9 else "tel. " + marked(digits)
    return marked(text.replace(" ", dice.pick([" ", " ", " ", "-", "."]) if text.count(" ") > 1 else " "))


def _valid(dice: Dice, region: str) -> phonenumbers.PhoneNumber:
    while True:
        example = phonenumbers.example_number_for_type(region, dice.choice(_KINDS))
        if example is None:
            continue
        digits = str(example.national_number)
        changed = digits[:-5] + "".join(dice.choice("0123456789") for _ in range(5))
        number = phonenumbers.PhoneNumber(
            country_code=example.country_code,
            national_number=int(changed),
            italian_leading_zero=example.italian_leading_zero,
        )
        if phonenumbers.is_valid_number(number):
            return number
