"""Reads what a draft is made of: the catalog, and the newest rows of the tables that matter.

All of it is one read-only transaction, and each statement has its time. Nothing of autopost's needs to be installed.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from autopost.database.drafting.roles import worth_a_sample
from autopost.database.drafting.snapshot import CUT, Column, Kind, Reference, Snapshot, Table, quoted
from autopost.database.sql import Schemas, query

SAMPLED_ROWS = 1_000
SAMPLE_SECONDS = 5
_FIRST_BLOCKS = 64
_MOST_PARTITIONS = 8
_NOT_TO_BE_HAD = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.FeatureNotSupportedError,
    asyncpg.DataError,
)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_KINDS = {
    "uuid": Kind.UUID,
    "boolean": Kind.BOOLEAN,
    "json": Kind.JSON,
    "jsonb": Kind.JSON,
    "timestamp with time zone": Kind.TIME,
    "timestamp without time zone": Kind.NAIVE_TIME,
    "smallint": Kind.INTEGER,
    "integer": Kind.INTEGER,
    "bigint": Kind.INTEGER,
    "numeric": Kind.NUMBER,
    "real": Kind.NUMBER,
    "double precision": Kind.NUMBER,
}


async def read_snapshot(
    connection: asyncpg.Connection[asyncpg.Record], schemas: Schemas, wanted: Sequence[str] = ()
) -> Snapshot:
    """Return what is known of this database, with samples of the tables that a draft looks at.

    `wanted` are tables that a person named. A table whose rows cannot be read in time has no sample.
    """
    async with connection.transaction(readonly=True, isolation="repeatable_read"):
        await connection.execute("set local enable_seqscan = on; set local idle_in_transaction_session_timeout = 0")
        database = await connection.fetchval("select pg_catalog.current_database()")
        rows = await connection.fetch(query("cli/draft_tables", schemas), schemas.own)
        oids = {table.qualified: int(row["oid"]) for row in rows if (table := _table(row))}
        snapshot = Snapshot(str(database), tuple(map(_table, rows)))
        names = {name.replace('"', "").lower() for name in wanted}
        chosen = {table.qualified: table for table in worth_a_sample(snapshot)}
        for table in snapshot.tables:
            if f"{table.schema}.{table.name}".lower() in names or table.name.lower() in names:
                chosen[table.qualified] = table
        samples = {name: await _sample(connection, oids[name], table, schemas) for name, table in chosen.items()}
    return snapshot.with_samples({name: sample for name, sample in samples.items() if sample})


async def _sample(
    connection: asyncpg.Connection[asyncpg.Record], oid: int, table: Table, schemas: Schemas
) -> list[Mapping[str, str | None]]:
    """Return the newest rows of a table by their place: from its end, in steps until there are enough."""
    if not table.is_readable:
        return []
    found: list[Mapping[str, str | None]] = []
    with contextlib.suppress(*_NOT_TO_BE_HAD):
        # A savepoint: what fails here must not end the transaction.
        async with connection.transaction():
            await connection.execute(f"set local statement_timeout = '{SAMPLE_SECONDS}s'")
            if table.kind in ("v", "f"):
                return await _rows(connection, table, table.qualified, "", SAMPLED_ROWS)
            for leaf in (await connection.fetch(query("cli/draft_blocks", schemas), oid))[:_MOST_PARTITIONS]:
                blocks, end = _FIRST_BLOCKS, int(leaf["blocks"])
                while end > 0 and len(found) < SAMPLED_ROWS:
                    begin = max(0, end - blocks)
                    where = f"where t.ctid >= '({begin},0)' and t.ctid < '({end},0)' order by t.ctid desc"
                    found += await _rows(connection, table, f"only {leaf['name']}", where, SAMPLED_ROWS - len(found))
                    blocks, end = blocks * 8, begin
                if len(found) >= SAMPLED_ROWS:
                    break
    return found


async def _rows(
    connection: asyncpg.Connection[asyncpg.Record], table: Table, source: str, rest: str, limit: int
) -> list[Mapping[str, str | None]]:
    columns = ", ".join(
        f"pg_catalog.left(t.{quoted(column.name)}::text, {CUT})"
        for column in table.columns
        if column.kind is not Kind.OTHER
    )
    names = [column.name for column in table.columns if column.kind is not Kind.OTHER]
    if not names:
        return []
    statement = f"select array[{columns}] from {source} as t {rest} limit {limit}"  # noqa: S608 - names of the catalog
    rows = await connection.fetch(statement)
    return [dict(zip(names, row[0], strict=True)) for row in rows]


def _table(row: asyncpg.Record) -> Table:
    checks: dict[str, tuple[str, ...]] = {}
    for check in _parsed(row["checks"]):
        values = tuple(value.replace("''", "'") for value in _LITERAL.findall(check["definition"]))
        if values and "~" not in check["definition"]:
            checks[check["column"]] = values
    return Table(
        schema=row["schema"],
        name=row["name"],
        kind=row["kind"],
        rows=int(row["rows"]),
        comment=row["comment"],
        is_readable=row["is_readable"],
        columns=tuple(_column(column, checks.get(column["name"], ())) for column in _parsed(row["columns"])),
        keys=tuple(tuple(key) for key in _parsed(row["keys"])),
        references=tuple(
            Reference(tuple(key["columns"]), f"{quoted(key['schema'])}.{quoted(key['table'])}", tuple(key["targets"]))
            for key in _parsed(row["foreign_keys"])
        ),
    )


def _column(found: Mapping[str, Any], allowed: tuple[str, ...]) -> Column:
    kind = (
        Kind.ENUM
        if found["is_enum"]
        else _KINDS.get(found["base"], Kind.TEXT if found["category"] == "S" else Kind.OTHER)
    )
    return Column(
        name=found["name"],
        kind=kind,
        type=found["type"],
        not_null=found["not_null"],
        is_filled=found["is_filled"],
        is_generated=found["is_generated"],
        labels=tuple(found["labels"] or allowed),
        common=tuple(found["common"] or ()),
        comment=found["comment"],
        length=found["length"],
    )


def _parsed(value: str | None) -> list[Any]:
    return json.loads(value) if value else []
