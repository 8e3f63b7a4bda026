"""How long others wait while one agent has very many rows pending: from commit to post, beside the same when idle.

The agent's rows are alerts, which no rate limit lets the worker pass by quickly.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

from benchmarks.stand import Connection, add_agents, percentile, report, stand, wait_for, worker

OTHERS = 200
DELAYS = (
    "select 1000 * extract(epoch from pg_xact_commit_timestamp(l.xmin) - pg_xact_commit_timestamp(t.xmin)) "
    "from operation_trackers as t inner join audit_log as l on l.tracker_id = t.id and l.action = 'auto_post.posted' "
    "where t.id like %s"
)


def others(host: Connection, name: str, seconds: float, first: int) -> tuple[float, float, int]:
    """Let other agents complete one operation each, now and then; return p50 and p99 in ms, and how many."""
    end = time.monotonic() + seconds
    done = 0
    while time.monotonic() < end and done < OTHERS:
        time.sleep(random.uniform(0.02, 0.06))
        host.execute(
            "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
            "values (%s, 'tenant', %s, 'workflow_execute', 'completed', 'sorted the inbox')",
            (f"{name}{done}", f"agent{first + done}"),
        )
        done += 1
    still = (
        f"select count(*) = 0 from auto_post_outbox where tracker_id like '{name}%' and state in ('pending', 'claimed')"
    )
    wait_for(host, still)
    delays = [float(delay) for (delay,) in host.execute(DELAYS, (f"{name}%",)).fetchall()]
    assert len(delays) == done, f"{len(delays)} posts of {done}"
    return statistics.median(delays), percentile(delays, 0.99), done


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with stand(settings={"track_commit_timestamp": "on"}) as (server, host):
        add_agents(host, 2 * OTHERS + 1)
        with worker(server):
            idle = others(host, "idle", 60, 1)
            host.execute("select auto_post_pause()")
            host.execute(
                "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
                "select 'hot' || n, 'tenant', %s, 'workflow_execute', 'failed', 'looked again and found it broken' "
                "from generate_series(1, %s::int) as n",
                (f"agent{2 * OTHERS + 1}", rows),
            )
            host.execute("select auto_post_resume()")
            began = time.monotonic()
            wait_for(
                host, "select exists (select from social_posts where author_id like 'agent%1' and post_type = 'alert')"
            )
            busy = others(host, "beside", 60, OTHERS + 1)
            left = host.execute("select count(*) from auto_post_outbox where state = 'pending'").fetchone()
            waited = time.monotonic() - began
            wait_for(host, "select count(*) = 0 from auto_post_outbox where state in ('pending', 'claimed')")
            took = time.monotonic() - began
    assert left is not None
    assert left[0] > 0, "the flood was worked off before the others were: more rows are needed"
    report(
        "hot_agent",
        f"beside {rows:,} alerts of one agent {busy[2]} posts of others took p50 {busy[0]:.0f} and "
        f"p99 {busy[1]:.0f} ms, idle {idle[0]:.0f} and {idle[1]:.0f}; after {waited:.0f} s "
        f"{left[0]:,} alerts were left, and all took {took:.0f} s",
        idle=idle,
        beside=busy,
        flood_seconds=took,
    )


if __name__ == "__main__":
    main()
