"""Which errors of the database pass by themselves. Pure.

Source: PostgreSQL's documentation, appendix A, "PostgreSQL Error Codes".
"""

from __future__ import annotations

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
_READ_ONLY = "25006"


def is_transient(error: BaseException) -> bool:
    """Tell whether the same statement may succeed later: the connection, a lock, resources or a shutdown is at fault.

    Anything else the database says is about the rows that it was given.
    """
    if isinstance(error, asyncpg.PostgresError):
        code = str(getattr(error, "sqlstate", "") or "")
        return code.startswith(_TRANSIENT_CLASSES) or code == _READ_ONLY
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    return isinstance(error, DATABASE_ERRORS)


def kind(error: BaseException) -> str:
    """Return a name for an error that carries no data: its class, and its SQLSTATE if it has one."""
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
