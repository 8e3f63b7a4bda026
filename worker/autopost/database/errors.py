"""Which errors of the database pass by themselves. Pure.

Source: PostgreSQL's documentation, appendix A, "PostgreSQL Error Codes".
"""

from __future__ import annotations

import asyncio

import asyncpg

# What a statement may raise. InternalClientError is what asyncpg says when a connection is cut at a bad moment.
DATABASE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    EOFError,
)
_TRANSIENT_CLASSES = ("08", "40", "53", "55", "57", "58")
_INSTALLATION_CLASSES = ("28", "3F", "42")
_READ_ONLY = "25006"


def is_transient(error: BaseException) -> bool:
    """Return whether the same statement may succeed later.

    So it is when the connection, a lock, resources or a shutdown is at fault, or the installation, which somebody
    will mend. Anything else that the database says is about the rows that it was given.
    """
    if isinstance(error, asyncpg.PostgresError):
        code = str(getattr(error, "sqlstate", "") or "")
        return code.startswith(_TRANSIENT_CLASSES) or code == _READ_ONLY or is_of_the_installation(error)
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    return isinstance(error, DATABASE_ERRORS)


def is_of_the_installation(error: BaseException) -> bool:
    """Return whether a right, a table or a column is missing: no row is at fault, and none may die of it."""
    code = str(getattr(error, "sqlstate", "") or "")
    return isinstance(error, asyncpg.PostgresError) and code.startswith(_INSTALLATION_CLASSES)


def is_of_the_connection(error: BaseException) -> bool:
    """Return whether the server was not to be reached, or went away: no part of a group fares better than the whole."""
    if isinstance(error, asyncpg.PostgresError):
        return str(getattr(error, "sqlstate", "") or "").startswith(("08", "57P", "53300"))
    return not isinstance(error, TimeoutError)


def label(error: BaseException) -> str:
    """Return a name for an error that carries no data: its class, and its SQLSTATE if it has one."""
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def reraise_if_cancelled(error: BaseException) -> None:
    """Raise CancelledError if this task is being cancelled: the rollback of what was ended hides that."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error
