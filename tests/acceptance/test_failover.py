"""The primary is killed and the standby promoted: workers go on there, with one outcome for each operation."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter

import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.servers import private_server
from tests.support.standby import PORT, standby
from tests.support.work import worker_process

HAS_ALL = "select bool_and(replay_lsn >= pg_current_wal_lsn()) from pg_stat_replication"
COUNT = 30


@pytest.mark.long
def test_workers_go_on_at_the_promoted_standby(processes: Crew) -> None:
    """Both hosts are in the connection string; every operation has one post and one audit row."""
    with private_server(18) as primary, contextlib.ExitStack() as workers:
        migrate(load_settings(database_url=primary.dsn()))
        with standby(primary) as second:
            dsn = (
                f"user=postgres dbname=postgres host={primary.socket_folder},{second.folder} "
                f"port={primary.port},{PORT} target_session_attrs=read-write"
            )
            running = [
                workers.enter_context(worker_process(dsn, processes, SOCIAL_POST_LLM_ENABLED="false")) for _ in range(2)
            ]
            with open_connection(primary.dsn(), autocommit=True) as connection:
                host = Host(connection)
                until(lambda: host.value("select count(*) from auto_post_workers") == 2)
                for number in range(COUNT):
                    host.complete(f"before-{number}", agent=host.agent(f"agent-{number}"))
                until(lambda: host.value(HAS_ALL))
                os.kill(primary.pid, signal.SIGQUIT)
            second.promote()
            with open_connection(second.dsn, autocommit=True) as connection:
                host = Host(connection)
                for number in range(COUNT):
                    host.complete(f"after-{number}", agent=host.agent(f"other-{number}"))
                until(lambda: host.waiting() == 0)
                for worker in running:
                    worker.signal(signal.SIGTERM)
                assert [worker.wait() for worker in running] == [0, 0]
                expected = {f"{when}-{number}" for when in ("before", "after") for number in range(COUNT)}
                outcomes = Counter(row["tracker_id"] for row in host.audit() if row["action"] == "auto_post.posted")
                assert outcomes == Counter(expected)
                assert len(host.posts()) == 2 * COUNT
