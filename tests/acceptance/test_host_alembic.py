"""A platform that uses Alembic itself: its models, its environment and its version table, beside autopost."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support import ROOT
from tests.support.command_line import alembic
from tests.support.host import Host, open_connection

MODELS = """
from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, MetaData, String, Table, Text, false, func, text

metadata = MetaData()
Table(
    "agents", metadata, Column("id", String, primary_key=True), Column("tenant_id", String), Column("name", String),
    Column("maturity", String), Column("category", String),
)
Table(
    "operation_trackers", metadata, Column("id", String, primary_key=True), Column("tenant_id", String),
    Column("agent_id", String), Column("operation_type", String, nullable=False),
    Column("status", String, nullable=False, server_default="pending"), Column("progress", Integer),
    Column("what_explanation", Text), Column("why_explanation", Text), Column("next_steps", Text),
    Column("operation_metadata", JSON), Column("started_at", DateTime(timezone=True), server_default=func.now()),
    Column("completed_at", DateTime(timezone=True)),
)
Table(
    "social_posts", metadata, Column("id", String, primary_key=True), Column("tenant_id", String),
    Column("author_type", String), Column("author_id", String), Column("post_type", String), Column("content", Text),
    Column("post_metadata", JSON), Column("auto_generated", Boolean, server_default=false()),
    Column("created_at", DateTime(timezone=True), index=True),
)
Table(
    "audit_log", metadata, Column("id", String, primary_key=True), Column("occurred_at", DateTime(timezone=True)),
    Column("agent_id", String), Column("action", String), Column("operation_type", String),
    Column("tracker_id", String), Column("status", String), Column("post_id", String), Column("details", JSON),
)
"""
ENVIRONMENT = """
import os

import models
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["PLATFORM_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=models.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
"""
TEMPLATE = """
from alembic import op
import sqlalchemy as sa
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades}


def downgrade():
    ${downgrades}
"""


class HostProject:
    """The platform's own project."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self._folder = folder
        with open_connection(dsn) as connection:
            info = connection.info
            self._url = f"postgresql+psycopg://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"
            if info.password:
                self._url = self._url.replace("@", f":{info.password}@", 1)
        (folder / "migrations" / "versions").mkdir(parents=True)
        (folder / "models.py").write_text(MODELS, "utf-8")
        (folder / "migrations" / "env.py").write_text(ENVIRONMENT, "utf-8")
        (folder / "migrations" / "script.py.mako").write_text(TEMPLATE, "utf-8")
        (folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\nprepend_sys_path = .\n", "utf-8")

    def alembic(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run its Alembic."""
        return alembic(*arguments, cwd=self._folder, PLATFORM_URL=self._url)

    def revision(self, name: str) -> str:
        """Write a revision of what differs from the models, and return it."""
        result = self.alembic("revision", "--autogenerate", "-m", name)
        assert result.returncode == 0, result.stderr
        (written,) = (self._folder / "migrations" / "versions").glob(f"*_{name}.py")
        return written.read_text("utf-8")


@pytest.fixture
def project(empty_database: str, tmp_path: Path) -> HostProject:
    """Return a project whose tables are made by its own first revision."""
    project = HostProject(tmp_path, empty_database)
    assert "create_table" in project.revision("first")
    upgraded = project.alembic("upgrade", "head")
    assert upgraded.returncode == 0, upgraded.stderr
    return project


def test_platforms_alembic_does_not_see_autopost(project: HostProject, empty_database: str) -> None:
    """`check` finds nothing to do, a revision that it generates is empty, and autopost works."""
    migrate(load_settings(database_url=empty_database))
    checked = project.alembic("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    revision = project.revision("second")
    assert "auto_post" not in revision
    assert revision.count("pass") == 2
    assert "op." not in revision.replace("from alembic import op", "")
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.complete(agent=host.agent())
        assert host.waiting() == 1
        assert host.value("select count(*) from public.alembic_version") == 1


def test_platforms_alembic_sees_autopost_in_its_own_schema(project: HostProject, empty_database: str) -> None:
    """So the test above could fail: in `public` each of autopost's tables is one that the models do not know."""
    migrate(load_settings(database_url=empty_database, schema_name="public"))
    checked = project.alembic("check")
    assert checked.returncode != 0
    assert "auto_post_outbox" in checked.stdout + checked.stderr


def test_platforms_alembic_that_compares_all_schemas_leaves_autopost_out(
    project: HostProject, empty_database: str, tmp_path: Path
) -> None:
    """By the function that the page about tools has; without it every table of autopost's would be dropped."""
    migrate(load_settings(database_url=empty_database))
    environment = tmp_path / "migrations" / "env.py"
    compares_all = ENVIRONMENT.replace("compare_type=True", "compare_type=True, include_schemas=True")
    environment.write_text(compares_all, "utf-8")
    assert "auto_post_outbox" in (seen := project.alembic("check")).stdout + seen.stderr
    page = (ROOT / "docs" / "how-to" / "platform-tools.md").read_text("utf-8")
    (function,) = re.findall(r"^def include_name.*?\n\n", page, re.MULTILINE | re.DOTALL)
    left_out = compares_all.replace("include_schemas=True", "include_schemas=True, include_name=include_name")
    environment.write_text(left_out.replace("with create", f"{function}\nwith create"), "utf-8")
    checked = project.alembic("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_platform_may_change_its_columns(project: HostProject, empty_database: str) -> None:
    """No view of autopost's is in the way; the trigger holds on to the status alone."""
    migrate(load_settings(database_url=empty_database))
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute("alter table agents alter column category type varchar(80), drop column tenant_id")
        connection.execute("alter table operation_trackers alter column next_steps type varchar")
        connection.execute("alter table audit_log add column severity text")
