"""What the trigger costs an agent's single-row UPDATE: with the trigger against without it, interleaved.

Two ways. pgbench over a unix socket, as an application would see it: transactions a second of progress updates. And a
loop on the server, which sees nothing but the statement: progress updates that do not name status, those that name it
without changing it, status changes that meet no rule, and completions.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time

from autopost.embedded import EmbeddedServer
from autopost.resources import render, sql_folder
from benchmarks.stand import Connection, report, spread, stand

ROUNDS = 9
PGBENCH_ROUNDS = 9
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
    with stand() as (server, host):
        host.execute("set synchronous_commit = off")
        report_pgbench(server, host)
        for name, form in FORMS.items():
            without, with_trigger = compare(host, form.format(rows=ROWS), fresh=name == "completion")
            ratios = [b / a for a, b in zip(without, with_trigger, strict=True)]
            base, cost = statistics.median(without), statistics.median(with_trigger)
            report(
                f"host_tax {name}",
                f"{spread(ratios)} times the same update without trigger, {base:.1f} and {cost:.1f} microseconds",
                ratios=ratios,
                without_us=without,
                with_us=with_trigger,
            )


def report_pgbench(server: EmbeddedServer, host: Connection) -> None:
    """Print transactions a second of progress updates with the trigger, as a share of those before and after without.

    Beside it the same of two runs without the trigger: how much of a difference the machine makes by itself.
    """
    fill(host, ROWS)
    pgbench(server)
    shares, noise, base = [], [], []
    for _ in range(PGBENCH_ROUNDS):
        rates = []
        for triggered in (False, True, False):
            set_trigger(host, present=triggered)
            rates.append(pgbench(server))
        before, between, after = rates
        shares.append(2 * between / (before + after))
        noise.append(after / before)
        base += [before, after]
    set_trigger(host, present=True)
    report(
        "host_tax pgbench progress",
        f"{spread(shares)} of the transactions a second without trigger; without against without {spread(noise)}; "
        f"{statistics.median(base):,.0f} a second",
        shares=shares,
        noise=noise,
        without_tps=base,
    )


def pgbench(server: EmbeddedServer) -> float:
    """Return progress updates a second of one client, without waiting for the disk."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"\\set n random(0, {ROWS - 1})\n")
        script.write("update operation_trackers set progress = progress + 1 where id = 'op' || :n;\n")
        script.flush()
        command = [str(server.bin_folder / "pgbench"), "-n", "-c1", "-M", "prepared", "-T", "1", "-f", script.name]
        environment = {**os.environ, "PGOPTIONS": "-c synchronous_commit=off"}
        run = subprocess.run([*command, server.dsn()], check=True, capture_output=True, text=True, env=environment)
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("tps")]
    return float(line.split()[2])


def set_trigger(host: Connection, *, present: bool) -> None:
    """Drop the trigger, or make it as it is installed."""
    host.execute("drop trigger if exists auto_post_capture on operation_trackers")
    if present:
        host.execute(
            render((sql_folder() / "triggers" / "auto_post_capture.sql").read_text("utf-8"), "public").encode()
        )
    host.execute("vacuum analyze operation_trackers")


def compare(host: Connection, form: str, *, fresh: bool) -> tuple[list[float], list[float]]:
    """Return microseconds per update without and with the trigger, round by round in alternating order."""
    results: dict[bool, list[float]] = {False: [], True: []}
    for number in range(ROUNDS + 1):
        for triggered in (False, True) if number % 2 else (True, False):
            fill(host, UPDATES if fresh else ROWS)
            set_trigger(host, present=triggered)
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
