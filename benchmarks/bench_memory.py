"""The resident memory of a worker process that works off 5,000 operations in template mode, and its pace."""

from __future__ import annotations

import time

import psutil

from benchmarks.stand import add_agents, report, stand, wait_for, worker

OPERATIONS = 5_000
AGENTS = 5_000
GOAL_MB = 250.0


def main() -> None:
    """Measure and print."""
    with stand() as (server, host):
        add_agents(host, AGENTS)
        with worker(server) as process:
            memory = psutil.Process(process.pid).memory_info
            idle = memory().rss / 1e6
            began = time.monotonic()
            host.execute(
                "insert into operation_trackers "
                "(id, agent_id, operation_type, status, what_explanation, why_explanation, next_steps) "
                "select 'op' || n, 'agent' || n, 'report_generate', 'completed', "
                "'compiled the weekly numbers of region ' || n || ' and mailed them to team' || n || '@example.com', "
                "'so that the review can start on time', 'answer questions' from generate_series(1, %s) as n",
                (OPERATIONS,),
            )
            wait_for(host, f"select count(*) = {OPERATIONS} from audit_log")
            took = time.monotonic() - began
            busy = memory().rss / 1e6
        posts = host.execute("select count(*) from social_posts").fetchone()
        assert posts == (OPERATIONS,), posts
    report(
        "memory",
        f"{busy:.0f} MB resident after {OPERATIONS:,} operations, {busy / idle:.2f} times idle ({idle:.0f} MB); "
        f"goal under {GOAL_MB:.0f} MB: {'reached' if busy < GOAL_MB else 'MISSED'}; {OPERATIONS / took:,.0f} a second",
        busy_mb=busy,
        idle_mb=idle,
        operations_per_second=OPERATIONS / took,
    )


if __name__ == "__main__":
    main()
