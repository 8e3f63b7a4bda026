"""Runs the statements of sql/queries by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from autopost.database.sql import Schemas, query

if TYPE_CHECKING:
    import asyncpg

Runner: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.Pool[asyncpg.Record]"


class Statements:
    """A connection or a pool, and the schema that its statements are for. Passes on asyncpg's errors."""

    def __init__(self, runner: Runner, schemas: Schemas) -> None:
        self._runner = runner
        self._schemas = schemas

    async def fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        """Return the rows of a statement."""
        return await self._runner.fetch(query(name, self._schemas), *arguments)

    async def value(self, name: str, *arguments: Any) -> Any:
        """Return the first column of the first row of a statement."""
        return (await self.fetch(name, *arguments))[0][0]
