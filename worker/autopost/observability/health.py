"""The health of a worker, updated by its parts and read by the monitoring server."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from autopost.observability import metrics


async def _nothing_to_sample() -> None:
    """Do nothing."""


@dataclass(slots=True)
class Health:
    """The state of a worker.

    A worker is ready when it has claimed, neither claims nor heartbeats fail, and it is not stopping. Without a
    listening connection it polls, and with an open breaker it writes from templates: both are reported, and neither
    makes it unready. `waits_for` is what it needs before it can start, None once it has it. `sample` is awaited
    before a scrape: it refreshes figures that are read only on demand. `registry` has what a scrape gets.
    """

    waits_for: str | None = None
    claims: bool = False
    failing: set[str] = field(default_factory=set)
    listening: bool = False
    stopping: bool = False
    llm: str = "off"
    held: int = 0
    sample: Callable[[], Awaitable[None]] = _nothing_to_sample
    registry: CollectorRegistry = metrics.REGISTRY

    @contextlib.contextmanager
    def sampling(self, sample: Callable[[], Awaitable[None]]) -> Iterator[None]:
        """Await `sample` before each scrape while the context lasts."""
        self.sample = sample
        try:
            yield
        finally:
            self.sample = _nothing_to_sample

    @property
    def ready(self) -> bool:
        """Return whether the worker claims and sends heartbeats."""
        return self.claims and not self.failing and not self.stopping

    def report(self) -> dict[str, object]:
        """Return the state, to be encoded as JSON."""
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
        """Record that a claim succeeded, whether or not it found rows."""
        self.claims = True
        self.failing.discard("claim")

    def beat(self) -> None:
        """Record that a heartbeat succeeded."""
        self.failing.discard("heartbeat")

    def failed(self, operation: str, error: BaseException) -> None:
        """Record and count a failed claim or heartbeat."""
        self.failing.add(operation)
        metrics.count_database_error(operation, error)

    def hold(self, rows: int) -> None:
        """Record how many rows are in flight."""
        self.held = rows
        metrics.IN_FLIGHT_ROWS.set(rows)

    def listens(self, listening: bool) -> None:
        """Record whether the doorbell's connection listens."""
        self.listening = listening
        metrics.LISTENER_CONNECTED.set(listening)
