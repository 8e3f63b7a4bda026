"""auto_post_json: a text column that holds JSON most of the time, in expressions of a mapping."""

from __future__ import annotations

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support.host import Host, open_connection


def test_text_that_is_no_json_is_null(host: Host) -> None:
    """Whatever an agent wrote there: the same value as a cast where that works, else NULL, and never an error."""
    for text in ('{"a": 1}', "[]", '"x"', "null", " 12.5 ", '{"a": {"b": [true, null]}}', '{"a": 1, "a": 2}'):
        assert host.value("select auto_post_json(%s) = %s::jsonb", (text, text)), text
    for text in (
        *(
            "",
            " ",
            "not json at all",
            "{",
            '{"a": 1',
            '{"a": 1}}',
            "{'a': 1}",
            '{"a"',
            "NaN",
            "True",
            "jane@example.com",
        ),
        *('"\\u0000"', '"\\ud800"', '{"n": 1e999999}', "[" * 100_000, '{"a":' * 50_000, '"\\x"', "\ufeff{}", "1 2"),
    ):
        assert host.rows("select auto_post_json(%s) as found", (text,)) == [{"found": None}], text[:40]
    assert host.rows("select auto_post_json(null) as found") == [{"found": None}]


def test_function_may_not_hide_what_is_not_of_the_text(host: Host) -> None:
    """A statement that is cancelled ends, and is no NULL."""
    host.execute("set statement_timeout = '5ms'")
    with pytest.raises(psycopg.errors.QueryCanceled):
        host.value(
            "select count(auto_post_json(t.x)) from (select '[' || repeat('1,', 200000) || '1]') as t (x), "
            "generate_series(1, 100)"
        )


@pytest.mark.parametrize("schema", ["autopost", "posts-of-agents"])
def test_mapping_reads_json_in_a_text_column(
    empty_database: str, tmp_path_factory: pytest.TempPathFactory, schema: str
) -> None:
    """In the trigger, the views and the reconciler, in a schema of any name; a row without JSON has no text."""
    path = tmp_path_factory.mktemp("mapping") / "platform.toml"
    path.write_text(
        """
[agents]
table = "public.apps"
[agents.columns]
tenant_id = "null"
maturity = "coalesce(autopost.auto_post_json(t.config) ->> 'level', 'none')"
category = "null"
[operation_trackers]
table = "public.runs"
[operation_trackers.columns]
tenant_id = "null"
operation_type = "'workflow_execute'"
status = "coalesce(autopost.auto_post_json(t.outputs) ->> 'state', 'running')"
what_explanation = "autopost.auto_post_json(t.outputs) ->> 'text'"
why_explanation = "null"
next_steps = "null"
started_at = "null"
completed_at = "null"
""",
        "utf-8",
    )
    with open_connection(empty_database, autocommit=True) as connection:
        platform = Host(connection)
        platform.execute(
            "create table apps (id text primary key, name text, config text);"
            "create table runs (id text primary key, agent_id text, outputs text);"
            "insert into apps values ('a', 'Ada', '{\"level\": \"intern\"}'), ('b', 'Bob', 'old and not json');"
            "insert into runs values ('old', 'a', 'old and not json')"
        )
        settings = load_settings(database_url=empty_database, mapping_file=path, schema_name=schema)
        migrate(settings)
        platform.execute('update runs set outputs = \'{"state": "completed", "text": "Read it"}\' where id = \'old\'')
        platform.execute("insert into runs values ('new', 'b', 'jane owes 4,000')")
        assert platform.warnings == []
        own = f'"{schema}"'
        captured = platform.rows(f"select tracker_id, what_explanation from {own}.auto_post_outbox")
        assert captured == [{"tracker_id": "old", "what_explanation": "Read it"}]
        assert platform.value(f"select {own}.auto_post_reconcile(1000)") == 0
        levels = platform.rows(f"select id, maturity from {own}.agents order by id")
        assert [row["maturity"] for row in levels] == ["intern", "none"]
        migrate(load_settings(database_url=empty_database, schema_name=schema), "base")
        assert platform.value("select to_regnamespace(%s)", (own,)) is None
