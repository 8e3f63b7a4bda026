"""The systems that are compared: how each takes over a platform's operations, and its worker process.

Each system is a trigger on operation_trackers (benchmarks/sql), tables of its own, and a worker that can be started
with everything loaded and connected before the clock starts.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autopost.database.embedded import EmbeddedServer
from benchmarks.gate import open_gate, wait_until_ready
from benchmarks.peers.install import install_pgqueuer, install_procrastinate, is_installed
from benchmarks.stand import Connection, wait_for
from benchmarks.trigger import set_trigger

ROOT = Path(__file__).parent.parent
HOST_TABLES = ("operation_trackers", "social_posts", "audit_log", "auto_post_rate_limits", "auto_post_outbox")


def _none(_dsn: str) -> None:
    """Install nothing."""


@dataclass(frozen=True)
class System:
    """A way from a completed operation to a post.

    `left` counts what has not been worked off yet. The worker of `autopost` itself is held back by its own switch for
    pausing, that of any other by the gate (gate.py).
    """

    name: str
    trigger: str
    module: str
    left: str
    tables: Sequence[str] = ()
    install: Callable[[str], None] = _none
    needs: str = "autopost"

    @property
    def is_ours(self) -> bool:
        """Return whether this is autopost."""
        return self.needs == "autopost"


OURS = System(
    "autopost",
    "auto_post_capture",
    "benchmarks.own_worker",
    "select count(*) from auto_post_outbox where state in ('pending', 'claimed')",
)
PGQUEUER = System(
    "pgqueuer",
    "pgqueuer",
    "benchmarks.peers.pgqueuer_worker",
    "select count(*) from pgqueuer",
    ("pgqueuer", "pgqueuer_log", "pgqueuer_statistics"),
    install_pgqueuer,
    "pgqueuer",
)
PROCRASTINATE = System(
    "procrastinate",
    "procrastinate",
    "benchmarks.peers.procrastinate_worker",
    "select count(*) from procrastinate_jobs where status in ('todo', 'doing')",
    ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers"),
    install_procrastinate,
    "procrastinate",
)
BARE = System("bare NOTIFY and insert", "bare_notify", "benchmarks.bare_worker", "select 0", needs="asyncpg")
PEERS = (PGQUEUER, PROCRASTINATE)


def installed_peers() -> list[System]:
    """Return the peers that are there."""
    return [peer for peer in PEERS if is_installed(peer.needs)]


def prepare(host: Connection, system: System) -> None:
    """Empty every table that a run fills, and let this system alone take over what is completed."""
    host.execute(f"truncate {', '.join((*HOST_TABLES, *system.tables))} cascade".encode())
    set_trigger(host, system.trigger)


@dataclass
class Running:
    """A worker process that is ready, and how to let it begin."""

    system: System
    process: subprocess.Popen[bytes]
    host: Connection

    def begin(self) -> None:
        """Let it begin; returns at once."""
        if self.system.is_ours:
            self.host.execute("select auto_post_resume()")
        else:
            open_gate(self.process)


@contextlib.contextmanager
def ready(
    server: EmbeddedServer, host: Connection, system: System, *, redaction: bool, **variables: str
) -> Iterator[Running]:
    """Start a worker that has loaded and connected everything and claims nothing yet; end it at the end."""
    environment = {
        **os.environ,
        "DATABASE_URL": server.dsn(),
        "SOCIAL_POST_LLM_ENABLED": "false",
        "SOCIAL_POST_ALERT_BURST": "0",
        "SOCIAL_POST_LOG_LEVEL": "error",
        **variables,
    }
    if system.is_ours:
        host.execute("delete from auto_post_workers")
        host.execute("update auto_post_control set paused = true")
    process = subprocess.Popen(
        [sys.executable, "-m", *command(system, redaction=redaction)],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        if system.is_ours:
            wait_for(host, "select exists (select from auto_post_workers)", seconds=60)
        else:
            wait_until_ready(process)
        time.sleep(1)  # until it sleeps, where it sleeps
        yield Running(system, process, host)
    finally:
        process.terminate()
        process.communicate(timeout=60)
        host.execute("update auto_post_control set paused = false where paused")


def command(system: System, *, redaction: bool) -> list[str]:
    """Return the module of a system's worker and its arguments: autopost's own command where that is what is meant."""
    if system.is_ours and redaction:
        return ["autopost", "run"]
    return ["benchmarks.gate", system.module, "--redaction", "on" if redaction else "off"]
