"""Looks whether operations can be simulated here, and removes what simulations left."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from autopost.cli.simulation.texts import PREFIX
from autopost.database.sql import Schemas, query
from autopost.errors import AutopostError


@dataclass(frozen=True, slots=True)
class Stage:
    """What there is beside a simulation. `holds_others`: operations that no simulation made."""

    holds_others: bool
    workers: int


@dataclass(frozen=True, slots=True)
class Made:
    """How many rows simulations made."""

    operations: int
    posts: int
    agents: int
    outbox: int


async def look(pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas) -> Stage:
    """Return what is there. Raises AutopostError, with every reason, where operations cannot be simulated."""
    row = (await pool.fetch(query("cli/simulate_look", schemas), PREFIX))[0]
    if row["mapped"]:
        raise AutopostError(
            f"the platform's tables are mapped into schema {schemas.own}, and a simulation does not know theirs: "
            "simulate on an installation with autopost's own names"
        )
    problems = await pool.fetch(query("cli/simulate_problems", schemas))
    if problems:
        lines = "\n".join(f"  {row['table_name']}.{row['column_name']} {row['problem']}" for row in problems)
        raise AutopostError(f"operations cannot be simulated in schema {schemas.platform}:\n{lines}")
    return Stage(row["holds_others"], row["workers"])


async def count(pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas) -> Made:
    """Return how much simulations made that is still there."""
    return Made(**dict((await pool.fetch(query("cli/simulate_count", schemas), PREFIX))[0]))


async def clean(pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas) -> Made:
    """Remove all that simulations made, and return how much it was. The audit log stays."""
    async with pool.acquire() as connection, connection.transaction():
        outbox = 0
        for row in await connection.fetch(query("cli/simulated_agents", schemas), PREFIX):
            outbox += await connection.fetchval(query("cli/purge", schemas), row["id"], None)
        removed = await connection.fetchrow(query("cli/simulate_clean", schemas), PREFIX)
        assert removed is not None
        return Made(outbox=outbox, **dict(removed))
