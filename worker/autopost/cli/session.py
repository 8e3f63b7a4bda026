"""Runs what a command does on a connection, and turns what goes wrong there into one clear error."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeAlias, TypeVar

import asyncpg
import typer

from autopost.cli.console import say
from autopost.cli.stdio import leave_stdout
from autopost.database.connection import connect, create_pool
from autopost.database.errors import DATABASE_ERRORS
from autopost.database.schema import require_schema
from autopost.database.sql import Schemas
from autopost.errors import AutopostError, ConfigurationError, DatabaseUnreachable, SchemaMismatch
from autopost.outbox.operator import REFUSALS, OperatorActions
from autopost.outbox.outbox import Outbox
from autopost.outbox.reading import OutboxReader
from autopost.settings import Settings

T = TypeVar("T")
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
INTERRUPTED = 130


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something to its end; a Ctrl-C ends the program with 130."""
    try:
        if sys.platform == "win32":
            return asyncio.run(work)
        import uvloop

        return uvloop.run(work)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def connected(settings: Settings, purpose: str, act: Callable[[Connection, Schemas], Awaitable[T]]) -> T:
    """Do something on a connection to a schema that this version serves; a reader that has left ends it quietly."""

    async def on_connection() -> T:
        connection = await connect(settings, purpose)
        try:
            schemas = await require_schema(connection, settings)
            done = await act(connection, schemas)
            await connection.close()
        except REFUSALS as error:
            raise AutopostError(str(error)) from None
        except BrokenPipeError:
            leave_stdout()
            raise typer.Exit from None
        except asyncpg.InsufficientPrivilegeError as error:
            raise SchemaMismatch(f"this role may not do that: {error}") from None
        except DATABASE_ERRORS as error:
            raise trouble(error) from None
        else:
            return done
        finally:
            connection.terminate()

    return run(on_connection())


def watching(settings: Settings, show: Callable[[OutboxReader], Awaitable[T]]) -> T:
    """Look at the feed and the outbox."""

    async def looking(connection: Connection, schemas: Schemas) -> T:
        reconnect = partial(connect, settings, "watch")
        return await show(OutboxReader(connection, schemas, reconnect=reconnect, say=say))

    return connected(settings, "watch", looking)


def steering(settings: Settings, act: Callable[[OperatorActions], Awaitable[T]], *, purpose: str = "steer") -> T:
    """Do what a DBA does."""
    return connected(settings, purpose, lambda connection, schemas: act(OperatorActions(connection, schemas)))


def tending(settings: Settings, act: Callable[[Outbox], Awaitable[T]]) -> T:
    """Do what a worker does beside posting."""

    async def on_pool() -> T:
        pool = await create_pool(settings, "steer", size=1)
        try:
            schemas = await require_schema(pool, settings)
            return await act(Outbox(pool, schemas, settings.worker_name))
        except asyncpg.InsufficientPrivilegeError as error:
            raise SchemaMismatch(f"this role may not do that: {error}") from None
        except DATABASE_ERRORS as error:
            raise trouble(error) from None
        finally:
            pool.terminate()

    return run(on_pool())


def trouble(error: BaseException) -> AutopostError:
    """Tell a database that does not answer from one that refuses, and from an output that takes nothing."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return AutopostError(f"the database refuses: {error}")
    if isinstance(error, ValueError):  # what the driver cannot even ask
        return ConfigurationError(f"this cannot be asked: {error}")
    if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError):
        return AutopostError(f"cannot write: {error.strerror}")
    return DatabaseUnreachable(f"the database did not answer: {error}")
