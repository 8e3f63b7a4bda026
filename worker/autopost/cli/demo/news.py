"""What the demo prints: the outcomes that autopost recorded, and what never reached the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import asyncpg

from autopost.cli.demo.play import Platform
from autopost.cli.demo.script import ScriptedAgent, ScriptedOperation
from autopost.cli.demo.sql import SCHEMAS, statement
from autopost.outbox.outcomes import NewOutcomes, Outcome
from autopost.outbox.reading import read_figures
from autopost.outbox.statements import Statements

INSIGNIFICANT = "insignificant"
ROLLED_BACK = "rolled_back"


class Reporter:
    """Gathers everything new since the last look, each piece once."""

    def __init__(
        self, connection: asyncpg.Connection[asyncpg.Record], platform: Platform, agents: Iterable[ScriptedAgent]
    ) -> None:
        self._connection = connection
        self._platform = platform
        self._statements = Statements(connection, SCHEMAS)
        self._outcomes = NewOutcomes(self._statements, backlog=1000)
        self._names = {agent.id: agent.name for agent in agents}
        self._told: set[str] = set()

    async def look(self) -> list[Outcome]:
        """Return what is new, in the order in which it happened."""
        outcomes = await self._outcomes.look()
        for row in await self._connection.fetch(statement("insignificant")):
            if row["id"] not in self._told:
                self._told.add(row["id"])
                outcomes.append(_insignificant(row))
        for operation in self._platform.rolled_back:
            if operation.id not in self._told:
                self._told.add(operation.id)
                outcomes.append(_rolled_back(operation, self._names[operation.agent_id]))
        return sorted(outcomes, key=lambda outcome: outcome.occurred_at)

    async def waiting(self) -> int:
        """Return how many captured operations have no outcome yet."""
        figures = await read_figures(self._statements)
        return figures.waiting + figures.parked + figures.claimed


def _insignificant(row: asyncpg.Record) -> Outcome:
    return Outcome(
        id=row["id"],
        occurred_at=row["completed_at"],
        outcome=INSIGNIFICANT,
        agent_id=row["agent_id"],
        agent_name=row["agent_name"],
        maturity=row["agent_maturity"],
        operation_type=row["operation_type"],
        status=row["status"],
        tracker_id=row["id"],
        why=INSIGNIFICANT,
        generator=None,
        is_alert=False,
        content=None,
    )


def _rolled_back(operation: ScriptedOperation, agent_name: str) -> Outcome:
    return Outcome(
        id=operation.id,
        occurred_at=datetime.now(UTC),
        outcome=ROLLED_BACK,
        agent_id=operation.agent_id,
        agent_name=agent_name,
        maturity=None,
        operation_type=operation.operation_type,
        status=operation.statuses[-1],
        tracker_id=operation.id,
        why=ROLLED_BACK,
        generator=None,
        is_alert=False,
        content=None,
    )
