"""Workers in tests: in this process for what one worker does, as processes for what several do or one suffers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from autopost.database.sql import query
from autopost.model import Claim
from autopost.outbox.outbox import Outbox
from autopost.processes.worker_process import build_worker
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from autopost.worker.worker import Worker
from tests.support.crew import Crew
from tests.support.host import PATIENCE_SECONDS, SCHEMAS, Host


@contextlib.asynccontextmanager
async def working(settings: Settings, redactor: Redactor | None = None) -> AsyncIterator[Worker]:
    """Run a worker on this event loop; it drains at the end. Without a redactor it builds its own."""
    async with build_worker(settings, redactor) as worker:
        running = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()
            await running


async def eventually(condition: Callable[[], Any], *, seconds: float = PATIENCE_SECONDS) -> Any:
    """Return the first true value of `condition`; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not (value := condition()):
            await asyncio.sleep(0.01)
        return value


async def work_off(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Run a worker until every row has its outcome."""
    async with working(settings, redactor):
        await eventually(lambda: host.waiting() == 0)


class Process(Protocol):
    """A process that was started, or forked."""

    @property
    def pid(self) -> int:
        """Return its number."""

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""

    def wait(self, seconds: float = PATIENCE_SECONDS, /) -> int:
        """Return its exit code once it has ended."""

    def send_signal(self, number: signal.Signals, /) -> None:
        """Send it a signal."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it without a word."""


class WorkerProcess:
    """A real worker process and its log."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def log(self) -> str:
        """Return what it logged so far."""
        return self._log.read_text("utf-8")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Return its exit code."""
        return self.process.wait(seconds)


@contextlib.contextmanager
def worker_process(dsn: str, crew: Crew | None = None, /, **variables: str) -> Iterator[WorkerProcess]:
    """Run `autopost run` as a process of its own; kill it at the end if it still runs."""
    with process_of("run", {"DATABASE_URL": dsn, **variables}, crew) as (process, log):
        yield WorkerProcess(process, log)


@contextlib.contextmanager
def process_of(
    command: str, variables: Mapping[str, str], crew: Crew | None = None, *, looks_often: bool = False
) -> Iterator[tuple[Process, Path]]:
    """Run a command as a process of its own, which logs JSON, and return its log too; kill it if it runs at the end.

    With a crew it is forked, which spares the seconds that loading takes: for what it does, not for how it starts. Its
    redactor is the crew's, unless a variable is a setting of redaction.
    """
    process: Process
    with tempfile.TemporaryDirectory(prefix="autopost-test-") as folder:
        if crew is None:
            environment = {**os.environ, "SOCIAL_POST_LOG_FORMAT": "json", **variables}
            log = Path(folder) / "log"
            with log.open("wb") as stderr:
                process = subprocess.Popen([sys.executable, "-m", "autopost", command], env=environment, stderr=stderr)
        else:
            own_name = {"SOCIAL_POST_WORKER_NAME": ""}  # by its process id, as a worker that was started has it
            process = member = crew.start(own_name | dict(variables), looks_often=looks_often, command=command)
            log = member.path
        try:
            yield process, log
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


async def rescue(outbox: Outbox, *, max_attempts: int = 5) -> list[Claim]:
    """Rescue rows of crashed workers and expired leases, and claim one selection of them, as a worker does."""
    await outbox.rescue(max_attempts)
    chosen = [row.id for row in await outbox.crashed()]
    return await outbox.claim(len(chosen), timedelta(minutes=1), chosen=chosen)


CLAIM_VALUES = {
    "worker/claim": ("'w'", "'1 minute'", "true", "100", "false"),
    "worker/claim_chosen": ("'w'", "'1 minute'", "true", "'{}'"),
    "worker/round_robin": ("100", "false"),
    "worker/park": ("false",),
}


def claim_statement(name: str = "worker/claim") -> str:
    """Return a statement of the claim with its values in it, for EXPLAIN and for connections of other drivers."""
    statement = query(name, SCHEMAS)
    for number, value in enumerate(CLAIM_VALUES[name], start=1):
        statement = statement.replace(f"${number}", value)
    return statement
