"""What autopost costs the platform: transactions a second of its clients (pgbench), with each trigger and without any.

Progress updates, completions, a mix of both (nine to one), one UPDATE that completes 10,000 operations, and how long
each of 500 completions a second takes, that come whatever the server does (open loop). The
variants take turns, and each is compared with the run without trigger of the same round. `workers busy` means that none
sleeps, so nobody is rung; the workers' own use of processors is left out, as with the peers, and is what `a worker on
the same processors` adds. `worker asleep` is the worst case: every completion rings, because nobody answers.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autopost.database.embedded import EmbeddedServer
from benchmarks.pgbench import COMPLETION, PROGRESS, Ran, RanOut, check_completed, check_left, pgbench, start_operations
from benchmarks.stand import Connection, add_agents, percentile, report, spread, stand
from benchmarks.variants import (
    ASLEEP,
    BARE_INSERT,
    BESIDE,
    BUSY,
    NOTHING,
    NOTIFY_EACH,
    Variant,
    in_place,
    installed_peers,
)

BULK_ROWS = 10_000
MOST_A_SECOND = 150_000  # more than these machines complete, for the first run, which says how many there are to be
SPARE = 1.6
AGENTS = 10_000
# The tables of a run fit into memory. No checkpoint falls into a run, nor its full pages: one goes before, and leaves
# the old segments of the log to be written again, as on a server that has run for long. A new segment is filled with
# zeros first, which only those who write much would pay.
SETTINGS = {
    "max_connections": "120",
    "shared_buffers": "'4GB'",
    "max_wal_size": "'16GB'",
    "min_wal_size": "'8GB'",
    "checkpoint_timeout": "'1h'",
}
KINDS = {"progress": {PROGRESS: 1}, "completion": {COMPLETION: 1}, "mix": {PROGRESS: 9, COMPLETION: 1}}
KINDS_AND_MORE = (*KINDS, "bulk", "latency")


@dataclass(frozen=True)
class Goal:
    """A ratio to reach, between two variants; by the number of clients, None for any."""

    over: Variant
    least: float
    clients: int | None = None


GOALS = {
    "progress": [Goal(NOTHING, 0.99)],
    "completion": [
        Goal(NOTHING, 0.78, 16),
        Goal(NOTHING, 0.70, 64),
        Goal(BARE_INSERT, 0.95, 16),
        Goal(BARE_INSERT, 0.95, 64),
        Goal(NOTIFY_EACH, 4, 64),
        *(Goal(peer, 4, 64) for peer in installed_peers()),
    ],
}
GOAL_BULK = 1.6
RATE = 500  # completions a second of the open loop
RATE_CLIENTS = 16
GOALS_LATENCY = {0.5: 1.05, 0.99: 1.10}


@dataclass(frozen=True)
class Load:
    """What the platform's clients do, how many of them, and whether their commits wait for the disk."""

    kind: str
    clients: int
    synchronous: bool

    @property
    def name(self) -> str:
        """Return what the results call it."""
        clients = "1 client" if self.clients == 1 else f"{self.clients} clients"
        return f"{self.kind}, {clients}, synchronous_commit {'on' if self.synchronous else 'off'}"


def in_turns(variants: Sequence[Variant], number: int) -> Sequence[Variant]:
    """Return the variants in the order of a round."""
    turn = number % len(variants)
    return (*variants[turn:], *variants[:turn])


def run(server: EmbeddedServer, host: Connection, load: Load, variant: Variant, each: int, seconds: float) -> Ran:
    """Run a load with one variant, with `each` operations for every client to complete."""
    host.execute("checkpoint")
    with in_place(server, host, variant):
        start_operations(host, load.clients, each)
        ran = pgbench(server, KINDS[load.kind], clients=load.clients, seconds=seconds, synchronous=load.synchronous)
        if load.kind != "progress":
            check_left(host, load.clients)
    return ran


def measure(
    server: EmbeddedServer, host: Connection, load: Load, variants: Sequence[Variant], rounds: int, seconds: float
) -> None:
    """Print the line of one load."""
    completes = load.kind != "progress"
    each = math.ceil(MOST_A_SECOND / load.clients) if completes else 1
    fastest = run(server, host, load, NOTHING, each, 1).per_second  # and warms up
    if completes:
        each = math.ceil(fastest * seconds * SPARE / load.clients) + 100
    results: dict[str, list[float]] = {variant.name: [] for variant in variants}
    late = transactions = 0
    for number in range(rounds):
        for variant in in_turns(variants, number):
            try:
                ran = run(server, host, load, variant, each, seconds)
            except RanOut:  # the first run was slowed down by something else on the machine
                each *= 3
                ran = run(server, host, load, variant, each, seconds)
            results[variant.name].append(ran.per_second)
            if variant.trigger == BUSY.trigger:
                late, transactions = late + ran.not_captured, transactions + ran.transactions
    shares = {name: ratios(values, results[NOTHING.name]) for name, values in results.items()}
    parts = [f"{name} {spread(shares[name])}" for name in results if name != NOTHING.name]
    said = f"of the {statistics.median(results[NOTHING.name]):,.0f} transactions a second without trigger: "
    goals = [goal for goal in GOALS.get(load.kind, []) if goal.clients in (None, load.clients)]
    reached = [said_of(goal, results) for goal in goals if load.synchronous and goal.over.name in results]
    report(
        f"write_overhead {load.name}",
        "; ".join([said + ", ".join(parts), *reached, f"left to the reconciler {late:,} of {transactions:,}"]),
        tps=results,
        left_to_reconciler=late,
        shares=shares,
    )


def ratios(values: Sequence[float], base: Sequence[float]) -> list[float]:
    """Return value by base, round by round."""
    return [value / other for value, other in zip(values, base, strict=True)]


def said_of(goal: Goal, results: dict[str, list[float]]) -> str:
    """Say a goal and whether it is reached."""
    ratio = statistics.median(ratios(results[BUSY.name], results[goal.over.name]))
    reached = "reached" if ratio >= goal.least else "MISSED"
    return f"{BUSY.name} / {goal.over.name} {ratio:.2f}, goal {goal.least:g} {reached}"


def measure_bulk(server: EmbeddedServer, host: Connection, variants: Sequence[Variant], rounds: int) -> None:
    """Print the line of one UPDATE that completes many operations."""
    results: dict[str, list[float]] = {variant.name: [] for variant in variants}
    for number in range(rounds + 1):
        for variant in in_turns(variants, number):
            took = bulk_ms(server, host, variant)
            if number > 0:  # the first round warms up
                results[variant.name].append(took)
    times = {name: ratios(values, results[NOTHING.name]) for name, values in results.items()}
    parts = [f"{name} {spread(times[name])}" for name in results if name != NOTHING.name]
    ours = statistics.median(times[BUSY.name])
    report(
        f"write_overhead bulk update of {BULK_ROWS} completions",
        f"times the {statistics.median(results[NOTHING.name]):.0f} ms without trigger: {', '.join(parts)}; "
        f"goal at most {GOAL_BULK:g} {'reached' if ours <= GOAL_BULK else 'MISSED'}",
        milliseconds=results,
        times=times,
    )


def measure_latency(
    server: EmbeddedServer, host: Connection, variants: Sequence[Variant], rounds: int, seconds: float
) -> None:
    """Print the line of completions at a rate, each from when it was to begin to its commit."""
    times: dict[float, dict[str, list[float]]] = {share: {v.name: [] for v in variants} for share in GOALS_LATENCY}
    each = math.ceil(RATE * seconds * SPARE / RATE_CLIENTS) + 100
    for number in range(rounds):
        for variant in in_turns(variants, number):
            host.execute("checkpoint")
            with in_place(server, host, variant):
                start_operations(host, RATE_CLIENTS, each)
                ran = pgbench(server, {COMPLETION: 1}, clients=RATE_CLIENTS, seconds=seconds, rate=RATE)
                check_left(host, RATE_CLIENTS)
            for share, of_share in times.items():
                of_share[variant.name].append(percentile(ran.latencies_ms, share))
    parts = []
    for share, goal in GOALS_LATENCY.items():
        of_share = times[share]
        base = of_share[NOTHING.name]
        said = [f"{name} {spread(ratios(values, base))}" for name, values in of_share.items() if name != NOTHING.name]
        ours = statistics.median(ratios(of_share[BUSY.name], base))
        reached = "reached" if ours <= goal else "MISSED"
        parts.append(
            f"p{100 * share:g} of the {statistics.median(base):.2f} ms without trigger: {', '.join(said)}, "
            f"goal at most {goal:g} {reached}"
        )
    report(f"write_overhead latency at {RATE} completions a second", "; ".join(parts), milliseconds=times)


def bulk_ms(server: EmbeddedServer, host: Connection, variant: Variant) -> float:
    """Return the milliseconds of an UPDATE that completes many operations, and of its commit."""
    with in_place(server, host, variant):
        start_operations(host, 1, BULK_ROWS)
        began = time.perf_counter()
        host.execute("update operation_trackers set status = 'completed' where id like 'op%'")
        took = (time.perf_counter() - began) * 1000
        check_completed(host, BULK_ROWS)
    return took


def loads(*, full: bool) -> list[tuple[Load, list[Variant]]]:
    """Return what is measured, each with its variants."""
    peers = installed_peers()
    if not full:
        short = [NOTHING, BARE_INSERT, NOTIFY_EACH, BUSY]
        return [
            (Load("progress", 16, synchronous=True), [NOTHING, BUSY]),
            (Load("completion", 16, synchronous=True), short),
            (Load("completion", 64, synchronous=True), short),
        ]
    every = [NOTHING, BARE_INSERT, NOTIFY_EACH, BUSY, ASLEEP, BESIDE, *peers]
    kinds = {"progress": [NOTHING, BUSY, ASLEEP], "completion": every, "mix": every}
    return [
        (Load(kind, clients, synchronous), variants)
        for kind, variants in kinds.items()
        for synchronous in (True, False)
        for clients in (1, 4, 16, 64)
        if kind != "mix" or clients >= 16
    ]


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="all numbers of clients, all variants, also the peers")
    parser.add_argument("--only", choices=KINDS_AND_MORE, nargs="+", default=KINDS_AND_MORE)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    given: Any = parser.parse_args()
    with stand(settings=SETTINGS) as (server, host):
        add_agents(host, AGENTS)
        for peer in installed_peers() if given.full else []:
            assert peer.system is not None
            peer.system.install(server.dsn())
        for load, variants in loads(full=given.full):
            if load.kind in given.only and load.clients in given.clients:
                measure(server, host, load, variants, given.rounds, given.seconds)
        if "latency" in given.only:
            measure_latency(server, host, [NOTHING, BARE_INSERT, BUSY], given.rounds, max(4, given.seconds))
        if "bulk" in given.only:
            bulk = [NOTHING, BARE_INSERT, BUSY, *([ASLEEP, *installed_peers()] if given.full else [])]
            measure_bulk(server, host, bulk, given.rounds)


if __name__ == "__main__":
    main()
