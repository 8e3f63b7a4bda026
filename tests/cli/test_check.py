"""auto_post_check: it names every trouble, what it advises helps, and it never fails."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.conftest import Server
from tests.support.command_line import autopost
from tests.support.host import Host, Row, open_connection, until
from tests.support.roles import Platform, dsn_of, groups_locked, platform
from tests.support.servers import private_server
from tests.support.troubles import TROUBLES, Trouble

OWN = "relnamespace = 'autopost'::regnamespace and relname like 'auto\\_post\\_%%'"


def check(host: Host, subject: str | None = None) -> list[Row]:
    """Return what the check says, of everything or of one subject."""
    rows = host.rows("select * from auto_post_check()")
    return [row for row in rows if subject in (None, row["subject"])]


def levels(host: Host, subject: str) -> set[str]:
    """Return how one subject fares."""
    return {row["level"] for row in check(host, subject)}


@pytest.fixture
def installed(empty_database: str) -> Iterator[Platform]:
    """Return a platform with autopost, installed as `autopost sql grants` and the pages say."""
    with platform(empty_database) as installed:
        yield installed


@pytest.fixture(scope="module")
def other_server() -> Iterator[str]:
    """Return a server with what a test cannot switch on in a running one."""
    settings = {"max_prepared_transactions": "5", "wal_level": "logical", "max_notify_queue_pages": "64"}
    with private_server(18, settings=settings) as embedded:
        migrate(load_settings(database_url=embedded.dsn()))
        yield embedded.dsn()


def test_what_is_right_is_a_row_too(installed: Platform) -> None:
    """A DBA sees what was looked at; of a good installation only the workers are missing."""
    rows = check(installed.host)
    assert len({row["subject"] for row in rows}) > 20
    assert [row["subject"] for row in rows if row["level"] != "ok"] == ["workers"]
    assert all(row["finding"] and (row["advice"] is None) == (row["level"] == "ok") for row in rows)


@pytest.fixture(scope="module")
def shared(server: Server, template: str) -> Iterator[Host]:
    """Return a platform on which each trouble is a transaction that is rolled back."""
    name = f"{template}_troubles"
    with (
        server.janitor(name, template=template),
        open_connection(server.dsn(name), autocommit=True) as connection,
    ):
        yield Host(connection)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_trouble_is_named_and_the_advice_helps(shared: Host, trouble: Trouble) -> None:
    """What is advised is run as it stands, and the subject is in order."""
    with shared.connection.transaction(force_rollback=True):
        before = check(shared, trouble.subject)
        shared.execute(trouble.cause)
        found = check(shared, trouble.subject)
        rows = [row for row in found if trouble.finding in row["finding"]]
        assert [row["level"] for row in rows] == [trouble.level], found
        if trouble.heals:
            for row in found:
                if row["level"] == trouble.level and row not in before:
                    shared.execute(row["advice"])
            assert levels(shared, trouble.subject) == {row["level"] for row in before}


def test_command_is_advised_where_no_statement_helps(host: Host) -> None:
    """A superuser's functions: the statement makes statements, for psql to run."""
    host.execute("create role heir")
    try:
        (row,) = check(host, "functions")
        maker = row["advice"].removesuffix(" \\gexec").replace("THE_OWNER_OF_YOUR_TABLES", "heir")
        for (statement,) in (tuple(made.values()) for made in host.rows(maker)):
            host.execute(statement)
        assert "superuser" not in str(check(host, "functions"))
        assert "heir" in str(check(host, "functions"))
    finally:
        host.execute("reassign owned by heir to current_user")
        host.execute("drop role heir")


def test_owner_of_the_functions_who_lost_a_right_is_named(installed: Platform) -> None:
    """With each right, and the statements that give them back."""
    host = installed.host
    host.execute(f"alter function auto_post_capture() owner to {installed.stranger}")
    host.execute(f"grant {installed.stranger} to {installed.owner}")  # who then has all rights that it has
    (row,) = check(host, "functions")
    assert row["level"] == "problem"
    for right in ("INSERT on auto_post_outbox", "SELECT on auto_post_rules", "SELECT on operation_trackers"):
        assert right in row["finding"]
    host.execute(row["advice"])
    assert levels(host, "functions") == {"ok"}


def test_partition_whose_trigger_is_disabled_is_named(empty_database: str) -> None:
    """Its copy of the trigger can be switched off alone."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute(
            "create table operation_trackers (id text, tenant_id text, agent_id text, operation_type text, "
            "status text, progress int, what_explanation text, why_explanation text, next_steps text, "
            "operation_metadata jsonb, started_at timestamptz, completed_at timestamptz) partition by hash (id)"
        )
        host.execute("create table part_0 partition of operation_trackers for values with (modulus 2, remainder 0)")
        host.execute("create table part_1 partition of operation_trackers for values with (modulus 2, remainder 1)")
        migrate(load_settings(database_url=empty_database))
        assert levels(host, "trigger") == {"ok"}
        host.execute("alter table part_1 disable trigger auto_post_capture")
        (row,) = check(host, "trigger")
        assert (row["level"], row["finding"]) == ("problem", "it is disabled on public.part_1")
        host.execute(row["advice"])
        assert levels(host, "trigger") == {"ok"}


def test_roles_that_pass_by_the_trigger_are_named(installed: Platform) -> None:
    """session_replication_role, set for a role, for a database or in the present one."""
    host, database = installed.host, installed.host.value("select current_database()")
    host.execute(f"alter role {installed.application} set session_replication_role = replica")
    host.execute(f"alter database {database} set session_replication_role = replica")
    host.execute("set session_replication_role = replica")
    (row,) = check(host, "replication role")
    assert row["level"] == "warning"
    for who in ("the present session", f"role {installed.application}", f"database {database}"):
        assert who in row["finding"]
    host.execute(row["advice"])
    assert levels(host, "replication role") == {"ok"}


def test_read_only_default_is_named(host: Host, database: str) -> None:
    """As a database is left after a failover drill."""
    host.execute(f"alter database {host.value('select current_database()')} set default_transaction_read_only = on")
    with open_connection(database, autocommit=True) as connection:
        reading = Host(connection)
        (row,) = check(reading, "writable")
        assert row["level"] == "problem"
        reading.execute("set default_transaction_read_only = off")
        reading.execute(row["advice"])
    with open_connection(database) as connection:
        assert levels(Host(connection), "writable") == {"ok"}


def test_lost_revision_is_named(host: Host) -> None:
    """No row, or more than one."""
    host.execute("delete from auto_post_schema_version")
    (row,) = check(host, "revision")
    assert (row["level"], row["advice"]) == ("problem", "autopost migrate")
    host.execute("insert into auto_post_schema_version values ('0001'), ('0002')")
    assert levels(host, "revision") == {"problem"}


def test_many_pauses_are_counted(host: Host) -> None:
    """And not listed without end."""
    host.execute("select auto_post_pause('agent', n::text) from generate_series(1, 50) as n")
    rows = check(host, "pause")
    assert len(rows) == 21
    assert rows[-1]["finding"] == "30 more agents or operation types are paused"


def test_pause_is_told_without_reading_a_large_audit_log(host: Host) -> None:
    """Where no index leads to the time, who paused is left out."""
    host.execute("drop index audit_log_occurred_at_idx")
    host.execute("select auto_post_pause()")
    assert "paused by" in str(check(host, "pause"))
    host.execute("update pg_class set relpages = 10000 where relname = 'audit_log'")
    (row,) = check(host, "pause")
    assert row["finding"] == "claiming is paused"


def test_wake_up_that_two_phase_commit_forbids_is_named(other_server: str) -> None:
    """A warning while transactions could be prepared, a problem when some are."""
    with open_connection(other_server, autocommit=True) as connection:
        host = Host(connection)
        assert levels(host, "wake-up") == {"ok"}, "a new install polls where max_prepared_transactions is above 0"
        host.execute("update auto_post_control set wakeup = 'doorbell'")
        assert levels(host, "wake-up") == {"warning"}
        with host.connection.transaction():
            host.execute("create table prepared ()")
            host.execute("prepare transaction 'one'")
        (row,) = check(host, "wake-up")
        assert row["level"] == "problem"
        assert held_back(host) == ["rollback prepared 'one';  -- or commit"]
        host.execute(row["advice"])
        host.execute(held_back(host)[0])
        assert levels(host, "wake-up") == {"ok"}
        assert held_back(host) == []


def held_back(host: Host) -> list[str]:
    """Return what is advised against whatever holds vacuum back, if only for a moment."""
    rows = host.rows("select * from auto_post_check_held_back('0', 0)")
    assert all(row["level"] == ("warning" if row["advice"] else "ok") for row in rows)
    return [row["advice"] for row in rows if row["advice"]]


def test_replication_slot_that_holds_vacuum_back_is_named(other_server: str) -> None:
    """It is left behind by a subscriber that is gone."""
    with open_connection(other_server, autocommit=True) as connection:
        host = Host(connection)
        host.execute("select pg_create_logical_replication_slot('left_behind', 'pgoutput')")
        host.execute("create table later ()")
        (advice,) = held_back(host)
        assert "left_behind" in advice
        host.execute(advice)
        assert held_back(host) == []


def test_transaction_that_holds_vacuum_back_is_named(host: Host, database: str) -> None:
    """By its pid and its application, without its query."""
    with contextlib.closing(open_connection(database, application_name="nightly report")) as connection:
        connection.execute("select txid_current(), 'a query of theirs'")
        rows = host.rows("select * from auto_post_check_held_back('0')")
        assert f"(pid {connection.info.backend_pid}, nightly report), open for 00:00:0" in rows[0]["finding"]
        assert "theirs" not in str(rows)
        assert check(host, "held back")[0]["level"] == "ok", "an hour is allowed"
        host.execute(rows[0]["advice"])
        until(lambda: held_back(host) == [])


def test_full_notify_queue_is_named(other_server: str) -> None:
    """A listener that sits in a transaction fills it."""
    with open_connection(other_server, autocommit=True) as connection, open_connection(other_server) as listener:
        host = Host(connection)
        assert levels(host, "notify queue") == {"ok"}
        listener.execute("listen somewhere")
        listener.commit()
        listener.execute("select 1")
        seen = set()
        for _ in range(60):
            host.execute("select pg_notify('somewhere', repeat('x', 7000) || n) from generate_series(1, 1) as n")
            seen |= levels(host, "notify queue")
            if "problem" in seen:
                break
        assert seen == {"ok", "warning", "problem"}
        listener.rollback()


def test_announcements_that_nobody_delivers_are_a_finding(host: Host) -> None:
    """Before a reader has begun, and of one that stands still; not within a minute."""
    add = (
        "insert into auto_post_events (post_id, post_type, content, created_at) "
        "values ('p', 'status', 'text', now() - %s::interval)"
    )

    def finding(subject: str = "broadcast") -> tuple[str, str]:
        (row,) = [row for row in check(host) if row["subject"] == subject]
        return row["level"], re.sub(r"\d\d:\d\d:\d\d", "a time", row["finding"])

    assert finding() == ("ok", "none wait")
    host.execute(add, ("1 second",))
    assert finding() == ("ok", "1 wait, the oldest for a time, for a position")
    host.execute(add, ("2 minutes",))
    assert finding() == ("warning", "2 wait, the oldest for a time, for a position")
    host.execute("insert into auto_post_consumers (name) values ('transport'), ('webhook:chat')")
    host.execute("select auto_post_sequence_events()")
    assert finding() == ("warning", "2 wait, the oldest for a time, for transport, webhook chat")
    host.execute("update auto_post_consumers set position = 2 where name = 'transport'")
    assert finding() == ("warning", "2 wait, the oldest for a time, for webhook chat")
    assert finding("webhooks") == ("ok", "1, and all deliver")
    host.execute("update auto_post_consumers set position = 2 where name = 'webhook:chat'")
    assert finding() == ("ok", "none wait")


YESTERDAY = "select to_char(now() at time zone 'UTC' - interval '1 day', 'YYYY-MM-DD')"


def test_hooks_that_fail_and_dead_letters_are_findings(host: Host) -> None:
    """After a minute, with what is wrong; letters of the last day."""

    def finding() -> tuple[str, str]:
        (row,) = [row for row in check(host) if row["subject"] == "webhooks"]
        return row["level"], re.sub(r"\d\d:\d\d:\d\d", "a time", row["finding"])

    assert finding() == ("ok", "none")
    host.execute(
        "insert into auto_post_consumers (name, failing_since, last_error) values ('webhook:chat', now(), 'HTTP 503')"
    )
    assert finding() == ("ok", "chat fails for a time: HTTP 503")
    host.execute(
        "update auto_post_consumers set failing_since = now() - interval '2 minutes' where name = 'webhook:chat'"
    )
    assert finding() == ("warning", "chat fails for a time: HTTP 503")
    host.execute("update auto_post_consumers set failing_since = null where name = 'webhook:chat'")
    letter = (
        "insert into auto_post_webhook_dead_letters (hook, position, post_id, message, error, died_at) "
        "values ('chat', %s, 'p', '{}', 'HTTP 400', now() - %s::interval)"
    )
    host.execute(letter, (1, "2 days"))
    assert finding() == ("ok", "1, and all deliver")
    host.execute(letter, (2, "2 hours"))
    assert finding() == ("warning", "dead letters in the last day: 1 of chat")
    host.execute("delete from auto_post_webhook_dead_letters")
    summary = (
        "insert into auto_post_webhook_summaries (hook, due_at, state, held_until, error) "
        "values ('chat', date_trunc('day', now(), 'UTC') - %s::interval, %s, now(), %s)"
    )
    host.execute(summary, ("1 day", "failed", "HTTP 404"))
    assert finding() == (
        "warning",
        f"the summary of chat due at {host.value(YESTERDAY)} 00:00 UTC was refused: HTTP 404",
    )
    host.execute("update auto_post_webhook_summaries set state = 'sending'")
    assert finding() == (
        "warning",
        f"the summary of chat due at {host.value(YESTERDAY)} 00:00 UTC is not sent yet: HTTP 404",
    )
    host.execute(summary, ("0", "sent", None))
    assert finding() == ("ok", "1, and all deliver")


def test_worker_that_does_not_ask_the_model_is_a_warning(host: Host, database: str) -> None:
    """Check and status have its reason and until when; never a problem, because templates write the posts."""
    why = "not asked until 12:00:00 UTC: it does not answer (timeout); templates are used"
    reported = [{"subject": "language model", "finding": why, "seconds": 7_200}]
    host.execute(
        "insert into auto_post_workers (name, version, started_at, last_seen_at, in_flight, problems) "
        "values ('w', '1', now(), now() + interval '10 minutes', 0, %s::jsonb)",
        (json.dumps(reported),),
    )
    (row,) = check(host, "language model")
    assert (row["level"], row["finding"]) == ("warning", f"worker w, for 02:00:00: {why}")
    assert f"w: {why}" in " ".join(autopost("status", dsn=database).stdout.split())
    (worker,) = json.loads(autopost("status", "--json", dsn=database).stdout)["workers"]
    assert worker["llm"] == why


def test_parts_that_are_missing_are_findings(host: Host) -> None:
    """Whatever table, view or function of ours is dropped, the check ends and says that something is wrong."""
    tables = host.rows(f"select relname as name from pg_class where relkind = 'r' and {OWN}")
    functions = host.rows(
        "select oid::regprocedure::text as name from pg_proc where pronamespace = 'autopost'::regnamespace "
        "and proname like 'auto\\_post\\_%%' and proname <> 'auto_post_check'"
    )
    dropped = [*(f"table {row['name']}" for row in tables), *(f"function {row['name']}" for row in functions)]
    assert len(dropped) > 40
    fine = {"auto_post_compatibility", "auto_post_tombstones", "auto_post_rate_limits", "auto_post_alert_windows"}
    for what in dropped:
        with host.connection.transaction(force_rollback=True):
            host.execute(f"drop {what} cascade")
            problems = [row for row in check(host) if row["level"] == "problem"]
            needed = what.startswith("table") and what.removeprefix("table ") not in fine
            assert problems or not needed, what


def test_lock_is_a_finding_and_not_waited_for(host: Host, database: str) -> None:
    """Somebody holds the outbox; a second for each part that reads it is all that is lost."""
    with open_connection(database) as locker:
        locker.execute("lock table auto_post_outbox in access exclusive mode")
        host.execute("set statement_timeout = '1min'")
        rows = [row for row in check(host) if "holds a lock" in row["finding"]]
        assert {row["subject"] for row in rows} == {"outbox", "workers"}
        assert "auto_post_outbox" in str(host.rows(rows[0]["advice"]))


def test_check_changes_nothing_and_reads_no_finished_row(host: Host) -> None:
    """In a read-only transaction, beside 20,000 rows that are done."""
    host.execute(
        "insert into auto_post_outbox (id, rule_id, tracker_id, operation_type, is_alert, captured_at, available_at, "
        "state, reason, finished_at) select gen_random_uuid(), 1, 'op' || n, 'x', false, now(), now(), "
        "'skipped', 'r', now() - interval '2 days' from generate_series(1, 20000) as n"
    )
    host.execute("vacuum analyze auto_post_outbox")
    reads = "select seq_tup_read + idx_tup_fetch from pg_stat_xact_all_tables where relname = 'auto_post_outbox'"
    with host.connection.transaction():
        host.execute("set transaction read only")
        before = host.value(reads)
        assert check(host)
        assert host.value(reads) - before < 10


def test_those_who_look_and_those_who_work_see_the_same(installed: Platform) -> None:
    """The reader's group, the worker's, the owner and a superuser; a stranger sees nothing."""
    everything = [(row["level"], row["subject"]) for row in check(installed.host)]
    for role in (installed.worker, installed.reader, installed.owner):
        with installed.as_(role) as host:
            assert [(row["level"], row["subject"]) for row in check(host)] == everything, role
    with installed.as_(installed.stranger) as host, pytest.raises(psycopg.errors.InsufficientPrivilege):
        host.rows("select * from autopost.auto_post_check()")


def test_right_that_is_missing_is_a_finding(installed: Platform) -> None:
    """To look at part of it, with whom to ask for more."""
    installed.host.execute("revoke select on auto_post_rules from auto_post_worker")
    with installed.as_(installed.worker) as host:
        (row,) = check(host, "switches")
        assert "permission denied for table auto_post_rules" in row["finding"]
    installed.host.execute(row["advice"])
    with installed.as_(installed.worker) as host:
        assert check(host, "switches") == []


@pytest.mark.parametrize("group", ["worker", "reader"])
def test_every_right_that_a_group_lacks_is_named(installed: Platform, group: str) -> None:
    """Each that the grants file gives, taken away alone."""
    host, role = installed.host, f"auto_post_{group}"
    rights = host.rows(
        "select privilege_type as right, 'table ' || c.oid::regclass as object from pg_class as c, "
        "aclexplode(relacl) as a where a.grantee = %s::regrole union all "
        "select privilege_type || ' (' || t.attname || ')', 'table ' || t.attrelid::regclass from pg_attribute as t, "
        "aclexplode(t.attacl) as a where a.grantee = %s::regrole union all "
        "select privilege_type, 'function ' || p.oid::regprocedure from pg_proc as p, aclexplode(proacl) as a "
        "where a.grantee = %s::regrole",
        (role, role, role),
    )
    assert len(rights) > 25
    for right in rights:
        with host.connection.transaction(force_rollback=True):
            host.execute(f"revoke {right['right']} on {right['object']} from {role}")
            assert levels(host, f"rights of {role}") == {"problem"}, right


@pytest.mark.parametrize(
    "grant",
    [
        "delete on auto_post_outbox to auto_post_worker",
        "update on agents to auto_post_worker",
        "select on operation_trackers to auto_post_worker",
        "execute on function auto_post_purge(text, text, boolean) to auto_post_worker",
        "update on auto_post_control to auto_post_reader",
        "select on auto_post_outbox to auto_post_reader",
        "select (draft) on auto_post_outbox to auto_post_reader",
    ],
)
def test_right_beyond_what_is_needed_is_named(installed: Platform, grant: str) -> None:
    """And taken back by the statement that is advised."""
    host, group = installed.host, grant.rpartition(" ")[2]
    host.execute(f"grant {grant}")
    (row,) = check(host, f"rights of {group}")
    assert row["level"] == "warning"
    assert "beyond" in row["finding"]
    host.execute(row["advice"])
    assert levels(host, f"rights of {group}") == {"ok"}


def test_groups_that_nobody_made_are_named(host: Host, server: Server, database: str) -> None:
    """Then workers run with more rights than they need."""
    with groups_locked(dsn_of(database)):
        (row,) = check(host, "rights of auto_post_worker")
        assert row["level"] == "warning"
        assert "workers run with the rights of others" in row["finding"]
        assert levels(host, "rights of auto_post_reader") == {"ok"}
