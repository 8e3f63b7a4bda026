"""The reconciler finds what the trigger missed, once, and leaves the past alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support.host import Host, open_connection, until
from tests.support.platforms import install_platform
from tests.support.reconciling import plan_of_a_window, reconcile
from tests.support.work import eventually, working

BREAK = "alter table auto_post_outbox add constraint closed_check check (tracker_id is null)"
MEND = "alter table auto_post_outbox drop constraint closed_check"


def without_trigger(host: Host) -> None:
    """Change operations while the trigger is disabled."""
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    host.complete()
    host.execute("alter table operation_trackers enable trigger auto_post_capture")


def while_capturing_fails(host: Host) -> None:
    """Change operations while the outbox refuses rows."""
    host.execute(BREAK)
    host.complete()
    host.execute(MEND)


def as_a_replica(host: Host) -> None:
    """Change operations as a logical replication's apply worker, or a restore, does."""
    host.execute("set session_replication_role = replica")
    host.complete()
    host.execute("set session_replication_role = origin")


def by_another_trigger(host: Host) -> None:
    """Let a BEFORE trigger change the status in a statement that does not name it."""
    host.execute(
        "create function platform_done() returns trigger language plpgsql as "
        "$$ begin new.status := 'completed'; return new; end $$"
    )
    host.start()
    host.execute(
        "create trigger platform_done before update on operation_trackers for each row execute function platform_done()"
    )
    host.execute("update operation_trackers set progress = 100")


@pytest.mark.parametrize("miss", [without_trigger, while_capturing_fails, as_a_replica, by_another_trigger])
def test_missed_operation_is_captured_as_the_trigger_would_have(host: Host, miss: Callable[[Host], None]) -> None:
    """Once, with all that a post needs; the second look finds nothing."""
    miss(host)
    assert host.outbox() == []
    assert (reconcile(host), reconcile(host)) == (1, 0)
    (found,) = host.outbox()
    host.execute("delete from auto_post_outbox")
    host.execute("drop trigger if exists platform_done on operation_trackers")
    host.execute("update operation_trackers set status = 'running'")
    host.move()
    (captured,) = host.outbox()
    differ = {"captured_at", "available_at"}
    assert {k: v for k, v in found.items() if k not in differ} == {k: v for k, v in captured.items() if k not in differ}
    assert host.value("select found from auto_post_reconciliation") == 1


def test_failures_and_first_sights_are_found_and_insignificant_work_is_not(host: Host) -> None:
    """By the same rules as the trigger's."""
    host.execute(BREAK)
    host.complete("failed", status="failed")
    host.start("asked", "approval_requested", status="waiting")
    host.complete("query", "database_query")
    host.start("running")
    host.execute(MEND)
    assert reconcile(host) == 2
    assert {(row["tracker_id"], row["is_alert"]) for row in host.outbox()} == {("failed", True), ("asked", True)}


def test_operations_that_ended_before_the_installation_are_left_alone(host: Host) -> None:
    """By completed_at, and where there is none by started_at."""
    host.execute(BREAK)
    host.complete("old")
    host.complete("older")
    host.complete("long")
    host.execute("update operation_trackers set started_at = now() - interval '1 day'")
    host.execute("update operation_trackers set completed_at = now() - interval '1 hour' where id = 'older'")
    host.execute("update operation_trackers set completed_at = now() where id = 'long'")
    host.execute(MEND)
    assert reconcile(host) == 1
    assert [row["tracker_id"] for row in host.outbox()] == ["long"]


def test_rule_that_comes_later_leaves_the_past_alone(host: Host) -> None:
    """Added, switched on again, or changed to mean something else."""
    for number, operation_type in enumerate(("data_export", "workflow_execute", "plan_make", "security_scan")):
        host.execute("update auto_post_rules set enabled = false where operation_type = %s", (operation_type,))
        host.complete(f"op{number}", operation_type)
    host.execute("delete from auto_post_outbox")
    host.execute("update operation_trackers set started_at = clock_timestamp()")
    host.execute("select auto_post_add_rule('data_export', 'completed')")
    host.execute("update auto_post_rules set enabled = true")
    host.execute("update auto_post_rules set operation_type = 'plan_make' where id = 3")
    host.execute("update auto_post_rules set operation_type = '%secur%' where id = 13")
    assert reconcile(host) == 0


@pytest.mark.parametrize(
    "change",
    [
        "update auto_post_rules set enabled = false where id = %s",
        "update auto_post_rules set status = 'failed' where id = %s",
    ],
)
def test_operation_that_falls_to_another_rule_does_not_count_again(host: Host, change: str) -> None:
    """It was captured by a rule that is switched off or changed since; a pattern would meet it too."""
    rule = host.value("select auto_post_add_rule('security_scan', 'completed')")
    host.complete("done", "security_scan")
    host.execute(change, (rule,))
    assert reconcile(host) == 0
    assert len(host.outbox()) == 1


def test_change_of_one_rule_does_not_hide_what_others_missed(host: Host) -> None:
    """Only rules that overlap begin again, and only when their meaning changes."""
    without_trigger(host)
    host.execute(
        "select auto_post_switch_rule(id, false) from auto_post_rules where operation_type = 'report_generate'"
    )
    host.execute(
        "update auto_post_rules set description = 'x', is_alert = true where operation_type = 'workflow_execute'"
    )
    assert reconcile(host) == 1


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_ended_while_capturing_was_off_is_left_alone(host: Host, *, by_hand: bool) -> None:
    """Switched by the functions or in the table; while it is off the reconciler rests."""
    off, on = "select auto_post_capture_off()", "select auto_post_capture_on()"
    if by_hand:
        off, on = (f"update auto_post_control set capture_enabled = {value}" for value in ("false", "true"))
    host.execute(off)
    host.complete()
    assert reconcile(host) == 0
    host.execute(on)
    assert reconcile(host) == 0
    without = (
        "insert into operation_trackers (id, operation_type, status) values ('new', 'report_generate', 'completed')"
    )
    host.execute("set session_replication_role = replica")
    host.execute(without)
    assert reconcile(host) == 1


def fill(host: Host, rows: int) -> None:
    """Add operations that the trigger misses, twenty or so to a block."""
    host.execute("set session_replication_role = replica")
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
        "select 'op' || n, 'ada', 'workflow_execute', 'completed', repeat('x', 300) from generate_series(1, %s) as n",
        (rows,),
    )
    host.execute("set session_replication_role = origin")


def test_window_is_bounded_and_rounds_begin_anew(host: Host) -> None:
    """Each call reads the next blocks; after the last the first comes again."""
    fill(host, 100)
    blocks = host.value("select pg_relation_size('operation_trackers') / current_setting('block_size')::int")
    assert blocks > 3
    found = [reconcile(host, blocks=1) for _ in range(blocks)]
    assert all(found)
    assert sum(found) == 100
    assert host.value("select last_round_at is not null from auto_post_reconciliation")
    host.execute("delete from auto_post_outbox")
    assert reconcile(host, blocks=1) == found[0]


def test_window_with_more_than_the_limit_is_read_again(host: Host) -> None:
    """Until it holds no more; then comes the next."""
    fill(host, 100)
    stands_at = "select next_block from auto_post_reconciliation"
    found = []
    while host.value(stands_at) == 0:
        found.append(reconcile(host, blocks=2, limit=20))
    assert found[:2] == [20, 20]
    assert found[2] < 20
    assert host.value(stands_at) == 2


def test_window_is_read_by_its_blocks_and_not_through_the_table(host: Host) -> None:
    """A TID range scan, and one probe of an index for each operation in it."""
    fill(host, 5000)
    while reconcile(host, blocks=100):
        pass
    host.execute("vacuum analyze operation_trackers, auto_post_outbox")
    plan = plan_of_a_window(host, "'-infinity'")
    assert "Tid Range Scan on operation_trackers" in plan
    assert "Seq Scan on operation_trackers" not in plan
    assert "auto_post_outbox_pkey" in plan
    assert "Seq Scan on auto_post_outbox" not in plan


def test_partitioned_table_is_reconciled_in_all_its_partitions(host: Host) -> None:
    """The same blocks of each, and as many in all as were asked for."""
    host.execute("drop table operation_trackers")
    host.execute(
        "create table operation_trackers (id text, tenant_id text, agent_id text, operation_type text, status text, "
        "progress integer, what_explanation text, why_explanation text, next_steps text, operation_metadata jsonb, "
        "started_at timestamptz default now(), completed_at timestamptz) partition by hash (id)"
    )
    for number in range(4):
        host.execute(
            f"create table trackers_{number} partition of operation_trackers "
            f"for values with (modulus 4, remainder {number})"
        )
    fill(host, 400)
    assert reconcile(host, blocks=4) < 200
    until(
        lambda: host.value(
            "select auto_post_reconcile(4) is not null and last_round_at is not null from auto_post_reconciliation"
        )
    )
    assert len(host.outbox()) == 400


def test_columns_of_any_type_and_name_are_reconciled(host: Host) -> None:
    """The platform's status may be an enumeration, its explanation json, and a column may have a name of ours."""
    host.execute("drop trigger auto_post_capture on operation_trackers")
    host.execute("create type work_status as enum ('running', 'completed', 'failed')")
    host.execute("alter table operation_trackers alter column status drop default, add column rule_id text")
    host.execute(
        "alter table operation_trackers alter column status type work_status using status::work_status, "
        "alter column what_explanation type json using to_json(what_explanation)"
    )
    host.execute(
        "insert into operation_trackers (id, operation_type, status, what_explanation) "
        "values ('a', 'workflow_execute', 'failed', '\"It broke\"')"
    )
    assert reconcile(host) == 1
    assert [(row["is_alert"], row["what_explanation"]) for row in host.outbox()] == [(True, '"It broke"')]
    host.execute("delete from auto_post_outbox")
    host.execute(
        "create trigger auto_post_capture after insert or update of status on operation_trackers "
        "for each row execute function auto_post_capture()"
    )
    host.execute("update operation_trackers set status = 'completed'")
    assert [row["what_explanation"] for row in host.outbox()] == ['"It broke"']
    assert host.warnings == []


def test_two_reconcilers_at_once_are_one(host: Host, database: str) -> None:
    """The second goes away at once and has moved nothing."""
    fill(host, 50)
    with open_connection(database) as first:
        assert first.execute("select auto_post_reconcile(1)").fetchone() != (0,)
        assert reconcile(host) == 0
        assert host.value("select next_block from auto_post_reconciliation") == 0
    assert reconcile(host) > 0


def test_reconciler_beside_a_busy_trigger_doubles_nothing(host: Host, database: str) -> None:
    """Completions while windows are read end in one row each."""

    def complete() -> None:
        with open_connection(database, autocommit=True) as connection:
            busy = Host(connection)
            for number in range(300):
                busy.complete(f"busy{number}")

    thread = threading.Thread(target=complete)
    thread.start()
    found = 0
    while thread.is_alive():
        found += reconcile(host)
    thread.join()
    assert found == 0, "what the trigger captured was never missed"
    assert len(host.outbox()) == 300


async def test_worker_posts_what_the_trigger_missed(host: Host, settings: Settings, redactor: Redactor) -> None:
    """By its maintenance, without anybody asking, and once."""
    host.agent()
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    host.complete()
    async with working(settings.model_copy(update={"maintenance_seconds": 0.05}), redactor):
        await eventually(host.posts)
        runs = "select last_run_at from auto_post_reconciliation"
        last = host.value(runs)
        await eventually(lambda: host.value(runs) > last)
    assert len(host.posts()) == len(host.audit()) == 1
    assert host.value("select not trigger_enabled and reconciled_rows = 1 from auto_post_health")


def has_run_since(host: Host, last: datetime | None) -> bool:
    """Return whether the reconciler ran again."""
    return bool(
        host.value("select last_run_at is distinct from %s::timestamptz from auto_post_reconciliation", (last,))
    )


async def test_failing_maintenance_is_logged_once_and_ends_nothing(
    host: Host, settings: Settings, redactor: Redactor, capsys: pytest.CaptureFixture[str]
) -> None:
    """The worker posts on, and takes maintenance up again when it works."""
    host.agent()
    host.execute("alter function auto_post_expire(interval, integer) rename to gone")
    async with working(settings.model_copy(update={"maintenance_seconds": 0.05}), redactor):
        for _ in range(3):
            last = host.value("select last_run_at from auto_post_reconciliation")
            await eventually(partial(has_run_since, host, last))
        host.complete()
        await eventually(host.posts)
        host.execute("alter function gone(interval, integer) rename to auto_post_expire")
        host.execute("update auto_post_outbox set finished_at = now() - interval '8 days'")
        await eventually(lambda: not host.outbox())
    assert capsys.readouterr().out.count("maintenance.failed") == 1


def missed(host: Host, id_: str, **columns: str) -> None:
    """Add a completed operation that the trigger misses; each column has an SQL expression."""
    values = {"operation_type": "'workflow_execute'", "status": "'completed'", "agent_id": "'ada'", **columns}
    host.execute("set session_replication_role = replica")
    host.execute(
        f"insert into operation_trackers (id, {', '.join(values)}) values (%s, {', '.join(values.values())})", (id_,)
    )
    host.execute("set session_replication_role = origin")


def noted(host: Host) -> dict[str, str]:
    """Return what the reconciler met and did not capture: the reason for each id."""
    rows = host.rows("select left(tracker_id, 20) as id, reason from auto_post_not_captured")
    return {row["id"]: row["reason"] for row in rows}


def test_row_that_cannot_be_read_hides_no_other(empty_database: str, tmp_path: Path) -> None:
    """It is noted with its id, the rows around it are captured, and the table is read to its end; so is a repair."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        "[agents]\ntable = 'public.agents'\n[operation_trackers]\ntable = 'public.operation_trackers'\n"
        "[operation_trackers.columns]\nwhat_explanation = \"(t.what_explanation::jsonb) ->> 'what'\"\n"
    )
    install_platform(empty_database, rows=0)
    migrate(load_settings(database_url=empty_database, mapping_file=mapping))
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute("alter table operation_trackers alter column next_steps set default repeat('x', 400)")
        for number in range(60):
            what = "'not json'" if number in (7, 8, 59) else '\'{"what": "Sorted"}\''
            missed(host, f"op{number}", what_explanation=what)
        assert host.value("select pg_relation_size('operation_trackers') / 8192") >= 3
        assert reconcile(host) == 57
        assert noted(host) == dict.fromkeys(("op7", "op8", "op59"), "unreadable")
        assert {row["detail"] for row in host.rows("select detail from auto_post_not_captured")} == {"22P02"}
        assert host.value("select last_round_at is not null from auto_post_reconciliation")
        (row,) = host.rows("select level, finding from auto_post_check() where subject = 'not captured'")
        assert row == {"level": "warning", "finding": "3 operations that meet a rule: 3 unreadable"}
        host.execute("set session_replication_role = replica")
        host.execute("update operation_trackers set what_explanation = '{}' where what_explanation = 'not json'")
        assert (reconcile(host), reconcile(host), noted(host)) == (3, 0, {})


def test_fault_that_is_no_rows_is_raised(host: Host) -> None:
    """Nothing is noted, and the next call reads the same window."""
    missed(host, "op")
    host.execute("alter table auto_post_outbox rename to gone")
    with pytest.raises(psycopg.errors.UndefinedTable):
        reconcile(host)
    host.execute("alter table gone rename to auto_post_outbox")
    assert (reconcile(host), noted(host)) == (1, {})


def test_what_is_not_captured_is_noted(host: Host) -> None:
    """An id that is too long, and one that another agent has used; an operation that is captured is not."""
    host.complete("used", agent="ada")
    host.execute("delete from operation_trackers")
    missed(host, "used", agent_id="'eve'")
    missed(host, "y" * 1001)
    missed(host, "y" * 1000)
    assert reconcile(host) == 1
    assert noted(host) == {"used": "other_agent", "y" * 20: "id_too_long"}
    assert host.value("select detail from auto_post_not_captured where reason = 'other_agent'") == "ada"


def test_operation_that_was_hidden_by_its_times_is_noted(host: Host) -> None:
    """Its row is younger than the installation; what only has an old completed_at, and started since, is captured."""
    old = "now() - interval '1 year'"
    host.execute("alter table operation_trackers alter column started_at drop not null")
    missed(host, "hidden", completed_at=old, started_at=old)
    missed(host, "no times", started_at="null")
    missed(host, "started since", completed_at=old)
    missed(host, "runs", status="'running'", started_at=old)
    host.execute("update auto_post_reconciliation set since = now() - interval '1 hour'")
    assert reconcile(host) == 1
    assert [row["tracker_id"] for row in host.outbox()] == ["started since"]
    assert noted(host) == {"hidden": "old_by_its_times", "no times": "old_by_its_times"}
    assert host.value("select level from auto_post_check() where subject = 'not captured'") == "ok"


def test_old_rows_that_nobody_changed_are_not_noted(host: Host) -> None:
    """They were there before the installation."""
    missed(host, "old", completed_at="now() - interval '1 year'", started_at="now() - interval '1 year'")
    host.execute("update auto_post_reconciliation set since = now(), since_xid = pg_current_xact_id()")
    assert (reconcile(host), noted(host)) == (0, {})


def test_children_of_a_table_are_read(host: Host) -> None:
    """To the end of the largest: a child may be longer than its parent, which is often empty."""
    host.execute("create table archive () inherits (operation_trackers)")
    host.execute("alter table archive alter column next_steps set default repeat('x', 400)")
    host.execute(
        "insert into archive (id, operation_type, status) "
        "select 'op' || n, 'workflow_execute', 'completed' from generate_series(1, 60) as n"
    )
    found = sum(reconcile(host, blocks=2) for _ in range(6))
    assert found == 60
    (row,) = host.rows("select level, advice from auto_post_check() where subject = 'trigger' and level <> 'ok'")
    assert row["level"] == "warning"
    host.execute(row["advice"])
    host.execute("insert into archive (id, operation_type, status) values ('op', 'approval_requested', 'asked')")
    assert len(host.outbox()) == 61
    assert host.rows("select * from auto_post_check() where subject = 'trigger' and level <> 'ok'") == []
