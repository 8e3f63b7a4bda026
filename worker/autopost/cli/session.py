"""Runs what a command does on a connection, and turns what fails there into one clear error.

Settings, driver and database code are imported when a command runs: they take up to a second, for which `--help` and a
shell that completes an option should not wait.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import typer

from autopost.cli.console import INTERRUPTED
from autopost.cli.stdio import leave_stdout
from autopost.database.sql import Schemas
from autopost.errors import AutopostError, ConfigurationError, DatabaseUnreachable, SchemaMismatch
from autopost.outbox.statements import Statements

if TYPE_CHECKING:
    import asyncpg

    from autopost.outbox.operator import OperatorActions
    from autopost.outbox.outbox import Outbox
    from autopost.settings import Settings

T = TypeVar("T")
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def load_settings(*, require_database: bool = True) -> Settings:
    """Return the settings. Raise ConfigurationError with all that is wrong."""
    from autopost import settings

    return settings.load_settings(require_database=require_database)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something to its end; a Ctrl-C ends the program with 130."""
    try:
        if sys.platform == "win32":
            import asyncio

            return asyncio.run(work)
        import uvloop

        return uvloop.run(work)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def connected(settings: Settings, purpose: str, act: Callable[[Connection, Schemas], Awaitable[T]]) -> T:
    """Do something on a connection to a schema that this version serves; a reader that has left ends it quietly."""
    from autopost.database.schema import require_schema

    async def on_schema(connection: Connection) -> T:
        return await act(connection, await require_schema(connection, settings))

    return on_connection(settings, purpose, on_schema)


def on_connection(settings: Settings, purpose: str, act: Callable[[Connection], Awaitable[T]]) -> T:
    """Do something on a connection, whatever the database has of autopost."""
    from asyncpg import InsufficientPrivilegeError

    from autopost.database.connection import connect
    from autopost.database.errors import DATABASE_ERRORS
    from autopost.outbox.operator import REFUSALS

    async def connected() -> T:
        connection = await connect(settings, purpose)
        try:
            done = await act(connection)
            await connection.close()
        except REFUSALS as error:
            raise AutopostError(str(error.args[0])) from None
        except BrokenPipeError:
            leave_stdout()
            raise typer.Exit from None
        except InsufficientPrivilegeError as error:
            raise no_right(error) from None
        except DATABASE_ERRORS as error:
            raise trouble(error) from None
        else:
            return done
        finally:
            connection.terminate()

    return run(connected())


def watching(settings: Settings, show: Callable[[Statements], Awaitable[T]], *, without_end: bool = False) -> T:
    """Look at the feed and the outbox; `without_end` on a new connection where one is lost."""
    from autopost.cli.reconnecting import ReconnectingStatements

    async def looking(connection: Connection, schemas: Schemas) -> T:
        if without_end:
            return await show(ReconnectingStatements(connection, schemas, settings))
        return await show(Statements(connection, schemas))

    return connected(settings, "watch", looking)


def steering(settings: Settings, act: Callable[[OperatorActions], Awaitable[T]], purpose: str = "steer") -> T:
    """Do what an operator does."""
    from autopost.outbox.operator import OperatorActions

    async def on_connection(connection: Connection, schemas: Schemas) -> T:
        return await act(OperatorActions(Statements(connection, schemas)))

    return connected(settings, purpose, on_connection)


def tending(settings: Settings, act: Callable[[Outbox], Awaitable[T]]) -> T:
    """Do what a worker does beside posting."""
    from autopost.outbox.outbox import Outbox

    async def on_schema(pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas) -> T:
        return await act(Outbox(pool, schemas, settings.worker_name))

    return on_pool(settings, "steer", 1, on_schema)


def on_pool(
    settings: Settings,
    purpose: str,
    size: int,
    act: Callable[[asyncpg.Pool[asyncpg.Record], Schemas], Awaitable[T]],
) -> T:
    """Do something on a pool of connections to a schema that this version serves."""
    from asyncpg import InsufficientPrivilegeError

    from autopost.database.connection import create_pool
    from autopost.database.errors import DATABASE_ERRORS
    from autopost.database.schema import require_schema

    async def pooled() -> T:
        pool = await create_pool(settings, purpose, size=size)
        try:
            return await act(pool, await require_schema(pool, settings))
        except InsufficientPrivilegeError as error:
            raise no_right(error) from None
        except DATABASE_ERRORS as error:
            raise trouble(error) from None
        finally:
            pool.terminate()

    return run(pooled())


def no_right(error: asyncpg.InsufficientPrivilegeError) -> SchemaMismatch:
    """Return the error for a statement that this role may not run, with what gives it the right."""
    from autopost.database.errors import message_without_values

    return SchemaMismatch(
        f"this role may not do that: {message_without_values(error)}\n"
        "  To change something, use the role that migrates, or a role with EXECUTE on the function and rights on its "
        "tables. To read autopost's tables, run `autopost grant --reader ROLE` as the role that migrates; to read the "
        "platform's, `grant select on TABLE to ROLE;` as their owner"
    )


def trouble(error: BaseException) -> AutopostError:
    """Return the error for a failed statement or output: a database that refuses is not one that does not answer."""
    from asyncpg import IntegrityConstraintViolationError

    from autopost.database.errors import is_about_values, is_of_the_installation, message_without_values

    said = message_without_values(error)
    if isinstance(error, IntegrityConstraintViolationError):
        return AutopostError(f"the database refuses: {said}")
    if is_of_the_installation(error):
        return SchemaMismatch(
            f"the database lacks something, or this role may not use it: {said}; run `autopost check`"
        )
    if is_about_values(error):
        return AutopostError(
            f"a value of the platform cannot be read or written ({said}): `autopost check` names the rows that an "
            "expression of the mapping cannot read"
        )
    if isinstance(error, ValueError):  # what the driver cannot even ask
        return ConfigurationError(f"this cannot be asked: {error}")
    if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError):
        return AutopostError(f"cannot write: {error.strerror}")
    return DatabaseUnreachable(f"the database did not answer: {said}")
