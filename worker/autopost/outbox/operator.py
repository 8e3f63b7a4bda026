"""What an operator does to the outbox and its rules by hand, through the functions that a DBA calls.

Each method is one statement and its own transaction, and leaves an audit row that says who did it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from autopost.outbox.statements import Statements

# What the functions refuse, with a message of their own.
REFUSALS = (asyncpg.InvalidParameterValueError, asyncpg.UniqueViolationError)
BATCH_ROWS = 1_000


class OperatorActions:
    """The actions of the command line and of the dashboard. Passes on what the statements raise, such as REFUSALS."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def retry(self, tracker_id: str) -> int:
        """Make the dead rows of an operation pending again; return how many."""
        return int(await self._statements.value("outbox/retry", tracker_id))

    async def retry_all(self, error: str | None, most: int) -> int:
        """Make at most `most` dead rows of an error, or of any, pending again; return how many."""
        done = 0
        while done < most:
            rows = int(await self._statements.value("cli/retry_all", error, min(BATCH_ROWS, most - done)))
            if not rows:
                break
            done += rows
        return done

    async def dead(self, error: str | None) -> int:
        """Return how many rows are dead of an error, or of any."""
        return int(await self._statements.value("cli/dead_count", error))

    async def held(self, agent_id: str | None, tenant_id: str | None) -> tuple[int, int]:
        """Return how many rows a purge of an agent or of a tenant would remove, and how many of them wait."""
        [found] = await self._statements.fetch("cli/held", agent_id, tenant_id)
        return int(found["rows"]), int(found["waiting"])

    async def skip(self, tracker_id: str, reason: str) -> int:
        """End the pending and dead rows of an operation as skipped; return how many."""
        return int(await self._statements.value("outbox/skip", tracker_id, reason))

    async def pause(self, kind: str | None = None, value: str | None = None) -> None:
        """Pause claiming of an `agent` or `operation_type`, or of everything."""
        await self._statements.value("outbox/pause", kind, value)

    async def resume(self, kind: str | None = None, value: str | None = None) -> None:
        """End a pause."""
        await self._statements.value("outbox/resume", kind, value)

    async def rules(self) -> list[Mapping[str, Any]]:
        """Return the rules, in the order of their ids."""
        return await self._rows("cli/rules")

    async def add_rule(
        self,
        operation_type: str,
        status: str | None,
        *,
        match: str,
        is_alert: bool,
        description: str | None,
        title: str | None = None,
    ) -> int:
        """Add a rule; return its id."""
        given = (operation_type, status, match, is_alert, description, title)
        return int(await self._statements.value("cli/add_rule", *given))

    async def title_rule(self, rule_id: int, title: str | None) -> None:
        """Give a rule the title that posts show instead of the operation type, or remove it."""
        await self._statements.value("cli/title_rule", rule_id, title)

    async def switch_rule(self, rule_id: int, *, on: bool) -> None:
        """Switch a rule on or off."""
        await self._statements.value("cli/switch_rule", rule_id, on)

    async def webhooks(self) -> list[Mapping[str, Any]]:
        """Return the webhooks that the database knows, by name; see webhooks.sql."""
        return await self._rows("cli/webhooks")

    async def retry_webhook(self, webhook: str) -> int:
        """Let a webhook's dead letters be sent again; return how many."""
        return int(await self._statements.value("cli/retry_webhook", webhook))

    async def forget_webhook(self, webhook: str) -> int:
        """Forget a webhook, and its dead letters; return how many."""
        return int(await self._statements.value("cli/forget_webhook", webhook))

    async def statuses(self, status: str, most: int) -> Mapping[str, Any]:
        """Return whether operations have a status, among the first `most`, and which others; see statuses.sql."""
        return (await self._rows("cli/statuses", status, most))[0]

    async def tracker_of(self, given: str) -> str:
        """Return the operation that is meant by the id of its outbox row, or by its own."""
        with contextlib.suppress(ValueError):
            found = await self._rows("cli/tracker_of", UUID(given))
            if found:
                return str(found[0]["tracker_id"])
        return given

    async def agents_named(self, given: str) -> list[Mapping[str, Any]]:
        """Return the agents that have this id or this name."""
        return await self._rows("cli/agents_named", given)

    async def _rows(self, name: str, *arguments: object) -> list[Mapping[str, Any]]:
        return [dict(row) for row in await self._statements.fetch(name, *arguments)]
