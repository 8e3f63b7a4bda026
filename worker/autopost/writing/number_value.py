"""Put the words of a number together: "ciento treinta", "zweihundertfünfzig", "quatre-vingt-dix-neuf". Pure."""

from __future__ import annotations

from collections.abc import Mapping

import re2
import regex

_DOZENS = frozenset(
    {
        "docena",
        "docenas",
        "dúzia",
        "dúzias",
        "douzaine",
        "douzaines",
        "dozzina",
        "dozzine",
        "dutzend",
        "dozijn",
        "tuzin",
    }
)
# Numbers only after another one, or within a word: "un" is an article, and "neuf" is new.
_CONTINUED = {
    **dict.fromkeys(("un", "una", "une", "uno", "um", "uma", "jeden", "jedna"), 1.0),
    "neuf": 9.0,
    "sei": 6.0,
}
_WITHIN = {"ein": 1.0, "een": 1.0, "ett": 1.0, "uno": 1.0, "un": 1.0, "tré": 3.0, "sei": 6.0, "cent": 100.0} | {
    "vent": 20.0,
    "trent": 30.0,
    "quarant": 40.0,
    "cinquant": 50.0,
    "sessant": 60.0,
    "settant": 70.0,
    "ottant": 80.0,
    "novant": 90.0,
}
_LEAST_LETTERS = 7  # of a number in one word


class NumberWords:
    """The words for numbers of a language, or of several."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = values
        self._parts = {**_WITHIN, **{word: value for word, value in values.items() if word not in _DOZENS}}
        part = "|".join(sorted(self._parts, key=len, reverse=True))
        # Most words are none, and RE2 tells so in a hundredth of the time.
        self._compound = re2.compile(rf"(?:(?:{part})(?:und|en|ën)?)*(?:{part})")  # type: ignore[no-untyped-call]
        self._part = regex.compile(rf"(?P<number>{part})(?P<link>und|en|ën)?")

    def value(self, word: str) -> float | None:
        """Return the value of a word in lower case; None for another word."""
        if word in self._values:
            return self._values[word]
        if len(word) < _LEAST_LETTERS or self._compound.fullmatch(word) is None:
            return None
        total: float | None = None
        link = None
        for part in self._part.finditer(word):
            value = self._parts[part["number"]]
            if total is None:
                total = value
            elif link is not None and total % 100 < 10 and 20 <= value < 100:  # "vierundzwanzig"
                total += value
            else:
                total = extended(total, value)
                if total is None:
                    return None
            link = part["link"]
        return total

    def further(self, value: float, word: str) -> float | None:
        """Return the number that goes on with a word; None if it does not."""
        if word in _DOZENS:
            return value * 12 if 1 < value < 10 else None
        more = self.value(word)
        if more is None:
            more = _CONTINUED.get(word)
        return extended(value, more) if more is not None else None


def extended(value: float, more: float) -> float | None:
    """Return the number that two words make, of which the first has this value: 3 and 100 are 300; None if none."""
    if more >= 1_000:
        low = value % 1_000 if value >= 1_000 else value
        return value - low + low * more if low else None
    tens, ones = value % 100, value % 10
    if more == 100:
        if 1 < tens < 20:
            return value - tens + tens * 100
        return value + more if value >= 1_000 and value % 1_000 == 0 else None
    if more > 100:
        return value + more if value >= 1_000 and value % 1_000 == 0 else None
    is_next = (
        (tens == 0 and value >= 100)
        or (more < 10 and ones == 0 and tens >= 10)
        or (more < 20 and tens in (60, 80))  # "soixante-quinze"
    )
    return value + more if is_next else None
