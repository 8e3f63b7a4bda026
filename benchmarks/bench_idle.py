"""What a worker costs: processor time for each post, its own and that of its connections on the server; and asleep.

A sleeping worker's statements are counted from the server's log, which has every one of them meanwhile. The system
counts processor time in hundredths of a second, which is the least that can be told. Linux only.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autopost.database.embedded import EmbeddedServer
from benchmarks.backlog import WINDOW, check, fill, wait_for_outcomes
from benchmarks.stand import Connection, add_agents, report, stand
from benchmarks.systems import OURS, prepare, ready

AGENTS = 5_000
SETTLE_SECONDS = 20.0  # its start, and the first look at everything
GOAL_QUERIES_A_MINUTE = 30
GOAL_SHARE_OF_A_CORE = 0.002
MARK = "autopost "  # how its connections call themselves
SETTINGS = {"log_line_prefix": "'%a|'"}
STATEMENT = re.compile(rf"^{MARK}\w+\|LOG: +(?:execute |statement: )", re.MULTILINE)


def processor_seconds(pid: int) -> float:
    """Return what a process has used of a processor so far, in user and system mode; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def on_the_server(host: Connection) -> dict[int, float]:
    """Return the processor time of each of the worker's connections."""
    found = host.execute("select pid from pg_stat_activity where application_name like %s", (f"{MARK}%",)).fetchall()
    return {int(pid): processor_seconds(int(pid)) for (pid,) in found}


def used(after: Mapping[int, float], before: Mapping[int, float]) -> float:
    """Return what was used between two looks, by connections that are still there."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def busy(server: EmbeddedServer, host: Connection, rows: int, *, redaction: bool) -> tuple[float, float]:
    """Return the microseconds for each post: the worker's own, and those of its connections."""
    prepare(host, OURS)
    fill(host, rows, AGENTS, alerts=True)
    host.execute("vacuum analyze")
    with ready(server, host, OURS, redaction=redaction) as worker:
        own, theirs = processor_seconds(worker.process.pid), on_the_server(host)
        worker.begin()
        wait_for_outcomes(host, rows)
        spent = processor_seconds(worker.process.pid) - own, used(on_the_server(host), theirs)
    check(host, WINDOW, redaction=redaction, alerts=True)
    return 1e6 * spent[0] / rows, 1e6 * spent[1] / rows


def asleep(server: EmbeddedServer, host: Connection, seconds: float) -> tuple[float, float, float]:
    """Return a sleeping worker's statements a minute, and its share of a core: its own and its connections'."""
    prepare(host, OURS)
    log = server.socket_folder / "log"  # where pg_ctl puts it
    with ready(server, host, OURS, redaction=True) as worker:
        worker.begin()
        time.sleep(SETTLE_SECONDS)
        set_log_statement(host, "all")
        time.sleep(1)
        own, theirs, begin = processor_seconds(worker.process.pid), on_the_server(host), log.stat().st_size
        time.sleep(seconds)
        shares = processor_seconds(worker.process.pid) - own, used(on_the_server(host), theirs)
        with log.open("rb") as file:
            file.seek(begin)
            statements = len(STATEMENT.findall(file.read().decode("utf-8", "replace")))
        set_log_statement(host, "none")
    return 60 * statements / seconds, shares[0] / seconds, shares[1] / seconds


def set_log_statement(host: Connection, which: str) -> None:
    """Let the server write every statement to its log, or none."""
    host.execute(f"alter system set log_statement = '{which}'".encode())
    host.execute("select pg_reload_conf()")


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to watch it sleep")
    given: Any = parser.parse_args()
    with stand(settings=SETTINGS) as (server, host):
        add_agents(host, AGENTS)
        plain, redacted = (busy(server, host, given.rows, redaction=redaction) for redaction in (False, True))
        queries, own, theirs = asleep(server, host, given.seconds)
    few = queries <= GOAL_QUERIES_A_MINUTE
    light = own + theirs <= GOAL_SHARE_OF_A_CORE
    report(
        "idle",
        f"microseconds of processor for a post: worker {plain[0]:.0f} and server {plain[1]:.0f} with redaction off, "
        f"{redacted[0]:.0f} and {redacted[1]:.0f} with it on; asleep {queries:.0f} queries a minute, goal at most "
        f"{GOAL_QUERIES_A_MINUTE} {'reached' if few else 'MISSED'}, {100 * own:.2f} % of a core and "
        f"{100 * theirs:.2f} % on the server, goal at most {100 * GOAL_SHARE_OF_A_CORE:g} % "
        f"{'reached' if light else 'MISSED'}",
        post_us={"off": plain, "on": redacted},
        queries_a_minute=queries,
        worker_share=own,
        server_share=theirs,
    )


if __name__ == "__main__":
    main()
