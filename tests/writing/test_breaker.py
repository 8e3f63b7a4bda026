"""The circuit breaker, with a clock that the tests move."""

from __future__ import annotations

import pytest

from autopost.writing.breaker import Breaker, Permit, State


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of the breaker."""
    clock = Clock()
    monkeypatch.setattr("autopost.writing.breaker.monotonic", clock)
    return clock


def breaker(states: list[State] | None = None) -> Breaker:
    """Return a breaker of 3 failures and 10 seconds."""
    seen = states if states is not None else []
    return Breaker(10, failures=3, on_change=lambda state, _: seen.append(state))


def admitted(some: Breaker) -> Permit:
    """Return a permit, which must be given."""
    permit = some.admit()
    assert permit is not None
    return permit


def open_it(some: Breaker) -> None:
    """Let as many calls fail as it takes."""
    for _ in range(3):
        some.failed(admitted(some))


def test_cooldown_after_nothing_but_time_outs_is_short() -> None:
    """A busy server is probed sooner than a broken one."""
    cooldowns = []
    for timed_out in (5, 4):
        breaker = Breaker(30.0, busy_seconds=2.0, on_change=lambda _, seconds: cooldowns.append(seconds))
        for number in range(5):
            permit = breaker.admit()
            assert permit is not None
            breaker.failed(permit, timed_out=number < timed_out)
    busy, broken = cooldowns
    assert 1 < busy < 3
    assert 20 < broken < 40


def test_failures_in_a_row_open_it(clock: Clock) -> None:
    """A success between them starts the count again."""
    states: list[State] = []
    some = breaker(states)
    for _ in range(2):
        some.failed(admitted(some))
    some.succeeded(admitted(some))
    for _ in range(2):
        some.failed(admitted(some))
    assert str(some.state) == State.CLOSED
    some.failed(admitted(some))
    assert states == [State.OPEN]
    assert some.admit() is None


def test_after_the_pause_one_call_probes(clock: Clock) -> None:
    """The others still do without, and its success closes the breaker."""
    some = breaker()
    open_it(some)
    clock.now += 8.9
    assert some.admit() is None
    clock.now += 2.2
    probe = admitted(some)
    assert str(some.state) == State.HALF_OPEN
    assert some.admit() is None
    some.succeeded(probe)
    assert str(some.state) == State.CLOSED
    admitted(some)


def test_failed_probe_doubles_the_pause(clock: Clock) -> None:
    """Up to five minutes; a success makes it short again."""
    some = breaker()
    open_it(some)
    clock.now += 11.1
    some.failed(admitted(some))
    clock.now += 17.9
    assert some.admit() is None
    clock.now += 4.2
    for _ in range(10):
        some.failed(admitted(some))
        clock.now += 331
    some.succeeded(admitted(some))
    open_it(some)
    clock.now += 11.1
    admitted(some)


def test_abandoned_probe_leaves_the_next_call_to_probe(clock: Clock) -> None:
    """A call that was cancelled tells nothing, and blocks nobody."""
    some = breaker()
    open_it(some)
    clock.now += 11.1
    some.gave_up(admitted(some))
    assert str(some.state) == State.OPEN
    some.succeeded(admitted(some))
    assert str(some.state) == State.CLOSED


def test_calls_of_an_earlier_state_have_nothing_to_say(clock: Clock) -> None:
    """What was under way when it opened neither closes it nor lengthens the pause."""
    some = breaker()
    late, later = admitted(some), admitted(some)
    open_it(some)
    some.succeeded(late)
    assert str(some.state) == State.OPEN
    clock.now += 11.1
    probe = admitted(some)
    some.failed(later)
    some.gave_up(late)
    assert str(some.state) == State.HALF_OPEN
    some.succeeded(probe)
    assert str(some.state) == State.CLOSED
