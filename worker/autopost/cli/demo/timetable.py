"""When the platform does what. Pure.

Time is counted in beats, so that the same script runs leisurely for a reader and fast for a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from autopost.cli.demo.script import ScriptedOperation

BEATS_BETWEEN_LATER_STATUSES = 1.0


class Deed(Enum):
    """One thing that the platform does to an operation, in a transaction of its own."""

    START = auto()
    PROGRESS = auto()
    MOVE = auto()
    ROLL_BACK = auto()


@dataclass(frozen=True, slots=True)
class Moment:
    """A deed and its beat. `status` is the one that the operation has afterwards."""

    beat: float
    deed: Deed
    operation: ScriptedOperation
    status: str


def timetable(operations: Iterable[ScriptedOperation]) -> list[Moment]:
    """Return everything that happens, in order; at the same beat, in the order of the script."""
    moments: list[Moment] = []
    beat = 0.0
    for operation in operations:
        beat += operation.after
        moments += _moments(operation, beat)
    return sorted(moments, key=lambda moment: moment.beat)


def _moments(operation: ScriptedOperation, beat: float) -> Iterator[Moment]:
    first, *later = operation.statuses
    if operation.rolled_back:
        yield Moment(beat + operation.takes, Deed.ROLL_BACK, operation, operation.statuses[-1])
        return
    yield Moment(beat, Deed.START, operation, first)
    if later:
        yield Moment(beat + operation.takes / 2, Deed.PROGRESS, operation, first)
    for number, status in enumerate(later):
        at = beat + operation.takes + number * BEATS_BETWEEN_LATER_STATUSES
        yield Moment(at, Deed.MOVE, operation, status)
