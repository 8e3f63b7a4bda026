"""Agents that no index finds are named with the index to make, by the migration and by the check."""

from __future__ import annotations

from pathlib import Path

from autopost.cli.sampling.findings import lookup_findings
from autopost.database.connection import connect
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.host import Host, open_connection

PLATFORM = """
create schema {name};
create table {name}."Agents" ("agentId" {type} primary key, name text, maturity text, category text);
create table {name}.runs (id bigint primary key, agent {type}, status text, note text, at timestamptz);
insert into {name}."Agents" select {value} from generate_series(1, 3000) as g (n);
analyze {name}."Agents"
"""
MAPPING = """
[agents]
table = '{name}."Agents"'
[agents.columns]
id = '"agentId"'
tenant_id = "null"
[operation_trackers]
table = "{name}.runs"
[operation_trackers.columns]
agent_id = "agent"
tenant_id = "null"
operation_type = "'workflow_execute'"
what_explanation = "note"
why_explanation = "null"
next_steps = "null"
started_at = "at"
completed_at = "at"
"""


async def test_id_that_is_no_text_needs_an_index_on_its_text(empty_database: str, tmp_path: Path) -> None:
    """A number or a uuid; the statement that is printed makes it. A text has its key."""
    with open_connection(empty_database, autocommit=True) as connection:
        for name, type_, value in (
            ("numbers", "bigint", "n"),
            ("uuids", "uuid", "gen_random_uuid()"),
            ("texts", "varchar(40)", "n"),
        ):
            Host(connection).execute(PLATFORM.format(name=name, type=type_, value=value))
            path = tmp_path / f"{name}.toml"
            path.write_text(MAPPING.format(name=name))
            where = {"SOCIAL_POST_MAPPING_FILE": str(path), "SOCIAL_POST_SCHEMA": f"autopost_{name}"}
            migrated = autopost("migrate", "--yes", dsn=empty_database, **where)
            assert migrated.returncode == 0, migrated.stderr
            statement = f'create index concurrently on "{name}"."Agents" (("agentId"::text));'
            assert (statement in migrated.stderr) is (name != "texts"), migrated.stderr
            settings = load_settings(database_url=empty_database, schema_name=f"autopost_{name}")
            looking = await connect(settings, "check")
            try:
                found = await lookup_findings(looking, settings)
                assert [each.advice for each in found] == ([] if name == "texts" else [statement])
                if found:
                    assert f'reads all 3,000 rows of {name}."Agents"' in found[0].finding
                    Host(connection).execute(found[0].advice)
                assert await lookup_findings(looking, settings) == []
            finally:
                await looking.close()
