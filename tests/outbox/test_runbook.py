"""The pages of a DBA: each of their statements runs, and answers as the page says."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from autopost.database.migrate import migrate
from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from tests.support.host import Host, open_connection, until
from tests.support.pages import Block, check_page, run
from tests.support.work import eventually, working

OWNER = "platform_owner"  # what the page calls the role; the test's own has as many letters
FINISHED = "date_trunc('minute', now()) - interval '10 minutes 30 seconds'"
CONTENDED = re.compile(r"autopost sql (xmin|locks|notify|advisory)|like 'autopost %'")


@pytest.fixture
def owned(empty_database: str) -> Iterator[str]:
    """Return the connection string of a migrated database whose owner is no superuser."""
    owner = f"autopost_{os.getpid() % 100_000:05}"
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute(f"create role {owner} login".encode())
        try:
            connection.execute(f"alter schema public owner to {owner}".encode())
            connection.execute(f"grant create on database {connection.info.dbname} to {owner}".encode())
            dsn = make_conninfo(empty_database, user=owner)
            migrate(load_settings(database_url=dsn))
            yield dsn
        finally:
            connection.execute(f"reassign owned by {owner} to current_user".encode())
            connection.execute(f"drop owned by {owner}".encode())
            connection.execute(f"drop role {owner}".encode())


async def populate(host: Host, dsn: str, redactor: Redactor) -> None:
    """Bring about what the page shows: outcomes of every kind, history, and two workers of which one was killed."""
    host.execute("update auto_post_control set wakeup = 'doorbell'")
    host.agent("ada", name="Ada")
    host.agent("juno", name="Juno", maturity="INTERN")
    host.agent("rookie", name="Rookie", maturity="student")
    host.complete("tracker-41")
    host.complete("tracker-42")
    host.complete("tracker-43", "security_scan", status="failed", what="Looked for open ports")
    host.complete("tracker-44", "report_generate", agent="rookie")
    host.complete("tracker-45", "report_generate", agent="juno", what=" ")
    host.complete("tracker-46", "browser_automate", agent="ghost")
    settings = load_settings(database_url=dsn, llm_enabled=False, poll_seconds=0.5, worker_name="sidecar-1")
    async with working(settings, redactor):
        await eventually(lambda: host.waiting() == 0)
        await eventually(lambda: host.value("select reconciled_all_at is not null from auto_post_health"))
    host.complete("tracker-47", agent="juno")
    host.complete("tracker-48", agent="juno")
    host.execute(
        "update auto_post_outbox set state = 'dead', attempts = 5, last_error = 'redaction_failed', "
        "finished_at = now(), claimed_at = now() where tracker_id in ('tracker-47', 'tracker-48')"
    )
    host.execute(
        f"update auto_post_outbox set finished_at = {FINISHED}, claimed_at = {FINISHED} - interval '0.1 s', "
        f"captured_at = {FINISHED} - interval '0.12 s'"
    )
    host.execute(f"update audit_log set occurred_at = {FINISHED}")
    host.execute(f"update social_posts set created_at = {FINISHED}")
    host.execute(
        "insert into auto_post_outbox (id, rule_id, tracker_id, agent_id, operation_type, status, is_alert, "
        "what_explanation, captured_at, available_at, state, finished_at, post_id, reason) "
        "select gen_random_uuid(), 1, 'old-' || n, 'agent-' || n % 40, 'workflow_execute', 'completed', false, "
        "repeat('x', 300), day, day, case when n % 4 = 0 then 'posted' else 'skipped' end, day, "
        "case when n % 4 = 0 then 'p' || n end, case when n % 4 > 0 then 'rate_limited' end "
        "from generate_series(1, 6000) as n, lateral (select now() - interval '2 days' * (1 + n % 3) as day) as d"
    )
    host.execute("delete from auto_post_outbox where tracker_id like 'old-%5'")
    host.execute("select pg_stat_force_next_flush()")
    host.execute("vacuum analyze")
    host.complete("tracker-49", agent="juno")
    host.complete("tracker-50", "integration_connect")
    host.complete("tracker-51")
    host.execute(
        "update auto_post_outbox set state = 'claimed', worker = 'sidecar-2', attempts = 1, claimed_at = now(), "
        "available_at = now() - interval '7 minutes' where tracker_id = 'tracker-50'"
    )
    host.execute(
        "update auto_post_outbox set attempts = 2, last_error = 'writing_failed TimeoutError', "
        "available_at = now() + interval '1 hour' where tracker_id = 'tracker-51'"
    )
    host.execute(
        "insert into auto_post_workers values ('sidecar-1', '0.1.0', now() - interval '75 hours', now(), 0), "
        "('sidecar-2', '0.1.0', now() - interval '75 hours', now() - interval '8 minutes', 1)"
    )


def miss(host: Host) -> None:
    """Let the trigger miss an operation."""
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    host.complete("tracker-52")
    host.execute("alter table operation_trackers enable trigger auto_post_capture")


@contextlib.contextmanager
def contention(dsn: str) -> Iterator[None]:
    """Let a report sit in a transaction with a row of an operation, an agent wait for it, and a worker sleep."""

    def session(name: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        return open_connection(make_conninfo(dsn, application_name=name), autocommit=autocommit)

    progress = "update operation_trackers set progress = 50 where id = 'tracker-50'"
    waits = "select exists (select from pg_locks where not granted and pid = %s)"
    with (
        session("nightly report") as report,
        session("agent runtime") as agent,
        session("autopost doorbell", autocommit=True) as doorbell,
    ):
        doorbell.execute("listen auto_post_doorbell")
        doorbell.execute("select pg_advisory_lock(1635087471, hashtext('autopost'))")
        # Its snapshot reaches further back than the agent's, whatever runs in other databases.
        report.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        report.execute(progress)
        waiting = threading.Thread(target=agent.execute, args=(progress,))
        waiting.start()
        try:
            until(lambda: (doorbell.execute(waits, (agent.info.backend_pid,)).fetchone() or (False,))[0])
            yield
        finally:
            report.rollback()
            waiting.join()
            agent.rollback()


@pytest.mark.timeout(300)
async def test_every_statement_of_the_runbook_answers_as_it_says(owned: str, redactor: Redactor) -> None:
    """In the order of the page, on a database with a little of everything."""
    with open_connection(owned, autocommit=True) as connection:
        host = Host(connection)
        await populate(host, owned, redactor)

        def run_block(block: Block) -> str:
            if "autopost sql missed" in block.text:
                miss(host)
            stage: AbstractContextManager[None] = contention(owned) if CONTENDED.search(block.text) else nullcontext()
            with stage:
                return run(block, owned).replace(connection.info.user, OWNER)

        check_page("dba-runbook.md", run_block)
    # The statements of the page that a DBA reads before: psql takes them as they are.
    check_page("dba-approval.md", lambda block: run(block, owned) if block.language == "sql" else "")
