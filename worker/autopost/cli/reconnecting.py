"""Statements that only read, on a connection that is replaced when it is lost."""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

import asyncpg

from autopost.cli.console import say
from autopost.database.connection import connect
from autopost.database.errors import DATABASE_ERRORS, is_of_the_connection
from autopost.database.sql import Schemas
from autopost.errors import DatabaseUnreachable
from autopost.outbox.statements import Statements
from autopost.settings import Settings

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
RECONNECT_SECONDS = 2.0


class ReconnectingStatements(Statements):
    """Statements that only read. A connection that is lost is replaced, however long that takes, with a note."""

    def __init__(self, connection: Connection, schemas: Schemas, settings: Settings) -> None:
        super().__init__(connection, schemas)
        self._connection = connection
        self._settings = settings

    async def fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        """Return the rows of a statement, from a new connection if this one is lost."""
        while True:
            try:
                return await super().fetch(name, *arguments)
            except DATABASE_ERRORS as error:
                if not (self._connection.is_closed() or is_of_the_connection(error)):
                    raise
            say("the connection was lost; trying again")
            self._connection.terminate()
            self._runner = self._connection = await self._connected_again()
            say("the database answers again")

    async def _connected_again(self) -> Connection:
        while True:
            try:
                return await connect(self._settings, "watch")
            except DatabaseUnreachable:
                await asyncio.sleep(RECONNECT_SECONDS)
