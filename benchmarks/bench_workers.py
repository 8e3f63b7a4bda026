"""How fast one, two and four workers drain the same backlog together, in template mode, redaction off and on.

The workers are processes of their own, all ready before the clock starts, and share the processors with the server. The
outcomes are checked as in bench_drain.py: nothing twice, no window missed, whoever made the post.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
from typing import Any

from autopost.database.embedded import EmbeddedServer
from benchmarks.backlog import WINDOW, check, fill, wait_for_outcomes
from benchmarks.clock import now
from benchmarks.stand import Connection, add_agents, report, spread, stand, wait_for
from benchmarks.systems import OURS, prepare, ready

SETTINGS = {"track_commit_timestamp": "on", "max_wal_size": "'8GB'", "max_connections": "120"}
AGENTS = 5_000


def drain(server: EmbeddedServer, host: Connection, workers: int, rows: int, *, redaction: bool) -> float:
    """Return the rows a second of some workers together."""
    prepare(host, OURS)
    fill(host, rows, AGENTS, alerts=False)
    host.execute("vacuum analyze")
    host.execute("checkpoint")
    with contextlib.ExitStack() as processes:
        running = [
            processes.enter_context(
                ready(server, host, OURS, redaction=redaction, SOCIAL_POST_WORKER_NAME=f"worker{number}")
            )
            # `ready` forgets the workers that were there before: one of many is known by its connections.
            for number in range(workers)
        ]
        listening = "select count(*) >= %d from pg_stat_activity where application_name = 'autopost doorbell'"
        wait_for(host, listening % workers, seconds=60)
        began = now(host)
        running[0].begin()  # the switch is theirs together
        wait_for_outcomes(host, rows)
    check(host, WINDOW, redaction=redaction, alerts=False)
    ((end,),) = host.execute("select max(pg_xact_commit_timestamp(xmin)) from audit_log").fetchall()
    return rows / float((end - began).total_seconds())


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3)
    given: Any = parser.parse_args()
    with stand(settings=SETTINGS) as (server, host):
        add_agents(host, AGENTS)
        for redaction in (False, True):
            rates: dict[int, list[float]] = {count: [] for count in given.workers}
            for number in range(given.rounds):
                turn = number % len(given.workers)
                for count in (*given.workers[turn:], *given.workers[:turn]):
                    rates[count].append(drain(server, host, count, given.rows, redaction=redaction))
            first = given.workers[0]
            parts = [
                f"{count}: {spread([a / b for a, b in zip(rates[count], rates[first], strict=True)])}"
                for count in given.workers[1:]
            ]
            name = "on" if redaction else "off"
            report(
                f"workers redaction {name}",
                f"{first} worker(s) {statistics.median(rates[first]):,.0f} rows a second with redaction {name} on "
                f"{os.cpu_count()} processors; times that with {', '.join(parts)}",
                rates=rates,
            )


if __name__ == "__main__":
    main()
