"""The worker's and the reader's roles: what they must be able to do, and what they must not."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import psycopg
import pytest

from autopost.resources import dba_statements
from tests.acceptance.test_bad_input import autopost
from tests.host import Host, until
from tests.work import worker_process

FORBIDDEN_TO_WORKER = [
    "delete from auto_post_outbox",
    "insert into auto_post_outbox (id) values (gen_random_uuid())",
    "update auto_post_rules set enabled = false",
    "update auto_post_control set paused = true",
    "delete from auto_post_pauses",
    "select * from operation_trackers",
    "update operation_trackers set status = 'x'",
    "update agents set maturity = 'AUTONOMOUS'",
    "select * from social_posts",
    "update social_posts set content = 'x'",
    "delete from social_posts",
    "select * from audit_log",
    "update audit_log set action = 'x'",
    "delete from auto_post_rate_limits",
    "truncate auto_post_outbox",
    "select auto_post_purge('ada')",
    "select auto_post_retry('op')",
    "drop table auto_post_outbox",
    "create table public.mine ()",
]
FORBIDDEN_TO_READER = [
    "select what_explanation from auto_post_outbox",
    "select why_explanation from auto_post_outbox",
    "select next_steps from auto_post_outbox",
    "select kept from auto_post_outbox",
    "select * from operation_trackers",
    "update auto_post_outbox set state = 'dead'",
    "update auto_post_control set paused = true",
    "select auto_post_pause()",
    "select auto_post_skip('op', 'bored')",
    "insert into social_posts (id) values ('x')",
]


@pytest.fixture
def logins(host: Host) -> Iterator[dict[str, str]]:
    """Return the names of two login roles, in the worker's and in the reader's group."""
    suffix = host.value("select pg_backend_pid()")
    groups_before = host.rows("select rolname from pg_roles where rolname like 'auto\\_post\\_%'")
    host.execute("revoke create on schema public from public")
    host.execute(dba_statements("public")["grants"])
    names = {group: f"autopost_test_{group}_{suffix}" for group in ("worker", "reader")}
    for group, name in names.items():
        host.execute(f"create role {name} login")
        host.execute(f"grant auto_post_{group} to {name}")
    yield names
    for group, name in names.items():
        host.execute(f"drop role {name}")
        host.execute(f"drop owned by auto_post_{group}")
        if not groups_before:
            host.execute(f"drop role auto_post_{group}")


def test_worker_runs_with_the_rights_of_its_group_alone(host: Host, database: str, logins: dict[str, str]) -> None:
    """It claims, posts, keeps house and signs off."""
    host.complete("posted", agent=host.agent())
    host.complete("limited")
    fast = {"SOCIAL_POST_LLM_ENABLED": "false"}
    with worker_process(f"{database} user={logins['worker']}", **fast) as worker:
        until(lambda: host.waiting() == 0)
        until(lambda: host.value("select last_run_at is not null from auto_post_reconciliation"))
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
        assert '"level": "error"' not in worker.log
        assert '"level": "warning"' not in worker.log
    assert [row["state"] for row in host.outbox()] == ["posted", "skipped"]


@pytest.mark.parametrize("statement", FORBIDDEN_TO_WORKER)
def test_worker_may_not(host: Host, database: str, logins: dict[str, str], statement: str) -> None:
    """A worker that is taken over can spoil little."""
    host.complete()
    with (
        psycopg.connect(f"{database} user={logins['worker']}") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("statement", FORBIDDEN_TO_READER)
def test_reader_may_not(host: Host, database: str, logins: dict[str, str], statement: str) -> None:
    """Whoever looks sees no raw text and changes nothing."""
    host.complete()
    with (
        psycopg.connect(f"{database} user={logins['reader']}") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("command", ["status", "feed"])
def test_reader_may_look(host: Host, database: str, logins: dict[str, str], command: str) -> None:
    """The commands that look need no more."""
    result = autopost(command, dsn=f"{database} user={logins['reader']}")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", [name for name in dba_statements("public") if name != "grants"])
def test_reader_may_run_the_statements_of_a_dba(database: str, logins: dict[str, str], name: str) -> None:
    """None of them needs the owner."""
    with psycopg.connect(f"{database} user={logins['reader']}") as connection:
        connection.execute(dba_statements("public")[name].encode())


def test_missing_rights_are_named_before_anything_is_claimed(host: Host, database: str, logins: dict[str, str]) -> None:
    """All of them, in one message, with exit code 4."""
    host.execute("revoke insert on social_posts from auto_post_worker")
    host.execute("revoke update on auto_post_outbox from auto_post_worker")
    result = autopost("run", dsn=f"{database} user={logins['worker']}")
    assert result.returncode == 4
    assert "INSERT on social_posts" in result.stderr
    assert "UPDATE on auto_post_outbox" in result.stderr
    assert "autopost sql grants" in result.stderr
