"""An agent is found by the platform's key, whatever its type; where no index serves, the one to make is printed."""

from __future__ import annotations

from pathlib import Path

from autopost.cli.sampling.findings import lookup_findings
from autopost.database.connection import connect
from autopost.database.migrate import detach, migrate
from autopost.settings import Settings, load_settings
from tests.support.command_line import autopost
from tests.support.host import Host, open_connection

PLATFORM = """
create schema {name};
create table {name}."Agents" ("agentId" {type} not null, part integer not null default 1, name text, maturity text,
    category text, primary key ({key}));
create table {name}.runs (id bigint primary key, agent text, status text, note text, at timestamptz);
insert into {name}."Agents" ("agentId", name) select {value}, 'Agent ' || n from generate_series(1, 3000) as g (n);
analyze {name}."Agents"
"""
MAPPING = """
[agents]
table = '{name}."Agents"'
[agents.columns]
id = {id}
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
COLUMN = """'"agentId"'"""
TWO_COLUMNS = """['"agentId"', 'part']"""
UUIDS = "('aaaaaaaa-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid"
# The type and values of the first column, the id in the mapping, that of agent 7, and texts that are no agent's id.
KEYS = {
    "large": ("bigint", "n - 9223372036854775808", COLUMN, "-9223372036854775801", ("9223372036854775808", "")),
    "small": ("integer", "n", COLUMN, "7", ("07", " 7", "7.0", "99999999999999999999", "9999999999999999999", "x")),
    "uuids": (
        *("uuid", UUIDS, COLUMN, "aaaaaaaa-0000-4000-8000-000000000007"),
        ("AAAAAAAA-0000-4000-8000-000000000007", "aaaaaaaa000040008000000000000007", "aaaaaaaa"),
    ),
    "fixed": ("char(8)", "lpad(n::text, 5, '0')", COLUMN, "00007", ("00007   ", "7")),
    "domains": ("public.agent_number", "n", COLUMN, "7", ("-7", "7x")),
    "pairs": ("varchar(40)", "'agent/100%-' || n", TWO_COLUMNS, "agent%2F100%25-7/1", ("agent/100%-7/1", "agent/1")),
    "uuid_pairs": (
        *("uuid", UUIDS, TWO_COLUMNS, "aaaaaaaa-0000-4000-8000-000000000007/1"),
        ("aaaaaaaa-0000-4000-8000-000000000007", "aaaaaaaa-0000-4000-8000-000000000007/2", "/1"),
    ),
}


def make_platform(host: Host, folder: Path, name: str, type_: str, value: str, id_: str = COLUMN) -> dict[str, str]:
    """Make a platform in a schema of its own; return the variables for an install beside it."""
    key = '"agentId", part' if id_ == TWO_COLUMNS else '"agentId"'
    host.execute(PLATFORM.format(name=name, type=type_, value=value, key=key))
    path = folder / f"{name}.toml"
    path.write_text(MAPPING.format(name=name, id=id_), "utf-8")
    return {"SOCIAL_POST_MAPPING_FILE": str(path), "SOCIAL_POST_SCHEMA": f"autopost_{name}"}


async def advice_for(settings: Settings) -> list[str]:
    """Return what the check would advise."""
    looking = await connect(settings, "check")
    try:
        return [each.advice for each in await lookup_findings(looking, settings)]
    finally:
        await looking.close()


async def test_agent_is_found_by_the_key_of_the_platform(empty_database: str, tmp_path: Path) -> None:
    """By its index, on a text, number, uuid, domain or several columns; another spelling of the value is another id."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute("create domain public.agent_number as bigint check (value > 0)")
        for name, (type_, value, id_, known, unknown) in KEYS.items():
            make_platform(host, tmp_path, name, type_, value, id_)
            schema = f"autopost_{name}"
            settings = load_settings(
                database_url=empty_database, schema_name=schema, mapping_file=tmp_path / f"{name}.toml"
            )
            migrate(settings)
            assert await advice_for(settings) == [], name
            for text, names in ((known, ["Agent 7"]), *((text, []) for text in unknown)):
                found = host.rows(f"select name from {schema}.auto_post_agents(%s)", (text,))
                assert [row["name"] for row in found] == names, f"{name}: {text!r}"


def test_agent_is_found_after_its_id_became_another_type(empty_database: str, tmp_path: Path) -> None:
    """The platform's migration changes the column while autopost is detached."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        make_platform(host, tmp_path, "changing", "bigint", "n")
        settings = load_settings(
            database_url=empty_database, schema_name="autopost_changing", mapping_file=tmp_path / "changing.toml"
        )
        migrate(settings)
        for type_ in ("varchar(40)", "integer", "numeric", "bigint"):
            detach(settings)
            host.execute(f'alter table changing."Agents" alter "agentId" type {type_} using "agentId"::{type_}')
            migrate(settings)
            found = host.rows("select name from autopost_changing.auto_post_agents('7')")
            assert [row["name"] for row in found] == ["Agent 7"], type_
            assert migrate(settings) == "nothing to do"


async def test_id_of_another_type_needs_an_index_on_its_text(empty_database: str, tmp_path: Path) -> None:
    """The migration and the check name the statement, which makes the index that serves."""
    statement = 'create index concurrently on "decimals"."Agents" (("agentId"::text));'
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        variables = make_platform(host, tmp_path, "decimals", "numeric", "n")
        migrated = autopost("migrate", "--yes", dsn=empty_database, **variables)
        assert migrated.returncode == 0, migrated.stderr
        assert statement in migrated.stderr
        assert 'reads all 3,000 rows of decimals."Agents"' in migrated.stderr
        settings = load_settings(database_url=empty_database, schema_name="autopost_decimals")
        assert await advice_for(settings) == [statement]
        host.execute(statement)
        assert await advice_for(settings) == []
