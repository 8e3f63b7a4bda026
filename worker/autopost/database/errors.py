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
# Class 25 is about the transaction or the session, 0A000 mostly a plan of before an ALTER TABLE, XX an internal error.
_TRANSIENT_CLASSES = ("08", "0A000", "25", "40", "53", "55", "57", "58", "XX")
_INSTALLATION_CLASSES = ("28", "3F", "42")
# The server ends the session with each of these.
_CONNECTION_CLASSES = ("08", "57P", "53300", "25P03", "25P04")


def is_transient(error: BaseException) -> bool:
    """Return whether the same statement may succeed later.

    So it is when the connection, a lock, resources or a shutdown is at fault, or the installation, which somebody
    will help. Anything else that the database says is about the rows that it was given. A row can still be at fault
    for a transient error: when it fails alone and others do not.
    """
    if isinstance(error, asyncpg.PostgresError):
        return _sqlstate(error).startswith(_TRANSIENT_CLASSES) or is_of_the_installation(error)
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    return isinstance(error, DATABASE_ERRORS)


def is_of_the_installation(error: BaseException) -> bool:
    """Return whether a right, a table or a column is missing: no row is at fault, and none may die of it."""
    return isinstance(error, asyncpg.PostgresError) and _sqlstate(error).startswith(_INSTALLATION_CLASSES)


def is_of_the_connection(error: BaseException) -> bool:
    """Return whether the server was not to be reached, or went away: parts of a group would fail like the whole."""
    if isinstance(error, asyncpg.PostgresError):
        return _sqlstate(error).startswith(_CONNECTION_CLASSES)
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    return isinstance(error, DATABASE_ERRORS) and not isinstance(error, TimeoutError)


def label(error: BaseException) -> str:
    """Return a name for an error that carries no data: its class, and its SQLSTATE if it has one."""
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def message_without_values(error: BaseException) -> str:
    """Return what an error says, for a person: never a value of a row.

    DETAIL, which quotes rows and keys, is left out. So is the message of an error that is about values: it quotes them
    too (`invalid input syntax for type integer: "..."`), and a function of the platform writes what it likes.
    """
    if not isinstance(error, asyncpg.PostgresError):
        return str(error)
    if is_about_values(error):
        return label(error)
    hint = f" ({error.hint})" if getattr(error, "hint", None) else ""
    return f"{error.args[0] if error.args else label(error)}{hint}"


def is_about_values(error: BaseException) -> bool:
    """Return whether a statement failed for the values that it read or wrote: neither an outage nor a missing right."""
    if not isinstance(error, asyncpg.PostgresError):
        return False
    is_constraint = isinstance(error, asyncpg.IntegrityConstraintViolationError)  # its message names the constraint
    return not (is_transient(error) or is_constraint)


def _sqlstate(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def reraise_if_cancelled(error: BaseException) -> None:
    """Raise CancelledError if this task is being cancelled: the rollback of what was ended hides that."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error
