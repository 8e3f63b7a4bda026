"""A mapping or a platform that is refused: the message says what to write instead."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import autopost
from tests.support.host import open_connection
from tests.support.roles import owner_of

MAPPING = """
[agents]
table = "public.Workflow"
[agents.columns]
maturity = "'AUTONOMOUS'"
[operation_trackers]
table = 'public."ExecutionEntity"'
[operation_trackers.columns]
agent_id = "workflowId"
status = "t.state || t.finishedAt::text"
operation_type = "'workflow_execute'"
what_explanation = "t.\\"lastNode\\""
"""


def test_names_with_capitals_and_ids_of_several_columns_get_a_hint(empty_database: str, tmp_path: Path) -> None:
    """Of a table, of a column, and within an expression; a name that is quoted gets none."""
    mapping = tmp_path / "platform.toml"
    mapping.write_text(MAPPING, "utf-8")
    with owner_of(empty_database) as owner, open_connection(owner, autocommit=True) as connection:
        connection.execute(
            'create table "ExecutionEntity" (id integer, part integer, "workflowId" text, state text, '
            '"finishedAt" date, "lastNode" text, primary key (id, part))'
        )
        refused = autopost("migrate", dsn=owner, SOCIAL_POST_MAPPING_FILE=str(mapping))
    assert refused.returncode == 4, refused.stderr
    for said in (
        "Workflow: SQL reads a name without double quotes in lower case.",
        "Write it with them: table = 'public.\"Workflow\"'.",
        'Write it with them: \'"workflowId"\' for a column, t."workflowId" in an expression.',
        "finishedAt: SQL reads a name without",
        'An id over several columns is a list of them, as in id = ["dag_id", "run_id", "task_id"]',
    ):
        assert said in refused.stderr, refused.stderr
    assert "lastNode: SQL" not in refused.stderr


def test_tables_of_another_shape_are_described_in_a_mapping(empty_database: str) -> None:
    """Without one, tables of the same names that do not fit are a reason to write one."""
    with owner_of(empty_database) as owner, open_connection(owner, autocommit=True) as connection:
        connection.execute("create table social_posts (id uuid primary key, body text)")
        refused = autopost("migrate", "--yes", dsn=owner)
    assert refused.returncode == 4, refused.stderr
    assert "`autopost mapping draft > platform.toml`" in refused.stderr
    assert "SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate" in refused.stderr
