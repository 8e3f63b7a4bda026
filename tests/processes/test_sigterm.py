"""SIGTERM at any moment ends a worker, and leaves no row claimed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.work import WorkerProcess, worker_process

CONNECTED = "select count(*) from pg_stat_activity where datname = current_database() and application_name = %s"
WHILE_IT_LOADS = ("at its start", "while it imports")
MOMENTS: dict[str, Callable[[Host, WorkerProcess], object]] = {
    "at its start": lambda host, worker: True,
    "while it imports": lambda host, worker: "site-packages" in maps(worker),
    "when it connects": lambda host, worker: host.value(CONNECTED, ("autopost start",)),
    "when its pool connects": lambda host, worker: host.value(CONNECTED, ("autopost worker",)),
    "when it has started": lambda host, worker: "worker.started" in worker.log,
    "when it has claimed": lambda host, worker: host.value("select max(epoch) from auto_post_outbox"),
}


def maps(worker: WorkerProcess) -> str:
    """Return the libraries that a process has loaded."""
    return Path(f"/proc/{worker.process.pid}/maps").read_text("utf-8")


@pytest.mark.parametrize("moment", MOMENTS)
def test_sigterm_leaves_no_row_claimed(host: Host, database: str, processes: Crew, moment: str) -> None:
    """It ends with 0, or by the signal before it can handle it; each row waits or has its outcome."""
    for number in range(50):
        host.complete(f"op{number}", agent=host.agent(f"agent{number}"))
    crew = None if moment in WHILE_IT_LOADS else processes
    with worker_process(database, crew, SOCIAL_POST_LLM_ENABLED="false") as worker:
        # A moment that was missed, on a busy machine, has passed when the worker has started.
        until(
            lambda: MOMENTS[moment](host, worker) or "worker.started" in worker.log or worker.process.poll() is not None
        )
        worker.signal(signal.SIGTERM)
        assert worker.wait() in (0, -signal.SIGTERM)
        assert "Traceback" not in worker.log
    assert {row["state"] for row in host.outbox()} <= {"pending", "posted"}
    assert {row["attempts"] for row in host.outbox() if row["state"] == "pending"} <= {0}
    assert host.value("select count(*) from auto_post_workers") == 0


def test_sigterm_ends_the_first_process_of_a_container_while_it_starts(database: str) -> None:
    """The kernel drops a signal for it that it does not handle, and nobody sends it again."""
    alone = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a process id namespace needs rights that this machine does not give")
    code = "import runpy; print('here', flush=True); runpy.run_module('autopost', run_name='__main__')"
    environment = {**os.environ, "DATABASE_URL": database, "SOCIAL_POST_LLM_ENABLED": "false"}
    with subprocess.Popen(
        [*alone, sys.executable, "-c", code, "run"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as unshare:
        assert unshare.stdout is not None
        assert unshare.stdout.readline() == b"here\n"
        (worker,) = psutil.Process(unshare.pid).children()
        try:
            until(lambda: any("pydantic" in mapped.path for mapped in worker.memory_maps()))
            worker.terminate()
            assert unshare.wait(120) in (0, 128 + signal.SIGTERM)
        finally:
            unshare.kill()
