"""What the trigger costs an agent's single-row UPDATE: with the trigger against without it, interleaved.

A loop on the server, which sees nothing but the statement: progress updates that do not name status, those that name it
without changing it, status changes that meet no rule, and completions. bench_host_tax.py sees whole transactions.
"""

from __future__ import annotations

import statistics
import time

from benchmarks.stand import Connection, report, spread, stand
from benchmarks.trigger import NONE, OURS, set_trigger

ROUNDS = 9
UPDATES = 4_000
ROWS = 200

FORMS = {
    "progress": "set progress = progress + 1 where id = 'op' || (n % {rows})",
    "progress, status named": "set progress = progress + 1, status = 'running' where id = 'op' || (n % {rows})",
    "insignificant status": "set status = 'step' || n where id = 'op' || (n % {rows})",
    "completion": "set status = 'completed' where id = 'op' || n",
}


def main() -> None:
    """Measure and print, one line for each form of update."""
    with stand() as (_, host):
        host.execute("set synchronous_commit = off")
        for name, form in FORMS.items():
            without, with_trigger = compare(host, form.format(rows=ROWS), fresh=name == "completion")
            ratios = [b / a for a, b in zip(without, with_trigger, strict=True)]
            base, cost = statistics.median(without), statistics.median(with_trigger)
            report(
                f"trigger_cost {name}",
                f"{spread(ratios)} times the same update without trigger, {base:.1f} and {cost:.1f} microseconds",
                ratios=ratios,
                without_us=without,
                with_us=with_trigger,
            )


def compare(host: Connection, form: str, *, fresh: bool) -> tuple[list[float], list[float]]:
    """Return microseconds per update without and with the trigger, round by round in alternating order."""
    results: dict[bool, list[float]] = {False: [], True: []}
    for number in range(ROUNDS + 1):
        for triggered in (False, True) if number % 2 else (True, False):
            fill(host, UPDATES if fresh else ROWS)
            set_trigger(host, OURS if triggered else NONE)
            took = loop(host, form)
            if number > 0:  # the first round warms up
                results[triggered].append(took)
    return results[False], results[True]


def fill(host: Connection, rows: int) -> None:
    """Begin anew with running operations."""
    host.execute("truncate operation_trackers, auto_post_outbox")
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation, why_explanation) "
        "select 'op' || n, 'agent1', 'workflow_execute', 'running', repeat('did it ', 20), repeat('because ', 10) "
        "from generate_series(0, %s) as n",
        (rows,),
    )
    host.execute("vacuum analyze operation_trackers")


def loop(host: Connection, form: str) -> float:
    """Return the microseconds of one update in a loop on the server."""
    statement = f"do $$ begin for n in 1..{UPDATES} loop update operation_trackers {form}; end loop; end $$"
    began = time.perf_counter()
    host.execute(statement.encode())
    return (time.perf_counter() - began) * 1e6 / UPDATES


if __name__ == "__main__":
    main()
