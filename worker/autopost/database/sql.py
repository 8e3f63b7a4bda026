"""Finds the SQL and the migrations, in an installed wheel as in a checkout, and fills in the names.

A file may say `{{ schema }}`, the quoted name of the schema that autopost's own tables are in. What makes the trigger
and what reads the platform's table block by block also says `{{ trackers }}`, the platform's table of operations,
`{{ new.status }}`, a column of the trigger's record, and `{{ status_columns }}`, the columns that a status is made of.
Without a mapping these are what autopost's own names say.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from autopost.database.mapping import Mapping

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parent.parent
_OF_ROW = re.compile(r"\{\{ (new|old)\.(\w+) \}\}")


def sql_folder() -> Path:
    """Return the folder of the SQL files."""
    return _folder("sql")


def migrations_folder() -> Path:
    """Return the folder of the migrations."""
    return _folder("migrations")


def render(sql: str, schema: str, mapping: Mapping | None = None) -> str:
    """Return `sql` for one schema, and for a platform with names of its own if there is a mapping.

    Any schema but `public` is quoted, as it may be a word of SQL. Settings allow no name with a quote in it.
    """
    if mapping is None:
        sql = sql.replace("{{ trackers }}", "{{ schema }}.operation_trackers")
        sql = sql.replace("{{ status_columns }}", "status")
        sql = _OF_ROW.sub(r"\1.\2", sql)
    else:
        sql = sql.replace("{{ trackers }}", mapping.trackers)
        sql = sql.replace("{{ status_columns }}", ", ".join(mapping.status_columns))
        sql = _OF_ROW.sub(lambda match: mapping.of_row(match[1], match[2]), sql)
    return sql.replace("{{ schema }}", schema if schema == "public" else f'"{schema}"')


def read_object(name: str) -> str:
    """Return the file of an object in sql/ as it stands, such as functions/auto_post_capture."""
    return (sql_folder() / f"{name}.sql").read_text("utf-8")


def mapping_template(name: str) -> str:
    """Return a part of the SQL of a mapping."""
    return read_object(f"mapping/{name}")


@cache
def query(name: str, schema: str) -> str:
    """Return the worker's own statement `name` from sql/queries."""
    return render((sql_folder() / "queries" / f"{name}.sql").read_text("utf-8"), schema)


def dba_statements(schema: str) -> dict[str, str]:
    """Return the statements that a DBA runs, by name: those of sql/dba, and the grants."""
    paths = [*sorted((sql_folder() / "dba").glob("*.sql")), sql_folder() / "roles" / "grants.sql"]
    return {path.stem: render(path.read_text("utf-8"), schema) for path in paths}


def _folder(name: str) -> Path:
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _CHECKOUT / name
