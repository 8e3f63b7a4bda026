"""Writes the SQL expression of an id: one that is made of several columns, or of one of several tables of operations.

Only output functions convert a column, never a cast that the owner of its type may have made.
"""

from __future__ import annotations

from collections.abc import Sequence


def joined(columns: Sequence[str]) -> str:
    """Return the text of an id of several columns (over `t`): the values with `/` between them, NULL if one is NULL.

    In each value `%` becomes `%25` and `/` becomes `%2F`, so that different values never have the same text.
    """
    return " || '/' || ".join(
        f"case when {column} is not null then pg_catalog.replace(pg_catalog.replace("
        f"pg_catalog.concat({column}), '%', '%25'), '/', '%2F') end"
        for column in columns
    )


def first_part(id_: str, columns: Sequence[str]) -> str:
    """Return the text of the first of these columns, taken from an id (an expression) that is made of them."""
    if len(columns) < 2:
        return id_
    part = f"pg_catalog.split_part({id_}, '/', 1)"
    return f"pg_catalog.replace(pg_catalog.replace({part}, '%2F', '/'), '%25', '%')"


def prefixed(name: str, expression: str) -> str:
    """Return an id behind the name of its table, as `executions/7`; NULL for NULL."""
    return f"case when ({expression}) is not null then pg_catalog.concat('{name}/', {expression}) end"
