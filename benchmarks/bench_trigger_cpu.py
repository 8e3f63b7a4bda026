"""What the trigger costs a backend of the platform in processor time, whatever else the machine does.

Single completions, status changes that meet no rule, progress updates (each committed by itself, in a loop on the
server) and bulk updates, with autopost's trigger, a bare insert into the outbox, and none. The variants take turns in
short runs; the time is the kernel's account of the backend (/proc/<pid>/schedstat, Linux alone), and the figure of a
variant is the mean of its best tenth, as other processes can only slow a run down. Printed are microseconds for each
operation, and what the trigger adds relative to what a bare insert adds, or to no trigger where nothing is captured.
"""

from __future__ import annotations

import argparse
import random
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.stand import Connection, add_agents, report, stand
from benchmarks.trigger import NONE, OURS, set_trigger

BARE = "bare_insert"
AGENTS = 1_000
WARM_UP = 30  # operations before each run, for the plans of the session

# p_from and p_count say which operations. In a loop on the server nothing but the statement and its commit is counted.
SINGLE = """
create or replace procedure public.bench_run(p_from integer, p_count integer)
language plpgsql
as $$
begin
    for i in p_from .. p_from + p_count - 1 loop
        update public.operation_trackers set {change} where id = 'op' || i;
        commit;
    end loop;
end
$$
"""
BULK = """
create or replace procedure public.bench_run(p_from integer, p_count integer)
language plpgsql
as $$
begin
    update public.operation_trackers set {change}
    where id = any(array(select 'op' || i from generate_series(p_from, p_from + p_count - 1) as i));
end
$$
"""


@dataclass(frozen=True)
class Kind:
    """What is done to an operation, how often in a run, and whether that is captured."""

    name: str
    procedure: str
    change: str
    each: int
    is_captured: bool


KINDS = (
    Kind("completion", SINGLE, "status = 'completed'", 250, is_captured=True),
    Kind("status that meets no rule", SINGLE, "status = 'waiting'", 250, is_captured=False),
    Kind("progress", SINGLE, "progress = 5", 250, is_captured=False),
    Kind("bulk", BULK, "status = 'completed'", 2_000, is_captured=True),
)


def start(host: Connection, count: int) -> None:
    """Empty the tables and add running operations, `op1` to `op<count>`."""
    host.execute("truncate operation_trackers, auto_post_outbox")
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation, "
        "why_explanation, next_steps) select 'op' || n, 'tenant', 'agent' || (1 + mod(n, %s)), 'workflow_execute', "
        "'running', repeat('what ', 24), repeat('why ', 20), 'next' from generate_series(1, %s) as n",
        (AGENTS, count),
    )
    host.execute("vacuum analyze operation_trackers")
    host.execute("checkpoint")


def processor_us(pid: int) -> float:
    """Return how long a process has run on a processor, in microseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1000


def best(values: list[float]) -> float:
    """Return the mean of the best tenth."""
    return statistics.mean(sorted(values)[: max(1, len(values) // 10)])


def measure(host: Connection, kind: Kind, rounds: int) -> None:
    """Print the line of one kind of change."""
    variants = [NONE, BARE, OURS]
    start(host, len(variants) * rounds * (kind.each + WARM_UP))
    host.execute(kind.procedure.format(change=kind.change).encode())
    pid = host.info.backend_pid
    results: dict[str, list[float]] = {name: [] for name in variants}
    position = 1
    for number in range(rounds):
        for name in random.Random(number).sample(variants, len(variants)):
            set_trigger(host, name)
            host.execute("call public.bench_run(%s, %s)", (position, WARM_UP))
            before = processor_us(pid)
            host.execute("call public.bench_run(%s, %s)", (position + WARM_UP, kind.each))
            results[name].append((processor_us(pid) - before) / kind.each)
            position += kind.each + WARM_UP
    none, bare, ours = (best(results[name]) for name in variants)
    ratio = (
        f"{(ours - none) / (bare - none):.2f} of what a bare insert adds"
        if kind.is_captured
        else f"{ours / none:.2f} of no trigger"
    )
    report(
        f"trigger_cpu {kind.name}",
        f"no trigger {none:.1f} us, bare insert {bare:.1f} us, autopost {ours:.1f} us: {ratio}",
        microseconds=results,
    )


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=[kind.name for kind in KINDS], nargs="+", default=[k.name for k in KINDS])
    parser.add_argument("--rounds", type=int, default=30)
    given: Any = parser.parse_args()
    settings = {"autovacuum": "off", "checkpoint_timeout": "'1h'", "max_wal_size": "'8GB'", "shared_buffers": "'1GB'"}
    with stand(settings=settings) as (_server, host):
        add_agents(host, AGENTS)
        host.execute("set synchronous_commit = off")
        for kind in KINDS:
            if kind.name in given.only:
                measure(host, kind, given.rounds)


if __name__ == "__main__":
    main()
