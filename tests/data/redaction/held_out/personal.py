"""Personal data: other countries, ranges and forms than in the development part."""

from __future__ import annotations

from collections.abc import Callable

from tests.data.redaction.check_digits import card, grouped, iban
from tests.data.redaction.dice import LOWER, Dice, marked
from tests.data.redaction.phones import phone

Maker = Callable[[Dice], str]

_COUNTRIES = (
    "CH",
    "CZ",
    "DK",
    "FI",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "LT",
    "LU",
    "LV",
    "PT",
    "RO",
    "SI",
    "TR",
    "AE",
    "BR",
)
_REGIONS = ("CH", "SE", "PL", "NL", "BE", "AT", "PT", "IE", "NZ", "ZA", "MX", "AR", "KR", "SG", "HK", "TR", "CZ", "DK",
            "FI", "GR", "IL", "AE", "EG", "NG", "KE", "ID", "TH", "VN", "PH", "CO", "UA", "RO", "US", "GB")  # fmt: skip

_CARDS = (
    ("4", (13, 16, 16, 16, 19)), ("52", (16,)), ("54", (16,)), ("2223", (16,)), ("2500", (16,)), ("2719", (16,)),
    ("34", (15,)), ("37", (15,)), ("6011", (16, 19)), ("644", (16,)), ("65", (16,)), ("3528", (16,)), ("3589", (16,)),
    ("300", (14,)), ("38", (14,)), ("6221", (16,)), ("628", (17, 18, 19)), ("5018", (12, 13, 14, 15)),
    ("6759", (16, 19)),
    ("5893", (16,)), ("2204", (16,)), ("6521", (16,)),
)  # fmt: skip


def _email(d: Dice) -> str:
    first = d.pick(["ines", "tomasz", "björn", "o.haug", "li-wei", "d'arcy", "noor_h", "j.r.santos", "ana2", "K.MBEKI"])
    domain = d.pick(
        ["example.com.br", "mail.example.no", "core.internal", "nas.local", "example.travel", "bücher.example",
         "xn--mnchen-3ya.example", "team-9.example.io", "intranet.corp", "example.museum", "EXAMPLE.ORG"]
    )  # fmt: skip
    return f"{first}{d.pick(['', '', '+tickets', '+' + d.some(5, LOWER), str(d.number(1, 99))])}@{domain}"


def _card(d: Dice) -> str:
    prefix, lengths = d.choice(_CARDS)
    number = card(d, prefix, d.choice(lengths))
    sign = d.pick(["", "", " ", "-", "\u00a0", " "])
    if sign and len(number) == 15:
        return f"{number[:4]}{sign}{number[4:10]}{sign}{number[10:]}"
    return grouped(number, sign) if sign else number


def _iban(d: Dice) -> str:
    account = iban(d, d.pick(_COUNTRIES))
    account = d.pick([account, account.lower(), account.capitalize()])
    return d.pick([account, grouped(account, " "), grouped(account, "-"), grouped(account, "\u00a0")])


def _ssn(d: Dice) -> str:
    area = d.choice([d.number(1, 665), d.number(667, 899)])
    parts = f"{area:03}", f"{d.number(1, 99):02}", f"{d.number(1, 9999):04}"
    return d.pick(
        [
            marked("-".join(parts)),
            marked(" ".join(parts)),
            "SSN " + marked("".join(parts)),
            "social security number is " + marked("".join(parts)),
            marked("\u2011".join(parts)),
        ]
    )


def _mac(d: Dice) -> str:
    pairs = [d.hex(2) for _ in range(6)]
    text = d.pick([":".join(pairs), "-".join(pairs), grouped("".join(pairs), ".")])
    return d.pick([text, text.upper()])


def _ipv4(d: Dice) -> str:
    first = d.choice([d.number(11, 126), d.number(128, 191), d.number(193, 223), 10, 172, 192])
    rest = [str(d.number(0, 255)), str(d.number(1, 255)), str(d.number(2, 254))]
    address = marked(".".join([str(first), *rest]))
    return address + d.pick(["", "", "", ":8443", "/32", ":51820"])


def _ipv6(d: Dice) -> str:
    words = [f"{d.number(1, 0xFFFF):x}" for _ in range(8)]
    words[0] = d.pick(["2001", "2a02", "2606", "fd12", "fe80"])
    text = d.made(
        [
            lambda: ":".join(words),
            lambda: ":".join(words[:4]) + "::" + words[4],
            lambda: words[0] + "::" + ":".join(words[1:3]),
            lambda: ":".join(word.zfill(4) for word in words),
            lambda: f"::ffff:{d.number(11, 120)}.{d.number(0, 255)}.{d.number(0, 255)}.{d.number(1, 254)}",
            lambda: ":".join(words[:4]) + "::",
        ]
    )
    return d.pick([text, text.upper()])


def _birth(d: Dice) -> str:
    form = d.pick(["%d %b %Y", "%B %d, %Y", "%Y/%m/%d", "%d.%m.%Y", "%m-%d-%Y", "%d/%m/%y"])
    lead = d.pick(["date of birth is ", "DOB ", "d.o.b.: ", "born ", "birthdate: ", "birth date ", "was born on "])
    return lead + marked(d.date(form, 1940, 2008))


def _passport(d: Dice) -> str:
    number = d.made(
        [
            lambda: d.some(1, "ABCDEFGHJKLMNPRTVWXYZ") + d.digits(8),
            lambda: d.digits(9),
            lambda: d.digits(2) + d.some(2, "ABCDEFGH") + d.digits(5),
            lambda: d.some(2, "ABCDEFGHJKLMNPRT") + d.digits(7),
            lambda: d.some(1, "CFGHJK") + d.some(8, "0123456789CFGHJKLMNPRTVWXYZ") + "7",
        ]
    )
    lead = d.pick(["passport number is ", "passport: ", "passport no ", "passport # ", "Passport ID ", "her passport "])
    return lead + marked(number)


def _licence(d: Dice) -> str:
    number = d.made(
        [
            lambda: d.some(1, "ABCDEFGH") + d.digits(7),
            lambda: d.some(1, "DFHK") + "-".join([d.digits(3), d.digits(3), d.digits(2), d.digits(3), d.digits(1)]),
            lambda: "MORGA" + d.digits(6) + "SM9IJ",
            lambda: d.digits(9),
            lambda: d.some(1, "BCDF") + d.digits(3) + "RRE" + d.digits(1) + "I" + d.digits(2),
        ]
    )
    lead = d.pick(
        ["driver's license number ", "driving licence: ", "driver's license is ", "DL number: ", "driving license no. "]
    )
    return lead + marked(number)


def _bank(d: Dice) -> str:
    return d.made(
        [
            lambda: "account number " + marked(d.digits(d.number(8, 12))),
            lambda: "bank account: " + marked(d.digits(10)),
            lambda: "acct no. " + marked(d.digits(9)),
            lambda: "routing number is " + marked("0" + d.digits(8)),
            lambda: "sort code " + marked(f"{d.number(10, 99)}-{d.number(10, 99)}-{d.number(10, 99)}"),
            lambda: "BSB " + marked(f"0{d.number(10, 99)}-{d.number(100, 999)}"),
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
