"""The newest operations of a platform, with the rule that each meets and the agents that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autopost.cli.sampling.newest import newest_places
from autopost.cli.sampling.platform import STATEMENT_SECONDS, Connection, Expressions, Platform, expressions_of, reading
from autopost.cli.sampling.rows import Unreadable, read_in_halves, why_unreadable
from autopost.cli.sampling.rules import Change, Rule, rule_words, rules_met
from autopost.database.mapping import MappedTable
from autopost.database.sql import query
from autopost.model import Agent, Operation

OPERATION_COLUMNS = (
    *("id", "tenant_id", "agent_id", "operation_type", "status"),
    *("what_explanation", "why_explanation", "next_steps", "started_at", "completed_at"),
)
AGENT_COLUMNS = ("id", "tenant_id", "name", "maturity")
MOST_ID_CHARACTERS = 1000
MOST_NAMED = 20  # rows that cannot be read, of which each expression is looked for


@dataclass(frozen=True, slots=True)
class Sampled:
    """One operation, its type and status as they are, and when it ended, or else began, in seconds since 1970."""

    operation: Operation
    change: Change
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest operations, the newest first.

    `orders` says for each table of operations what decided which are newest. `agents` has, for each id that operations
    name, every agent of the platform with it. `unreadable` has the rows that an expression cannot read, at least one
    entry for each of the first MOST_NAMED; `unread` is their number.
    """

    operations: list[Sampled]
    orders: Mapping[str, str]
    rules: Mapping[Change, Rule]
    rule_words: Sequence[tuple[str, str | None]]
    agents: Mapping[str, Sequence[Agent]]
    unreadable: Sequence[Unreadable] = ()
    unread: int = 0
    unreadable_agents: frozenset[str] = field(default_factory=frozenset)
    paused: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def agent_of(self, operation: Operation) -> Agent | None:
        """Return the agent of an operation, None for an unknown one; of an id that is not unique, any of its agents."""
        found = self.agents.get(operation.agent_id or "", ())
        return replace(found[0], is_unique=len(found) == 1) if found else None


async def read_sample(
    connection: Connection, platform: Platform, most: int, seconds: int = STATEMENT_SECONDS
) -> Sample:
    """Read the newest operations of all tables, at most `most`. Writes nothing; no statement takes more seconds."""
    async with reading(connection, platform, seconds):
        found: list[Sampled] = []
        unreadable: list[Unreadable] = []
        unread = 0
        orders: dict[str, str] = {}
        for table in platform.operations:
            expressions = await expressions_of(connection, platform, table, OPERATION_COLUMNS, "operation_trackers")
            newest = await newest_places(connection, platform, table, expressions, most)
            orders[table.table] = newest.order
            operations, failed = await _operations(connection, expressions, newest.places)
            found += operations
            unread += len(failed)
            for place in failed[:MOST_NAMED]:
                unreadable += await why_unreadable(connection, expressions, OPERATION_COLUMNS, place)
        if len(platform.operations) > 1:
            found = sorted(found, key=lambda each: each.ended_at or 0.0, reverse=True)[:most]
        agents, unreadable_agents = await _agents(connection, platform, {each.operation.agent_id for each in found})
        changes = {each.change for each in found}
        return Sample(
            found,
            orders,
            await rules_met(connection, platform, changes),
            await rule_words(connection, platform),
            agents,
            unreadable,
            unread,
            unreadable_agents,
            await _paused(connection, platform),
        )


async def _operations(
    connection: Connection, expressions: Expressions, places: Sequence[tuple[str, Any]]
) -> tuple[list[Sampled], list[tuple[str, Any]]]:
    """Return the operations at these places in their order, and the places of those that cannot be read."""
    by_leaf: dict[str, list[Any]] = {}
    for leaf, ctid in places:
        by_leaf.setdefault(leaf, []).append(ctid)
    rows: dict[tuple[str, Any], Any] = {}
    failed: list[tuple[str, Any]] = []
    for leaf, ctids in by_leaf.items():
        statement = f"{expressions.select(OPERATION_COLUMNS, f'only {leaf}')} where t.ctid = any($1)"
        statement = statement.replace("select ", "select t.ctid, ", 1)

        async def fetch(part: Sequence[Any], statement: str = statement) -> list[Any]:
            return await connection.fetch(statement, part)

        read, unread = await read_in_halves(connection, ctids, fetch)
        rows |= {(leaf, row["ctid"]): row for row in read}
        failed += [(leaf, ctid) for ctid in unread]
    return [_sampled(rows[place]) for place in places if place in rows], failed


def _sampled(row: Mapping[str, Any]) -> Sampled:
    times = [row[name] for name in ("started_at", "completed_at") if row[name] is not None]
    operation = Operation(
        tracker_id=row["id"] or "",
        operation_type=row["operation_type"] or "",
        status=row["status"] or "",
        agent_id=row["agent_id"],
        tenant_id=row["tenant_id"],
        what_explanation=row["what_explanation"],
        why_explanation=row["why_explanation"],
        next_steps=row["next_steps"],
    )
    return Sampled(operation, (row["operation_type"], row["status"]), max(times) if times else None)


async def _agents(
    connection: Connection, platform: Platform, ids: set[str | None]
) -> tuple[dict[str, list[Agent]], frozenset[str]]:
    """Return the agents with these ids, and the ids whose agents cannot be read."""
    wanted = sorted(id_ for id_ in ids if id_)
    table = platform.agents
    expressions = await expressions_of(connection, platform, table, AGENT_COLUMNS, "agents")
    plain = await _is_plain_text(connection, table)
    by = table.columns["id"] if plain else expressions.sql["id"]  # a plain column has an index
    statement = f"{expressions.select(AGENT_COLUMNS, table.table)} where {by} = any($1::text[]) limit {_MOST_AGENTS}"

    async def fetch(part: Sequence[str]) -> list[Any]:
        return await connection.fetch(statement, part)

    rows, failed = await read_in_halves(connection, wanted, fetch)
    agents: dict[str, list[Agent]] = {}
    for row in rows:
        agent = Agent(row["id"], row["name"], row["maturity"], tenant_id=row["tenant_id"])
        agents.setdefault(agent.id, []).append(agent)
    return agents, frozenset(failed)


_MOST_AGENTS = 20_000


async def _is_plain_text(connection: Connection, table: MappedTable) -> bool:
    """Return whether the id of agents is a column of text."""
    rows = await connection.fetch(
        "select from pg_catalog.pg_attribute as a where a.attrelid = $1::text::pg_catalog.regclass "
        "and $2 = 't.\"' || a.attname || '\"' "
        "and a.atttypid in ('text'::pg_catalog.regtype, 'varchar'::pg_catalog.regtype)",
        table.table,
        table.columns["id"],
    )
    return bool(rows)


async def _paused(connection: Connection, platform: Platform) -> frozenset[tuple[str, str]]:
    """Return the pauses that are in force: the kind, and an agent's id, an operation type, or nothing for all."""
    if not platform.is_installed:
        return frozenset()
    rows = await connection.fetch(query("cli/sample_pauses", platform.schemas))
    return frozenset((row["kind"], row["value"]) for row in rows)
