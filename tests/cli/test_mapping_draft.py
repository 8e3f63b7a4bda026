"""`autopost mapping draft` on platforms of PostgreSQL: the draft is accepted as it is, and posts what it should."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support import ROOT
from tests.support.command_line import autopost
from tests.support.drafted_platforms import PLATFORMS
from tests.support.host import open_connection
from tests.support.seeding import seed

DATA = ROOT / "tests" / "data"


@pytest.mark.parametrize("name", PLATFORMS)
def test_draft_of_a_platform_is_accepted_and_captures_what_it_should(
    name: str, empty_database: str, tmp_path: Path
) -> None:
    """As it is, or with the one line that a person decides: types, statuses and texts, and who may post."""
    platform = PLATFORMS[name]
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
