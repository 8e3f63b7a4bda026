"""From the return of the agent's COMMIT to the row in social_posts, template mode, idle system, one at a time.

The baseline of the same run is the doorbell's own floor: how long one NOTIFY takes to reach a listening connection.
"""

from __future__ import annotations

import random
import statistics
import time

import psycopg

from benchmarks.stand import add_agents, percentile, report, stand, worker

ROUNDS = 150
GOAL_MS = 50.0


def main() -> None:
    """Measure and print."""
    with stand() as (server, host):
        add_agents(host, ROUNDS)
        with worker(server), psycopg.connect(server.dsn(), autocommit=True) as reader:
            floor = [notify_ms(host, reader) for _ in range(50)]
            reader.execute("unlisten *")
            delays = [completion_ms(host, reader, number) for number in range(1, ROUNDS + 1)]
    p50, p99, base = statistics.median(delays), percentile(delays, 0.99), statistics.median(floor)
    report(
        "latency",
        f"commit to post p50 {p50:.1f} ms, p99 {p99:.1f} ms, where a bare NOTIFY takes {base:.2f} ms; "
        f"goal p50 under {GOAL_MS:.0f} ms: {'reached' if p50 < GOAL_MS else 'MISSED'}",
        p50_ms=p50,
        p99_ms=p99,
        notify_ms=base,
    )


def completion_ms(host: psycopg.Connection[object], reader: psycopg.Connection[object], number: int) -> float:
    """Complete one operation while the worker sleeps; return the time until its post can be read."""
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
        "values (%s, %s, 'workflow_execute', 'running', 'reconciled the invoices of the week')",
        (f"op{number}", f"agent{number}"),
    )
    time.sleep(0.1 + random.uniform(0, 0.05))  # the worker has fallen asleep
    host.execute("update operation_trackers set status = 'completed' where id = %s", (f"op{number}",))
    began = time.perf_counter()
    while reader.execute("select from social_posts where author_id = %s", (f"agent{number}",)).fetchone() is None:
        if time.perf_counter() - began > 30:
            raise TimeoutError(f"no post for op{number}")
    return (time.perf_counter() - began) * 1000


def notify_ms(sender: psycopg.Connection[object], listener: psycopg.Connection[object]) -> float:
    """Return the time from the return of a committed NOTIFY to its arrival."""
    listener.execute("listen benchmark")
    sender.execute("notify benchmark")
    began = time.perf_counter()
    next(listener.notifies(timeout=10))
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
