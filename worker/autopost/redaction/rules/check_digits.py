"""Check digits of identifiers. Each function takes the letters and digits of a value, in capitals."""

# ruff: noqa: E501  # tables of digits

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

Check = Callable[[str], bool]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE36 = "0123456789" + _LETTERS


def luhn(value: str) -> bool:
    """Return whether the last digit is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in value]
    return (sum(digits[-1::-2]) + sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])) % 10 == 0


def weighted(
    weights: Sequence[int], modulus: int, remainders: str = "0123456789", *, complement: bool = False
) -> Check:
    """Return a check of the last character: that of `remainders` at the weighted sum of the others, modulo `modulus`.

    `complement`: at the modulus minus that sum.
    """

    def check(value: str) -> bool:
        total = sum(weight * int(c) for weight, c in zip(weights, value, strict=False)) % modulus
        place = (modulus - total) % modulus if complement else total
        return place < len(remainders) and value[len(weights)] == remainders[place]

    return check


def mod11_10(value: str) -> bool:
    """Return whether the last digit is right (ISO/IEC 7064 MOD 11,10)."""
    rest = 10
    for c in value[:-1]:
        rest = ((int(c) + rest) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(value[-1])


_D = "0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210".split()  # noqa: SIM905
_P = "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258".split()  # noqa: SIM905


def verhoeff(value: str) -> bool:
    """Return whether the last digit is right (Verhoeff 1969, as in Aadhaar)."""
    state = 0
    for place, c in enumerate(reversed(value)):
        state = int(_D[state][int(_P[place % 8][int(c)])])
    return state == 0


def is_date(year: int, month: int, day: int) -> bool:
    """Return whether there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def born(order: str, value: str) -> bool:
    """Return whether digits are a date without its century: `order` is `ymd` or `dmy`. 29 February counts in any year."""
    parts = {part: int(value[2 * place : 2 * place + 2]) for place, part in enumerate(order)}
    return is_date(2000, parts["m"], parts["d"])


def born_ymd(value: str) -> bool:
    """Return whether a value begins with a date in the order of year, month, day."""
    return born("ymd", value)


def born_dmy(value: str) -> bool:
    """Return whether a value begins with a date in the order of day, month, year."""
    return born("dmy", value)


def cpf(value: str) -> bool:
    """Check a Brazilian CPF: two digits, modulo 11."""
    return len(set(value)) > 1 and all(_brazilian(value, n, range(n + 1, 1, -1)) for n in (9, 10))


def cnpj(value: str) -> bool:
    """Check a Brazilian CNPJ."""
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return len(set(value)) > 1 and _brazilian(value, 12, weights[1:]) and _brazilian(value, 13, weights)


def _brazilian(value: str, place: int, weights: Sequence[int]) -> bool:
    rest = sum(weight * (ord(c) - 48) for weight, c in zip(weights, value[:place], strict=True)) % 11
    return int(value[place]) == (0 if rest < 2 else 11 - rest)


def spanish(value: str) -> bool:
    """Check the letter of a DNI or NIE: the number modulo 23."""
    number = value[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == value[-1]


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def codice_fiscale(value: str) -> bool:
    """Check the letter of an Italian codice fiscale (DM 23/12/1976)."""
    total = 0
    for place, c in enumerate(value[:15]):
        number = int(c) if c.isdigit() else _LETTERS.index(c)
        total += _ODD[number] if place % 2 == 0 else number
    return _LETTERS[total % 26] == value[15]


def curp(value: str) -> bool:
    """Check the digit of a Mexican CURP."""
    alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum((18 - place) * alphabet.index(c) for place, c in enumerate(value[:17]))
    return born_ymd(value[4:10]) and value[17] == str(-total % 10)


def chinese(value: str) -> bool:
    """Check a Chinese resident number (GB 11643: a date, ISO/IEC 7064 MOD 11-2)."""
    if not is_date(int(value[6:10]), int(value[10:12]), int(value[12:14])):
        return False
    total = sum(int(c) * (2 ** (17 - place) % 11) for place, c in enumerate(value[:17]))
    return "10X98765432"[total % 11] == value[17]


def nric(value: str) -> bool:
    """Check the letter of a Singaporean NRIC or FIN."""
    total = sum(w * int(c) for w, c in zip((2, 7, 6, 5, 4, 3, 2), value[1:8], strict=True))
    total += {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}[value[0]]
    table = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "KLJNPQRTUWX"}[
        value[0]
    ]
    return table[total % 11] == value[8] if value[0] != "M" else table[10 - total % 11] == value[8]


def taiwanese(value: str) -> bool:
    """Check a Taiwanese national id."""
    number = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0]) + 10
    digits = [number // 10, number % 10, *map(int, value[1:])]
    return sum(w * d for w, d in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), digits, strict=True)) % 10 == 0


def hong_kong(value: str) -> bool:
    """Check a Hong Kong identity card number."""
    padded = value.rjust(9)
    numbers = [36 if c == " " else _BASE36.index(c) for c in padded]
    return (
        sum(w * n for w, n in zip(range(9, 0, -1), numbers, strict=True)) % 11 == 0
        if padded[-1] != "A"
        else (sum(w * n for w, n in zip(range(9, 1, -1), numbers[:-1], strict=True)) + 10) % 11 == 0
    )


def swiss(value: str) -> bool:
    """Check a Swiss AHV number (EAN-13)."""
    return weighted((1, 3) * 6, 10, complement=True)(value)


def finnish(value: str) -> bool:
    """Check a Finnish henkilötunnus: a date, then the number modulo 31."""
    digits = value[:6] + value[-4:-1]
    return born_dmy(value) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31] == value[-1]


def norwegian(value: str) -> bool:
    """Check a Norwegian fødselsnummer: a date (D numbers add 40 to the day) and two digits, modulo 11."""
    day = int(value[:2])
    real = f"{day - 40:02d}" + value[2:] if day > 40 else value
    first = weighted((3, 7, 6, 1, 8, 9, 4, 5, 2), 11, complement=True)
    second = weighted((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11, complement=True)
    return born_dmy(real) and first(value) and second(value)


def icelandic(value: str) -> bool:
    """Check an Icelandic kennitala: a date, and the ninth digit modulo 11."""
    return born_dmy(value) and weighted((3, 2, 7, 6, 5, 4, 3, 2), 11, complement=True)(value[:9])


def swedish(value: str) -> bool:
    """Check a Swedish personnummer: a date (coordination numbers add 60 to the day), Luhn."""
    short = value[-10:]
    day = int(short[4:6])
    real = f"{short[:4]}{day - 60:02d}" if day > 60 else short
    return born_ymd(real) and luhn(short)


def danish(value: str) -> bool:
    """Check a Danish CPR number: a date. It has had no check digit since 2007."""
    return born_dmy(value)


def danish_before_2007(value: str) -> bool:
    """Check a Danish CPR number: a date, and modulo 11."""
    return (
        born_dmy(value)
        and sum(w * int(c) for w, c in zip((4, 3, 2, 7, 6, 5, 4, 3, 2, 1), value, strict=True)) % 11 == 0
    )


def belgian(value: str) -> bool:
    """Check a Belgian national number: 97 minus the rest of nine digits, with a 2 before them for births from 2000."""
    number, check = value[:9], int(value[9:])
    dated = int(value[2:4]) <= 12 and int(value[4:6]) <= 31
    return dated and check in {97 - int(number) % 97, 97 - int("2" + number) % 97}


def french(value: str) -> bool:
    """Check a French NIR: 97 minus the number's rest; Corsica's 2A and 2B count as 19 and 18."""
    number = value[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and 97 - int(number) % 97 == int(value[13:])


def german_tax(value: str) -> bool:
    """Check a German tax id: MOD 11,10, and in ten digits one that comes two or three times."""
    return value[0] != "0" and len(set(value[:10])) in {8, 9} and mod11_10(value)


def german_pension(value: str) -> bool:
    """Check a German pension insurance number: a date, and the last digit (VKVV § 4)."""
    number = f"{_LETTERS.index(value[8]) + 1:02d}"
    digits = value[:8] + number + value[9:11]
    total = sum(sum(divmod(w * int(c), 10)) for w, c in zip((2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), digits, strict=True))
    return int(value[4:6]) <= 12 and total % 10 == int(value[11])


def icao(value: str) -> bool:
    """Check the last digit as travel documents do (ICAO Doc 9303-3: weights 7, 3, 1)."""
    total = sum((7, 3, 1)[place % 3] * _BASE36.index(c) for place, c in enumerate(value[:-1]))
    return value[-1] == str(total % 10)


def austrian(value: str) -> bool:
    """Check an Austrian social insurance number: the fourth digit, modulo 11."""
    others = value[:3] + value[4:]
    total = sum(w * int(c) for w, c in zip((3, 7, 9, 5, 8, 4, 2, 1, 6), others, strict=True)) % 11
    return total == int(value[3])


def dutch(value: str) -> bool:
    """Check a Dutch BSN: the eleven test."""
    padded = value.zfill(9)
    return (
        sum(w * int(c) for w, c in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), padded, strict=True)) % 11 == 0 and int(value) > 0
    )


def irish(value: str) -> bool:
    """Check an Irish PPS number, modulo 23."""
    total = sum(w * int(c) for w, c in zip(range(8, 1, -1), value[:7], strict=True))
    total += 9 * (_LETTERS.index(value[8]) + 1) if len(value) > 8 and value[8] != "W" else 0
    return ("W" + _LETTERS)[total % 23] == value[7]


def polish(value: str) -> bool:
    """Check a Polish PESEL: a date whose month says the century, and the last digit."""
    month = int(value[2:4]) % 20
    return 1 <= month <= 12 and weighted((1, 3, 7, 9, 1, 3, 7, 9, 1, 3), 10, complement=True)(value)


def polish_adult(value: str) -> bool:
    """Check a Polish PESEL of somebody born from 1920 to 2009: the date, and the last digit."""
    month = int(value[2:4])
    year = (1900 if month <= 12 else 2000) + int(value[:2])
    return 1920 <= year <= 2009 and is_date(year, month % 20, int(value[4:6])) and polish(value)


def czech(value: str) -> bool:
    """Check a Czech or Slovak rodné číslo: a date (women add 50 to the month), ten digits divisible by 11."""
    month = int(value[2:4])
    real = month - next(more for more in (70, 50, 20, 0) if month >= more)
    return is_date(2000, real, int(value[4:6])) and (len(value) == 9 or int(value[:9]) % 11 % 10 == int(value[9]))


def romanian(value: str) -> bool:
    """Check a Romanian CNP."""
    total = sum(w * int(c) for w, c in zip((2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), value[:12], strict=True)) % 11
    return born_ymd(value[1:7]) and int(value[12]) == total % 10 + total // 10


def yugoslav(value: str) -> bool:
    """Check a JMBG or EMŠO of the countries of former Yugoslavia."""
    total = 11 - sum(w * int(c) for w, c in zip((7, 6, 5, 4, 3, 2) * 2, value[:12], strict=True)) % 11
    return is_date(2000, int(value[2:4]) or 13, int(value[:2])) and int(value[12]) == (0 if total > 9 else total)


def snils(value: str) -> bool:
    """Check a Russian SNILS."""
    total = sum(w * int(c) for w, c in zip(range(9, 0, -1), value[:9], strict=True)) % 101
    return int(value[9:]) == total % 100


def inn(value: str) -> bool:
    """Check a Russian INN of 10 or 12 digits."""
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    places = (9,) if len(value) == 10 else (10, 11)
    return all(
        sum(w * int(c) for w, c in zip(weights[11 - place :], value[:place], strict=True)) % 11 % 10
        == int(value[place])
        for place in places
    )


def chilean(value: str) -> bool:
    """Check a Chilean RUT."""
    total = sum((2 + place % 6) * int(c) for place, c in enumerate(reversed(value[:-1])))
    return "0123456789K0"[11 - total % 11 if total % 11 else 0] == value[-1]


def argentine(value: str) -> bool:
    """Check an Argentine CUIT or CUIL."""
    total = sum(w * int(c) for w, c in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), value[:10], strict=True))
    return "01234567899"[-total % 11] == value[10]


def turkish(value: str) -> bool:
    """Check a Turkish TCKN: two digits."""
    digits = [int(c) for c in value]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[0] != 0 and digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def thai(value: str) -> bool:
    """Check a Thai national id."""
    total = sum(w * int(c) for w, c in zip(range(13, 1, -1), value[:12], strict=True))
    return int(value[12]) == (11 - total % 11) % 10


def vin(value: str) -> bool:
    """Check the ninth character of a vehicle identification number (49 CFR 565.15)."""
    numbers = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ0123456789",
            [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10), *range(10)],
            strict=True,
        )
    )
    total = sum(
        w * numbers[c] for w, c in zip((8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), value, strict=True)
    )
    return value[8] == "0123456789X"[total % 11]


def aba(value: str) -> bool:
    """Check an American routing number (ABA: weights 3, 7, 1)."""
    return sum(w * int(c) for w, c in zip((3, 7, 1) * 3, value, strict=True)) % 10 == 0


def clabe(value: str) -> bool:
    """Check a Mexican CLABE."""
    total = sum(w * int(c) % 10 for w, c in zip((3, 7, 1) * 6, value[:17], strict=False))
    return int(value[17]) == -total % 10


def gstin(value: str) -> bool:
    """Check the last character of an Indian GSTIN (modulo 36)."""
    total = 0
    for place, c in enumerate(value[:14]):
        total += sum(divmod(_BASE36.index(c) * (1 + place % 2), 36))
    return value[14] == _BASE36[-total % 36]


def amka(value: str) -> bool:
    """Check a Greek AMKA: a date, Luhn."""
    return born_dmy(value) and luhn(value)


def south_african(value: str) -> bool:
    """Check a South African id: a date, Luhn."""
    return born_ymd(value) and luhn(value)


def korean(value: str) -> bool:
    """Check a Korean resident number: a date. Numbers from 2020 on have no check digit."""
    return born_ymd(value)


def malaysian(value: str) -> bool:
    """Check a MyKad number: a date, and a place of birth that is assigned."""
    return born_ymd(value) and value[6:8] not in {
        "00",
        "17",
        "18",
        "19",
        "20",
        "69",
        "70",
        "73",
        "80",
        "81",
        "94",
        "95",
        "96",
        "97",
    }


def uruguayan(value: str) -> bool:
    """Check a Uruguayan cédula."""
    padded = value.zfill(8)
    return weighted((2, 9, 8, 7, 6, 3, 4), 10, complement=True)(padded)
