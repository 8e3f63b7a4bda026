"""Seeded randomness, and the small parts that values are put together from."""

from __future__ import annotations

import datetime
import random
import string
from collections.abc import Callable, Sequence

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
URL_SAFE = ALNUM + "_-"
BASE64 = ALNUM + "+/"
BASE32 = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"

# A generator puts these around what has to go; what it writes outside of them may stay.
BEGIN, END = "\x02", "\x03"


def marked(value: str) -> str:
    """Mark a value as one that has to go."""
    return f"{BEGIN}{value}{END}"


class Dice(random.Random):
    """Random parts of values. The same seed gives the same values."""

    def pick(self, choices: Sequence[str]) -> str:
        """Return one of the choices."""
        return self.choice(choices)

    def made(self, makers: Sequence[Callable[[], str]]) -> str:
        """Return what one of the makers makes."""
        return self.choice(makers)()

    def chance(self, share: float) -> bool:
        """Return True in this share of the calls."""
        return self.random() < share

    def number(self, least: int, most: int) -> int:
        """Return an integer between the two, both possible."""
        return self.randint(least, most)

    def some(self, count: int, alphabet: str = ALNUM) -> str:
        """Return that many random characters, the first and last of them letters or digits."""
        inner = [self.choice(alphabet) for _ in range(count)]
        ends = [character for character in alphabet if character.isalnum()]
        inner[0], inner[-1] = self.choice(ends), self.choice(ends)
        return "".join(inner)

    def hex(self, count: int) -> str:
        """Return that many hexadecimal digits, at least one of them a letter and one a figure."""
        while True:
            text = self.some(count, HEX)
            if not text.isdigit() and not text.isalpha():
                return text

    def digits(self, count: int) -> str:
        """Return that many digits, the first of them not 0."""
        return self.choice("123456789") + "".join(self.choice(string.digits) for _ in range(count - 1))

    def date(self, form: str, first_year: int, last_year: int) -> str:
        """Return a date in the form of strftime."""
        day = datetime.date(self.number(first_year, last_year), self.number(1, 12), self.number(1, 28))
        return day.strftime(form)
