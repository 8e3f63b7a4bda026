"""Finds the newest rows of a table without sorting it: by an index of a time, or from the end of its files.

PostgreSQL puts a new row where there is room, mostly at the end. Where no index says which rows are newest, the last
blocks of the table and of each partition are read, and what is there is ordered by its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from autopost.cli.sampling.platform import Connection, Expressions, Platform
from autopost.database.errors import is_transient
from autopost.database.mapping import MappedTable, referenced
from autopost.database.sql import query

MOST_LEAVES = 500  # partitions and children of one table
MOST_BLOCKS = 20_000  # of all of them; 160 MB
FIRST_BLOCKS = 64

Place: TypeAlias = tuple[str, Any]  # a table and a ctid in it
PHYSICAL_ORDER = "physical order"


@dataclass(frozen=True, slots=True)
class Newest:
    """Places of rows, the newest first, and what decided that: a column, or PHYSICAL_ORDER."""

    places: list[Place]
    order: str


async def newest_places(
    connection: Connection, platform: Platform, table: MappedTable, expressions: Expressions, most: int
) -> Newest:
    """Return the places of the newest rows of a table, at most `most`."""
    column = await _indexed(connection, platform, table)
    if column is not None:
        rows = await connection.fetch(
            f"select t.tableoid::pg_catalog.regclass::text as leaf, t.ctid from {table.table} as t "  # noqa: S608 - the mapping's
            f"where t.{column} is not null order by t.{column} desc limit $1",
            most,
        )
        if rows:
            return Newest([(row["leaf"], row["ctid"]) for row in rows], column)
    return Newest(await _from_the_end(connection, platform, table, expressions, most), PHYSICAL_ORDER)


async def _indexed(connection: Connection, platform: Platform, table: MappedTable) -> str | None:
    """Return the quoted column whose index has the newest rows: of the start, a serial number, or of the end.

    The end comes last: what runs or waits has none.
    """
    rows = await connection.fetch(query("cli/sample_indexes", platform.schemas), table.table)
    indexed = {f'"{row["name"]}"' for row in rows}
    started, completed = (referenced(table.columns[name]) for name in ("started_at", "completed_at"))
    serial = [f'"{row["name"]}"' for row in rows if row["is_serial"]]
    ids = [column for column in referenced(table.columns["id"]) if column in serial]
    for columns in (started, ids, completed):
        if len(columns) == 1 and columns[0] in indexed:
            return columns[0]
    return None


async def _from_the_end(
    connection: Connection, platform: Platform, table: MappedTable, expressions: Expressions, most: int
) -> list[Place]:
    leaves = await connection.fetch(query("cli/sample_leaves", platform.schemas), table.table, MOST_LEAVES)
    budget = MOST_BLOCKS // max(1, len(leaves))
    found: list[tuple[float, Place]] = []
    for leaf in leaves:
        found += await _end_of(connection, leaf, expressions, most, budget)
    latest = sorted(found, key=lambda each: each[0], reverse=True)  # stable: else in the order of reading
    return [place for _, place in latest[:most]]


async def _end_of(
    connection: Connection, leaf: asyncpg.Record, expressions: Expressions, most: int, budget: int
) -> list[tuple[float, Place]]:
    """Return the newest rows in the last blocks of one table, as many blocks as it takes for `most` rows."""
    blocks, wanted = leaf["blocks"], min(FIRST_BLOCKS, budget)
    while True:
        begin = (max(0, blocks - wanted), 0)
        rows = await _read_times(connection, expressions, leaf["name"], begin, most)
        if len(rows) >= most or begin[0] == 0 or wanted >= budget:
            return rows
        wanted = min(wanted * 4, budget)


async def _read_times(
    connection: Connection, expressions: Expressions, leaf: str, begin: tuple[int, int], most: int
) -> list[tuple[float, Place]]:
    """Return the newest rows from a place on; where a time cannot be read, the last ones, without times."""
    sql = expressions.sql
    times = f"coalesce(greatest({sql['started_at']}, {sql['completed_at']}), '-infinity'::float8)"

    async def read(seconds: str) -> list[tuple[float, Place]]:
        rows = await connection.fetch(
            f"select t.ctid, {seconds} as seconds from only {leaf} as t where t.ctid >= $1 "  # noqa: S608 - the mapping's
            "order by seconds desc, t.ctid desc limit $2",
            begin,
            most,
        )
        return [(row["seconds"], (leaf, row["ctid"])) for row in rows]

    try:
        async with connection.transaction():
            return await read(times)
    except asyncpg.PostgresError as error:
        if is_transient(error):
            raise
        return await read("'-infinity'::float8")
