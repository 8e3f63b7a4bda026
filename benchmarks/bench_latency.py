"""From an agent's commit to the post, in template mode: idle, and under a steady load of completions.

Both times are those of the commits, as the server keeps them, so nobody has to look for posts meanwhile. The baseline
of the same run is the least that could be done: a NOTIFY in every commit, heard by a process that inserts one row
(bare_worker.py). The peers, where they are installed, are enqueued by a trigger and wait as their documentation says.
Under load also: how many completions rang autopost's doorbell.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.support.host import open_connection

from autopost.database.embedded import EmbeddedServer
from autopost.outbox.doorbell import CHANNEL
from benchmarks.backlog import wait_for_outcomes
from benchmarks.pgbench import COMPLETION, check_completed, pgbench, start_operations
from benchmarks.stand import Connection, add_agents, percentile, report, stand
from benchmarks.systems import BARE, OURS, System, installed_peers, prepare, ready

IDLE = 0
CLIENTS = 4
GOAL_ABOVE_BARE_MS = 8.0
GOAL_RINGS = 0.02
SLOW_RATE = 20  # up to here the worker sleeps between completions, and the goals for times are meant
BUSY_RATE = 200  # from here on few completions ring
SETTINGS = {"track_commit_timestamp": "on"}

DELAYS = (
    "select 1000 * extract(epoch from pg_xact_commit_timestamp(l.xmin) - pg_xact_commit_timestamp(t.xmin)) "
    "from operation_trackers as t inner join audit_log as l on l.tracker_id = t.id and l.action = 'auto_post.posted' "
    "where t.status = 'completed'"
)


@dataclass(frozen=True)
class Delays:
    """One run: milliseconds from commit to post, and the share of completions that rang (autopost alone)."""

    posts: int
    p50_ms: float
    p99_ms: float
    rang: float | None


def measure(server: EmbeddedServer, host: Connection, system: System, rate: int, seconds: float) -> Delays:
    """Complete operations at a rate, or one at a time while the worker sleeps; see that each is posted."""
    prepare(host, system)
    clients = CLIENTS if rate else 1
    each = math.ceil((rate or 10) * seconds * 1.5 / clients) + 20
    start_operations(host, clients, each)
    with ready(server, host, system, redaction=False) as worker, open_connection(server.dsn(), autocommit=True) as bell:
        worker.begin()
        time.sleep(0.5)
        bell.execute(f"listen {CHANNEL}".encode())
        if rate:
            completed = pgbench(server, {COMPLETION: 1}, clients=clients, seconds=seconds, rate=rate).transactions
        else:
            completed = complete_one_by_one(host, seconds)
        wait_for_outcomes(host, completed)
        rings = len(list(bell.notifies(timeout=0.2)))
    check_completed(host, completed)
    delays = [float(delay) for (delay,) in host.execute(DELAYS.encode()).fetchall()]
    if len(delays) != completed:
        raise RuntimeError(f"{system.name}: {len(delays):,} posts of {completed:,} operations")
    rang = rings / completed if system is OURS else None
    return Delays(completed, statistics.median(delays), percentile(delays, 0.99), rang)


def complete_one_by_one(host: Connection, seconds: float) -> int:
    """Complete an operation now and then, each when the worker has fallen asleep; return how many."""
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        time.sleep(0.1 + random.uniform(0, 0.05))
        number += 1
        host.execute("update operation_trackers set status = 'completed' where id = %s", (f"op0-{number}",))
    return number


def show(rate: int, results: dict[str, list[Delays]]) -> None:
    """Print the line of one rate and keep its figures."""
    p50 = {name: statistics.median(run.p50_ms for run in runs) for name, runs in results.items()}
    p99 = {name: statistics.median(run.p99_ms for run in runs) for name, runs in results.items()}
    above = p50[OURS.name] - p50[BARE.name]
    parts = [f"commit to post p50 and p99 {said(p50[OURS.name], p99[OURS.name])}"]
    beside = f"p50 {above:+.1f} ms beside the {said(p50[BARE.name], p99[BARE.name])} of a {BARE.name}"
    if rate <= SLOW_RATE:
        beside += f", goal at most {GOAL_ABOVE_BARE_MS:g} ms {'reached' if above <= GOAL_ABOVE_BARE_MS else 'MISSED'}"
    parts.append(beside)
    peers = [name for name in results if name not in (OURS.name, BARE.name)]
    for peer in peers:
        ahead = p50[OURS.name] < p50[peer] and p99[OURS.name] < p99[peer]
        parts.append(f"{peer} {said(p50[peer], p99[peer])}, {'ahead of it' if ahead else 'NOT ahead of it in both'}")
    if not peers:
        parts.append("peers are not installed")
    if rate >= BUSY_RATE:
        rang = statistics.median(run.rang or 0.0 for run in results[OURS.name])
        reached = "reached" if rang <= GOAL_RINGS else "MISSED"
        parts.append(f"{100 * rang:.1f} % of the completions rang, goal at most {100 * GOAL_RINGS:g} % {reached}")
    name = f"latency {rate} a second" if rate else "latency idle"
    report(name, "; ".join(parts), runs={n: [asdict(run) for run in runs] for n, runs in results.items()})


def said(p50: float, p99: float) -> str:
    """Say two times."""
    return f"{p50:,.1f} and {p99:,.1f} ms"


def run(rates: Sequence[int], seconds: float, rounds: int, systems: Sequence[System]) -> None:
    """Measure each rate, all systems alternately, and print."""
    with stand(settings=SETTINGS) as (server, host):
        add_agents(host, math.ceil(max(rates) * seconds * 1.5) + 1_000)
        for system in systems:
            system.install(server.dsn())
        for rate in rates:
            results: dict[str, list[Delays]] = {system.name: [] for system in systems}
            for number in range(rounds):
                turn = number % len(systems)
                for system in (*systems[turn:], *systems[:turn]):
                    results[system.name].append(measure(server, host, system, rate, seconds))
            show(rate, results)


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[IDLE, 20, 200, 1_000], help="0: one at a time, idle")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    given: Any = parser.parse_args()
    peers = installed_peers() if given.peers else []
    run(given.rates, given.seconds, given.rounds, [BARE, OURS, *peers])


if __name__ == "__main__":
    main()
