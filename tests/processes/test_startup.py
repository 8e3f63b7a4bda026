"""A worker that starts before its database, or before its migration, and one that is replaced."""

from __future__ import annotations

import json
import signal
import tempfile
from pathlib import Path

import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.observability.test_monitoring import Monitoring
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.servers import private_server
from tests.support.work import worker_process

FAST = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.2"}
NOWHERE = "postgresql://owner@127.0.0.1:1/platform"


def test_worker_without_a_database_ends_at_once() -> None:
    """As it is set, so that a supervisor sees exit code 3."""
    result = autopost("run", dsn=NOWHERE, **FAST)
    assert result.returncode == 3
    assert "cannot connect to PostgreSQL" in result.stderr
    assert "startup.waiting" not in result.stderr


def test_worker_waits_for_its_database_as_long_as_it_is_told() -> None:
    """And ends with the same exit code and message then."""
    result = autopost("run", dsn=NOWHERE, **FAST, SOCIAL_POST_STARTUP_WAIT_SECONDS="1", SOCIAL_POST_LOG_FORMAT="json")
    assert result.returncode == 3
    assert result.stderr.count("startup.waiting") == 1
    assert "autopost: cannot connect to PostgreSQL" in result.stderr


def test_worker_that_starts_before_the_migration_works_after_it(empty_database: str, processes: Crew) -> None:
    """Without being started again."""
    with worker_process(empty_database, processes, **FAST, SOCIAL_POST_STARTUP_WAIT_SECONDS="60") as worker:
        until(lambda: "is not migrated" in worker.log)
        migrate(load_settings(database_url=empty_database))
        with open_connection(empty_database, autocommit=True) as connection:
            host = Host(connection)
            host.complete(agent=host.agent())
            until(lambda: len(host.posts()) == 1)
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
        assert worker.log.count("startup.waiting") == 1


@pytest.mark.long
def test_worker_that_starts_before_the_server_works_when_it_is_there(processes: Crew) -> None:
    """Neither server nor socket are there at first, and the migration comes last.

    Its port answers from the beginning: alive, not ready and why, with metrics and without a page.
    """
    with tempfile.TemporaryDirectory(prefix="ap-") as folder:
        socket = Path(folder) / "s"
        dsn = f"postgresql://postgres@/postgres?host={socket}"
        waiting = {"SOCIAL_POST_STARTUP_WAIT_SECONDS": "90", "SOCIAL_POST_HTTP_PORT": "0"}
        with worker_process(dsn, processes, **FAST, **waiting) as worker:
            monitoring = Monitoring(worker)
            until(lambda: "cannot connect" in worker.log)
            assert monitoring.get("/healthz") == (200, "alive\n")
            assert told(monitoring) == (503, "the database")
            assert "autopost_listener_connected 0.0" in monitoring.get("/metrics")[1]
            assert monitoring.get("/") == (503, "The worker is starting.\n")
            with private_server() as server:
                socket.symlink_to(server.socket_folder)
                until(lambda: "is not migrated" in worker.log)
                assert told(monitoring) == (503, "the migration")
                assert monitoring.get("/healthz")[0] == 200
                migrate(load_settings(database_url=server.dsn()))
                with open_connection(server.dsn(), autocommit=True) as connection:
                    host = Host(connection)
                    host.complete(agent=host.agent())
                    until(lambda: len(host.posts()) == 1)
                assert told(monitoring) == (200, None)
                assert monitoring.get("/")[0] == 200
                worker.signal(signal.SIGTERM)
                assert worker.wait() == 0


def told(monitoring: Monitoring) -> tuple[int, str | None]:
    """Return what /readyz says, and what the worker waits for."""
    status, body = monitoring.get("/readyz")
    return status, json.loads(body)["waits_for"]


def test_sigterm_ends_a_worker_that_waits_to_start(processes: Crew) -> None:
    """Exit code 0, at once, and its port goes with it."""
    waiting = {"SOCIAL_POST_STARTUP_WAIT_SECONDS": "600", "SOCIAL_POST_HTTP_PORT": "0"}
    with worker_process(NOWHERE, processes, **FAST, **waiting) as worker:
        until(lambda: "startup.waiting" in worker.log)
        worker.signal(signal.SIGTERM)
        assert worker.wait(60) == 0


@pytest.mark.parametrize("old_first", [True, False])
def test_rolling_update_gives_every_operation_one_outcome(
    host: Host, database: str, processes: Crew, old_first: bool
) -> None:
    """A second worker comes, works beside the first, and the first goes while operations come all the time."""
    for number in range(10):
        host.agent(f"agent{number}")

    def work(start: int) -> None:
        for number in range(start, start + 10):
            host.complete(f"op{number}", "security_scan", agent=f"agent{number % 10}")

    with worker_process(database, processes, **FAST, SOCIAL_POST_WORKER_NAME="old") as old:
        until(lambda: host.value("select count(*) from auto_post_workers") == 1)
        work(0)
        with worker_process(
            database, processes, **FAST, SOCIAL_POST_WORKER_NAME="new", SOCIAL_POST_STARTUP_WAIT_SECONDS="30"
        ) as new:
            until(lambda: host.value("select count(*) from auto_post_workers") == 2)
            work(10)
            gone, left = (old, new) if old_first else (new, old)
            gone.signal(signal.SIGTERM)
            work(20)
            assert gone.wait() == 0
            work(30)
            until(lambda: host.waiting() == 0)
            left.signal(signal.SIGTERM)
            assert left.wait() == 0
    assert len(host.posts()) == 40
    assert len(host.audit()) == 40
