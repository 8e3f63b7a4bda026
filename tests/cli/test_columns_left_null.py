"""Columns that posts would leave NULL although no row of the platform does: named by `migrate` and `check`."""

from __future__ import annotations

import json
from pathlib import Path

from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.host import Host, open_connection
from tests.support.work import work_off

MAPPING = """
[agents]
table = "public.agents"
[operation_trackers]
table = "public.operation_trackers"
[social_posts]
table = "public.agent_posts"
[social_posts.columns]
tenant_id = "null"
author_type = "'agent'"
author_id = "sender"
post_type = "'status'"
content = "body"
post_metadata = "extra"
auto_generated = "false"
created_at = "at"
[social_posts.values]
"""
PLATFORM = """
create table agents (id text primary key, tenant_id text, name text, maturity text, category text);
create table operation_trackers (
    id text primary key, tenant_id text, agent_id text, operation_type text, status text, progress integer,
    what_explanation text, why_explanation text, next_steps text, operation_metadata jsonb, started_at timestamptz,
    completed_at timestamptz
);
create table agent_posts (
    id uuid primary key default gen_random_uuid(), sender text, body text not null, extra jsonb,
    at timestamptz default now(), is_public boolean, reactions jsonb, reply_count integer, mentions text[],
    "channelName" text, reply_to uuid, score integer default 0
);
insert into agents values ('ada', null, 'Ada', 'autonomous', 'ops');
insert into agent_posts (sender, body, is_public, reactions, reply_count, mentions, "channelName", reply_to)
select 'jane', 'Hello', true, '[]', 0, '{}', 'main', case when n > 1 then gen_random_uuid() end
from generate_series(1, 50) as n
"""
NULLS = "is_public, reactions, reply_count, mentions and channelName"


async def test_columns_that_no_row_leaves_null_are_named_with_the_setting(
    empty_database: str, tmp_path: Path, redactor: Redactor
) -> None:
    """Not those with a default or a NULL; also when the feed holds posts of autopost's own; and not with values."""
    path = tmp_path / "platform.toml"
    path.write_text(MAPPING, "utf-8")
    where = {"SOCIAL_POST_MAPPING_FILE": str(path), "SOCIAL_POST_LLM_ENABLED": "false"}
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute(PLATFORM)
        migrated = autopost("migrate", "--yes", dsn=empty_database, **where)
        assert migrated.returncode == 0, migrated.stderr
        assert f"autopost leaves {NULLS} NULL, and no other row does" in migrated.stderr
        assert '[social_posts.values] is_public = "true"; reactions = "\'[]\'"; reply_count = "0"' in migrated.stderr
        assert "'\"channelName\"' = \"'...'\"  # what fits; then autopost migrate" in migrated.stderr
        assert "jane" not in migrated.stderr
        host.complete("op", agent="ada")
        await work_off(host, load_settings(database_url=empty_database, llm_enabled=False), redactor)
        assert host.value("select count(*) from agent_posts where is_public is null") == 1

        def found() -> list[dict[str, str]]:
            check = json.loads(autopost("check", "--json", dsn=empty_database, **where).stdout)
            return [each for each in check["findings"] if each["subject"] == "columns left NULL"]

        (finding,) = found()
        assert finding["level"] == "warning"
        assert NULLS in finding["finding"]
        with path.open("a", encoding="utf-8") as file:
            file.write(
                'is_public = "true"\nreactions = "\'[]\'"\nreply_count = "0"\nmentions = "\'{}\'"\n'
                "'\"channelName\"' = \"'main'\"\n"
            )
        migrated = autopost("migrate", "--yes", dsn=empty_database, **where)
        assert (migrated.returncode, migrated.stderr) == (0, "")
        assert found() == []


def test_columns_of_a_table_without_a_mapping_are_named_with_a_default(empty_database: str) -> None:
    """An own `social_posts` of the platform with columns that autopost does not know."""
    with open_connection(empty_database, autocommit=True) as connection:
        Host(connection).execute(
            "create table social_posts (id text primary key, tenant_id text, author_type text, author_id text, "
            "post_type text, content text, post_metadata jsonb, auto_generated boolean, created_at timestamptz, "
            "is_public boolean);"
            "insert into social_posts (id, content, is_public) values ('x', 'Hello', true)"
        )
        migrated = autopost("migrate", "--yes", dsn=empty_database)
        assert migrated.returncode == 0, migrated.stderr
        assert 'alter table "public"."social_posts" alter column is_public set default true;' in migrated.stderr
