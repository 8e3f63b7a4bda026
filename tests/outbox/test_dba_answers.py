"""What the statements of a DBA find: bloat, who blocks whom, what holds vacuum back, no matter who sleeps."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from autopost.database.migrate import migrate
from autopost.database.sql import LOCKS, Schemas, dba_statements
from autopost.settings import load_settings
from tests.conftest import EMBEDDED_VERSION
from tests.support.host import LOCK_AGENT, SCHEMAS, Host, Row, open_connection, until
from tests.support.servers import private_server


def answer(host: Host, name: str, schemas: Schemas = SCHEMAS) -> list[Row]:
    """Return what a statement answers."""
    return host.rows(dba_statements(schemas)[name])


def test_bloat_is_about_what_a_full_vacuum_frees(host: Host) -> None:
    """Of the table and of its indexes, without reading either."""
    host.execute("alter table auto_post_outbox set (autovacuum_enabled = off)")
    host.execute(
        "insert into auto_post_outbox (id, rule_id, tracker_id, agent_id, operation_type, is_alert, what_explanation, "
        "captured_at, available_at) select gen_random_uuid(), 1, 'op' || n, 'agent' || n % 50, 'workflow_execute', "
        "false, repeat('x', 100 + n % 200), now(), now() from generate_series(1, 20000) as n"
    )
    host.execute(
        "update auto_post_outbox set state = 'skipped', reason = 'rate_limited', finished_at = clock_timestamp()"
    )
    host.execute("delete from auto_post_outbox where tracker_id like '%7'")
    host.execute("select pg_stat_force_next_flush()")
    host.execute("vacuum analyze auto_post_outbox")
    sizes = "select relname, pg_relation_size(oid) as size from pg_class where relname like 'auto\\_post\\_outbox%'"
    before = {row["relname"]: row["size"] for row in host.rows(sizes)}
    said = {row["relation"]: row for row in answer(host, "bloat")}
    host.execute("vacuum full auto_post_outbox")
    for row in host.rows(sizes):
        name, freed = row["relname"], 100 * (1 - row["size"] / before[row["relname"]])
        assert float(said[name]["bloat_percent"]) == pytest.approx(freed, abs=8), name
    assert 15_000 < said["auto_post_outbox"]["live_rows"] < 21_000
    assert said["auto_post_outbox"]["dead_rows"] == 0


@contextlib.contextmanager
def waiting(dsn: str, held: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Let one session hold what another wants; yield the pids of who waits and of who blocks."""

    def session(name: str) -> psycopg.Connection[tuple[object, ...]]:
        return open_connection(make_conninfo(dsn, application_name=name))

    with session("blocking") as blocking, session("waiting") as waiter:
        blocking.execute(held.encode())
        thread = threading.Thread(target=waiter.execute, args=(wanted.encode(),))
        thread.start()
        try:
            yield waiter.info.backend_pid, blocking.info.backend_pid
        finally:
            blocking.rollback()
            thread.join()


@pytest.mark.parametrize(
    ("held", "wanted", "waits_for"),
    [
        ("lock table auto_post_outbox", "select from auto_post_outbox", "auto_post_outbox"),
        (
            "update operation_trackers set progress = 1",
            "update operation_trackers set progress = 2",
            "a row of operation_trackers",
        ),
        (
            "insert into auto_post_pauses values ('agent', 'ada')",
            "insert into auto_post_pauses values ('agent', 'ada')",
            "a transaction, and writes to auto_post_pauses",
        ),
        (LOCK_AGENT % "'ada'", LOCK_AGENT % "'ada'", "an advisory lock of autopost"),
    ],
)
def test_locks_say_who_blocks_whom(host: Host, database: str, held: str, wanted: str, waits_for: str) -> None:
    """Whether it is a table, a row, a key or an advisory lock."""
    host.start()
    assert [row["waits_for"] for row in answer(host, "locks")] == ["nobody waits"]
    with waiting(database, held, wanted) as (waiter, blocker):
        (row,) = until(lambda: [row for row in answer(host, "locks") if row["waiting"]])
        assert (row["waiting"], row["blocked_by"]) == (waiter, blocker)
        assert (row["waiting_name"], row["blocking_name"]) == ("waiting", "blocking")
        assert (row["waits_for"], row["blocking_state"]) == (waits_for, "idle in transaction")


def test_locks_leave_out_what_is_not_ours(host: Host, database: str) -> None:
    """Two sessions of the platform that quarrel about a table of its own."""
    host.execute("create table theirs ()")
    with waiting(database, "lock table theirs", "select from theirs") as (waiter, _):
        until(lambda: host.rows("select from pg_locks where not granted and pid = %s", (waiter,)))
        assert [row["waits_for"] for row in answer(host, "locks")] == ["nobody waits"]


def test_advisory_names_the_agent_whose_lock_is_held(host: Host, database: str) -> None:
    """And of each other lock, that nobody holds it."""
    host.complete()
    host.execute(
        "update auto_post_outbox set state = 'claimed', worker = 'w', available_at = now() + interval '1 minute'"
    )
    with open_connection(database) as connection:
        connection.execute(LOCK_AGENT.encode(), ("ada",))
        rows = {row["lock"]: row["pid"] for row in answer(host, "advisory")}
        assert rows["agent ada"] == connection.info.backend_pid
    assert {row["lock"] for row in answer(host, "advisory")} == set(LOCKS)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("select 1", "fires"),
        ("alter table operation_trackers disable trigger auto_post_capture", "disabled"),
        ("alter table operation_trackers enable replica trigger auto_post_capture", "on a replica only"),
        ("alter table operation_trackers enable always trigger auto_post_capture", "fires always"),
        ("drop trigger auto_post_capture on operation_trackers", "missing"),
    ],
)
def test_capture_says_whether_the_trigger_fires(host: Host, change: str, says: str) -> None:
    """In the words that `ALTER TABLE` has for it."""
    host.execute(change)
    (row,) = answer(host, "capture")
    assert (row["trigger"], row["capture_enabled"]) == (says, True)


def test_xmin_names_every_kind_of_holder() -> None:
    """A transaction, a prepared one and a slot that nobody reads; on a server that allows all of them."""
    settings = {"max_prepared_transactions": "1", "wal_level": "logical"}
    with private_server(EMBEDDED_VERSION, settings=settings) as server:
        migrate(load_settings(database_url=server.dsn()))
        with open_connection(server.dsn(), autocommit=True) as connection, open_connection(server.dsn()) as report:
            one = Host(connection)
            one.execute("select pg_create_logical_replication_slot('idle', 'pgoutput')")
            one.execute("begin; insert into agents (id) values ('ada'); prepare transaction 'forgotten'")
            report.execute("insert into agents (id) values ('bob')")
            found = {row["cause"]: row for row in answer(one, "xmin")}
            assert found["transaction"]["to_end_it"] == f"select pg_terminate_backend({report.info.backend_pid});"
    assert found["prepared transaction"]["to_end_it"] == "rollback prepared 'forgotten';"
    assert found["replication slot"]["to_end_it"] == "select pg_drop_replication_slot('idle');"
    assert found["replication slot"]["state"] == "nobody reads it, holds catalogs alone"
    assert found["standby feedback"]["holder"] is None


def test_every_statement_serves_a_schema_whose_name_needs_quotes(empty_database: str) -> None:
    """It finds there what it finds in public."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute('create schema "agents-platform"')
        schemas = Schemas("auto-post", "agents-platform")
        migrate(
            load_settings(database_url=empty_database, schema_name=schemas.own, platform_schema_name=schemas.platform)
        )
        answers = {name: answer(host, name, schemas) for name in dba_statements(schemas) if name != "grants"}
    assert "auto_post_outbox_claim_idx" in {row["index_name"] for row in answers["indexes"]}
    assert "auto_post_outbox" in {row["relation"] for row in answers["bloat"]}
    assert answers["capture"][0]["table_name"] == '"agents-platform".operation_trackers'
    assert answers["missed"][0]["blocks"] == 0
