"""Ways in which text arrives that hide a value from a pattern and from no reader."""

from __future__ import annotations

from collections.abc import Callable

from tests.data.redaction.dice import BEGIN, END, Dice

_FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
_INVISIBLE = ("\u200b", "\u200c", "\u2060", "\ufeff", "\u00ad")


def _full_width(value: str, dice: Dice) -> str:
    return value.translate(_FULL_WIDTH)


def _invisible(value: str, dice: Dice) -> str:
    sign, place = dice.pick(_INVISIBLE), dice.number(1, max(1, len(value) - 1))
    return value[:place] + sign + value[place:]


def _no_break(value: str, dice: Dice) -> str:
    return value.replace(" ", dice.pick(["\u00a0", "\u202f", "\u2007"]))


def _hyphens(value: str, dice: Dice) -> str:
    return value.replace("-", dice.pick(["\u2011", "\u2010"]))


_WAYS: tuple[Callable[[str, Dice], str], ...] = (_full_width, _invisible, _no_break, _hyphens)


def disguised(piece: str, dice: Dice) -> str:
    """Return the piece with its marked value in another form of Unicode."""
    before, rest = piece.split(BEGIN, 1)
    value, after = rest.split(END, 1)
    return before + BEGIN + dice.choice(_WAYS)(value, dice) + END + after
