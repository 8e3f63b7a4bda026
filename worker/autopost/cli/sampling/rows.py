"""Reads rows of which some may not be readable: those are found by halves and named, and the others are returned."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg

from autopost.cli.sampling.platform import Connection, Expressions
from autopost.database.errors import is_transient

Key = TypeVar("Key")
MOST_UNREADABLE = 100


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that an expression cannot read. `id` is None where that is the expression; `error` names no value."""

    id: str | None
    column: str
    error: str


async def read_in_halves(
    connection: Connection, keys: Sequence[Key], fetch: Callable[[Sequence[Key]], Awaitable[list[Any]]]
) -> tuple[list[Any], list[Key]]:
    """Return what `fetch` returns for the keys that can be read, and the keys that cannot. In the order of the keys.

    An error that is not about the rows is raised. At most MOST_UNREADABLE keys are found one by one; what is left then
    counts as not readable without a look.
    """
    found: list[Any] = []
    failed: list[Key] = []
    waiting = [list(keys)] if keys else []
    while waiting:
        part = waiting.pop()
        if len(failed) >= MOST_UNREADABLE:
            failed += part
            continue
        try:
            async with connection.transaction():
                found += await fetch(part)
        except asyncpg.PostgresError as error:
            if is_transient(error):
                raise
            if len(part) == 1:
                failed += part
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
    return found, failed


def _kind(error: asyncpg.PostgresError) -> str:
    """Return what an error is, without its message, which may hold a value: `invalid text representation (22P02)`."""
    words = re.findall(r"[A-Z][a-z]*", type(error).__name__.removesuffix("Error"))
    return f"{' '.join(words).lower()} ({error.sqlstate})"


async def why_unreadable(
    connection: Connection, expressions: Expressions, columns: Sequence[str], place: tuple[str, Any]
) -> list[Unreadable]:
    """Return each expression that cannot read a row."""
    problems: list[tuple[str, str]] = []
    id_: str | None = None
    for column in columns:
        try:
            async with connection.transaction():
                value = await connection.fetchval(
                    f"{expressions.select([column], f'only {place[0]}')} where t.ctid = $1", place[1]
                )
        except asyncpg.PostgresError as error:
            if is_transient(error):
                raise
            problems.append((column, _kind(error)))
        else:
            id_ = value if column == "id" else id_
    return [Unreadable(id_, column, error) for column, error in problems]
