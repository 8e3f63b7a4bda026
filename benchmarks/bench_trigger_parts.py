"""What each part of the trigger costs a completion: the trigger whole, and without one part after the other.

One client, a transaction for each completion, commits that do not wait for the disk; what is not needed is measured by
leaving it out, so the parts do not add up to the whole. `bare outbox insert` is the least that writes the same row.
"""

from __future__ import annotations

import argparse
import re
import time
from typing import Any

from tests.host import SCHEMAS, open_connection

from autopost.database.embedded import EmbeddedServer
from autopost.database.sql import read_object, render
from benchmarks.pgbench import start_operations
from benchmarks.stand import Connection, add_agents, report, stand
from benchmarks.trigger import NONE, OURS, set_trigger

WARM_UP = 30  # of a new connection, which plans each statement anew at first
COMPLETIONS = 100
WHOLE = read_object(f"functions/{OURS}")
NOTHING, BARE = "no trigger", "bare outbox insert"


def without(pattern: str, put: str = "") -> str:
    """Return the trigger's function without a part of it."""
    changed, found = re.subn(pattern, put, WHOLE, flags=re.DOTALL)
    assert found, pattern
    return changed


HANDLER = r"    exception\n        when others then.*?    end;\n\n    return null"
LOCK = r"or not pg_catalog\.pg_try_advisory_xact_lock_shared\(.*?\)\s*\)"
FUNCTIONS = {
    "autopost": WHOLE,
    "without search_path": without(r"set search_path = [a-z_, ]+\n"),
    "without lock_timeout": without(r"set lock_timeout = '\w+'\n"),
    "without security definer": without(r"security definer\n"),
    "without exception block": without(HANDLER, "    end;\n    return null"),
    "without ON CONFLICT": without(r"on conflict \(id\) do nothing"),
    "without the doorbell's lock": without(LOCK),
}


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    given: Any = parser.parse_args()
    variants = [NOTHING, BARE, *FUNCTIONS]
    results: dict[str, list[float]] = {name: [] for name in variants}
    with stand() as (server, host):
        add_agents(host, 1_000)
        each = (WARM_UP + COMPLETIONS) * len(variants) * (given.rounds + 1)
        start_operations(host, 1, each)
        ids = iter(range(1, each + 1))
        for number in range(given.rounds + 1):
            for name in variants:
                took = completions(server, host, name, [f"op0-{next(ids)}" for _ in range(WARM_UP + COMPLETIONS)])
                if number > 0:  # the first round warms up
                    results[name].append(took)
    usual = {name: quartile(values) for name, values in results.items()}
    parts = [f"{name} {usual[name]:.1f}" for name in variants]
    share = usual[BARE] / usual["autopost"]
    report(
        "trigger_parts",
        f"microseconds of a completion: {', '.join(parts)}; bare insert / autopost {share:.2f}",
        microseconds=usual,
    )


def completions(server: EmbeddedServer, host: Connection, name: str, ids: list[str]) -> float:
    """Return the microseconds of a completion on a connection of its own, in the quicker quarter."""
    host.execute("truncate auto_post_outbox")
    set_trigger(host, {NOTHING: NONE, BARE: "bare_insert"}.get(name, OURS))
    if name in FUNCTIONS:
        host.execute(render(FUNCTIONS[name], SCHEMAS).encode())
    times = []
    with open_connection(server.dsn(), autocommit=True) as client:
        client.execute("set synchronous_commit = off")
        client.prepare_threshold = 0
        for tracker_id in ids:
            began = time.perf_counter()
            client.execute("update operation_trackers set status = 'completed' where id = %s", (tracker_id,))
            times.append((time.perf_counter() - began) * 1e6)
    return quartile(times[WARM_UP:])


def quartile(values: list[float]) -> float:
    """Return the first quartile: what disturbs a run makes it slower, never faster."""
    return sorted(values)[len(values) // 4]


if __name__ == "__main__":
    main()
