"""Two schemas, neither of which a session has in its search_path: autopost's own, and the platform's."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from autopost.database.migrate import migrate
from autopost.database.sql import Schemas
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.roles import dsn_of, groups
from tests.support.work import worker_process

APART = Schemas("posts", "Agents-Platform")
TOGETHER = Schemas("public", "public")


@pytest.fixture(params=[APART, TOGETHER], ids=["apart", "together"])
def schemas(request: pytest.FixtureRequest, empty_database: str) -> Schemas:
    """Return where autopost is installed: in two schemas of other names than usual, or all in one."""
    schemas: Schemas = request.param
    with open_connection(empty_database) as connection:
        connection.execute(f'create schema if not exists "{schemas.platform}"'.encode())
    migrate(load_settings(database_url=empty_database, schema_name=schemas.own, platform_schema_name=schemas.platform))
    return schemas


@pytest.fixture
def apart(schemas: Schemas, empty_database: str) -> Iterator[Host]:
    """Return the platform, as somebody who has both schemas in reach."""
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute(f'set search_path = "{schemas.platform}", "{schemas.own}"'.encode())
        yield Host(connection)


def test_worker_and_commands_find_both_schemas(
    schemas: Schemas, apart: Host, empty_database: str, processes: Crew
) -> None:
    """With the rights that the grants give and no more; the self-check finds nothing wrong."""
    variables = {
        "SOCIAL_POST_SCHEMA": schemas.own,
        "SOCIAL_POST_PLATFORM_SCHEMA": schemas.platform,
        "SOCIAL_POST_LLM_ENABLED": "false",
    }
    apart.agent()
    with groups(apart, empty_database, schemas) as logins:
        with worker_process(dsn_of(empty_database, user=logins["worker"]), processes, **variables) as worker:
            until(lambda: apart.value("select count(*) from auto_post_workers") == 1)
            apart.complete()
            until(lambda: len(apart.posts()) == 1)
            checked = autopost("check", "--json", dsn=dsn_of(empty_database, user=logins["worker"]), **variables)
            assert '"level": "warning"' not in worker.log
        findings = json.loads(checked.stdout)["findings"]
        wrong = [found for found in findings if found["level"] != "ok" and "superuser" not in found["finding"]]
        assert (checked.returncode, wrong) == (5, []), checked.stderr  # as a superuser installed it
        reader = dsn_of(empty_database, user=logins["reader"])
        for arguments in (["status"], ["feed"], ["why", "op"], ["rules"], ["sql", "consistency"]):
            result = autopost(*arguments, dsn=reader, **variables)
            assert (result.returncode, result.stderr) == (0, ""), arguments
    assert [row["post_id"] for row in apart.audit()] == [row["id"] for row in apart.posts()]
