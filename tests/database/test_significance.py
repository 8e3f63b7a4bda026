"""Which changes of operation_trackers reach the outbox (requirements: Significant operations)."""

from __future__ import annotations

import io

import pytest

from tests.support.host import Host, open_connection

COMPLETING_TYPES = [
    "workflow_execute",
    "integration_connect",
    "browser_automate",
    "report_generate",
    "human_feedback_received",
]
ALWAYS_TYPES = ["approval_requested", "agent_to_agent_call"]


@pytest.mark.parametrize("operation_type", COMPLETING_TYPES)
@pytest.mark.parametrize("status", ["completed", "failed"])
def test_completion_of_a_listed_type_is_significant(host: Host, operation_type: str, status: str) -> None:
    """Each of the five types counts when it completes or fails."""
    host.complete(operation_type=operation_type, status=status)
    assert [(row["operation_type"], row["status"]) for row in host.outbox()] == [(operation_type, status)]


@pytest.mark.parametrize("operation_type", ALWAYS_TYPES)
@pytest.mark.parametrize("status", ["waiting", "running", "completed", "something_else"])
def test_approvals_and_agent_calls_are_significant_at_first_sight(host: Host, operation_type: str, status: str) -> None:
    """They count whatever the status, from the INSERT on."""
    host.start(operation_type=operation_type, status=status)
    assert [row["status"] for row in host.outbox()] == [status]


@pytest.mark.parametrize("operation_type", ALWAYS_TYPES)
def test_a_later_status_of_an_approval_adds_nothing(host: Host, operation_type: str) -> None:
    """First sight is once."""
    host.start(operation_type=operation_type, status="waiting")
    host.move(status="completed")
    assert [row["status"] for row in host.outbox()] == ["waiting"]


@pytest.mark.parametrize(
    "operation_type", ["security_scan", "rotate_security_keys", "Network_SECURITY_audit", "security"]
)
@pytest.mark.parametrize("status", ["completed", "failed"])
def test_anything_with_security_in_its_name_is_significant_and_an_alert(
    host: Host, operation_type: str, status: str
) -> None:
    """The pattern finds the word anywhere and in any letter case."""
    host.complete(operation_type=operation_type, status=status)
    assert [row["is_alert"] for row in host.outbox()] == [True]


@pytest.mark.parametrize("operation_type", [*COMPLETING_TYPES, "security_scan"])
@pytest.mark.parametrize("status", ["running", "pending", "waiting", "cancelled"])
def test_other_statuses_of_completing_types_are_not_significant(host: Host, operation_type: str, status: str) -> None:
    """Running is not an achievement."""
    host.start(operation_type=operation_type, status="new")
    host.move(status=status)
    assert host.outbox() == []


@pytest.mark.parametrize("operation_type", ["database_query", "status_check", "workflow_executed", "Workflow_Execute"])
def test_operation_that_no_rule_names_writes_nothing(host: Host, operation_type: str) -> None:
    """The rules are a whitelist, and names are compared exactly."""
    host.complete(operation_type=operation_type)
    host.start("failed", operation_type, status="failed")
    assert host.outbox() == []


def test_underscore_in_an_exact_rule_is_no_wildcard(host: Host) -> None:
    """`workflow_execute` does not name `workflowXexecute`."""
    host.complete(operation_type="workflowXexecute")
    assert host.outbox() == []


def test_insert_in_a_significant_status_counts(host: Host) -> None:
    """An operation may arrive completed."""
    host.start(status="completed")
    assert len(host.outbox()) == 1


def test_update_of_a_completed_row_is_no_transition(host: Host) -> None:
    """A transition counts, not a state."""
    host.complete()
    host.execute("truncate auto_post_outbox")
    host.execute("update operation_trackers set status = 'completed', progress = 100")
    host.execute("update operation_trackers set what_explanation = 'something new'")
    assert host.outbox() == []


def test_flapping_operation_is_captured_once_per_rule(host: Host) -> None:
    """Completed, failed and completed again are two pieces of news, not five."""
    host.start()
    for status in ["completed", "running", "completed", "failed", "running", "failed", "completed"]:
        host.move(status=status)
    assert [row["status"] for row in host.outbox()] == ["completed", "failed"]
    assert host.warnings == []


@pytest.mark.parametrize("oldest", ["exact", "like"])
def test_change_that_meets_several_rules_is_captured_by_the_most_exact_one(host: Host, oldest: str) -> None:
    """Exact goes before pattern, and a rule with a status before one without, whichever is older."""
    rules = [("data_export", "exact", "completed"), ("data_export", "exact", None), ("data%", "like", None)]
    for rule in rules if oldest == "exact" else reversed(rules):
        host.execute("insert into auto_post_rules (operation_type, match, status) values (%s, %s, %s)", rule)
    host.start("ended", "data_export", status="completed")
    host.start("begun", "data_export")
    host.start("other", "data_import")
    met = "select tracker_id, match, r.status from auto_post_outbox as o join auto_post_rules as r on r.id = o.rule_id"
    assert {tuple(row.values()) for row in host.rows(met)} == {
        ("ended", "exact", "completed"),
        ("begun", "exact", None),
        ("other", "like", None),
    }


def test_rule_that_a_dba_adds_counts_at_once(host: Host) -> None:
    """No deployment, no restart."""
    host.complete("before", "data_export")
    host.execute("insert into auto_post_rules (operation_type, status) values ('data_export', 'completed')")
    host.complete("after", "data_export")
    assert [row["tracker_id"] for row in host.outbox()] == ["after"]


def test_rule_that_a_dba_switches_off_counts_no_more(host: Host) -> None:
    """A disabled rule captures nothing."""
    host.execute("update auto_post_rules set enabled = false where operation_type = 'report_generate'")
    host.complete(operation_type="report_generate")
    assert host.outbox() == []


def test_capture_switched_off_writes_nothing(host: Host) -> None:
    """The switch in auto_post_control stops all capturing."""
    host.execute("update auto_post_control set capture_enabled = false")
    host.complete()
    assert host.outbox() == []


@pytest.mark.parametrize(
    ("operation_type", "status", "is_alert"),
    [
        ("workflow_execute", "completed", False),
        ("workflow_execute", "failed", True),
        ("security_scan", "completed", True),
        ("security_scan", "failed", True),
        ("approval_requested", "waiting", True),
        ("agent_to_agent_call", "running", False),
        ("agent_to_agent_call", "failed", True),
    ],
)
def test_alerts_are_failures_security_and_approvals(
    host: Host, operation_type: str, status: str, is_alert: bool
) -> None:
    """A normal operation is none (requirements: Alerts)."""
    host.start(operation_type=operation_type, status=status)
    assert [row["is_alert"] for row in host.outbox()] == [is_alert]


def test_row_holds_everything_a_post_needs(host: Host) -> None:
    """Nothing later depends on the tracker row."""
    host.complete(what="did it", why="because", next_steps="more")
    host.execute("delete from operation_trackers")
    (row,) = host.outbox()
    expected = {
        "tracker_id": "op",
        "tenant_id": "tenant",
        "agent_id": "ada",
        "operation_type": "workflow_execute",
        "status": "completed",
        "what_explanation": "did it",
        "why_explanation": "because",
        "next_steps": "more",
        "state": "pending",
        "attempts": 0,
        "epoch": 0,
    }
    assert {name: row[name] for name in expected} == expected


def test_long_texts_are_cut_to_4000_characters(host: Host) -> None:
    """A megabyte of text costs the outbox 4,000 characters."""
    host.complete(what="é" * 1_000_000, why="w" * 4_001, next_steps="n" * 4_000)
    (row,) = host.outbox()
    assert [len(row[name]) for name in ("what_explanation", "why_explanation", "next_steps")] == [4000, 4000, 4000]


def test_rolled_back_completion_is_not_captured(host: Host) -> None:
    """The outbox row lives and dies with the agent's transaction."""
    host.start()
    with host.connection.transaction(force_rollback=True):
        host.move()
        assert len(host.outbox()) == 1
    assert host.outbox() == []


def test_rolled_back_savepoint_is_not_captured(host: Host) -> None:
    """What happened around the savepoint stays."""
    host.start("kept")
    host.start("undone")
    with host.connection.transaction():
        host.move("kept")
        with host.connection.transaction(force_rollback=True):
            host.move("undone")
    assert [row["tracker_id"] for row in host.outbox()] == ["kept"]


def test_bulk_update_captures_every_row_that_changed(host: Host) -> None:
    """One statement, many operations, each once."""
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status) "
        "select 'op' || n, 'ada', case when n % 2 = 0 then 'workflow_execute' else 'database_query' end, "
        "case when n % 4 = 0 then 'completed' else 'running' end from generate_series(1, 400) as n"
    )
    assert len(host.outbox()) == 100
    host.execute("update operation_trackers set status = 'completed'")
    assert len(host.outbox()) == 200


def test_upsert_captures_on_either_path(host: Host) -> None:
    """INSERT ... ON CONFLICT DO UPDATE counts when it inserts and when it updates."""
    upsert = (
        "insert into operation_trackers (id, agent_id, operation_type, status) "
        "values (%s, 'ada', 'report_generate', 'completed') on conflict (id) do update set status = excluded.status"
    )
    host.start("old", "report_generate")
    for id_ in ("new", "old", "new", "old"):
        host.execute(upsert, (id_,))
    assert [row["tracker_id"] for row in host.outbox()] == ["new", "old"]


def test_copy_captures_rows_that_arrive_completed(host: Host) -> None:
    """COPY fires the trigger for each row."""
    lines = io.StringIO(
        "".join(f"c{n}\tada\tworkflow_execute\t{'completed' if n < 3 else 'running'}\n" for n in range(5))
    )
    with (
        host.connection.cursor() as cursor,
        cursor.copy("copy operation_trackers (id, agent_id, operation_type, status) from stdin") as copy,
    ):
        copy.write(lines.read())
    assert {row["tracker_id"] for row in host.outbox()} == {"c0", "c1", "c2"}


def test_merge_captures_too(host: Host) -> None:
    """MERGE is an INSERT or an UPDATE."""
    host.start()
    host.execute(
        "merge into operation_trackers as t using (values ('op'), ('other')) as s (id) on t.id = s.id "
        "when matched then update set status = 'completed' "
        "when not matched then insert (id, operation_type, status) values (s.id, 'workflow_execute', 'completed')"
    )
    assert {row["tracker_id"] for row in host.outbox()} == {"op", "other"}


def test_two_transactions_on_one_operation_capture_once(host: Host, database: str) -> None:
    """The second waits for the row's lock, as it would without a trigger, and then finds no transition."""
    host.start()
    with open_connection(database) as other:
        other.execute("update operation_trackers set status = 'completed' where id = 'op'")
        other.commit()
    host.move()
    assert len(host.outbox()) == 1


def test_outbox_id_is_the_same_for_the_same_operation_and_rule(host: Host) -> None:
    """The id is what makes it count once, also when the row itself is gone."""
    host.complete()
    (row,) = host.outbox()
    computed = host.value("select auto_post_outbox_id(%s, %s)", (row["tracker_id"], row["rule_id"]))
    other = host.value("select auto_post_outbox_id(%s, %s)", (row["tracker_id"], row["rule_id"] + 1))
    assert computed == row["id"] != other
