"""Migrations beside a busy platform: what they lock, who waits for it and how long."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
import pytest

from autopost.database.migrate import LOCK_TIMEOUT_MS, migrate
from autopost.errors import SchemaMismatch
from autopost.settings import load_settings
from tests.support.host import Host, open_connection, until
from tests.support.platforms import HOST_TABLES, blocks_read, held_open, install_platform, printed

SHARE_ROW_EXCLUSIVE = "ShareRowExclusiveLock"
PROGRESS = "update operation_trackers set progress = progress + 1 where id = 'op2'"


@pytest.fixture
def platform(empty_database: str) -> Iterator[Host]:
    """Return a platform with rows that autopost is not installed beside yet."""
    install_platform(empty_database)
    with open_connection(empty_database, autocommit=True) as connection:
        yield Host(connection)


def locks(host: Host, process: int) -> dict[str, set[str]]:
    """Return the locks that a process holds on the platform's tables, without those of reading."""
    found = host.rows(
        "select relation::regclass::text as name, mode from pg_locks "
        "where pid = %s and relation = any(%s::regclass[]) and granted and mode <> 'AccessShareLock'",
        (process, list(HOST_TABLES)),
    )
    return {row["name"]: {other["mode"] for other in found if other["name"] == row["name"]} for row in found}


def waits(host: Host, mode: str) -> bool:
    """Tell whether somebody waits for such a lock on the operations."""
    return bool(
        host.value(
            "select count(*) from pg_locks where relation = 'operation_trackers'::regclass and mode = %s "
            "and not granted",
            (mode,),
        )
    )


def test_install_locks_the_operations_against_writers_alone_and_no_other_table(
    platform: Host, empty_database: str
) -> None:
    """CREATE TRIGGER asks for SHARE ROW EXCLUSIVE; who reads does not wait, and who writes waits for the commit."""
    with held_open(empty_database, printed("upgrade", "head")) as migration:
        assert locks(platform, migration.info.backend_pid) == {"operation_trackers": {SHARE_ROW_EXCLUSIVE}}
        assert blocks_read(migration) == 0
        platform.execute("set lock_timeout = '50ms'")
        assert platform.value("select count(*) from operation_trackers") == 1_000
        for table in ("agents", "social_posts", "audit_log"):
            platform.execute(f"delete from {table}")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            platform.execute(PROGRESS)
        migration.execute("commit")
        platform.execute(PROGRESS)


def test_upgrade_of_an_older_install_locks_no_table_of_the_platform(platform: Host, empty_database: str) -> None:
    """Agents go on, and what they complete meanwhile is captured."""
    migrate(load_settings(database_url=empty_database), "0001_outbox")
    with held_open(empty_database, printed("upgrade", "0001_outbox:head")) as migration:
        assert locks(platform, migration.info.backend_pid) == {}
        platform.execute("set lock_timeout = '50ms'")
        platform.execute(PROGRESS)
        platform.complete("meanwhile")
        assert platform.value("select status from operation_trackers where id = 'meanwhile'") == "completed"
        migration.execute("commit")
    assert platform.warnings == []
    assert [row["tracker_id"] for row in platform.outbox()] == ["meanwhile"]


def test_long_transaction_holds_up_neither_agents_nor_the_migration_for_good(
    platform: Host, empty_database: str
) -> None:
    """The migration gives its place in the queue up after two seconds, and is done when the transaction has ended."""
    with open_connection(empty_database) as long_transaction:
        long_transaction.execute("update operation_trackers set progress = 1 where id = 'op1'")
        migration = threading.Thread(target=migrate, args=(load_settings(database_url=empty_database),))
        migration.start()
        try:
            until(lambda: waits(platform, SHARE_ROW_EXCLUSIVE), what="the migration's wait")
            platform.execute("set lock_timeout = '50ms'")
            assert platform.value("select count(*) from operation_trackers") == 1_000
            with open_connection(empty_database, autocommit=True) as connection:
                agent = Host(connection)
                agent.execute("set statement_timeout = '30s'")
                log = lock_log(agent)
                # It meets the migration in the queue, if not with its first change then with one of the next.
                until(partial(is_held_up, agent, log))
            assert platform.value("select to_regclass('auto_post_outbox') is null")
        finally:
            long_transaction.rollback()
            migration.join(60)
    assert not migration.is_alive()
    assert platform.value("select to_regclass('auto_post_outbox') is not null")
    # Its lock_timeout, and room for a busy machine.
    assert log is None or max(held_up_ms(log)) < 2 * LOCK_TIMEOUT_MS


def lock_log(agent: Host) -> list[str] | None:
    """Return what the server's log will say of an agent's waits for locks; None where only a superuser may ask."""
    if not agent.value("select rolsuper from pg_roles where rolname = current_user"):
        return None
    agent.execute("set log_lock_waits = on")
    agent.execute("set deadlock_timeout = '20ms'")
    agent.execute("set client_min_messages = log")
    return agent.warnings


def is_held_up(agent: Host, log: list[str] | None) -> bool:
    """Let an agent report progress; tell whether it had to wait for that now or before, if that can be known."""
    agent.execute(PROGRESS)
    return log is None or bool(held_up_ms(log))


def held_up_ms(log: list[str]) -> list[float]:
    """Return how long each wait for the table took, of those that are over."""
    return [float(ms) for line in log for ms in re.findall(r"acquired RowExclusiveLock .* after ([\d.]+) ms", line)]


def test_reads_and_progress_go_on_while_it_migrates_up_and_down(platform: Host, empty_database: str) -> None:
    """None fails, and none of either kind stands still from the first to the last migration."""
    done: dict[str, int] = {"update": 0, "read": 0}
    stop = threading.Event()
    failures: list[Exception] = []

    def work(name: str, statement: str) -> None:
        try:
            with open_connection(empty_database, autocommit=True) as connection:
                while not stop.is_set():
                    connection.execute(statement.encode())
                    done[name] += 1
        except psycopg.Error as error:
            failures.append(error)

    def has_moved_on(before: dict[str, int]) -> bool:
        return bool(failures) or all(done[name] > before[name] for name in done)

    threads = [
        threading.Thread(target=work, args=("update", PROGRESS)),
        threading.Thread(target=work, args=("read", "select count(*) from operation_trackers")),
    ]
    for thread in threads:
        thread.start()
    try:
        settings = load_settings(database_url=empty_database)
        for target in ("head", "0001_outbox", "head", "base"):
            before = dict(done)
            migrate(settings, target)
            until(partial(has_moved_on, before))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []


def test_deadlock_with_the_platform_is_tried_again(platform: Host, empty_database: str) -> None:
    """PostgreSQL ends a deadlock with the migration, whose wait is the older one: the platform's statement succeeds."""
    settings = load_settings(database_url=empty_database)
    migrate(settings)
    with open_connection(empty_database) as transaction:
        # Or else PostgreSQL ends this transaction where a slow machine lets its statement come a second late.
        transaction.execute("set deadlock_timeout = '60s'")
        transaction.execute("select count(*) from auto_post_workers")
        failures: list[Exception] = []
        removal = threading.Thread(target=record_failure, args=(failures, partial(migrate, settings, "base")))
        removal.start()
        until(lambda: waits_for_another(platform), what="the migration's wait")
        transaction.execute("update operation_trackers set progress = 1 where id = 'op1'")
        transaction.commit()
        removal.join(60)
    assert failures == []
    assert platform.value("select to_regclass('auto_post_outbox') is null")
    assert platform.value("select progress from operation_trackers where id = 'op1'") == 1


def test_migration_that_gives_up_names_the_sessions_that_it_waited_for(platform: Host, empty_database: str) -> None:
    """Any role can hold the lock of migrations, and a forgotten transaction a table; the message has what ends them."""
    settings = load_settings(database_url=empty_database)
    blockers = {
        "select pg_advisory_lock(1635087474, 0)": "the lock of migrations",
        "update operation_trackers set progress = 1 where id = 'op1'": "operation_trackers",
    }
    for statement, held in blockers.items():
        with open_connection(empty_database, application_name="for\x1bgotten") as session:
            session.execute(statement.encode())
            with pytest.raises(SchemaMismatch, match="did not get its locks") as refused:
                migrate(settings, patience_seconds=0)
            pid = session.info.backend_pid
        message = str(refused.value)
        assert f"process {pid} of role " in message, message
        assert "application 'for" in message, message
        assert "\x1b" not in message, message
        assert held in message, message
        assert f"select pg_terminate_backend({pid});" in message, message


def waits_for_another(host: Host) -> bool:
    """Return whether the migration holds the operations and waits for a table of ours."""
    return bool(
        host.value(
            "select count(*) from pg_locks mine join pg_locks held using (pid) where not mine.granted "
            "and mine.locktype = 'relation' and mine.relation <> 'operation_trackers'::regclass "
            "and held.granted and held.relation = 'operation_trackers'::regclass "
            "and held.mode = 'AccessExclusiveLock'"
        )
    )


def record_failure(failures: list[Exception], run: Callable[[], None]) -> None:
    """Run it, and keep what it raises."""
    try:
        run()
    except Exception as error:  # noqa: BLE001 - the test reads it
        failures.append(error)
