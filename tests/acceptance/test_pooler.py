"""Workers behind a real PgBouncer: everything in session mode, posts by polling in transaction mode."""

from __future__ import annotations

import asyncio
import json
import signal

import pytest

from autopost.database.connection import connect
from autopost.database.session import SESSION
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.pooler import needs_pgbouncer, pgbouncer
from tests.support.work import worker_process

pytestmark = needs_pgbouncer

FAST = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.2"}
DOORBELL = (
    "select count(*) from pg_locks where locktype = 'advisory' and classid = 1635087471 and mode = 'ExclusiveLock' "
    "and database = (select oid from pg_database where datname = current_database())"
)


def test_worker_behind_a_pooler_in_session_mode_sleeps_and_is_woken(host: Host, database: str, processes: Crew) -> None:
    """It arms the doorbell, as on a connection of its own."""
    with pgbouncer(database, "session") as pooled, worker_process(pooled, processes, **FAST) as worker:
        until(lambda: host.value(DOORBELL) == 1)
        host.complete("op", agent=host.agent())
        until(lambda: host.waiting() == 0)
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
        assert "listener.lost" not in worker.log
    assert [row["state"] for row in host.outbox()] == ["posted"]


def test_everything_is_posted_through_a_pooler_in_transaction_mode(host: Host, database: str, processes: Crew) -> None:
    """By polling; no session lock stays on a server connection that the platform's own clients are given next."""
    with pgbouncer(database, "transaction") as pooled, worker_process(pooled, processes, **FAST) as worker:
        until(lambda: "listener.lost" in worker.log)
        for number in range(20):
            host.complete(f"op-{number}", agent=host.agent(f"agent-{number}"))
        until(lambda: host.waiting() == 0)
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
        assert host.value(DOORBELL) == 0
        logged = [json.loads(line) for line in worker.log.splitlines()]
    assert [line["error"] for line in logged if line["event"] == "listener.lost"] == ["a pooler in transaction mode"]
    assert [line for line in logged if line["level"] == "error"] == []
    assert {row["state"] for row in host.outbox()} == {"posted"}


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_settings_of_the_session_hold_in_either_mode(database: str, mode: str) -> None:
    """In session mode for the session; in transaction mode in each transaction, and never beyond it."""
    shown = [name for name in SESSION if name != "default_transaction_isolation"]
    values = ", ".join(f"current_setting('{name}')" for name in shown)
    with pgbouncer(database, mode) as pooled:
        connection = await connect(load_settings(database_url=pooled), "test")
        assert connection.has_session is (mode == "session")
        if connection.has_session:
            assert await connection.fetchval("select pg_backend_pid()") == connection.server_process
            assert connection.server_process != connection.get_server_pid()
        row = await connection.fetchrow(f"select {values}, current_setting('transaction_isolation')")
        assert row is not None
        assert list(row)[-1] == "read committed"
        assert dict(zip(shown, row, strict=False))["lock_timeout"] == "2s"
        assert dict(zip(shown, row, strict=False))["enable_seqscan"] == "off"
        async with connection.transaction():
            assert await connection.fetchval("show statement_timeout") == "30s"
        if mode == "transaction":
            platform = await connect(load_settings(database_url=pooled), "platform")
            platform.has_session = True  # the platform's client sends its statements as they are
            assert await platform.fetchval("show enable_seqscan") == "on"
            await platform.close()
        await connection.close()


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_many_clients_of_a_pooler_get_their_own_answers(database: str, mode: str) -> None:
    """A statement without a name is prepared and run on one server connection, whatever others prepare there."""
    with pgbouncer(database, mode) as pooled:
        settings = load_settings(database_url=pooled)
        connections = [await connect(settings, "test") for _ in range(8)]

        async def ask(number: int) -> list[int]:
            return [await connections[number].fetchval(f"select {number} + $1::integer", each) for each in range(50)]

        answers = await asyncio.gather(*(ask(number) for number in range(8)))
        assert answers == [[number + each for each in range(50)] for number in range(8)]
        for connection in connections:
            await connection.close()


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_commands_work_through_a_pooler(host: Host, database: str, mode: str) -> None:
    """Those that look, and a migration, which connects by libpq."""
    with pgbouncer(database, mode) as pooled:
        for command in (["status"], ["feed"], ["dead"], ["migrate"], ["reconcile"]):
            result = autopost(*command, dsn=pooled)
            assert result.returncode == 0, result.stderr
