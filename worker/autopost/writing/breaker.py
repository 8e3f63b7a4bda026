"""A circuit breaker: stop calling a server that does not answer, and probe it from time to time.

Closed, it admits every call. After a number of consecutive failures it opens and admits none until a cooldown is over.
Then it is half-open and admits one call as a probe. If the probe succeeds, the breaker closes; if it fails, the breaker
opens again for twice as long (M. Nygard, "Release It!", "Circuit Breaker").
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

MAX_FAILURES = 5  # in a row
MAX_COOLDOWN_SECONDS = 300.0


class State(StrEnum):
    """Whether calls are admitted."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Permit:
    """Permission for one call, whose outcome must be reported with it."""

    era: int
    successes: int = 0  # when the call began


class Breaker:
    """Admits calls, or refuses them. Not thread-safe: for one event loop.

    `cooldown_seconds` is the first cooldown, `busy_seconds` the first one after nothing but time-outs: a server that
    still writes what nobody waits for is soon free again. `on_change` is called with each new state, and with the
    seconds of the cooldown if it is open.
    """

    def __init__(
        self,
        cooldown_seconds: float,
        *,
        busy_seconds: float = math.inf,
        failures: int = MAX_FAILURES,
        on_change: Callable[[State, float], None] = lambda _state, _cooldown: None,
    ) -> None:
        self._first_cooldown = cooldown_seconds
        self._busy_seconds = min(busy_seconds, cooldown_seconds)
        self._max_failures = failures
        self._on_change = on_change
        self._state = State.CLOSED
        self._era = 0  # raised by every change of state: outcomes of calls from earlier states are ignored
        self._failures = 0
        self._timeouts = 0  # of these failures
        self._successes = 0
        self._cooldowns = 0
        self._open_until = 0.0

    @property
    def state(self) -> State:
        """Return the state; it stays open after the cooldown until the next call."""
        return self._state

    def admit(self) -> Permit | None:
        """Return a permit, or None to refuse the call. Report its outcome by `succeeded`, `failed` or `gave_up`."""
        if self._state is State.OPEN and monotonic() >= self._open_until:
            self._change(State.HALF_OPEN)
            return Permit(self._era, self._successes)
        return Permit(self._era, self._successes) if self._state is State.CLOSED else None

    def succeeded(self, permit: Permit) -> None:
        """Report that the server answered."""
        if permit.era == self._era:
            self._failures = self._timeouts = 0
            self._successes += 1
            if self._state is State.HALF_OPEN:
                self._cooldowns = 0
                self._change(State.CLOSED)

    def failed(self, permit: Permit, *, timed_out: bool = False) -> None:
        """Report that the server did not answer. It is busy, not dead, if it answered another call meanwhile."""
        if timed_out and permit.successes != self._successes:
            return
        if permit.era == self._era:
            self._failures += 1
            self._timeouts += timed_out
            if self._state is State.HALF_OPEN or self._failures >= self._max_failures:
                self._open()

    def gave_up(self, permit: Permit) -> None:
        """Report that the call was abandoned without an outcome. If it was the probe, the next call is one."""
        if permit.era == self._era and self._state is State.HALF_OPEN:
            self._change(State.OPEN)

    def _open(self) -> None:
        first = self._busy_seconds if self._timeouts == self._failures else self._first_cooldown
        self._failures = self._timeouts = 0
        cooldown = min(first * 2.0 ** min(self._cooldowns, 32), MAX_COOLDOWN_SECONDS)
        cooldown *= random.uniform(0.9, 1.1)  # so that workers do not probe at the same time
        self._cooldowns += 1
        self._open_until = monotonic() + cooldown
        self._change(State.OPEN, cooldown)

    def _change(self, state: State, cooldown: float = 0.0) -> None:
        self._era += 1
        self._state = state
        self._on_change(state, cooldown)
