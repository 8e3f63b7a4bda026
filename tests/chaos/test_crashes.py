"""Workers that crash under load delay few operations, and for a short time; a row that crashes them harms no other.

AUTOPOST_CHAOS=long runs each for minutes, with workers that are started as in production instead of forked.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys

import pytest

from tests.support.chaos.checker import lost, violations
from tests.support.chaos.crashing import Every, Latency, under_load
from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.work import WorkerProcess, worker_process

LONG = os.environ.get("AUTOPOST_CHAOS") == "long"
VARIABLES = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_RATE_LIMIT_MINUTES": "0.001"}


def report(what: str, latency: Latency, **facts: object) -> None:
    """Print the figures, for `pytest -s`."""
    sys.stdout.write(f"\n{what}: {latency}, {facts}\n")


class Workers:
    """Two workers, which are replaced when they end."""

    def __init__(self, database: str, crew: Crew | None, stack: contextlib.ExitStack, **variables: str) -> None:
        self._database = database
        self._crew = crew
        self._stack = stack
        self._variables = {**VARIABLES, **variables}
        self.running = [self._start(), self._start()]
        self.kills = 0

    def _start(self) -> WorkerProcess:
        return self._stack.enter_context(worker_process(self._database, self._crew, **self._variables))

    def kill_one(self) -> None:
        """Kill a random worker, and start another in its place."""
        victim = random.choice(self.running)
        victim.signal(signal.SIGKILL)
        victim.wait()
        self.kills += 1
        self.running[self.running.index(victim)] = self._start()


@pytest.mark.timeout(400)
def test_kill_storm_delays_operations_by_seconds(host: Host, database: str, processes: Crew) -> None:
    """A random one of two workers is killed every two seconds, under 100 operations a second."""
    with contextlib.ExitStack() as stack:
        workers = Workers(database, None if LONG else processes, stack, SOCIAL_POST_LEASE_SECONDS="10")
        until(lambda: host.value("select count(*) from auto_post_workers") == 2)
        latency = under_load(host, database, 120 if LONG else 10, Every(2.0, workers.kill_one))
        report("kill storm", latency, kills=workers.kills)
    assert violations(host) == lost(host) == []
    assert {row["state"] for row in host.outbox()} == {"posted"}
    assert latency.median <= 1.0
    assert latency.p99 <= 5.0
