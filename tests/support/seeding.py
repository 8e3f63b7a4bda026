"""Rows for a platform's tables: what a test names, and anything that fits in the columns that must be given."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

_NUMBERS = itertools.count(1)
_COLUMNS = """
select a.attname, t.typname, t.typtype, t.typcategory,
    (select e.enumlabel from pg_enum as e where e.enumtypid = t.oid order by e.enumsortorder limit 1)
from pg_attribute as a
inner join pg_type as t on a.atttypid = t.oid
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
    and a.attnotnull and not a.atthasdef and a.attidentity = ''
order by a.attnum
"""


def seed(connection: psycopg.Connection[Any], table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows, oldest first. Foreign keys are not checked: a test needs no row of what it is not about."""
    needed = connection.execute(_COLUMNS, (table,)).fetchall()
    connection.execute("set session_replication_role = replica")
    for row in rows:
        whole = {**{name: _filler(*kind) for name, *kind in needed if name not in row}, **row}
        connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.SQL(table),
                sql.SQL(", ").join(map(sql.Identifier, whole)),
                sql.SQL(", ").join([sql.Placeholder()] * len(whole)),
            ),
            tuple(whole.values()),
        )
    connection.execute("set session_replication_role = origin")
    connection.execute(sql.SQL("analyze {}").format(sql.SQL(table)))


def _filler(type_name: str, type_kind: str, category: str, label: str | None) -> object:
    """Return a value of a type, another one each time where the type has many."""
    if type_kind == "e":
        return label
    if type_name == "uuid":
        return uuid.uuid4()
    if type_name in ("json", "jsonb"):
        return "{}"
    if category == "B":
        return True
    if category == "N":
        return next(_NUMBERS)
    if category == "D":
        return "2026-01-01 00:00:00"
    if category == "A":
        return "{}"
    return f"x{next(_NUMBERS)}"
