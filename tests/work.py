"""Workers in tests: in this process for what one worker does, as processes for what several do or one suffers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from autopost.process import build_worker
from autopost.redaction import Redactor
from autopost.resources import query
from autopost.settings import Settings
from autopost.worker import Worker
from tests.host import Host


@contextlib.asynccontextmanager
async def working(settings: Settings, redactor: Redactor) -> AsyncIterator[Worker]:
    """Run a worker on this event loop; it drains at the end."""
    async with build_worker(settings, redactor) as worker:
        running = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()
            await running


async def eventually(condition: Callable[[], Any], *, seconds: float = 60.0) -> Any:
    """Return the first true value of `condition`; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not (value := condition()):
            await asyncio.sleep(0.01)
        return value


async def work_off(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Run a worker until every row has its outcome."""
    async with working(settings, redactor):
        await eventually(lambda: host.waiting() == 0)


class WorkerProcess:
    """A real worker process and its log."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def log(self) -> str:
        """Return what it logged so far."""
        return self._log.read_text("utf-8")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        """Return its exit code."""
        return self.process.wait(seconds)


@contextlib.contextmanager
def worker_process(dsn: str, **variables: str) -> Iterator[WorkerProcess]:
    """Run `autopost run` as a process of its own; kill it at the end if it still runs."""
    environment = {**os.environ, "DATABASE_URL": dsn, "SOCIAL_POST_LOG_FORMAT": "json", **variables}
    with tempfile.TemporaryDirectory(prefix="autopost-test-") as folder:
        log = Path(folder) / "worker.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen([sys.executable, "-m", "autopost", "run"], env=environment, stderr=stderr)
        try:
            yield WorkerProcess(process, log)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def claim_statement(*, fairly: bool = False) -> str:
    """Return the statement of a claim with its values in it, for EXPLAIN and for connections of other drivers."""
    values = {"$1": "'w'", "$2": "100", "$3": "'1 minute'", "$4": "false", "$5": "true" if fairly else "false"}
    statement = query("claim", "public")
    for name, value in values.items():
        statement = statement.replace(name, value)
    return statement
