"""Whether an index finds an agent by its id. Every claim and every publication looks one up for each operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from autopost.cli.sampling.platform import Connection, Platform, reading
from autopost.cli.sampling.useless import Useless
from autopost.database.sql import quoted, render

LEAST_ROWS = 2_000  # a scan of fewer takes less than a millisecond


async def slow_lookups(connection: Connection, platform: Platform) -> list[Useless]:
    """Return each large table that is read as a whole to find one agent, with the index that it needs.

    By the plan of a lookup, which is not executed. Passes on asyncpg's errors.
    """
    if not platform.is_installed:
        return []
    async with reading(connection, platform):
        await connection.execute("set local enable_seqscan = off")
        statement = (
            "explain (verbose, format json) select a.name "
            "from {{ schema }}.auto_post_agents(pg_catalog.current_setting('role')) as a"
        )
        plan = json.loads(await connection.fetchval(render(statement, platform.schemas)))
        rows = await connection.fetch(
            "select c.oid::pg_catalog.regclass::text as name, c.reltuples::bigint as rows "
            "from pg_catalog.pg_class as c "
            "where c.oid = any($1::text[]::pg_catalog.regclass[]) and c.reltuples >= $2 order by 1",
            sorted({*_scanned(plan[0]["Plan"])}),
            LEAST_ROWS,
        )
        advice = await _index(connection, platform)
    return [
        Useless(f"to find one agent reads all {row['rows']:,} rows of {row['name']}: posting becomes slow", advice)
        for row in rows
    ]


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    """Yield the qualified name of each table that a plan reads without a condition on an index."""
    if "Relation Name" in node and not {"Index Cond", "Recheck Cond"} & node.keys():
        yield f"{quoted(node['Schema'])}.{quoted(node['Relation Name'])}"
    for inner in node.get("Plans", ()):
        yield from _scanned(inner)


async def _index(connection: Connection, platform: Platform) -> str:
    """Return the statement that makes the index: on the text of the id, as the view of agents compares it."""
    columns = platform.agents.id_columns
    kind = await connection.fetchval(
        "select c.relkind from pg_catalog.pg_class as c where c.oid = pg_catalog.to_regclass($1)", platform.agents.table
    )
    if kind not in (b"r", b"p") or len(columns) != 1:
        return "make a table of agents with a key of its own, or an index on what id in [agents.columns] is made of"
    is_text = await connection.fetchval(
        f"select pg_catalog.pg_typeof(t.{columns[0]})::oid in ('text'::regtype, 'varchar'::regtype) "  # noqa: S608 - names of the mapping
        f"from (values (1)) as o (x) left join {platform.agents.table} as t on false"
    )
    return (
        f"create index concurrently on {platform.agents.table} ({columns[0] if is_text else f'({columns[0]}::text)'});"
    )
