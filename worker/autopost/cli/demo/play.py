"""The platform's part: plain SQL on operation_trackers, by a role that may do nothing else.

It knows nothing of autopost. Every call is one transaction, committed when it returns.
"""

from __future__ import annotations

import asyncpg

from autopost.cli.demo.script import ScriptedOperation
from autopost.cli.demo.timetable import Deed, Moment

INSERT = """
insert into operation_trackers (
    id, tenant_id, agent_id, operation_type, status, what_explanation, why_explanation, next_steps
)
values ($1, 'larch-and-lake', $2, $3, $4, $5, $6, $7)
"""
PROGRESS = "update operation_trackers set progress = $2 where id = $1"
MOVE = """
update operation_trackers
set
    status = $2,
    progress = case when $2 = 'completed' then 100 else progress end,
    what_explanation = $3,
    why_explanation = $4,
    next_steps = $5,
    completed_at = case when $2 <> 'running' then now() end
where id = $1
"""


class Platform:
    """Does what the timetable says. `rolled_back` are the operations whose transaction it took back."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection
        self.rolled_back: list[ScriptedOperation] = []

    async def do(self, moment: Moment) -> None:
        """Do one thing and commit it, or roll it back if that is the thing."""
        operation = moment.operation
        match moment.deed:
            case Deed.START:
                await self._start(operation, moment.status)
            case Deed.PROGRESS:
                await self._connection.execute(PROGRESS, operation.id, 50)
            case Deed.MOVE:
                await self._move(operation, moment.status)
            case Deed.ROLL_BACK:
                await self._roll_back(operation, moment.status)

    async def _start(self, operation: ScriptedOperation, status: str) -> None:
        texts = (operation.what, operation.why, operation.next_steps)
        known = texts if operation.is_explained_at_start else (None, None, None)
        await self._connection.execute(
            INSERT, operation.id, operation.agent_id, operation.operation_type, status, *known
        )

    async def _move(self, operation: ScriptedOperation, status: str) -> None:
        await self._connection.execute(MOVE, operation.id, status, operation.what, operation.why, operation.next_steps)

    async def _roll_back(self, operation: ScriptedOperation, status: str) -> None:
        transaction = self._connection.transaction()
        await transaction.start()
        await self._start(operation, operation.statuses[0])
        await self._move(operation, status)
        await transaction.rollback()
        self.rolled_back.append(operation)
