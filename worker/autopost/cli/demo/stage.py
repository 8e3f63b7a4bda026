"""The stage: a private server with the platform's tables and role, and one real worker process.

Nothing here awaits, so a signal that cancels the demo cannot break off its taking down.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg

from autopost.cli.demo.script import ScriptedAgent
from autopost.database.embedded import EmbeddedServer, embedded_server
from autopost.database.migrate import migrate
from autopost.errors import AutopostError
from autopost.settings import PREFIX, Settings, load_settings

DATABASE = "postgres"
PLATFORM_ROLE = "platform"
KEPT_SETTINGS = f"{PREFIX}LLM_"
LAST_LINES = 12
WORKER_STOP_SECONDS = 30.0
WORKER_ABANDON_SECONDS = 5.0

PLATFORM_RIGHTS = f"""
create role {PLATFORM_ROLE} login;
grant select, insert, update on operation_trackers to {PLATFORM_ROLE};
"""
RIGHTS_ON_OURS = """
select count(*)
from pg_catalog.pg_class as c
where
    c.relname like 'auto\\_post\\_%'
    and c.relkind in ('r', 'v')
    and pg_catalog.has_table_privilege($1, c.oid, 'select, insert, update, delete')
"""


def settings_for(embedded: EmbeddedServer, role: str = "postgres") -> Settings:
    """Return settings for the demo's database as one role sees it."""
    return load_settings(database_url=embedded.dsn(DATABASE, role))


class DemoFailed(AutopostError):
    """The demo did not go as it should."""


def forget_environment() -> None:
    """Remove from this process, and so from its children, what would lead to another database or change the demo.

    The LLM's settings stay: with a key it is the model that writes.
    """
    for name in list(os.environ):
        foreign = name == "DATABASE_URL" or name.startswith("PG")
        if foreign or (name.startswith(PREFIX) and not name.startswith(KEPT_SETTINGS)):
            del os.environ[name]
    os.environ[f"{PREFIX}CONFIG_FILE"] = os.devnull


@contextlib.contextmanager
def server(agents: Iterable[ScriptedAgent]) -> Iterator[EmbeddedServer]:
    """Run a migrated PostgreSQL 18 that has the agents and the platform's role; all of it is gone afterwards."""
    with embedded_server(18) as embedded:
        owner = settings_for(embedded)
        migrate(owner)
        with psycopg.connect(owner.dsn) as connection:
            connection.execute(PLATFORM_RIGHTS)
            with connection.cursor() as cursor:
                cursor.executemany(
                    "insert into agents (id, tenant_id, name, maturity, category) "
                    "values (%s, 'larch-and-lake', %s, %s, %s)",
                    [(agent.id, agent.name, agent.maturity, agent.category) for agent in agents],
                )
            found = psycopg.RawCursor(connection).execute(RIGHTS_ON_OURS, (PLATFORM_ROLE,)).fetchone()
            if found != (0,):
                raise DemoFailed(f"the role {PLATFORM_ROLE} has rights on tables of autopost")
        yield embedded


class WorkerProcess:
    """`autopost run` in a process of its own, with its log in a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    def check(self) -> None:
        """Raise DemoFailed, with the end of its log, if it is not running any more."""
        code = self._process.poll()
        if code is not None:
            raise DemoFailed(f"the worker ended early, with exit code {code}. {self._end_of_log()}")

    def stop(self) -> None:
        """Tell it to drain and end. Raises DemoFailed if it does not, or ends badly."""
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(WORKER_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise DemoFailed(
                f"the worker did not end within {WORKER_STOP_SECONDS:.0f} seconds. {self._end_of_log()}"
            ) from None
        if code != 0:
            raise DemoFailed(f"the worker ended with exit code {code}. {self._end_of_log()}")

    def abandon(self) -> None:
        """End it in any case, without a word."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(WORKER_ABANDON_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _end_of_log(self) -> str:
        lines = self._log.read_text("utf-8", errors="replace").splitlines()[-LAST_LINES:]
        return "The end of its log:\n" + "\n".join(f"  {line}" for line in lines) if lines else "Its log is empty."


@contextlib.contextmanager
def worker(dsn: str) -> Iterator[WorkerProcess]:
    """Run a worker on a database; it has ended when the context ends."""
    with tempfile.TemporaryDirectory(prefix="autopost-demo-") as folder:
        log = Path(folder) / "worker.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "autopost", "run"],
                env={**os.environ, "DATABASE_URL": dsn, f"{PREFIX}LOG_FORMAT": "json"},
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                start_new_session=True,  # Ctrl-C is for the demo, which then ends the worker
            )
        started = WorkerProcess(process, log)
        try:
            yield started
        finally:
            started.abandon()
