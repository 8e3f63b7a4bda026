"""Workers that crash while operations come in at a steady rate, and how long each operation took to its outcome."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.host import Host, open_connection, until

RATE = 100  # operations a second
AGENTS = 50
LATENCY = """
select coalesce(percentile_disc(array[0.5, 0.99, 1.0]) within group (
    order by extract(epoch from finished_at - captured_at)
), '{0,0,0}')::double precision[]
from auto_post_outbox where finished_at is not null and starts_with(tracker_id, %s)
"""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from capture to outcome: the median, the 99th percentile and the longest."""

    median: float
    p99: float
    longest: float

    def __str__(self) -> str:
        return f"p50 {self.median:.2f} s, p99 {self.p99:.2f} s, longest {self.longest:.2f} s"


class Load(threading.Thread):
    """Completes operations of many agents, all of them alerts, so that each is posted."""

    def __init__(self, dsn: str, seconds: float, name: str) -> None:
        super().__init__(daemon=True)
        self.completed = 0
        self._name = name
        self._dsn = dsn
        self._seconds = seconds

    def run(self) -> None:
        """Complete operations until the time is over."""
        began = time.monotonic()
        with open_connection(self._dsn, autocommit=True) as connection:
            host = Host(connection)
            while (passed := time.monotonic() - began) < self._seconds:
                if self.completed < passed * RATE:
                    host.complete(
                        f"{self._name}{self.completed}", "security_scan", agent=f"agent{self.completed % AGENTS}"
                    )
                    self.completed += 1
                else:
                    time.sleep(0.002)


def under_load(host: Host, dsn: str, seconds: float, meanwhile: Callable[[], None], name: str) -> Latency:
    """Do something again and again while operations come in and until the last has its outcome; return the latency.

    Every operation must end exactly once. `name` is what their ids begin with.
    """
    for number in range(AGENTS):
        host.agent(f"agent{number}")
    load = Load(dsn, seconds, name)
    load.start()
    while load.is_alive():
        meanwhile()

    def all_ended() -> bool:
        meanwhile()
        return host.waiting() == 0

    until(all_ended, what="the last outcome")
    assert len(host.outbox()) == len(host.audit()) >= load.completed > 0
    assert host.value("select count(distinct details ->> 'outbox_id') from audit_log") == len(host.outbox())
    assert host.value("select count(*) from social_posts where content is not null") == host.value(
        "select count(*) from auto_post_outbox where state = 'posted'"
    )
    return Latency(*host.value(LATENCY, (name,)))


class Every:
    """Does something at an interval, with small jitter."""

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self._seconds = seconds
        self._act = act
        self._next = time.monotonic() + seconds

    def __call__(self) -> None:
        """Do it when its time has come; return at once otherwise."""
        if time.monotonic() >= self._next:
            self._next += self._seconds * random.uniform(0.9, 1.1)
            self._act()
        time.sleep(0.01)
