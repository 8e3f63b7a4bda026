"""Numbers whose last or first digits follow from the others."""

from __future__ import annotations

import string

from tests.data.redaction.dice import Dice


def luhn_sum(number: str) -> int:
    """Return the sum of ISO/IEC 7812-1, annex B; a card's is a multiple of ten."""
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


def card(dice: Dice, prefix: str, length: int) -> str:
    """Return a card's number with a true check digit."""
    body = prefix + "".join(dice.choice(string.digits) for _ in range(length - len(prefix) - 1))
    return next(body + digit for digit in string.digits if luhn_sum(body + digit) % 10 == 0)


# ISO 13616: country, and its account's structure (n digits, c letters or digits, a capital letters).
IBAN_STRUCTURES = {
    "AT": "16n", "BE": "12n", "CH": "5n12c", "CZ": "20n", "DE": "18n", "DK": "14n", "ES": "20n", "FI": "14n",
    "FR": "10n11c2n", "GB": "4a14n", "GR": "7n16c", "HR": "17n", "HU": "24n", "IE": "4a14n", "IL": "19n",
    "IS": "22n", "IT": "1a10n12c", "LT": "16n", "LU": "3n13c", "LV": "4a13c", "MT": "4a5n18c", "NL": "4a10n",
    "NO": "11n", "PL": "24n", "PT": "21n", "RO": "4a16c", "SA": "2n18c", "SE": "20n", "SI": "15n", "SK": "20n",
    "TR": "5n1n16c", "AE": "19n", "BR": "23n1a1c", "EE": "16n", "CY": "8n16c", "BG": "4a6n8c",
}  # fmt: skip

_ALPHABETS = {
    "n": string.digits,
    "a": string.ascii_uppercase,
    "c": string.digits + string.ascii_uppercase,
}


def iban(dice: Dice, country: str) -> str:
    """Return an account number of that country with true check digits."""
    body, count = "", ""
    for sign in IBAN_STRUCTURES[country]:
        if sign.isdigit():
            count += sign
        else:
            body += "".join(dice.choice(_ALPHABETS[sign]) for _ in range(int(count)))
            count = ""
    spelt = "".join(str(int(character, 36)) for character in body + country + "00")
    return f"{country}{98 - int(spelt) % 97:02}{body}"


def grouped(text: str, sign: str, size: int = 4) -> str:
    """Put a sign between groups of that size."""
    return sign.join(text[start : start + size] for start in range(0, len(text), size))
