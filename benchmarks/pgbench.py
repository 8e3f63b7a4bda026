"""pgbench, as it comes with the server: clients that change operations over a unix socket, as a platform does."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autopost.database.embedded import EmbeddedServer
from benchmarks.stand import Connection

# Each client completes operations of its own, one after another; all of them move the progress of the same few.
COMPLETION = (
    "\\set i :i + 1\nupdate operation_trackers set status = 'completed' where id = 'op' || :client_id || '-' || :i;\n"
)
MOVING = 1_000
PROGRESS = (
    f"\\set n random(1, {MOVING})\nupdate operation_trackers set progress = progress + 1 where id = 'moving' || :n;\n"
)

COLUMNS = "(id, tenant_id, agent_id, operation_type, status, what_explanation, why_explanation, next_steps)"
TEXTS = (
    "'workflow_execute', 'running', 'reconciled the invoices of region ' || n || ' and mailed them to the team', "
    "'so that the review can start on time', 'answer questions'"
)


@dataclass(frozen=True)
class Ran:
    """What a run of pgbench did."""

    transactions: int
    per_second: float
    not_captured: int  # by the trigger, which waits for no lock for long; the reconciler finds them
    latencies_ms: Sequence[float] = field(default=(), repr=False)  # at a rate: from when each was to begin


class RanOut(Exception):
    """There were not enough operations to complete: transactions changed nothing."""


def start_operations(host: Connection, clients: int, each: int) -> None:
    """Add running operations: `each` for every client to complete, with an agent to each, and some that move."""
    host.execute(
        f"insert into operation_trackers {COLUMNS} "
        f"select 'op' || c || '-' || n, 'tenant', 'agent' || (1 + c * %s + n - 1), {TEXTS} "
        "from generate_series(0, %s) as c, generate_series(1, %s) as n".encode(),
        (each, clients - 1, each),
    )
    host.execute(
        f"insert into operation_trackers {COLUMNS} "
        f"select 'moving' || n, 'tenant', 'agent' || n, {TEXTS} from generate_series(1, %s) as n".encode(),
        (MOVING,),
    )
    host.execute("vacuum analyze operation_trackers")


def pgbench(
    server: EmbeddedServer,
    scripts: Mapping[str, int],
    *,
    clients: int,
    seconds: float,
    rate: float | None = None,
    synchronous: bool = True,
) -> Ran:
    """Run scripts, chosen by their weights, as fast as it goes or at a rate (transactions a second, in random gaps)."""
    command = [str(server.bin_folder / "pgbench"), "-n", "-M", "prepared", "-D", "i=0"]
    command += ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(max(1, round(seconds)))]
    command += ["--rate", str(rate)] if rate else []
    with contextlib.ExitStack() as files:
        for text, weight in scripts.items():
            script = files.enter_context(tempfile.NamedTemporaryFile("w", suffix=".sql"))
            script.write(text)
            script.flush()
            command += ["-f", f"{script.name}@{weight}"]
        logs = Path(files.enter_context(tempfile.TemporaryDirectory()))
        command += ["--log", f"--log-prefix={logs}/log"] if rate else []
        environment = {**os.environ, "PGOPTIONS": f"-c synchronous_commit={'on' if synchronous else 'off'}"}
        run = subprocess.run(
            [*command, server.dsn()], check=True, capture_output=True, text=True, env=environment, cwd=Path.cwd()
        )
        # client, number, microseconds, script, time, lag
        lines = [line.split() for log in logs.iterdir() for line in log.read_text("ascii").splitlines()]
    return Ran(
        int(_figure(run.stdout, "transactions actually processed: ")),
        _figure(run.stdout, "tps = "),
        run.stderr.count("WARNING:  autopost did not capture"),
        [int(line[2]) / 1000 for line in lines],
    )


def check_completed(host: Connection, completions: int) -> None:
    """Raise RanOut unless so many operations are completed."""
    ((found,),) = host.execute("select count(*) from operation_trackers where status = 'completed'").fetchall()
    if found != completions:
        raise RanOut(f"{found:,} operations were completed in {completions:,} transactions")


def check_left(host: Connection, clients: int) -> None:
    """Raise RanOut unless every client has operations left."""
    left = "from operation_trackers where status = 'running' and id like 'op%'"
    ((found,),) = host.execute(f"select count(distinct split_part(id, '-', 1)) {left}".encode()).fetchall()
    if found != clients:
        raise RanOut(f"{clients - found} of {clients} clients have completed all there was")


def _figure(output: str, before: str) -> float:
    found = re.search(re.escape(before) + r"([0-9.]+)", output)
    assert found is not None, output
    return float(found[1])
