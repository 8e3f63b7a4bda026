"""Migrations and the reconciler beside a big table: neither reads it through, and no migration rewrites it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from autopost.database.migrate import migrate
from autopost.database.revisions import head_revision
from autopost.settings import load_settings
from tests.conftest import Server
from tests.support.host import Host, open_connection
from tests.support.platforms import HOST_TABLES, blocks_read, held_open, install_platform, printed
from tests.support.reconciling import plan_of_a_window

LARGE = pytest.param(10_000_000, marks=[pytest.mark.large, pytest.mark.timeout(1800)])


@pytest.fixture(scope="module", params=[200_000, LARGE])
def size(request: pytest.FixtureRequest, server: Server) -> Iterator[tuple[int, str]]:
    """Return a number of operations, and the name of a database that holds so many, to clone."""
    rows, name = int(request.param), f"autopost_platform_{os.getpid()}_{request.param}"
    with server.janitor(name):
        install_platform(server.dsn(name), rows)
        yield rows, name


@pytest.fixture
def sized(server: Server, size: tuple[int, str]) -> Iterator[tuple[int, str]]:
    """Return a number of operations, and the dsn of a database of this test's own that holds so many."""
    rows, template = size
    name = f"{template}_clone"
    with server.janitor(name, template=template):
        yield rows, server.dsn(name)


def files(host: Host) -> dict[str, int]:
    """Return the file of each of the platform's tables and of their indexes: a rewrite changes it."""
    found = host.rows(
        "select c.oid::regclass::text as name, pg_relation_filenode(c.oid) as file from pg_class as c "
        "where c.oid = any(%s::regclass[]) "
        "or c.oid in (select indexrelid from pg_index where indrelid = any(%s::regclass[]))",
        (list(HOST_TABLES), list(HOST_TABLES)),
    )
    return {row["name"]: row["file"] for row in found}


def test_table_of_any_size_is_neither_read_nor_rewritten(sized: tuple[int, str]) -> None:
    """Up, down to the older release with an outbox in place, up again, and away: the platform's files stay."""
    rows, dsn = sized
    settings = load_settings(database_url=dsn)
    with open_connection(dsn, autocommit=True) as connection:
        host = Host(connection)
        before = files(host)
        with held_open(dsn, printed("upgrade", "head")) as migration:
            assert blocks_read(migration) == 0
            migration.execute("commit")
        host.execute(
            "update operation_trackers set status = 'completed' where id in ('op1', 'op2', %s)", (f"op{rows}",)
        )
        captured = host.outbox()
        assert len(captured) == 3
        for target in ("0001_outbox", "head"):
            migrate(settings, target)
            assert host.outbox() == captured
        with held_open(dsn, printed("downgrade", f"{head_revision()}:base")) as removal:
            assert blocks_read(removal) == 0
            removal.execute("commit")
        migrate(settings)
        assert host.value("select count(*) from operation_trackers") == rows
        assert files(host) == before


def test_reconciler_reads_its_window_of_a_table_of_any_size(sized: tuple[int, str]) -> None:
    """By a TID range scan, and about as many blocks as were asked for."""
    _, dsn = sized
    migrate(load_settings(database_url=dsn))
    with open_connection(dsn) as connection:
        host = Host(connection)
        plan = plan_of_a_window(host, "now()")
        assert "Tid Range Scan on operation_trackers" in plan
        assert "Seq Scan on operation_trackers" not in plan
        blocks = host.value("select pg_relation_size('operation_trackers') / current_setting('block_size')::int")
        before = blocks_read(connection)
        host.execute("select auto_post_reconcile(100)")
        assert 100 <= blocks_read(connection) - before <= 110 < blocks


@pytest.mark.parametrize("size", [LARGE], indirect=True)
def test_lock_is_held_as_long_on_ten_million_rows_as_on_none(sized: tuple[int, str], empty_database: str) -> None:
    """Within the noise of a machine: a scan or a rewrite would take a hundred times as long."""
    install_platform(empty_database, rows=0)
    on_many, on_none = (min(lock_seconds(dsn) for _ in range(3)) for dsn in (sized[1], empty_database))
    assert on_many < 10 * on_none, f"{on_many * 1000:.0f} ms on ten million rows, {on_none * 1000:.0f} ms on none"


def lock_seconds(dsn: str) -> float:
    """Install and remove; return how long the installation locked the operations."""
    text = printed("upgrade", "head")
    before, lock, after = text.partition("create or replace trigger auto_post_capture\n")
    assert lock
    with open_connection(dsn, autocommit=True) as connection:
        connection.execute(before.encode())
        began = time.perf_counter()
        connection.execute((lock + after).encode())
        took = time.perf_counter() - began
        migrate(load_settings(database_url=dsn), "base")
    return took
