"""What an application role can write to the platform's table, and what of it reaches the outbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autopost.database.migrate import migrate
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support.host import Host, open_connection
from tests.support.reconciling import reconcile
from tests.support.roles import Platform, platform
from tests.support.work import work_off

MEGABYTES = 4
LIMITS = {
    "tenant_id": 200,
    "agent_id": 200,
    "operation_type": 200,
    "status": 200,
    "what_explanation": 4000,
    "why_explanation": 4000,
    "next_steps": 4000,
}


@pytest.fixture
def installed(empty_database: str) -> Iterator[Platform]:
    """Return a platform with an application role that may only read and write its tables."""
    with platform(empty_database) as found:
        yield found


@pytest.mark.parametrize("missed", [False, True], ids=["trigger", "reconciler"])
def test_huge_values_are_cut_where_they_are_captured(installed: Platform, missed: bool) -> None:
    """Every text of the outbox has a limit, whichever column is megabytes long, and a pattern meets the cut type."""
    if missed:
        installed.host.execute("alter table operation_trackers disable trigger auto_post_capture")
    with installed.as_(installed.application) as application:
        for column in LIMITS:
            values = dict.fromkeys(LIMITS, "'x'") | {"operation_type": "'security'", "status": "'completed'"}
            values[column] = f"'security' || repeat('é', {MEGABYTES * 500_000})"
            if column == "status":
                values["operation_type"] = "'approval_requested'"
            application.execute(
                f"insert into operation_trackers (id, {', '.join(values)}) "
                f"values ('{column}', {', '.join(values.values())})"
            )
    if missed:
        assert reconcile(installed.host) == len(LIMITS)
    lengths = ", ".join(f"length({column}) as {column}" for column in LIMITS)
    rows = {
        row.pop("tracker_id"): row for row in installed.host.rows(f"select tracker_id, {lengths} from auto_post_outbox")
    }
    assert {column: rows[column][column] for column in LIMITS} == LIMITS


def test_id_that_is_too_long_is_not_captured_and_says_so(installed: Platform) -> None:
    """A thousand characters are an id, more are not; the application's statement is not affected."""
    with installed.as_(installed.application) as application:
        for length in (1000, 1001, 2000):
            application.start("i" * length, "approval_requested")
        assert len(application.rows("select id from operation_trackers")) == 3
        assert (
            application.warnings
            == ["autopost does not capture an operation whose id is longer than 1,000 characters"] * 2
        )
    assert [len(row["tracker_id"]) for row in installed.host.outbox()] == [1000]


def test_operation_that_a_setting_hides_is_found_by_the_reconciler(installed: Platform) -> None:
    """Captured when one of its times is true; noted for `autopost sql missed` when both are old."""
    host = installed.host
    host.execute("update auto_post_reconciliation set since = now() - interval '1 hour'")
    with installed.as_(installed.application) as application:
        for id_, columns in {"no end": "", "old end": ", completed_at = '1999-01-01'"}.items():
            application.start(id_)
            with application.connection.transaction():
                application.execute("select set_config('autopost.capture_gave_up', pg_current_xact_id()::text, true)")
                application.execute(
                    f"update operation_trackers set status = 'completed'{columns} where id = %s", (id_,)
                )
        with application.connection.transaction():
            application.execute("select set_config('autopost.capture_gave_up', pg_current_xact_id()::text, true)")
            application.execute(
                "insert into operation_trackers (id, operation_type, status, started_at, completed_at) "
                "values ('all old', 'workflow_execute', 'completed', '1999-01-01', '1999-01-01')"
            )
        assert application.warnings == []
    assert host.outbox() == []
    assert reconcile(host) == 2
    assert {row["tracker_id"] for row in host.outbox()} == {"no end", "old end"}
    assert host.rows("select tracker_id, reason from auto_post_not_captured") == [
        {"tracker_id": "all old", "reason": "old_by_its_times"}
    ]


def test_id_that_another_agent_has_used_is_told(installed: Platform) -> None:
    """With a warning at once; an agent that comes to the same status again is no news."""
    with installed.as_(installed.application) as application:
        application.complete("future-42", agent="eve")
        application.move("future-42", "running")
        application.move("future-42")
        assert application.warnings == []
        application.execute("delete from operation_trackers")
        application.complete("future-42", agent="victim")
        assert application.warnings == ["autopost does not capture operation future-42: another agent has used this id"]
    assert [row["agent_id"] for row in installed.host.outbox()] == ["eve"]


@pytest.mark.parametrize("typed", ["timestamptz", "timestamp"])
def test_rows_that_move_to_another_partition_post_nothing_that_ended_before(empty_database: str, typed: str) -> None:
    """Such an update is a deletion and an insertion; what ends in the same moment is captured all the same."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute(
            "create table operation_trackers (id text, tenant_id text, agent_id text, operation_type text, "
            "status text, progress integer, what_explanation text, why_explanation text, next_steps text, "
            "operation_metadata jsonb, "
            f"started_at {typed} default now(), completed_at {typed}, archived boolean default false) "
            "partition by list (archived)"
        )
        host.execute("create table live partition of operation_trackers for values in (false)")
        host.execute("create table archive partition of operation_trackers for values in (true)")
        host.execute(
            "insert into operation_trackers (id, operation_type, status, started_at, completed_at) "
            "select 'old' || n, 'workflow_execute', 'completed', now() - interval '31 days', "
            "now() - interval '30 days' from generate_series(1, 3) as n"
        )
        migrate(load_settings(database_url=empty_database))
        host.start("new")
        host.execute("update operation_trackers set archived = true where id like 'old%'")
        assert host.outbox() == []
        host.execute(
            "update operation_trackers set archived = true, status = 'completed', completed_at = now() where id = 'new'"
        )
        host.execute("update operation_trackers set archived = false")
        assert [row["tracker_id"] for row in host.outbox()] == ["new"]
        assert host.warnings == []


def test_since_in_the_future_hides_nothing_from_the_trigger(host: Host) -> None:
    """The clock was ahead when autopost was installed, and was set back."""
    for table in ("auto_post_reconciliation", "auto_post_rules"):
        host.execute(f"update {table} set since = now() + interval '5 hours'")
    host.start("asked", "approval_requested")
    assert [row["tracker_id"] for row in host.outbox()] == ["asked"]


def test_installs_in_one_database_do_not_silence_each_other(empty_database: str) -> None:
    """Capture that is off in one, in the same transaction; also where a setting's name cannot tell theirs apart."""
    names = ("a-b", "a_b", "A_b")
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        for name in names:
            host.execute(f'create schema "p_{name}"')
            migrate(load_settings(database_url=empty_database, schema_name=name, platform_schema_name=f"p_{name}"))
        for off in names:
            host.execute(f'select "{off}".auto_post_capture_off()')
            with connection.transaction():
                for name in (off, *names):
                    host.execute(
                        f'insert into "p_{name}".operation_trackers (id, operation_type, status) '
                        "values (gen_random_uuid()::text, 'approval_requested', 'asked')"
                    )
            host.execute(f'select "{off}".auto_post_capture_on()')
        assert [host.value(f'select count(*) from "{name}".auto_post_outbox') for name in names] == [2, 2, 2]


async def test_operation_for_another_tenant_is_not_posted(host: Host, settings: Settings, redactor: Redactor) -> None:
    """An approval request is no exception; the check tells of it."""
    host.agent()
    host.complete("own")
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
        "values ('forged', 'other', 'ada', 'approval_requested', 'asked', 'It asks')"
    )
    await work_off(host, settings, redactor)
    assert {row["tracker_id"]: row["reason"] for row in host.outbox()} == {"own": None, "forged": "tenant_mismatch"}
    assert len(host.posts()) == 1
    (row,) = host.rows("select level, finding from auto_post_check() where subject = 'tenants'")
    assert row["level"] == "warning"


def test_row_that_ended_while_capturing_was_off_is_left_alone_when_it_moves(host: Host) -> None:
    """Also by the trigger, which sees an insertion; what ends afterwards is captured."""
    host.execute("select auto_post_capture_off()")
    host.complete("meanwhile")
    host.execute("select auto_post_capture_on()")
    host.execute(
        "with moved as (delete from operation_trackers returning *) insert into operation_trackers select * from moved"
    )
    host.start("asked", "approval_requested")
    assert [row["tracker_id"] for row in host.outbox()] == ["asked"]


def test_rule_that_changes_during_a_transaction_hides_nothing_of_it(host: Host, database: str) -> None:
    """An operation that the transaction inserts has the transaction's time, which is before the rule's."""
    with open_connection(database) as connection:
        agent = Host(connection)
        agent.value("select now()")
        host.execute("select auto_post_switch_rule(id, on_) from auto_post_rules, (values (false), (true)) as v (on_)")
        agent.start("asked", "approval_requested")
        connection.commit()
    assert [row["tracker_id"] for row in host.outbox()] == ["asked"]
