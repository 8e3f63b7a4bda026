"""The real Prefect server, on PostgreSQL, with real flows: `make prefect`.

Installs Prefect in a virtual environment of its own, unless AUTOPOST_TEST_PREFECT names a Python that has it. Prefect
needs the extension pg_trgm, which the embedded PostgreSQL lacks: it runs on the system's.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.host import open_connection, until
from tests.support.known_platforms import KnownPlatform, known_platform
from tests.support.work import worker_process

pytestmark = [pytest.mark.large, pytest.mark.timeout(900)]

VERSION = "3.9.1"

FLOWS = """
import os, signal, sys, time
from prefect import flow, pause_flow_run, serve, suspend_flow_run, task
from prefect.input import RunInput

class Answer(RunInput):
    yes: bool

@flow(name="inner")
def inner(): return 1

@flow(name="completed")
def completed(): return inner()

@flow(name="failed")
def failed(): raise ValueError("the column price of jane.doe@example.com is missing")

TRIES = []

@flow(name="retried", retries=2, retry_delay_seconds=0)
def retried():
    TRIES.append(1)
    if len(TRIES) < 3:
        raise RuntimeError("try again")

@flow(name="crashed")
def crashed():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)

@flow(name="paused")
def paused():
    pause_flow_run(wait_for_input=Answer, timeout=300, poll_interval=1)

@flow(name="suspended")
def suspended():
    suspend_flow_run(timeout=300)

@flow(name="killed")
def killed():
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(suspended.to_deployment("d"), killed.to_deployment("d"), query_seconds=1)
    else:
        globals()[sys.argv[1]]()
"""

RESUME = """
import sys
from prefect.flow_runs import resume_flow_run
from prefect.deployments import run_deployment
if sys.argv[1] == "resume":
    resume_flow_run(sys.argv[2], run_input={"yes": True} if sys.argv[3] == "with input" else None)
else:
    run_deployment(sys.argv[2], timeout=0)
"""


class Prefect:
    """A Prefect server, and flows that run against it."""

    def __init__(self, python: Path, folder: Path, url: str) -> None:
        self.python = python
        self.folder = folder
        self.environment = {
            **os.environ,
            "PREFECT_HOME": str(folder),
            "PREFECT_API_URL": url,
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        (folder / "flows.py").write_text(FLOWS)
        (folder / "steer.py").write_text(RESUME)

    @contextlib.contextmanager
    def run(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run Python with these arguments; end it with the context."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [str(self.python), *arguments], env=self.environment, cwd=self.folder, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def steer(self, *arguments: str) -> None:
        """Resume a run, or run a deployment."""
        with self.run("steer.py", *arguments) as process:
            assert process.wait(60) == 0, (self.folder / "log").read_text()


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python that has Prefect."""
    if given := os.environ.get("AUTOPOST_TEST_PREFECT"):
        return Path(given)
    folder = tmp_path_factory.mktemp("prefect")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin/pip"), "install", "--quiet", f"prefect=={VERSION}"], check=True)
    return folder / "bin/python"


@pytest.fixture
def installed(empty_database: str, python: Path, tmp_path: Path) -> Iterator[tuple[KnownPlatform, Prefect]]:
    """Return Prefect's database, made by its own migrations, with autopost beside it; and its server."""
    with open_connection(empty_database) as connection:
        if not connection.execute("select from pg_available_extensions where name = 'pg_trgm'").fetchall():
            pytest.skip("Prefect needs the extension pg_trgm: run `make prefect`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    prefect = Prefect(python, tmp_path, f"http://127.0.0.1:{port}/api")

    def migrate(owner_dsn: str) -> None:
        prefect.environment["PREFECT_API_DATABASE_CONNECTION_URL"] = url_of(owner_dsn)
        with prefect.run("-m", "prefect", "server", "database", "upgrade", "--yes") as upgrade:
            assert upgrade.wait(300) == 0, (tmp_path / "log").read_text()

    with known_platform("prefect", empty_database, made_by=migrate) as platform:
        prefect.environment["PREFECT_API_DATABASE_CONNECTION_URL"] = url_of(platform.application_dsn)
        prefect.environment["PREFECT_API_DATABASE_MIGRATE_ON_START"] = "false"
        arguments = ("server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")
        with prefect.run("-m", "prefect", *arguments) as server:
            until(lambda: answers(f"http://127.0.0.1:{port}/api/health", server), seconds=120, what="the server")
            yield platform, prefect
            print((tmp_path / "log").read_text("utf-8", "replace")[-20_000:])  # noqa: T201 - shown where it fails


def url_of(dsn: str) -> str:
    """Return a connection string as SQLAlchemy has it."""
    parts = conninfo_to_dict(dsn)
    return (
        f"postgresql+asyncpg://{parts['user']}@/{parts['dbname']}?host={parts['host']}&port={parts.get('port', 5432)}"
    )


def answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    """Return whether the server answers."""
    assert server.poll() is None, "the server ended"
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def test_real_flows_are_posted_as_a_person_would_want(installed: tuple[KnownPlatform, Prefect]) -> None:
    """One post or alert for each run, with the exception's message; a request for a pause and for a suspension."""
    platform, prefect = installed
    host = platform.host

    def run_in(state: str, flow: str) -> str:
        """Wait until the flow has a run in this state; return its id."""
        (row, *_) = until(
            lambda: host.rows(
                "select r.id from flow_run as r inner join flow as f on r.flow_id = f.id "
                "where f.name = %s and r.state_type::text = %s",
                (flow, state),
            ),
            seconds=180,
            what=f"{flow} {state}",
        )
        return str(row["id"])

    variables = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_RATE_LIMIT_MINUTES": "0.0001"}
    names = ("completed", "failed", "retried", "crashed", "paused")
    with (
        worker_process(platform.settings.dsn, **variables) as worker,
        prefect.run("flows.py", "serve"),
        contextlib.ExitStack() as running,
    ):
        for name in names:
            running.enter_context(prefect.run("flows.py", name))
        until(lambda: host.value("select count(*) from deployment") == 2, seconds=180, what="the deployments")
        for name in ("suspended", "killed"):
            prefect.steer("run", f"{name}/d")
        prefect.steer("resume", run_in("PAUSED", "paused"), "with input")
        prefect.steer("resume", run_in("PAUSED", "suspended"), "alone")
        for name in ("completed", "retried", "paused", "suspended"):
            run_in("COMPLETED", name)
        for name in ("crashed", "killed"):
            run_in("CRASHED", name)
        run_in("FAILED", "failed")
        until(lambda: host.waiting() == 0)
        assert "Traceback" not in worker.log

    flows = {str(row["id"]): row["name"] for row in host.rows("select id, name from flow")}
    posts = [(flows[row["author_id"]], row["post_type"], row["content"]) for row in host.posts()]
    for post in posts:
        print(*post, sep=" | ")  # noqa: T201 - with -s, for who wants to read them
    assert sorted((flow, kind) for flow, kind, _ in posts) == [
        ("completed", "status"),
        ("crashed", "alert"),
        ("failed", "alert"),
        ("killed", "alert"),
        ("paused", "alert"),
        ("paused", "status"),
        ("retried", "status"),
        ("suspended", "alert"),
        ("suspended", "status"),
    ]
    texts = {(flow, kind): text for flow, kind, text in posts}
    assert "ValueError: the column price of <EMAIL_ADDRESS> is missing" in texts["failed", "alert"]
    assert "Execution was aborted by a termination signal" in texts["crashed", "alert"]
    assert "waits to be resumed" in texts["paused", "alert"]
    assert "waits to be resumed" in texts["suspended", "alert"]
    assert "finished in" in texts["retried", "status"]
