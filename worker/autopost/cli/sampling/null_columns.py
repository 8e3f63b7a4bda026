"""Finds columns of the platform that posts and audit rows of autopost leave NULL, although no row of the platform does.

An application that fills such a column itself, with a default in its code, may not expect NULL there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from autopost.cli.sampling.platform import Connection, Platform
from autopost.database.errors import is_transient
from autopost.database.mapping import COLUMNS, OWN_SCHEMA, WRITTEN_TABLES, MappedTable, Mapping
from autopost.database.sql import query, quoted

EDGE_BLOCKS = 64  # of each table, at its beginning, where the oldest rows are, and at its end
MOST_ROWS = 2_000
MOST_LEAVES = 20


@dataclass(frozen=True, slots=True)
class NullColumns:
    """The columns of one written table, quoted where SQL needs it, each with a proposal of what to write: SQL."""

    name: str
    table: str
    columns: dict[str, str]


async def null_columns(connection: Connection, platform: Platform, mapping: Mapping | None) -> list[NullColumns]:
    """Return the columns of each written table; nothing for a table without rows, or that this role may not read."""
    found = []
    for name in WRITTEN_TABLES:
        table = mapping.tables.get(name) if mapping else _unmapped(platform, name)
        if table is None:
            continue
        try:
            async with connection.transaction():
                columns = await _of_table(connection, platform, table)
        except asyncpg.PostgresError as error:
            if is_transient(error) and not isinstance(
                error, asyncpg.InsufficientPrivilegeError | asyncpg.UndefinedTableError
            ):
                raise
            continue
        if columns:
            found.append(NullColumns(name, table.table, columns))
    return found


def _unmapped(platform: Platform, name: str) -> MappedTable:
    columns = {column: f't."{column}"' for column in COLUMNS[name]}
    written = {f'"{column}"': f"new.{column}" for column in COLUMNS[name]}
    return MappedTable(f'"{platform.schemas.platform}"."{name}"', columns, written)


async def _of_table(connection: Connection, platform: Platform, table: MappedTable) -> dict[str, str]:
    written = [column.strip('"') for column in table.written]
    candidates = await connection.fetch(query("cli/sample_nullable", platform.schemas), table.table, written)
    if not candidates:
        return {}
    id_, action = (
        table.columns.get(column, "null").replace(OWN_SCHEMA, quoted(platform.schemas.own))
        for column in ("id", "action")
    )
    nulls = ", ".join(f"t.{row['quoted']} is null as n{place}" for place, row in enumerate(candidates))
    rows: list[Any] = []
    for leaf in await connection.fetch(query("cli/sample_leaves", platform.schemas), table.table, MOST_LEAVES):
        if len(rows) < MOST_ROWS:
            statement = (
                f"select pg_catalog.concat({id_}) as id, pg_catalog.concat({action}) as action, {nulls} "  # noqa: S608
                f"from only {leaf['name']} as t where t.ctid < $1 or t.ctid >= $2 limit $3"
            )
            rows += await connection.fetch(
                statement, (EDGE_BLOCKS, 0), (max(0, leaf["blocks"] - EDGE_BLOCKS), 0), MOST_ROWS
            )
    ours = await _ours(connection, platform, [row["id"] for row in rows])
    theirs = [row for row in rows if row["id"] not in ours and not row["action"].startswith("auto_post.")]
    return {
        row["quoted"]: row["proposal"]
        for place, row in enumerate(candidates)
        if theirs and not any(other[f"n{place}"] for other in theirs)
    }


async def _ours(connection: Connection, platform: Platform, ids: Sequence[str]) -> set[str]:
    """Return which of these ids are of posts that autopost wrote."""
    if not platform.is_installed:
        return set()
    numbers = [number for number in map(_uuid, ids) if number is not None]
    rows = await connection.fetch(query("cli/sample_own_posts", platform.schemas), numbers)
    return {str(row["id"]) for row in rows}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
