"""Operator actions on the outbox and its rules, through the SQL functions that a DBA calls too.

Each method is one statement in its own transaction. Actions write an audit row with the name of the role.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from autopost.database.sql import query

# What the functions raise, with a message for the operator.
REFUSALS = (asyncpg.InvalidParameterValueError, asyncpg.UniqueViolationError)
BATCH_ROWS = 1_000


class OperatorActions:
    """Operator actions on one connection. Lets asyncpg's errors pass, REFUSALS among them."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], schema: str) -> None:
        self._connection = connection
        self._schema = schema

    async def retry(self, tracker_id: str) -> int:
        """Retry the dead rows of an operation; return how many."""
        return int(await self._value("cli/retry", tracker_id))

    async def retry_all(self, error: str | None, most: int) -> int:
        """Retry up to `most` dead rows with an error, or with any; return how many."""
        done = 0
        while done < most:
            rows = int(await self._value("cli/retry_all", error, min(BATCH_ROWS, most - done)))
            if not rows:
                break
            done += rows
        return done

    async def dead(self, error: str | None) -> int:
        """Return how many rows are dead with an error, or with any."""
        return int(await self._value("cli/dead_count", error))

    async def skip(self, tracker_id: str, reason: str) -> int:
        """Skip the unfinished rows of an operation; return how many."""
        return int(await self._value("cli/skip", tracker_id, reason))

    async def pause(self, kind: str | None, value: str | None) -> None:
        """Pause an `agent`, an `operation_type`, or everything."""
        await self._value("cli/pause", kind, value)

    async def resume(self, kind: str | None, value: str | None) -> None:
        """End a pause."""
        await self._value("cli/resume", kind, value)

    async def rules(self) -> list[Mapping[str, Any]]:
        """Return the rules by id."""
        return await self._rows("cli/rules")

    async def add_rule(
        self, operation_type: str, status: str | None, *, match: str, is_alert: bool, description: str | None
    ) -> int:
        """Add a rule; return its id."""
        return int(await self._value("cli/add_rule", operation_type, status, match, is_alert, description))

    async def switch_rule(self, rule_id: int, *, on: bool) -> None:
        """Enable or disable a rule."""
        await self._value("cli/switch_rule", rule_id, on)

    async def hooks(self) -> list[Mapping[str, Any]]:
        """Return the hooks that the database knows, by name; see hooks.sql."""
        return await self._rows("cli/hooks")

    async def retry_hook(self, hook: str) -> int:
        """Retry the dead letters of a webhook; return how many."""
        return int(await self._value("cli/retry_hook", hook))

    async def forget_hook(self, hook: str) -> int:
        """Delete a webhook's state and dead letters; return how many dead letters."""
        return int(await self._value("cli/forget_hook", hook))

    async def statuses(self, status: str, most: int) -> Mapping[str, Any]:
        """Return whether a status occurs among the first `most` operations, and which others do; see statuses.sql."""
        return (await self._rows("cli/statuses", status, most))[0]

    async def tracker_of(self, given: str) -> str:
        """Return the operation id for the id of an outbox row or of an operation."""
        with contextlib.suppress(ValueError):
            found = await self._rows("cli/tracker_of", UUID(given))
            if found:
                return str(found[0]["tracker_id"])
        return given

    async def agents_named(self, given: str) -> list[Mapping[str, Any]]:
        """Return the agents with this id or name."""
        return await self._rows("cli/agents_named", given)

    async def _value(self, name: str, *arguments: object) -> Any:
        return await self._connection.fetchval(query(name, self._schema), *arguments)

    async def _rows(self, name: str, *arguments: object) -> list[Mapping[str, Any]]:
        return [dict(row) for row in await self._connection.fetch(query(name, self._schema), *arguments)]
