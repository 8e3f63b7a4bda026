"""The trigger never fails an agent's transaction and never waits long (requirements: Never in the way of an agent)."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from psycopg import sql

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support.host import Host, open_connection
from tests.support.roles import drop_roles
from tests.support.servers import private_server
from tests.support.timing import shortest

BREAKAGES = {
    "outbox dropped": "drop table auto_post_outbox cascade",
    "compiled rules dropped": "drop function auto_post_compiled_rule(text, text, text)",
    "compiled switches dropped": "drop function auto_post_compiled_wakeup()",
    "column gone": "alter table auto_post_outbox drop column tracker_id cascade",
    "id function dropped": "drop function auto_post_outbox_id(text, integer)",
    "check fails": "alter table auto_post_outbox add constraint no_check check (attempts > 5)",
}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES.keys())
def test_agent_commits_when_capturing_fails(host: Host, breakage: str) -> None:
    """Whatever is broken, the agent's change stands and a warning says which operation was missed."""
    host.start()
    host.execute(breakage)
    host.move()
    assert host.value("select status from operation_trackers") == "completed"
    assert any("did not capture operation op" in warning for warning in host.warnings)


def test_warning_carries_no_text_of_the_operation(host: Host) -> None:
    """A warning goes to the server's log."""
    host.start(what="very private matter")
    host.execute("alter table auto_post_outbox add constraint no_check check (what_explanation is null)")
    host.move()
    assert host.warnings
    assert not any("private" in warning for warning in host.warnings)


def test_locked_outbox_holds_an_agent_up_once_in_a_transaction(host: Host, database: str) -> None:
    """A bulk update of 300 rows waits for one lock_timeout of 20 ms, not for 300 of them."""
    host.execute(
        "insert into operation_trackers (id, operation_type, status) "
        "select 'op' || n, 'workflow_execute', 'running' from generate_series(1, 300) as n"
    )

    def update() -> None:
        host.warnings.clear()
        with host.connection.transaction():
            host.execute("update operation_trackers set status = 'completed'")
            host.execute("update operation_trackers set status = 'failed'")

    with open_connection(database) as locker:
        locker.execute("lock table auto_post_outbox in access exclusive mode")
        assert shortest(update, enough=5) < 5, "one lock_timeout of 20 ms; 300 are six seconds"
    assert host.value("select count(*) from operation_trackers where status = 'failed'") == 300
    assert host.outbox() == []
    assert len(host.warnings) == 1


def test_capturing_works_again_in_the_next_transaction(host: Host, database: str) -> None:
    """Giving up lasts as long as the transaction."""
    host.start("missed")
    host.start("seen")
    with open_connection(database) as locker:
        locker.execute("lock table auto_post_outbox in access exclusive mode")
        host.move("missed")
    host.move("seen")
    assert [row["tracker_id"] for row in host.outbox()] == ["seen"]


def test_one_bad_row_does_not_hide_its_neighbours(host: Host) -> None:
    """What is wrong with one row of a bulk statement ends with that row."""
    host.execute("alter table auto_post_outbox add constraint no_check check (tracker_id <> 'op2')")
    for id_ in ("op1", "op2", "op3"):
        host.start(id_)
    host.execute("update operation_trackers set status = 'completed'")
    assert {row["tracker_id"] for row in host.outbox()} == {"op1", "op3"}


def test_application_role_needs_no_right_on_our_objects(host: Host, database: str) -> None:
    """The trigger is the definer's; the role sees none of our tables and cannot call our functions."""
    role = f"app_{host.value('select pg_backend_pid()')}"
    host.execute(f"create role {role} login")
    try:
        host.execute(f"grant usage on schema public to {role}")
        host.execute(f"grant select, insert, update on operation_trackers to {role}")
        with open_connection(database, autocommit=True) as app:
            app.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
            app.execute(
                "insert into operation_trackers (id, operation_type, status) values ('a', 'workflow_execute', 'x')"
            )
            app.execute("update operation_trackers set status = 'completed'")
            for table in ("outbox", "rules", "control", "rate_limits", "workers"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(f"select from autopost.auto_post_{table}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(
                    "create temp table t (status text); "
                    "create trigger t after insert on t for each row execute function autopost.auto_post_capture()"
                )
        assert [row["tracker_id"] for row in host.outbox()] == ["a"]
    finally:
        drop_roles(host, role)


def test_types_of_a_hostile_session_are_not_used(host: Host, database: str) -> None:
    """A domain in pg_temp goes before pg_catalog's type unless search_path names pg_temp last.

    Its check would run with the rights of the definer.
    """
    role = f"autopost_test_intruder_{host.value('select pg_backend_pid()')}"
    host.execute(f"create role {role} login")
    try:
        host.execute(f"grant usage on schema public to {role}")
        host.execute(f"grant insert on operation_trackers to {role}")
        with open_connection(f"{database} user={role}", autocommit=True) as intruder:
            warnings: list[str | None] = []
            intruder.add_notice_handler(lambda notice: warnings.append(notice.message_primary))
            intruder.execute(
                "create function pg_temp.spy(v pg_catalog.text) returns boolean language plpgsql as "
                "$$ begin raise warning 'runs as %', current_user; return true; end $$"
            )
            for name in ("text", "timestamptz", "uuid", "int4", "bool"):
                domain = f"create domain pg_temp.{name} as pg_catalog.{name}"
                intruder.execute(f"{domain} check (pg_temp.spy(value::pg_catalog.text))".encode())
            intruder.execute(
                "insert into public.operation_trackers (id, operation_type, status) "
                "values ('x'::pg_catalog.text, 'workflow_execute'::pg_catalog.text, 'completed'::pg_catalog.text)"
            )
            assert warnings == []
        assert len(host.outbox()) == 1
    finally:
        drop_roles(host, role)


@pytest.mark.parametrize("column", ["id", "status", "operation_type", "what_explanation"])
def test_column_that_the_platform_renamed_costs_a_warning(host: Host, column: str) -> None:
    """The trigger follows the column, and its function no longer knows it."""
    host.start()
    host.execute(f"alter table operation_trackers rename {column} to renamed")
    state = "renamed" if column == "status" else "status"
    host.execute(f"update operation_trackers set {state} = 'completed'")
    assert host.value(f"select {state} from operation_trackers") == "completed"
    assert any("did not capture" in warning for warning in host.warnings)


def test_status_of_a_type_without_equality_is_no_obstacle(host: Host) -> None:
    """The type json has no operator =."""
    host.execute("drop trigger auto_post_capture on operation_trackers")
    host.execute("alter table operation_trackers alter column status drop default")
    host.execute("alter table operation_trackers alter column status type json using to_json(status)")
    host.execute(
        "create trigger auto_post_capture after insert or update of status on operation_trackers "
        "for each row execute function auto_post_capture()"
    )
    host.execute("insert into operation_trackers (id, operation_type, status) values ('x', 'approval_requested', '{}')")
    host.execute("update operation_trackers set status = '[]'")
    assert [row["status"] for row in host.outbox()] == ["{}"]


def test_application_cannot_hide_its_work_by_a_setting(host: Host) -> None:
    """What says that capturing gave up names the transaction."""
    host.execute("set autopost.capture_gave_up = 'on'")
    host.complete()
    assert len(host.outbox()) == 1


def test_objects_of_a_hostile_search_path_are_not_used(host: Host) -> None:
    """A definer's function looks nowhere but where it says."""
    host.execute("create temp table auto_post_rules (id integer)")
    host.execute("create temp table auto_post_outbox (id integer)")
    host.execute("set search_path = pg_temp, public")
    host.complete()
    assert host.value("select count(*) from autopost.auto_post_outbox") == 1


def test_ids_of_any_type_are_taken_as_text(host: Host) -> None:
    """A platform's tracker id may be a uuid, and its status an enumeration."""
    host.execute("drop trigger auto_post_capture on operation_trackers")
    host.execute("alter table operation_trackers alter column id type uuid using gen_random_uuid()")
    host.execute("create type work_status as enum ('running', 'completed', 'failed')")
    host.execute("alter table operation_trackers alter column status drop default")
    host.execute("alter table operation_trackers alter column status type work_status using status::work_status")
    host.execute(
        "create trigger auto_post_capture after insert or update of status on operation_trackers "
        "for each row execute function auto_post_capture()"
    )
    host.execute(
        "insert into operation_trackers (id, operation_type, status) "
        "values ('00000000-0000-4000-8000-000000000001', 'workflow_execute', 'running')"
    )
    host.execute("update operation_trackers set status = 'failed'")
    assert [(row["tracker_id"], row["is_alert"]) for row in host.outbox()] == [
        ("00000000-0000-4000-8000-000000000001", True)
    ]
    assert host.warnings == []


def test_host_rings_only_when_a_worker_sleeps(host: Host, database: str) -> None:
    """A NOTIFY is sent while the doorbell is armed, and none otherwise."""
    with open_connection(database, autocommit=True) as listener, open_connection(database, autocommit=True) as sleeper:
        listener.execute("listen auto_post_doorbell")
        host.complete("quiet")
        assert list(listener.notifies(timeout=0.2)) == []
        sleeper.execute("select pg_advisory_lock(1635087471, hashtext('autopost'))")
        host.complete("loud")
        assert [notice.channel for notice in listener.notifies(timeout=60, stop_after=1)] == ["auto_post_doorbell"]


def test_operation_that_was_captured_before_does_not_ring(host: Host, database: str) -> None:
    """It comes to the same status again: nothing is inserted, and there is nothing to wake for."""
    host.complete()
    with open_connection(database, autocommit=True) as listener, open_connection(database, autocommit=True) as sleeper:
        listener.execute("listen auto_post_doorbell")
        sleeper.execute("select pg_advisory_lock(1635087471, hashtext('autopost'))")
        host.move("op", "running")
        host.move("op", "completed")
        host.execute("select pg_notify('auto_post_doorbell', 'end')")
        assert [notice.payload for notice in listener.notifies(timeout=60, stop_after=1)] == ["end"]


def test_full_notification_queue_fails_no_host() -> None:
    """A NOTIFY would fail at its commit, so none is sent; polling workers find the row."""
    with private_server(18, settings={"max_notify_queue_pages": "64"}) as server:
        migrate(load_settings(database_url=server.dsn()))
        with open_connection(server.dsn(), autocommit=True) as connection, open_connection(server.dsn()) as listener:
            host = Host(connection)
            host.execute("update auto_post_control set wakeup = 'notify'")
            listener.execute("listen somewhere")
            listener.commit()
            listener.execute("select 1")  # in a transaction it receives nothing, so that the queue fills up
            for payload in ("repeat('x', 7000)", "'x'"):
                with contextlib.suppress(psycopg.errors.ProgramLimitExceeded):
                    while True:
                        host.execute(f"select pg_notify('somewhere', {payload} || gen_random_uuid())")
            host.complete()
            assert len(host.outbox()) == 1
            listener.rollback()


@pytest.mark.parametrize(("wakeup", "rings"), [("notify", 1), ("poll", 0)])
def test_wakeup_mode_decides_about_the_bell(host: Host, database: str, wakeup: str, rings: int) -> None:
    """`notify` always rings and `poll` never does, whoever sleeps."""
    host.execute("update auto_post_control set wakeup = %s", (wakeup,))
    with open_connection(database, autocommit=True) as listener:
        listener.execute("listen auto_post_doorbell")
        host.complete()
        assert len(list(listener.notifies(timeout=60 if rings else 0.2, stop_after=1))) == rings


def test_insignificant_work_does_not_ring(host: Host, database: str) -> None:
    """Progress and statuses that meet no rule leave the bell alone."""
    host.execute("update auto_post_control set wakeup = 'notify'")
    with open_connection(database, autocommit=True) as listener:
        listener.execute("listen auto_post_doorbell")
        host.start()
        host.execute("update operation_trackers set progress = 50")
        host.complete("other", "database_query")
        assert list(listener.notifies(timeout=0.2)) == []


def test_install_where_transactions_may_be_prepared_lets_them_be() -> None:
    """A transaction that sent a NOTIFY cannot be prepared, so there nobody rings unless a DBA says so."""
    with private_server(18, settings={"max_prepared_transactions": "2"}) as server:
        migrate(load_settings(database_url=server.dsn()))
        with open_connection(server.dsn(), autocommit=True) as connection, open_connection(server.dsn()) as sleeper:
            host = Host(connection)
            sleeper.execute("select pg_advisory_lock(1635087471, hashtext('autopost'))")
            host.start()
            host.execute("begin")
            host.move()
            host.execute("prepare transaction 'two-phase'")
            host.execute("commit prepared 'two-phase'")
            assert len(host.outbox()) == 1
            assert host.value("select wakeup from auto_post_control") == "poll"
