"""Operator actions from the command line: reconciling on demand and removing what is held of an agent."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.command_line import autopost
from tests.support.host import Host
from tests.support.roles import drop_roles


def miss(host: Host, rows: int) -> None:
    """Let the trigger miss completed operations, a few to a block."""
    host.execute("set session_replication_role = replica")
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status, why_explanation) "
        "select 'op' || n, 'ada', 'workflow_execute', 'completed', repeat('x', 1500) from generate_series(1, %s) as n",
        (rows,),
    )
    host.execute("set session_replication_role = origin")


def test_reconcile_all_captures_all_that_was_missed(host: Host, database: str) -> None:
    """More than a window and more than a batch, from the first block on, wherever the reconciler stood."""
    miss(host, 6_000)
    host.execute("update auto_post_reconciliation set next_block = 900")
    result = autopost("reconcile", "--all", dsn=database)
    assert (result.returncode, result.stdout) == (0, "6000 missed operations captured.\n")
    assert len(host.outbox()) == 6_000
    assert autopost("reconcile", "--all", dsn=database).stdout == "0 missed operations captured.\n"


def test_reconcile_reads_one_window(host: Host, database: str) -> None:
    """At most a batch."""
    miss(host, 1_001)
    assert autopost("reconcile", dsn=database).stdout == "1000 missed operations captured.\n"
    assert autopost("reconcile", dsn=database).stdout == "1 missed operation captured.\n"


@pytest.mark.parametrize("arguments", [["reconcile"], ["reconcile", "--all"]])
def test_reconcile_while_capturing_is_off_says_so(host: Host, database: str, arguments: list[str]) -> None:
    """It would wait for ever for a round that nobody makes."""
    host.execute("select auto_post_capture_off()")
    result = autopost(*arguments, dsn=database)
    assert result.returncode == 1
    assert "capturing is switched off" in result.stderr
    assert "Traceback" not in result.stderr


def test_purge_removes_an_agent_and_says_how_many_rows(host: Host, database: str) -> None:
    """By agent, and by tenant; it asks first, and removes nothing where nobody can answer."""
    host.complete("a")
    host.complete("b", agent="bob")
    host.complete("c", agent="bob")
    asked = autopost("purge", "--agent", "ada", dsn=database)
    assert (asked.returncode, len(host.outbox())) == (2, 3)
    assert "Remove 1 outbox row of agent ada? 1 of them are pending" in asked.stderr
    result = autopost("purge", "--agent", "ada", "--yes", dsn=database)
    assert (result.returncode, result.stdout) == (0, "1 outbox row removed.\n")
    assert autopost("purge", "--tenant", "tenant", "--yes", dsn=database).stdout == "2 outbox rows removed.\n"
    assert host.outbox() == []
    purges = host.rows("select details from audit_log where action = 'auto_post.purge' order by occurred_at")
    assert [row["details"]["rows"] for row in purges] == [1, 2]
    assert {row["details"]["by"] for row in purges} == {host.value("select session_user")}
    result = autopost("purge", "--agent", "adda", dsn=database)
    assert (result.returncode, result.stdout) == (0, "0 outbox rows removed.\n")
    assert "no agent has the id adda" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--agent", "ada", "--tenant", "tenant"], ["--agent", ""]])
def test_purge_of_nobody_in_particular_is_a_usage_error(host: Host, database: str, arguments: list[str]) -> None:
    """Nothing is removed."""
    host.complete()
    result = autopost("purge", *arguments, dsn=database)
    assert result.returncode == 2
    assert "give --agent or --tenant, and not both" in result.stderr
    assert len(host.outbox()) == 1


def test_role_without_rights_is_told_so(host: Host, database: str) -> None:
    """One line and an exit code of its own."""
    role = f"weak_{host.value('select pg_backend_pid()')}"
    host.execute(f"create role {role} login")
    try:
        host.execute(f"grant select on auto_post_schema_version to {role}")
        result = autopost("purge", "--agent", "ada", dsn=psycopg.conninfo.make_conninfo(database, user=role))
        assert result.returncode == 4
        assert "Traceback" not in result.stderr
    finally:
        drop_roles(host, role)


@pytest.mark.parametrize("command", ["reconcile", "purge"])
def test_help_has_an_example(command: str, database: str) -> None:
    """To copy."""
    result = autopost(command, "--help", dsn=database)
    assert f"Example: autopost {command} --" in result.stdout
