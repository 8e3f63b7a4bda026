"""The geometry of the chart of an hour: bars of posts, skips and dead letters, minute by minute. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autopost.outbox.reading import Minute

STEP = 12.0  # from a bar to the next, in the units of the picture
BAR = 9.0
HEIGHT = 120.0
LEAST_HEIGHT = 2.0  # so that one in a thousand is seen
LABEL_EVERY = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar; `kind` is posted, skipped or dead."""

    kind: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, the labels under them, and the number at the upper edge."""

    width: float
    height: float
    bar: float
    most: int
    pieces: list[Piece]
    labels: list[tuple[float, Minute]]


def chart(minutes: Sequence[Minute]) -> Chart:
    """Return the picture of these minutes, the first at the left."""
    most = _round_up(max((minute.posted + minute.skipped + minute.dead for minute in minutes), default=0))
    pieces = [
        piece for number, minute in enumerate(minutes) for piece in _bar(number * STEP, minute, HEIGHT / max(most, 1))
    ]
    labels = [
        (number * STEP + BAR / 2, minute)
        for number, minute in enumerate(minutes)
        if minute.at.minute % LABEL_EVERY == 0
    ]
    return Chart(len(minutes) * STEP - STEP + BAR, HEIGHT, BAR, most, pieces, labels)


def _bar(x: float, minute: Minute, scale: float) -> list[Piece]:
    pieces = []
    y = HEIGHT
    for kind, count in (("posted", minute.posted), ("skipped", minute.skipped), ("dead", minute.dead)):
        if count:
            height = max(count * scale, LEAST_HEIGHT)
            y = max(y - height, 0.0)
            pieces.append(Piece(kind, round(x, 1), round(y, 1), round(height, 1)))
    return pieces


def _round_up(count: int) -> int:
    """Return the next number that reads well, such as 6, 40 or 250."""
    size = 1
    while True:
        for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
            if count <= factor * size and factor * size == int(factor * size):
                return int(factor * size)
        size *= 10
