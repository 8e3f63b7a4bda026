"""What the reader of the demo is told: the outcomes that autopost recorded, and what never got that far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import asyncpg

from autopost.cli.demo.play import Platform
from autopost.cli.demo.script import ScriptedAgent, ScriptedOperation
from autopost.cli.demo.sql import SCHEMAS, statement
from autopost.outbox.reading import Entry, News, OutboxReader

INSIGNIFICANT = "insignificant"
ROLLED_BACK = "rolled_back"


class Reporter:
    """Gathers everything new since the last look, each piece once."""

    def __init__(
        self, connection: asyncpg.Connection[asyncpg.Record], platform: Platform, agents: Iterable[ScriptedAgent]
    ) -> None:
        self._connection = connection
        self._platform = platform
        self._watch = OutboxReader(connection, SCHEMAS)
        self._outcomes = News(self._watch, limit=1000)
        self._names = {agent.id: agent.name for agent in agents}
        self._told: set[str] = set()

    async def look(self) -> list[Entry]:
        """Return what is new, in the order in which it happened."""
        entries = await self._outcomes.look()
        for row in await self._connection.fetch(statement("insignificant")):
            if row["id"] not in self._told:
                self._told.add(row["id"])
                entries.append(_insignificant(row))
        for operation in self._platform.rolled_back:
            if operation.id not in self._told:
                self._told.add(operation.id)
                entries.append(_rolled_back(operation, self._names[operation.agent_id]))
        return sorted(entries, key=lambda entry: entry.occurred_at)

    async def waiting(self) -> int:
        """Return how many captured operations have no outcome yet."""
        states = (await self._watch.status()).states
        return states["pending"] + states["claimed"]


def _insignificant(row: asyncpg.Record) -> Entry:
    return Entry(
        id=row["id"],
        occurred_at=row["completed_at"],
        outcome=INSIGNIFICANT,
        agent=row["agent_name"] or row["agent_id"],
        maturity=row["agent_maturity"],
        operation_type=row["operation_type"],
        status=row["status"],
        tracker_id=row["id"],
        why=INSIGNIFICANT,
        generator=None,
        post_type=None,
        content=None,
    )


def _rolled_back(operation: ScriptedOperation, agent_name: str) -> Entry:
    return Entry(
        id=operation.id,
        occurred_at=datetime.now(UTC),
        outcome=ROLLED_BACK,
        agent=agent_name,
        maturity=None,
        operation_type=operation.operation_type,
        status=operation.statuses[-1],
        tracker_id=operation.id,
        why=ROLLED_BACK,
        generator=None,
        post_type=None,
        content=None,
    )
