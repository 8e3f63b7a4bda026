"""The dashboard with 100,000 posts: what a page costs, and what 200 people who watch it cost an instance.

All figures are processor time, of the instance and of its connections to the database, so that others on the machine
change little. The best of a few rounds is reported.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.host import Host
from tests.support.web.filling import fill

from autopost.database.embedded import EmbeddedServer
from benchmarks.bench_feed import TOKEN, Watching, instance, load
from benchmarks.stand import Connection, add_agents, report, stand, worker

AGENTS = 300
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
BACKENDS = "select pid from pg_stat_activity where application_name in ('autopost page', 'autopost sessions')"
PAUSE_SECONDS = 5.5  # longer than what pages share is kept


class WatchingPages(Watching):
    """Open pages: each follows the feed on the dashboard."""

    path = "/events"
    event = b"event: entry"


class Cost:
    """The processor time of an instance and of the database's processes that serve it, in seconds."""

    def __init__(self, host: Connection, pid: int) -> None:
        self._host = host
        self._pid = pid

    def spent(self) -> float:
        """Return what was spent so far."""
        backends = [pid for (pid,) in self._host.execute(BACKENDS.encode()).fetchall()]
        return sum(map(nanoseconds, (self._pid, *backends))) / 1e9


def nanoseconds(pid: int) -> int:
    """Return the processor time that the threads of a process had so far."""
    found = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            found += int(task.read_text("ascii").split()[0])
    return found


def milliseconds_of(cost: Cost, port: int, path: str, times: int) -> float:
    """Return the milliseconds that a page costs, on average."""
    before = cost.spent()
    for _ in range(times):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=HEADERS)
        urllib.request.urlopen(request, timeout=30).read()
    return 1000 * (cost.spent() - before) / times


def least(rounds: int, measure: Callable[[], float], pause_seconds: float = 0.0) -> float:
    """Return the least of some rounds."""
    found = []
    for _ in range(rounds):
        time.sleep(pause_seconds)
        found.append(measure())
    return min(found)


async def come_back(port: int, count: int, place: str) -> int:
    """Return how many viewers are served when all reconnect at the same moment."""

    async def one() -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        fields = ("Host: localhost", f"Authorization: Bearer {TOKEN}", f"Last-Event-ID: {place}", "", "")
        writer.write("\r\n".join(("GET /events HTTP/1.1", *fields)).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        return answer.startswith(b"HTTP/1.1 200")

    return sum(await asyncio.gather(*(one() for _ in range(count))))


def measure(server: EmbeddedServer, host: Connection, given: Any) -> None:
    """Measure an instance beside a worker, and print."""
    with worker(server), instance(server) as (port, pid):
        cost = Cost(host, pid)
        first = milliseconds_of(cost, port, "/", 1)
        cold = least(given.rounds, lambda: milliseconds_of(cost, port, "/", 1), PAUSE_SECONDS)
        warm = least(given.rounds, lambda: milliseconds_of(cost, port, "/", 20))
        outbox = least(given.rounds, lambda: milliseconds_of(cost, port, "/outbox", 20))
        line = (
            f"with {given.posts:,} posts a first page takes {cold:.1f} ms of processor time ({first:.0f} ms the very "
            f"first), {warm:.1f} ms while others look too; the operations page {outbox:.1f} ms"
        )
        report("dashboard pages", line, cold_ms=cold, warm_ms=warm, outbox_ms=outbox)
        with WatchingPages(port, given.viewers) as watching:
            shares = []
            for number in range(given.rounds):
                watching.events = 0
                spent, own, began = cost.spent(), nanoseconds(pid), time.monotonic()
                load(server, f"watched-{number}", given.rate, given.seconds)
                seconds = time.monotonic() - began
                shares.append(((nanoseconds(pid) - own) / 1e9 / seconds, (cost.spent() - spent) / seconds))
                time.sleep(2)
            share, in_all = min(shares)
            busy = milliseconds_of(cost, port, "/outbox", 20)
        line = (
            f"{given.viewers} open pages at {given.rate:g} posts a second take {100 * share:.1f} % of a core, with the "
            f"database's processes for them {100 * in_all:.1f} %; {watching.events:,} entries read in the last round; "
            f"the operations page meanwhile {busy:.1f} ms"
        )
        report("dashboard viewers", line, share_of_a_core=share, with_database=in_all)
        time.sleep(1)  # the watchers have left
        spent = cost.spent()
        served = asyncio.run(come_back(port, given.returning, "0~"))
        seconds = cost.spent() - spent
        line = f"{served} of {given.returning} that come back at once are served, for {seconds:.2f} s of processor time"
        report("dashboard reconnects", line, served=served)


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--returning", type=int, default=300)
    parser.add_argument("--rate", type=float, default=5.0, help="posts a second")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    given: Any = parser.parse_args()
    with stand() as (server, host):
        add_agents(host, AGENTS)
        fill(Host(host), given.posts, gap_seconds=0.5)
        host.execute(b"vacuum analyze")
        measure(server, host, given)


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    main()
