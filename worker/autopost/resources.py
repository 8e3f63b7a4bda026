"""Finds the SQL and the migrations, in an installed wheel as in a checkout, and fills in the schema.

A file may say `{{ schema }}`: it stands for the quoted name of the schema that the platform's tables are in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def sql_folder() -> Path:
    """Return the folder of the SQL files."""
    return _folder("sql")


def migrations_folder() -> Path:
    """Return the folder of the migrations."""
    return _folder("migrations")


def render(sql: str, schema: str) -> str:
    """Return `sql` for one schema.

    Any name but `public` is quoted, as it may be a word of SQL. Settings allow no name with a quote in it.
    """
    return sql.replace("{{ schema }}", schema if schema == "public" else f'"{schema}"')


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
