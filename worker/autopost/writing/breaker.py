"""A circuit breaker: stops asking a server that does not answer, and asks again now and then.

Closed, every call is let through. After some failures in a row it opens, and nothing is let through until a pause
is over. Then it is half-open: one call goes through as a probe. If that one succeeds the breaker closes; if it fails,
or is given up, the breaker opens again, for twice as long (M. Nygard, "Release It!", "Circuit Breaker").
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

FAILURES = 5
LONGEST_PAUSE_SECONDS = 300.0


class State(StrEnum):
    """Whether calls are let through."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave for one call; what becomes of the call must be reported with it."""

    era: int


class Breaker:
    """Lets calls through, or not. For one event loop.

    `pause_seconds` is the first pause. `clock` returns seconds and never goes back. `on_change` is told each new state,
    with the pause in seconds when it is open.
    """

    def __init__(
        self,
        pause_seconds: float,
        *,
        failures: int = FAILURES,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[State, float], None] = lambda _state, _pause: None,
    ) -> None:
        self._first_pause = pause_seconds
        self._most_failures = failures
        self._clock = clock
        self._on_change = on_change
        self._state = State.CLOSED
        self._era = 0  # raised by every change of state: a call of an earlier one has nothing to say any more
        self._failures = 0
        self._pauses = 0
        self._open_until = 0.0

    @property
    def state(self) -> State:
        """Return the state; an open breaker whose pause is over is open until somebody calls."""
        return self._state

    def admit(self) -> Permit | None:
        """Return leave for a call, or None. Whoever gets leave must report `succeeded`, `failed` or `gave_up`."""
        if self._state is State.OPEN and self._clock() >= self._open_until:
            self._change(State.HALF_OPEN)
            return Permit(self._era)
        return Permit(self._era) if self._state is State.CLOSED else None

    def succeeded(self, permit: Permit) -> None:
        """Report that the server answered."""
        if permit.era == self._era:
            self._failures = 0
            if self._state is State.HALF_OPEN:
                self._pauses = 0
                self._change(State.CLOSED)

    def failed(self, permit: Permit) -> None:
        """Report that the server did not answer."""
        if permit.era == self._era:
            self._failures += 1
            if self._state is State.HALF_OPEN or self._failures >= self._most_failures:
                self._open()

    def gave_up(self, permit: Permit) -> None:
        """Report that the call was abandoned and tells nothing; a probe is then still owed."""
        if permit.era == self._era and self._state is State.HALF_OPEN:
            self._change(State.OPEN)

    def _open(self) -> None:
        self._failures = 0
        pause = min(self._first_pause * 2.0 ** min(self._pauses, 32), LONGEST_PAUSE_SECONDS)
        pause *= random.uniform(0.9, 1.1)  # workers that opened together do not probe together
        self._pauses += 1
        self._open_until = self._clock() + pause
        self._change(State.OPEN, pause)

    def _change(self, state: State, pause: float = 0.0) -> None:
        self._era += 1
        self._state = state
        self._on_change(state, pause)
