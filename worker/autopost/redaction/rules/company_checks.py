"""Check digits of numbers of companies. Each function takes the letters and digits of a value, in capitals.

Sources: the European Commission, "VIES: VAT number structure and check"; HMRC; UID-Register.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autopost.redaction.rules.check_digits import luhn, mod11_10

Check = Callable[[str], bool]

_CONTROL_LETTERS = "JABCDEFGHI"
_LETTERS_OF_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def _sum(weights: Sequence[int], value: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, value, strict=False))


def austrian_vat(value: str) -> bool:
    """Check `ATU` and eight digits."""
    digits = value[3:]
    total = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(digits[:7]))
    return (6 - total) % 10 == int(digits[7])


def belgian_vat(value: str) -> bool:
    """Check `BE` and ten digits: 97 minus the rest of eight."""
    return 97 - int(value[2:10]) % 97 == int(value[10:12])


def french_vat(value: str) -> bool:
    """Check `FR`, two digits computed from the SIREN, and the SIREN."""
    return luhn(value[4:]) and (not value[2:4].isdigit() or (12 + 3 * (int(value[4:]) % 97)) % 97 == int(value[2:4]))


def spanish_company(value: str) -> bool:
    """Check a CIF: a letter, seven digits, and a control digit or letter."""
    digits = value[1:8]
    odd = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::2])
    control = -(odd + sum(map(int, digits[1::2]))) % 10
    return value[8] in {str(control), _CONTROL_LETTERS[control]}


def dutch_vat(value: str) -> bool:
    """Check `NL`, nine digits, `B` and two: the eleven test, or modulo 97 since 2020."""
    if _sum((9, 8, 7, 6, 5, 4, 3, 2), value[2:10]) % 11 == int(value[10]):
        return True
    return int("".join(digit if digit.isdigit() else str(ord(digit) - 55) for digit in value)) % 97 == 1


def polish_nip(value: str) -> bool:
    """Check ten digits, modulo 11."""
    return _sum((6, 5, 7, 2, 3, 4, 5, 6, 7), value) % 11 == int(value[9])


def british_vat(value: str) -> bool:
    """Check `GB` and nine digits, modulo 97, with 55 added or not."""
    total = _sum((8, 7, 6, 5, 4, 3, 2), value[2:9]) + int(value[9:11])
    return total % 97 in {0, 42}


def swiss_uid(value: str) -> bool:
    """Check `CHE` and nine digits, modulo 11."""
    return (11 - _sum((5, 4, 3, 2, 7, 6, 5, 4), value[3:11]) % 11) % 11 == int(value[11])


def portuguese(value: str) -> bool:
    """Check `PT` and nine digits, modulo 11."""
    rest = _sum((9, 8, 7, 6, 5, 4, 3, 2), value[2:10]) % 11
    return (0 if rest < 2 else 11 - rest) == int(value[10])


def german_vat(value: str) -> bool:
    """Check `DE` and nine digits: ISO/IEC 7064 MOD 11,10."""
    return mod11_10(value[2:])


def italian_vat(value: str) -> bool:
    """Check `IT` and eleven digits: Luhn."""
    return luhn(value[2:])


def spanish_vat(value: str) -> bool:
    """Check `ES` and the number of a company or a person."""
    number = value[2:]
    if number[0] in "XYZ" or number[0].isdigit():
        digits = str("XYZ".find(number[0])) + number[1:8] if number[0] in "XYZ" else number[:8]
        return _LETTERS_OF_DNI[int(digits) % 23] == number[8]
    return spanish_company(number)


def danish_vat(value: str) -> bool:
    """Check `DK` and eight digits, modulo 11."""
    return _sum((2, 7, 6, 5, 4, 3, 2, 1), value[2:]) % 11 == 0


def finnish_vat(value: str) -> bool:
    """Check `FI` and eight digits, modulo 11."""
    rest = _sum((7, 9, 10, 5, 8, 4, 2), value[2:9]) % 11
    return (0 if rest == 0 else 11 - rest) == int(value[9])


def swedish_vat(value: str) -> bool:
    """Check `SE`, ten digits of the organisation, and 01."""
    return luhn(value[2:12])
