"""How fast a backlog is worked off, in template mode: autopost, its peers, and what the server itself can do.

The backlog waits before the clock starts, and so does the worker, with everything loaded and connected. The clock stops
with the commit of the last outcome; the server tells when each was committed. All systems use the same reads, checks,
writes, templates and redactor (peers/job.py), on the same server and cores, alternately. After each run the outcomes
are checked (backlog.py). The physical limit is a loop on the server, a statement for each batch (sql/limit.sql).
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autopost.database.embedded import EmbeddedServer
from benchmarks.backlog import WINDOW, check, fill, wait_for_outcomes
from benchmarks.clock import now
from benchmarks.stand import Connection, add_agents, report, spread, stand
from benchmarks.systems import OURS, System, installed_peers, prepare, ready

LIMIT_BATCH = 1_000
SETTINGS = {"track_commit_timestamp": "on", "max_wal_size": "'8GB'"}
GOALS = {"peer": 6.0, "limit": 0.5, "redaction": 0.3}
GOAL_MEMORY = 1.2
MINE = f"{OURS.name}, redaction off"
FEW_ROWS = 20_000  # to which the memory of a longer drain is compared
FEW = f" times that of {FEW_ROWS:,} rows"

TENTHS = (
    "select percentile_disc(array[0.1, 0.9, 1.0]) within group (order by pg_xact_commit_timestamp(xmin)) "
    "from audit_log where action in ('auto_post.posted', 'auto_post.skipped')"
)


@dataclass(frozen=True)
class Kind:
    """A system with redaction on or off, without a system the physical limit; and the number of rows."""

    system: System | None
    redaction: bool
    rows: int
    remark: str = ""

    @property
    def name(self) -> str:
        """Return what the results call it."""
        if self.system is None:
            return "physical limit"
        return f"{self.system.name}, redaction {'on' if self.redaction else 'off'}{self.remark}"


@dataclass(frozen=True)
class Drained:
    """One run: rows a second over all, in the first and in the last tenth; most memory resident, in megabytes."""

    rows: int
    posts: int
    seconds: float
    rate: float
    first_tenth: float
    last_tenth: float
    memory_mb: float | None


@dataclass(frozen=True)
class Load:
    """Whose operations wait, and whether each is an alert, and so a post."""

    agents: int
    alerts: bool


def drain(server: EmbeddedServer, host: Connection, kind: Kind, load: Load) -> Drained:
    """Work one backlog off, and check the outcome."""
    system = kind.system or OURS
    prepare(host, system)
    fill(host, kind.rows, load.agents, alerts=load.alerts)
    host.execute("vacuum analyze")
    host.execute("checkpoint")
    memory = None
    if kind.system is None:
        host.execute((Path(__file__).parent / "sql" / "limit.sql").read_bytes())
        began = now(host)
        host.execute("call bench_limit(%s, %s)", (LIMIT_BATCH, WINDOW))
    else:
        with ready(server, host, system, redaction=kind.redaction) as worker:
            began = now(host)
            worker.begin()
            wait_for_outcomes(host, kind.rows)
            memory = most_resident_mb(worker.process.pid)
    posts = check(host, WINDOW, redaction=kind.redaction, alerts=load.alerts)
    ((left,),) = host.execute(system.left.encode()).fetchall()
    if left:
        raise RuntimeError(f"{kind.name}: {left} jobs are left")
    ((ends,),) = host.execute(TENTHS.encode()).fetchall()
    first, ninth, last = ((end - began).total_seconds() for end in ends)
    tenth = kind.rows / 10
    return Drained(kind.rows, posts, last, kind.rows / last, tenth / first, tenth / max(last - ninth, 1e-9), memory)


def most_resident_mb(pid: int) -> float:
    """Return the most memory that a process had resident so far."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def run(kinds: Sequence[Kind], load: Load, rounds: int) -> dict[str, list[Drained]]:
    """Return the runs of each kind, which took turns."""
    results: dict[str, list[Drained]] = {kind.name: [] for kind in kinds}
    with stand(settings=SETTINGS) as (server, host):
        add_agents(host, load.agents)
        for peer in {kind.system for kind in kinds if kind.system is not None}:
            peer.install(server.dsn())
        for number in range(rounds):
            turn = number % len(kinds)
            for kind in (*kinds[turn:], *kinds[:turn]):
                results[kind.name].append(drain(server, host, kind, load))
    return results


def show(results: dict[str, list[Drained]], load: Load) -> None:
    """Print the line and keep the figures."""
    rates = {name: statistics.median(run.rate for run in runs) for name, runs in results.items()}
    mine = results[MINE]
    rows = mine[0].rows
    peers = {
        name: rates[f"{name}, redaction off"]
        for name in (peer.name for peer in installed_peers())
        if f"{name}, redaction off" in rates
    }
    parts = [f"{rates[MINE]:,.0f} rows a second of {rows:,} with redaction off"]
    if peers:
        best = max(peers, key=lambda name: peers[name])
        parts.append(goal(rates[MINE] / peers[best], "peer", f"times {best} ({peers[best]:,.0f})"))
    else:
        parts.append("peers are not installed or left out")
    limit = rates["physical limit"]
    parts.append(goal(rates[MINE] / limit, "limit", f"of the physical limit ({limit:,.0f})"))
    redacted = rates[f"{OURS.name}, redaction on"]
    parts.append(goal(redacted / rates[MINE], "redaction", f"of that with redaction on ({redacted:,.0f})"))
    parts.append(f"last tenth / first tenth {spread([run.last_tenth / run.first_tenth for run in mine])}")
    memory = max(run.memory_mb or 0.0 for run in mine)
    if MINE + FEW in results:
        few = max(run.memory_mb or 0.0 for run in results[MINE + FEW])
        reached = "reached" if memory / few <= GOAL_MEMORY else "MISSED"
        parts.append(f"{memory:.0f} MB resident, {memory / few:.2f}{FEW}, goal at most {GOAL_MEMORY:g} {reached}")
    else:
        parts.append(f"{memory:.0f} MB resident")
    report(
        f"drain {rows}{' alerts' if load.alerts else ''}",
        "; ".join(parts),
        rates={name: spread([run.rate for run in runs]) for name, runs in results.items()},
        runs={name: [asdict(run) for run in runs] for name, runs in results.items()},
    )


def goal(value: float, which: str, what: str) -> str:
    """Say a ratio with its goal."""
    reached = "reached" if value >= GOALS[which] else "MISSED"
    return f"{value:.2f} {what}, goal {GOALS[which]:g} {reached}"


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=FEW_ROWS)
    parser.add_argument("--agents", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alerts", action="store_true", help="every operation is an alert, and so a post")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--peer-rows", type=int, default=1_000_000, help="at most so many rows for a peer")
    parser.add_argument("--peer-redaction", action="store_true", help="peers with redaction on too")
    given: Any = parser.parse_args()
    rows = given.rows
    kinds = [Kind(OURS, False, rows), Kind(None, False, rows), Kind(OURS, True, rows)]
    if rows > FEW_ROWS:
        kinds.append(Kind(OURS, False, FEW_ROWS, FEW))
    if given.peers:
        sides = (False, True) if given.peer_redaction else (False,)
        kinds += [Kind(peer, side, min(rows, given.peer_rows)) for peer in installed_peers() for side in sides]
    load = Load(given.agents, given.alerts)
    show(run(kinds, load, given.rounds), load)


if __name__ == "__main__":
    main()
