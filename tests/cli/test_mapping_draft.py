"""`autopost mapping draft` on platforms of PostgreSQL: the draft is accepted as it is, and posts what it should."""

from __future__ import annotations

import re
import tomllib
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support import ROOT
from tests.support.command_line import autopost
from tests.support.drafted_platforms import PLATFORMS
from tests.support.host import open_connection
from tests.support.public_schemas import PUBLIC
from tests.support.seeding import seed

DATA = ROOT / "tests" / "data"


@pytest.mark.parametrize("name", [*PLATFORMS, *PUBLIC])
def test_draft_of_a_platform_is_accepted_and_captures_what_it_should(
    name: str, empty_database: str, tmp_path: Path
) -> None:
    """As it is, or with the one line that a person decides: types, statuses and texts, and who may post."""
    platform = PLATFORMS.get(name) or PUBLIC[name]
    file = tmp_path / "platform.toml"
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute((DATA / platform.schema).read_bytes())
        for table, given in (platform.seeds or {}).items():
            seed(connection, table, given)
        connection.execute("analyze")
        drafted = autopost("mapping", "draft", "--output", str(file), dsn=empty_database)
        assert drafted.returncode == 0, drafted.stderr
        text = file.read_text()
        assert text.count("DECIDE: ") == len(platform.decided or {})
        for column, value in (platform.decided or {}).items():
            text = re.sub(rf'^{column} = "DECIDE: .*"$', f'{column} = "{value}"', text, flags=re.MULTILINE)
        file.write_text(text)
        for statement in views_to_make(drafted.stderr):
            connection.execute(statement.encode())
        migrate(load_settings(database_url=empty_database, mapping_file=file))
        connection.execute(platform.does.encode())
        assert captured(connection) == sorted(platform.captured)
        may_post = "select bool_and(a.maturity is not null) from autopost.agents as a"
        agents = f"{may_post} where a.id in (select o.agent_id from autopost.auto_post_outbox as o)"
        assert connection.execute(agents.encode()).fetchone() == (True,)


def views_to_make(report: str) -> list[str]:
    """Return the statements that a report says to run before the migration."""
    return re.findall(r"^create view .*?;$", report, re.MULTILINE | re.DOTALL)


def captured(connection: psycopg.Connection[Any]) -> list[tuple[str, str, str]]:
    """Return type, status and text of what waits in the outbox."""
    query = "select operation_type, status, what_explanation from autopost.auto_post_outbox"
    return sorted(connection.execute(query.encode()).fetchall())


def load(dsn: str, file: str) -> None:
    """Make a platform's tables and rows."""
    with open_connection(dsn, autocommit=True) as connection:
        connection.execute((DATA / file).read_bytes())
        connection.execute("analyze")


def test_draft_goes_to_stdout_and_what_was_found_to_stderr(empty_database: str) -> None:
    """So that a pipe gets the mapping alone; candidates are named with the option that chooses them."""
    load(empty_database, "drafting/shops.sql")
    made = autopost("mapping", "draft", dsn=empty_database)
    assert made.returncode == 0
    mapping = tomllib.loads(made.stdout)
    assert mapping["operation_trackers"]["table"] == "public.tasks"
    assert "operations: public.tasks, about 200 rows" in made.stderr
    assert "operations: --operations public.agent_operations (no rows yet" in made.stderr
    assert "SOCIAL_POST_MAPPING_FILE=platform.toml autopost preview" in made.stderr


def test_several_tables_of_operations_are_drafted_and_accepted(empty_database: str, tmp_path: Path) -> None:
    """Each with its own columns; the first without a name."""
    load(empty_database, "drafting/shops.sql")
    file = tmp_path / "platform.toml"
    options = ("--operations", "public.tasks", "--operations", "agent_operations", "--output", str(file))
    assert autopost("mapping", "draft", *options, dsn=empty_database).returncode == 0
    migrate(load_settings(database_url=empty_database, mapping_file=file))
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute(
            "insert into public.agent_operations (id, agent_id, operation_type, status, what_explanation) "
            "values ('7', 's1', 'report_generate', 'completed', 'Wrote it')"
        )
        assert captured(connection) == [("report_generate", "completed", "Wrote it")]
        (row,) = connection.execute("select tracker_id from autopost.auto_post_outbox").fetchall()
        assert row == ("agent_operation/7",)


def test_role_that_may_only_read_can_draft_and_changes_nothing(empty_database: str) -> None:
    """Of what it may not read it knows the columns alone."""
    load(empty_database, "drafting/bots.sql")
    role = f"reader_{uuid.uuid4().hex[:8]}"
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute(f"create role {role} login; grant select on bot_runs, bot_run_statuses to {role}".encode())
        count = "select count(*), max(oid::bigint) from pg_class"
        before = connection.execute(count).fetchone()
        made = autopost("mapping", "draft", dsn=make_conninfo(empty_database, user=role))
        assert connection.execute(count).fetchone() == before
        connection.execute(f"drop owned by {role}; drop role {role}".encode())
    assert made.returncode == 0, made.stderr
    mapping = tomllib.loads(made.stdout)
    assert mapping["operation_trackers"]["table"] == "public.bot_run_statuses"
    assert mapping["agents"]["table"] == "public.autopost_agents", "the table of bots may not be read"


@pytest.mark.long
def test_draft_ends_in_time_beside_a_locked_table(empty_database: str) -> None:
    """Whose rows it does without: the catalog and the statistics are there all the same."""
    load(empty_database, "drafting/bots.sql")
    with open_connection(empty_database) as platform:
        platform.execute("lock table bot_run_statuses in access exclusive mode")
        made = autopost("mapping", "draft", dsn=empty_database)
    assert made.returncode == 0, made.stderr
    mapping = tomllib.loads(made.stdout)
    assert mapping["operation_trackers"]["table"] == "public.bot_run_statuses"
    assert "t.status = 'succeeded' then 'completed'" in mapping["operation_trackers"]["columns"]["status"]


def test_output_never_replaces_a_file(empty_database: str, tmp_path: Path) -> None:
    """Which a person may have edited; nor is anything written where nothing was found."""
    file = tmp_path / "platform.toml"
    nothing = autopost("mapping", "draft", "--output", str(file), dsn=empty_database)
    assert (nothing.returncode, file.exists()) == (2, False)
    assert "looks like operations" in nothing.stderr
    file.write_text("mine")
    load(empty_database, "drafting/bots.sql")
    refused = autopost("mapping", "draft", "--output", str(file), dsn=empty_database)
    assert (refused.returncode, file.read_text()) == (2, "mine")
    assert f"--output: {file} exists; expected: a new file" in refused.stderr.replace("\n", " ")


def test_platform_with_a_bundled_mapping_is_recognised(empty_database: str) -> None:
    """What was tried on the real platform is better than any draft."""
    load(empty_database, "platforms/prefect.sql")
    assert "autopost mapping show prefect" in autopost("mapping", "draft", dsn=empty_database).stderr


def test_own_tables_of_an_install_are_not_drafted(database: str) -> None:
    """The platform's tables that autopost made are, and need no mapping."""
    made = autopost("mapping", "draft", dsn=database)
    assert made.returncode == 0, made.stderr
    assert "auto_post" not in made.stdout.replace("autopost.auto_post_json", "")
    assert tomllib.loads(made.stdout)["operation_trackers"]["table"] == "public.operation_trackers"
