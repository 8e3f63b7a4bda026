"""Whether a worker does its work, as its parts tell it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from autopost.observability import metrics


async def _nothing_to_sample() -> None:
    """Do nothing."""


@dataclass(slots=True)
class Health:
    """The state of a worker; its parts change it, whoever asks reads it.

    A worker is ready when it has claimed, neither claims nor heartbeats fail, and it is not stopping. Without a
    listening connection it polls, and with an open breaker it writes from templates: both are told, neither makes it
    unready. `waits_for` is what it needs before it can start, None once it has it. `sample` is awaited before a scrape:
    it brings up to date what is read only when somebody asks.
    """

    waits_for: str | None = None
    claims: bool = False
    failing: set[str] = field(default_factory=set)
    listening: bool = False
    stopping: bool = False
    llm: str = "off"
    held: int = 0
    sample: Callable[[], Awaitable[None]] = _nothing_to_sample

    @contextlib.contextmanager
    def sampling(self, sample: Callable[[], Awaitable[None]]) -> Iterator[None]:
        """Await this before each scrape while the context lasts."""
        self.sample = sample
        try:
            yield
        finally:
            self.sample = _nothing_to_sample

    @property
    def ready(self) -> bool:
        """Tell whether work goes on."""
        return self.claims and not self.failing and not self.stopping

    def report(self) -> dict[str, object]:
        """Return everything, for a machine to read."""
        return {
            "ready": self.ready,
            "waits_for": self.waits_for,
            "claims": self.claims,
            "failing": sorted(self.failing),
            "listening": self.listening,
            "stopping": self.stopping,
            "llm": self.llm,
            "held": self.held,
        }

    def claimed(self) -> None:
        """Note that a claim succeeded, whether or not it found anything."""
        self.claims = True
        self.failing.discard("claim")

    def beat(self) -> None:
        """Note that a heartbeat succeeded."""
        self.failing.discard("heartbeat")

    def failed(self, during: str, error: BaseException) -> None:
        """Note that a claim or a heartbeat failed, and count it."""
        self.failing.add(during)
        metrics.count_database_error(during, error)

    def hold(self, rows: int) -> None:
        """Note how many rows are held."""
        self.held = rows
        metrics.HELD_ROWS.set(rows)

    def listens(self, listening: bool) -> None:
        """Note whether the doorbell's connection listens."""
        self.listening = listening
        metrics.LISTENING.set(listening)
