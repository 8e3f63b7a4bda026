"""Personal data in the forms that are met most."""

from __future__ import annotations

from collections.abc import Callable

from tests.data.redaction.check_digits import card, grouped, iban
from tests.data.redaction.dice import LOWER, UPPER, Dice, marked
from tests.data.redaction.phones import phone

Maker = Callable[[Dice], str]

_REGIONS = ("US", "US", "GB", "DE", "FR", "ES", "IT", "IN", "JP", "CN", "AU", "BR", "CA", "RU", "NO", "PK", "CL", "HU",
            "MY", "SA")  # fmt: skip
_CARDS = (("4", 16), ("4", 13), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("37", 15), ("6011", 16),
          ("3530", 16), ("36", 14), ("62", 19), ("50", 12), ("6304", 19), ("2200", 16))  # fmt: skip


def _email(d: Dice) -> str:
    name = d.pick(["bob", "jane.doe", "o'brien", "josé", "a_b", "first-last", "X.Y"]) + d.pick(["", "+news", "7"])
    if d.chance(0.3):
        return d.some(6, LOWER) + "@example.org"
    return f"{name}@{d.pick(['example.com', 'corp.local', 'db.internal', 'exämple.de', 'mail.example.co.uk'])}"


def _card(d: Dice) -> str:
    number = card(d, *d.choice(_CARDS))
    return d.pick([number, number, grouped(number, " "), grouped(number, "-"), grouped(number, "\u00a0")])


def _iban(d: Dice) -> str:
    account = iban(d, d.pick(["DE", "GB", "FR", "NO", "MT", "ES", "IT", "NL", "PL", "BE", "SA", "SE"]))
    return d.pick([account, account.lower(), grouped(account, " "), grouped(account.lower(), " ")])


def _ssn(d: Dice) -> str:
    parts = f"{d.number(100, 665)}", f"{d.number(10, 99)}", f"{d.number(1000, 9999)}"
    return d.pick([marked("-".join(parts)), marked(" ".join(parts)), "SSN: " + marked("".join(parts))])


def _mac(d: Dice) -> str:
    pairs = [d.hex(2) for _ in range(6)]
    text = d.pick([":".join(pairs), "-".join(pairs), grouped("".join(pairs), ".")])
    return d.pick([text, text.upper()])


def _ipv4(d: Dice) -> str:
    first = d.choice([d.number(1, 126), d.number(128, 223)])
    return marked(".".join(map(str, [first, *(d.number(1, 254) for _ in range(3))]))) + d.pick(["", "", ":8080", "/24"])


def _ipv6(d: Dice) -> str:
    words = ["2001", "db8", *(f"{d.number(1, 0xFFFF):x}" for _ in range(6))]
    return d.pick([":".join(words), "2001:db8::" + words[5], "fe80::" + ":".join(words[4:]), ":".join(words).upper()])


def _birth(d: Dice) -> str:
    lead = d.pick(["DOB: ", "born on ", "date of birth: ", "birthday is ", "Geburtsdatum: ", "born "])
    return lead + marked(d.date(d.pick(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y"]), 1945, 2005))


def _passport(d: Dice) -> str:
    number = d.pick(
        [d.digits(9), d.some(1, "ACX") + d.digits(8), "C01X00T" + d.digits(2), d.some(2, UPPER) + d.digits(7)]
    )
    return d.pick(["passport number ", "passport no. ", "passport: ", "Passport No: "]) + marked(number)


def _licence(d: Dice) -> str:
    number = d.pick([d.some(1, "ABD") + d.digits(7), "S123-4567-" + d.digits(4), "MORGA" + d.digits(6) + "SM9IJ"])
    lead = d.pick(["driver's license number is ", "driver license: ", "driving licence ", "licence number: "])
    return lead + marked(number)


def _bank(d: Dice) -> str:
    return d.pick(
        [
            "account number: " + marked(d.digits(8)),
            "bank account " + marked(d.digits(10)),
            "routing number " + marked("021000" + d.digits(3)),
            "sort code " + marked("20-00-" + d.digits(2)),
            "acct no: " + marked(d.some(1, "12345") + d.digits(9)),
        ]
    )


def _whole(maker: Maker) -> Maker:
    return lambda d: marked(maker(d))


PERSONAL: dict[str, Maker] = {
    "e-mail": _whole(_email),
    "phone": lambda d: phone(d, _REGIONS),
    "card": _whole(_card),
    "IBAN": _whole(_iban),
    "SSN": _ssn,
    "MAC": _whole(_mac),
    "IPv4": _ipv4,
    "IPv6": _whole(_ipv6),
    "date of birth": _birth,
    "passport": _passport,
    "driving licence": _licence,
    "bank number": _bank,
}
