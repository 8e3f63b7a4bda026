"""Old and new workers beside old and new schemas: a rolling deploy goes on, what does not fit says so and stops."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autopost.database.migrate import migrate
from autopost.database.revisions import head_revision
from autopost.errors import SchemaMismatch
from autopost.settings import load_settings
from tests.support import ROOT
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.work import worker_process

NEXT = "9999_next"
REVISION = f'''"""Add what the next version needs."""

from autopost.database.revision_steps import run_frozen_sql

revision = "{NEXT}"
down_revision = "{head_revision()}"


def upgrade():
    run_frozen_sql(__file__, "up")


def downgrade():
    run_frozen_sql(__file__, "down")
'''
ADDITIVE = """
alter table {{ schema }}.auto_post_outbox add column flavour text not null default 'plain';
alter table {{ schema }}.auto_post_workers add column region text;
create index auto_post_outbox_flavour_idx on {{ schema }}.auto_post_outbox (flavour) where flavour <> 'plain';
"""
BREAKING = """
alter table {{ schema }}.auto_post_outbox rename column epoch to fence;
update {{ schema }}.auto_post_compatibility set oldest_worker = '9999_next';
"""
QUICK = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.2"}


def next_version(folder: Path, sql: str) -> dict[str, str]:
    """Make the next version of the package, with one revision more, as a wheel has it; return how to run it.

    What is compiled is copied too, as compiling it takes longer than most commands.
    """
    package = folder / "autopost"
    shutil.copytree(ROOT / "worker" / "autopost", package)
    shutil.copytree(ROOT / "sql", package / "_sql")
    shutil.copytree(ROOT / "migrations", package / "_migrations", ignore=shutil.ignore_patterns("__pycache__"))
    versions = package / "_migrations" / "versions"
    (versions / f"{NEXT}.py").write_text(REVISION, "utf-8")
    (versions / f"{NEXT}.up.sql").write_text(sql, "utf-8")
    return {"PYTHONPATH": str(folder)}


def run_next(environment: dict[str, str], dsn: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the next version."""
    command = [sys.executable, "-m", "autopost", *arguments]
    variables = {**os.environ, **environment, "DATABASE_URL": dsn}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.heavy
def test_old_and_new_workers_work_together_after_an_additive_migration(
    host: Host, database: str, processes: Crew, tmp_path: Path
) -> None:
    """Migrate under a running worker, start a new one beside it, end the old one: every operation has one outcome."""
    newer = next_version(tmp_path, ADDITIVE)
    host.agent()
    with worker_process(database, processes, **QUICK, SOCIAL_POST_WORKER_NAME="old") as old:
        host.complete("before")
        until(lambda: host.waiting() == 0)
        migrated = run_next(newer, database, "migrate", "--yes")
        assert migrated.returncode == 0, migrated.stderr
        for number in range(20):
            host.complete(f"old alone {number}")
        until(lambda: host.waiting() == 0)
        with worker_process(database, **QUICK, **newer, SOCIAL_POST_WORKER_NAME="new") as new:
            until(lambda: host.value("select count(*) from auto_post_workers") == 2)
            for number in range(200):
                host.complete(f"both {number}")
            until(lambda: host.waiting() == 0)
            assert old.process.poll() is None, "the old one goes on"
            old.process.terminate()
            assert old.wait() == 0
            host.complete("new alone")
            until(lambda: host.waiting() == 0)
            assert '"level": "error"' not in old.log + new.log
            assert '"level": "warning"' not in old.log + new.log
    workers = host.rows("select distinct details ->> 'worker' as worker from audit_log order by 1")
    assert [row["worker"] for row in workers] == ["new", "old"]
    assert host.value("select count(*) from audit_log") == len(host.outbox()) == 222


def test_old_worker_starts_and_serves_commands_on_a_newer_schema_that_allows_it(
    host: Host, database: str, processes: Crew, tmp_path: Path
) -> None:
    """A restart in the middle of a rolling deploy is none of anybody's business."""
    assert run_next(next_version(tmp_path, ADDITIVE), database, "migrate", "--yes").returncode == 0
    host.complete(agent=host.agent())
    with worker_process(database, processes, **QUICK):
        until(lambda: host.waiting() == 0)
    assert autopost("status", dsn=database).returncode == 0
    with pytest.raises(SchemaMismatch, match="9999_next"):
        migrate(load_settings(database_url=database))


def test_old_worker_stops_when_a_newer_schema_does_not_serve_it(
    host: Host, database: str, processes: Crew, tmp_path: Path
) -> None:
    """Also one that runs: it says why, gives back what it can, and ends with exit code 4."""
    with worker_process(database, processes, **QUICK) as old:
        until(lambda: host.value("select count(*) from auto_post_workers") == 1)
        assert run_next(next_version(tmp_path, BREAKING), database, "migrate", "--yes").returncode == 0
        host.complete()
        assert old.wait() == 4
        assert f"at revision {NEXT}, this version needs {head_revision()}" in old.log
        assert "it serves workers of 9999_next and newer: upgrade this one" in old.log
        assert "Traceback" not in old.log
    again = autopost("run", dsn=database, **QUICK)
    assert again.returncode == 4
    assert "upgrade this one" in again.stderr


def test_new_worker_stops_on_an_older_schema(host: Host, database: str, tmp_path: Path) -> None:
    """The pipeline migrates first; who forgets it is told."""
    result = run_next({**next_version(tmp_path, ADDITIVE), **QUICK}, database, "run")
    assert result.returncode == 4
    assert "this version needs 9999_next: run `autopost migrate`" in result.stderr
    migrate(load_settings(database_url=database), "0001_outbox")
    result = autopost("run", dsn=database, **QUICK)
    assert result.returncode == 4
    assert f"at revision 0001_outbox, this version needs {head_revision()}: run `autopost migrate`" in result.stderr


def test_worker_stops_when_its_tables_are_taken_away(host: Host, database: str, processes: Crew) -> None:
    """It does not knock for ever at a door that is gone."""
    with worker_process(database, processes, **QUICK) as worker:
        until(lambda: host.value("select count(*) from auto_post_workers") == 1)
        migrate(load_settings(database_url=database), "base")
        assert worker.wait() == 4
        assert "is not migrated: run `autopost migrate`" in worker.log
