"""Other agents at work during an attack: how long their posts take, before it and meanwhile."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.support.host import Host, open_connection, until
from tests.support.roles import dsn_of

PER_SECOND = 15
UNDISTURBED_SECONDS = 2.0
ATTACK_SECONDS = 3.0
WINDOWS = 3
TICK_SECONDS = 0.02
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Latency:
    """How long neighbours waited for their posts, in seconds; one that is not there yet counts as long as it waits.

    `stalled`: for how long the machine did not run this process meanwhile, nor anything else, it seems.
    """

    p50: float
    p99: float
    posts: int
    stalled: float


class Neighbours:
    """Agents of whom each completes one operation, at a steady rate, so that no rate limit applies."""

    def __init__(self, dsn: str, host: Host) -> None:
        self._host = host
        self._dsn = dsn
        self._completed = 0
        self._first = 0
        self._stalled = 0.0
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._work, self._watch)]

    def _work(self) -> None:
        with open_connection(self._dsn, autocommit=True) as connection:
            host = Host(connection)
            while not self._ending.wait(1 / PER_SECOND):
                name = f"neighbour{self._completed}"
                host.complete(name, agent=host.agent(name))
                self._completed += 1

    def _watch(self) -> None:
        last = time.monotonic()
        while not self._ending.wait(TICK_SECONDS):
            now = time.monotonic()
            self._stalled += max(0.0, now - last - 5 * TICK_SECONDS)
            last = now

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def measured(self, seconds: float) -> Latency:
        """Return the latency of what is completed from now on, during this number of seconds."""
        first, stalled = self._completed, self._stalled
        until(lambda: self._completed >= first + seconds * PER_SECOND)
        row = self._host.rows(
            "select count(*) filter (where state = 'posted') as posts, "
            "percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from "
            "coalesce(finished_at, clock_timestamp()) - captured_at)) as seconds "
            "from auto_post_outbox where agent_id like 'neighbour%%' and substr(agent_id, 10)::integer >= %s",
            (first,),
        )[0]
        p50, p99 = row["seconds"]
        return Latency(round(p50, 3), round(p99, 3), row["posts"], round(self._stalled - stalled, 3))

    def assert_undisturbed(
        self,
        before: Latency,
        attack: str,
        again: Callable[[], object] = lambda: None,
        *,
        seconds: float = ATTACK_SECONDS,
    ) -> None:
        """Fail unless the p99 is at most twice that of before, plus a second, in one of three windows of the attack.

        A machine that stalls shows it in one window, an attack that has an effect in each. `again` renews the attack
        at the beginning of each window.
        """
        seen = []
        for _ in range(WINDOWS):
            again()
            during = self.measured(seconds)
            print(f"{attack}: p50 {before.p50} -> {during.p50} s, p99 {before.p99} -> {during.p99} s")  # noqa: T201 - pytest -s
            if during.p99 - during.stalled <= 2 * before.p99 + 1:
                return
            seen.append(during)
        raise AssertionError(f"{attack}: {before}, then {seen}")

    def all_are_posted(self) -> bool:
        """Return whether each of them has its one post."""
        return bool(
            self._host.value(
                "select count(*) = count(distinct author_id) and count(*) = %s "
                "from social_posts where author_id like 'neighbour%%'",
                (self._completed,),
            )
        )


@contextlib.contextmanager
def neighbours(dsn: str, host: Host) -> Iterator[Neighbours]:
    """Let neighbours work meanwhile."""
    working = Neighbours(dsn, host)
    working.start()
    try:
        yield working
    finally:
        working.stop()


@contextlib.contextmanager
def application_role(host: Host, dsn: str) -> Iterator[str]:
    """Yield the connection string of a role that may work on operation_trackers and nothing else."""
    role = f"app_{os.getpid()}_{next(_numbers)}"
    host.execute(f"create role {role} login")
    host.execute(f"grant usage on schema public to {role}")
    host.execute(f"grant select, insert, update on operation_trackers to {role}")
    try:
        yield dsn_of(dsn, user=role)
    finally:
        host.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (role,))
        host.execute(f"drop owned by {role}")
        host.execute(f"drop role {role}")
