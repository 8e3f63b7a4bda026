"""The ways in which the deploy pipeline gets autopost: the checkout's alembic, and the wheel alone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autopost.database.revisions import head_revision
from tests.support import ROOT
from tests.support.command_line import alembic
from tests.support.host import open_connection


def run(*command: str, cwd: Path, dsn: str, **variables: str) -> str:
    """Run a command that must succeed; return what it printed."""
    environment = {**os.environ, "DATABASE_URL": dsn, **variables}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def revision(dsn: str) -> str:
    """Return the revision that a database is at."""
    with open_connection(dsn) as connection:
        (row,) = connection.execute("select version_num from auto_post_schema_version").fetchall()
        return str(row[0])


@pytest.mark.long
def test_alembic_in_the_checkout_installs_and_removes(empty_database: str) -> None:
    """`alembic upgrade head` and `alembic downgrade base`; as a superuser only after a yes."""
    with pytest.raises(AssertionError, match=r"is a superuser[^\n]* Then: alembic -x yes upgrade head"):
        run(sys.executable, "-m", "alembic", "upgrade", "head", cwd=ROOT, dsn=empty_database)
    run(sys.executable, "-m", "alembic", "-x", "yes", "upgrade", "head", cwd=ROOT, dsn=empty_database)
    assert revision(empty_database) == head_revision()
    run(sys.executable, "-m", "alembic", "downgrade", "base", cwd=ROOT, dsn=empty_database)
    with open_connection(empty_database) as connection:
        assert connection.execute("select to_regclass('auto_post_outbox')").fetchone() == (None,)


def test_alembic_prints_a_script_that_psql_runs(empty_database: str) -> None:
    """`alembic upgrade head --sql` is what a DBA reviews and runs."""
    script = alembic("upgrade", "head", "--sql", dsn=empty_database).stdout
    before_anything_else = script[: script.index("CREATE")]
    assert "set local lock_timeout" in before_anything_else
    assert "pg_advisory_xact_lock" in before_anything_else
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute(script.encode())
    assert revision(empty_database) == head_revision()


@pytest.fixture(scope="module")
def wheel_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with nothing but the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.long
def test_wheel_alone_migrates_and_shows_status(wheel_folder: Path, empty_database: str, tmp_path: Path) -> None:
    """No checkout is near: SQL and migrations are in the package."""
    alone = {"PYTHONPATH": str(wheel_folder)}
    where = run(sys.executable, "-c", "import autopost; print(autopost.__file__)", cwd=tmp_path, dsn="", **alone)
    assert where.startswith(str(wheel_folder))
    run(sys.executable, "-m", "autopost", "migrate", "--yes", cwd=tmp_path, dsn=empty_database, **alone)
    assert revision(empty_database) == head_revision()
    assert "posted" in run(sys.executable, "-m", "autopost", "status", cwd=tmp_path, dsn=empty_database, **alone)


def test_wheel_alone_shows_the_bundled_mappings(wheel_folder: Path, tmp_path: Path) -> None:
    """They are files of the package."""
    alone = {"PYTHONPATH": str(wheel_folder)}
    shown = run(sys.executable, "-m", "autopost", "mapping", "show", "prefect", cwd=tmp_path, dsn="", **alone)
    assert shown == (ROOT / "worker/autopost/database/mappings/prefect.toml").read_text("utf-8")


def test_wheel_holds_every_statement_and_migration(wheel_folder: Path) -> None:
    """What the checkout has, the wheel has."""
    for packaged, source in (("_sql", "sql"), ("_migrations", "migrations")):
        expected = {str(p.relative_to(ROOT / source)) for p in (ROOT / source).rglob("*.sql")}
        found = {
            str(p.relative_to(wheel_folder / "autopost" / packaged))
            for p in (wheel_folder / "autopost" / packaged).rglob("*.sql")
        }
        assert found == expected
