"""The scripts that `alembic ... --sql` prints, run by psql as a DBA would: they do what the migrations do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from autopost.database.migrate import migrate
from autopost.database.revisions import head_revision
from autopost.database.sql import Schemas
from autopost.settings import load_settings
from tests.database.test_migrations import dump, objects, pg_dump
from tests.support.host import Host, open_connection
from tests.support.platforms import install_platform, printed

__all__ = ["pg_dump"]  # a fixture

SEEDS = (
    "select operation_type || match || coalesce(status, '') || is_alert || enabled from auto_post_rules "
    "union all select capture_enabled || wakeup || paused from auto_post_control "
    "union all select next_block || ' ' || found from auto_post_reconciliation "
    "union all select oldest_worker from auto_post_compatibility "
    "union all select version_num from auto_post_schema_version order by 1"
)


def psql(dsn: str, text: str, pg_dump: Path) -> subprocess.CompletedProcess[str]:
    """Run a script with the psql beside pg_dump, which stops at the first error and then exits with 3."""
    command = [str(pg_dump.with_name("psql")), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-f", "-"]
    return subprocess.run(command, input=text, check=False, capture_output=True, text=True)


def seeds(dsn: str) -> list[object]:
    """Return the rows that an install begins with."""
    with open_connection(dsn) as connection:
        return [row[0] for row in connection.execute(SEEDS.encode())]


def test_script_makes_of_an_empty_database_what_a_migration_makes(
    database: str, empty_database: str, pg_dump: Path
) -> None:
    """The same objects, rights, comments and first rows."""
    run = psql(empty_database, printed("upgrade", "head"), pg_dump)
    assert (run.returncode, run.stderr) == (0, "")
    assert dump(empty_database, pg_dump) == dump(database, pg_dump)
    assert seeds(empty_database) == seeds(database)


def test_script_from_an_older_revision_makes_what_a_migration_makes(
    database: str, empty_database: str, pg_dump: Path
) -> None:
    """And what waits in the outbox stays."""
    migrate(load_settings(database_url=empty_database), "0001_outbox")
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.complete("waits")
        before = host.outbox()
        run = psql(empty_database, printed("upgrade", "0001_outbox:head"), pg_dump)
        assert (run.returncode, run.stderr) == (0, "")
        assert host.outbox() == before
    assert dump(empty_database, pg_dump) == dump(database, pg_dump)
    assert seeds(empty_database) == seeds(database)


def test_script_removes_what_a_migration_removes(database: str, empty_database: str, pg_dump: Path) -> None:
    """The platform's tables with their rows stay, whoever made them; ours go."""
    install_platform(empty_database, rows=3)
    bare = objects(empty_database)
    migrate(load_settings(database_url=empty_database))
    run = psql(empty_database, printed("downgrade", f"{head_revision()}:base"), pg_dump)
    assert run.returncode == 0, run.stderr
    assert objects(empty_database) == bare
    psql(database, printed("downgrade", f"{head_revision()}:base"), pg_dump)
    assert objects(database) == []


def test_script_installs_again_after_a_removal(database: str, pg_dump: Path) -> None:
    """A removal leaves nothing that is in its way."""
    installed = dump(database, pg_dump)
    migrate(load_settings(database_url=database), "base")
    run = psql(database, printed("upgrade", "head"), pg_dump)
    assert run.returncode == 0, run.stderr
    assert dump(database, pg_dump) == installed


@pytest.mark.parametrize(
    ("obstacle", "direction", "revisions", "complaint"),
    [
        (
            "create schema autopost; create table autopost.auto_post_tombstones (id uuid)",
            "upgrade",
            "head",
            '"auto_post_tombstones" already exists',
        ),
        ("create table agents (id text, name text)", "upgrade", "head", "agents: column maturity is missing"),
        ("select", "upgrade", "0001_outbox:head", "does not exist"),
        ("select", "downgrade", f"{head_revision()}:base", "does not exist"),
    ],
    ids=["a name is taken", "a table does not fit", "not at that revision", "nothing to remove"],
)
def test_script_that_fails_leaves_nothing(
    empty_database: str, pg_dump: Path, obstacle: str, direction: str, revisions: str, complaint: str
) -> None:
    """It is one transaction: psql says what is wrong, and nothing has changed."""
    with open_connection(empty_database) as connection:
        connection.execute(obstacle.encode())
    before = objects(empty_database)
    run = psql(empty_database, printed(direction, revisions), pg_dump)
    assert run.returncode == 3
    assert complaint in run.stderr
    assert objects(empty_database) == before


def test_script_that_is_run_twice_changes_nothing(database: str, pg_dump: Path) -> None:
    """The second run fails at the first thing that is there, with the outbox and its rows as they were."""
    with open_connection(database, autocommit=True) as connection:
        host = Host(connection)
        host.complete("waits")
        before = host.outbox(), dump(database, pg_dump)
        assert psql(database, printed("upgrade", "head"), pg_dump).returncode == 3
        assert (host.outbox(), dump(database, pg_dump)) == before


def test_script_serves_any_schema(empty_database: str, pg_dump: Path) -> None:
    """One whose name needs quotes; public stays empty."""
    with open_connection(empty_database) as connection:
        connection.execute('create schema "Agent-Platform"')
    run = psql(empty_database, printed("upgrade", "head", schemas=Schemas("Posts", "Agent-Platform")), pg_dump)
    assert (run.returncode, run.stderr) == (0, "")
    with open_connection(empty_database) as connection:
        strangers = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        assert connection.execute(strangers).fetchone() == (0,)
        ours = "select to_regclass('\"Posts\".auto_post_outbox') is not null"
        assert connection.execute(ours).fetchone() == (True,)
