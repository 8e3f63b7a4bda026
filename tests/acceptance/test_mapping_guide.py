"""The guide to mappings: each of its commands and pieces of a file does what the page says."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.acceptance.test_tutorial import BLOCK, LOGIN, Terminal, beside
from tests.support import ROOT
from tests.support.host import Host, open_connection

__all__ = ["beside"]  # a fixture

PAGE = (ROOT / "docs" / "how-to" / "map-a-platform.md").read_text("utf-8")
EXAMPLES = ROOT / "docs" / "examples"
PIECES = [tomllib.loads(piece) for piece in re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
ROWS = """
insert into agent_registry (id, workspace_id, display_name, status, category)
values ('a1', gen_random_uuid(), 'Juno', 'supervised', 'ops'), ('a2', gen_random_uuid(), 'Sprout', 'student', 'ops');
insert into agent_operation_tracker (workspace_id, agent_id, operation_type, state, context, created_at, updated_at)
select a.workspace_id, a.id, 'workflow_execute', s.state,
    case when n % 2 = 0 then '{"what": "Matched card payments"}'::jsonb else '{}' end,
    now() - n * interval '1 minute', now() - n * interval '1 minute'
from generate_series(1, 20) as n
cross join agent_registry as a
cross join (values ('DONE'), ('RUNNING')) as s (state)
"""
# What the pieces about several tables and about ids of several columns are about.
MORE_TABLES = """
create table agent_executions (
    id bigint primary key, tenant_id text, agent_id text, operation_type text, state text, what_explanation text,
    why_explanation text, next_steps text, started_at timestamptz, completed_at timestamptz
);
create table task_instance (
    dag_id text, run_id text, task_id text, map_index int, workspace_id uuid, agent_id text, operation_type text,
    state text, context jsonb, created_at timestamp, updated_at timestamp,
    primary key (dag_id, run_id, task_id, map_index)
)
"""


def merged(piece: dict[str, Any]) -> str:
    """Return the example's mapping with what a piece of the page says instead, as TOML."""
    whole = tomllib.loads((EXAMPLES / "agent-registry.toml").read_text("utf-8"))
    own = whole["operation_trackers"]
    given = piece.get("operation_trackers", [{}])
    sections = [dict(section) for section in (given if isinstance(given, list) else [given])]
    for section in sections:
        columns = section.get("columns", {})
        if section.get("table", own["table"]) == own["table"]:
            section.setdefault("table", "public.task_instance" if "id" in columns else own["table"])
            section["columns"] = {**own["columns"], **columns}
    whole["operation_trackers"] = sections
    whole["social_posts"]["values"] |= piece.get("social_posts", {}).get("values", {})
    lines = []
    for name, content in whole.items():
        for section in content if isinstance(content, list) else [content]:
            lines.append(f"[[{name}]]" if isinstance(content, list) else f"[{name}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in section.items() if not isinstance(value, dict)]
            for part in ("columns", "values"):
                if part in section:
                    lines.append(f"[{name}.{part}]")
                    lines += [f"{key} = {json.dumps(value)}" for key, value in section[part].items()]
    return "\n".join(lines)


def test_commands_and_pieces_of_the_guide_do_what_it_says(
    beside: Terminal,
    empty_database: str,
    tmp_path: Path,
) -> None:
    """Each block in its order, on the platform of the example; then each piece of a file in the example's mapping."""
    (tmp_path / "rows.sql").write_text(f"create role {LOGIN} login;\n{ROWS};\n{MORE_TABLES};", "utf-8")
    schemas = (EXAMPLES / "agent-registry.sql", tmp_path / "rows.sql", ROOT / "tests/data/platforms/prefect.sql")
    beside.type(f'psql -X -q -v ON_ERROR_STOP=1 {" ".join(f"-f {path}" for path in schemas)} "$DATABASE_URL"')
    said = ""
    for kind, block in BLOCK.findall(PAGE):
        if kind == "text":
            headings = re.findall(r"^[A-Z][a-z]+(?: [a-z]+)*$", block, re.MULTILINE)
            assert [line for line in headings if line not in said.splitlines()] == [], said
            continue
        if "mapping show" in block:
            beside.type("unset SOCIAL_POST_MAPPING_FILE; export SOCIAL_POST_SCHEMA=beside_prefect")
        for line in block.replace("the_workers_login", LOGIN).splitlines():
            if not line.startswith("export DATABASE_URL="):
                said += beside.type(line)
    assert "operations: public.agent_operation_tracker" in said

    assert len(PIECES) == 3
    for piece in PIECES:
        (tmp_path / "platform.toml").write_text(merged(piece), "utf-8")
        settings = load_settings(database_url=empty_database, mapping_file=tmp_path / "platform.toml")
        assert migrate(settings) == "mapping applied", piece
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        assert host.value("select count(*) from beside_prefect.auto_post_mapping") == 1
        assert host.value(f"select pg_has_role('{LOGIN}', 'auto_post_worker', 'member')")
        host.execute(
            "insert into task_instance (dag_id, run_id, task_id, map_index, agent_id, operation_type, state) "
            "values ('etl', 'run-7', 'load', 0, 'a1', 'workflow_execute', 'DONE')"
        )
        assert host.value("select tracker_id from autopost.auto_post_outbox") == "etl/run-7/load/0"
