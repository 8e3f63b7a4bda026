"""The faults that befall worker processes: killed, killed at a named point, frozen, terminated, a wrong clock."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

from tests.support.chaos.arena import LEASE_SECONDS, Arena
from tests.support.host import until

HOURS = 3600.0


class NotReachedError(Exception):
    """The fault could not be brought about, as nothing led there."""


@contextlib.contextmanager
def no_room(arena: Arena) -> Iterator[None]:
    """No row of the outbox can be written, neither by hosts nor by workers."""
    with arena.owner() as owner:
        owner.execute("update chaos_switches set disk_full = true")
    try:
        yield
    finally:
        with arena.owner() as owner:
            owner.execute("update chaos_switches set disk_full = false")


@contextlib.contextmanager
def killed(arena: Arena) -> Iterator[None]:
    """SIGKILL, wherever the worker is."""
    arena.working().kill()
    yield


@contextlib.contextmanager
def killed_at(point: str, arena: Arena) -> Iterator[None]:
    """SIGKILL at a named point: the process does it to itself."""
    uses_llm = "LLM" in point or point in ("keeping", "kept")
    victim = arena.start_worker(
        die_at=(point, arena.dice.randint(1, 3)), SOCIAL_POST_LLM_ENABLED="true" if uses_llm else "false"
    )
    if point in ("deferred", "released"):  # which need a reason
        with contextlib.suppress(AssertionError):
            until(lambda: victim.works, seconds=10)
        with no_room(arena):
            arena.hold(LEASE_SECONDS)
        victim.signal(signal.SIGTERM)
    try:
        until(lambda: victim.code is not None, seconds=15)
    except AssertionError:
        victim.kill()  # it never came there: not counted
        raise NotReachedError(point) from None
    yield


@contextlib.contextmanager
def frozen(arena: Arena) -> Iterator[None]:
    """SIGSTOP until its leases ran out, then SIGCONT."""
    victim = arena.working()
    victim.frozen = True
    victim.signal(signal.SIGSTOP)
    try:
        arena.hold(LEASE_SECONDS + arena.dice.uniform(0.2, 1.5))
    finally:
        victim.signal(signal.SIGCONT)
        victim.frozen = False
    yield


@contextlib.contextmanager
def terminated(arena: Arena) -> Iterator[None]:
    """SIGTERM to all workers, twice to some of them."""
    for victim in arena.workers.running:
        victim.signal(signal.SIGTERM)
        if arena.dice.random() < 0.5:
            victim.signal(signal.SIGTERM)
    yield


@contextlib.contextmanager
def clock(hours: float, arena: Arena) -> Iterator[None]:
    """A worker joins whose clock is hours off, and another one leaves."""
    leaving = arena.working()
    joining = arena.start_worker(clock_seconds=hours * HOURS)
    until(lambda: joining.works or not joining.runs)
    leaving.signal(signal.SIGTERM)
    arena.hold(0.5)
    yield
