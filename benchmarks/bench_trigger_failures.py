"""What an agent's UPDATE of 10,000 rows pays when something is wrong with autopost's half of the database.

The same update without the trigger and with it, in alternating order, for each breakage that the tests know. The
promise is that no breakage costs more than 100 ms; a median above it ends in exit code 1. For information also what the
same update costs when all is well: where every row is captured, and where no rule names any.

Time in which the server's process could have run and other programs had the processors is not counted, where the system
tells it (Linux): how busy the machine is besides says nothing about the trigger.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.breakage import BREAKAGES

from benchmarks.stand import Connection, report, stand
from benchmarks.trigger import NONE, OURS, set_trigger

ROUNDS = 5
ROWS = 10_000
GOAL_MS = 100.0


def main() -> int:
    """Measure and print, one line for each breakage; return the exit code."""
    with stand() as (server, host):
        host.execute("set synchronous_commit = off")
        both = ("operation_trackers", "auto_post_outbox")
        measure(host, "all captured", "completed", "for information", emptied=both)
        measure(host, "no rule", "queued", "for information", emptied=both)
        too_slow = []
        for name, breakage in BREAKAGES.items():
            with breakage.of(host, server.dsn()):
                extra = measure(host, name, "completed", f"goal under {GOAL_MS:.0f} ms")
            if extra > GOAL_MS:
                too_slow.append(name)
    if too_slow:
        print(f"trigger_failures: MISSED the goal of {GOAL_MS:.0f} ms: {', '.join(too_slow)}", file=sys.stderr)
    return 1 if too_slow else 0


def measure(
    host: Connection, name: str, status: str, remark: str, *, emptied: Sequence[str] = ("operation_trackers",)
) -> float:
    """Print what the trigger adds to one UPDATE of tables emptied before; return the median in milliseconds."""
    without, with_trigger = [], []
    for number in range(ROUNDS + 1):
        took = {triggered: bulk_update(host, status, emptied, triggered=triggered) for triggered in order(number)}
        if number > 0:  # the first round warms up
            without.append(took[False])
            with_trigger.append(took[True])
    extra = [b - a for a, b in zip(without, with_trigger, strict=True)]
    base, cost = statistics.median(without), statistics.median(with_trigger)
    report(
        f"trigger_failures {name}",
        f"{statistics.median(extra):+.1f} ms ({min(extra):+.1f} to {max(extra):+.1f}) on {base:.1f} ms for {ROWS:,} "
        f"rows, {cost / base:.2f} times the same without trigger; {remark}",
        extra_ms=extra,
        without_ms=without,
        with_ms=with_trigger,
    )
    return statistics.median(extra)


def order(number: int) -> tuple[bool, bool]:
    """Return who comes first in a round: without and with the trigger take turns."""
    return (False, True) if number % 2 else (True, False)


def bulk_update(host: Connection, status: str, emptied: Sequence[str], *, triggered: bool) -> float:
    """Return the milliseconds until an UPDATE of all operations has committed. Raises when one did not change."""
    host.execute(f"truncate {', '.join(emptied)}".encode())
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation, why_explanation) "
        "select 'op' || n, 'agent1', 'workflow_execute', 'running', repeat('did it ', 20), repeat('because ', 10) "
        "from generate_series(1, %s) as n",
        (ROWS,),
    )
    set_trigger(host, OURS if triggered else NONE)
    crowded, began = crowded_out_ms(host), time.perf_counter()
    changed = host.execute("update operation_trackers set status = %s", (status,)).rowcount
    took = (time.perf_counter() - began) * 1000
    if changed != ROWS:
        raise RuntimeError(f"{changed} of {ROWS} rows were changed")
    return took - (crowded_out_ms(host) - crowded)


def crowded_out_ms(host: Connection) -> float:
    """Return how long this process and the connection's on the server have waited for a processor so far."""
    try:
        return sum(
            int(Path(f"/proc/{process}/schedstat").read_text("ascii").split()[1]) / 1e6
            for process in ("self", host.info.backend_pid)
        )
    except OSError:
        return 0.0


if __name__ == "__main__":
    sys.exit(main())
