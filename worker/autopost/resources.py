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

    A name that needs quotes gets them. Settings allow no name with a quote in it.
    """
    plain = schema.replace("_", "a").isalnum() and schema.islower() and not schema[0].isdigit()
    return sql.replace("{{ schema }}", schema if plain else f'"{schema}"')


@cache
def query(name: str, schema: str) -> str:
    """Return the worker's own statement `name` from sql/queries."""
    return render((sql_folder() / "queries" / f"{name}.sql").read_text("utf-8"), schema)


def _folder(name: str) -> Path:
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _CHECKOUT / name
