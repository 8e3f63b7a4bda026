"""Checks that a database is the one that this version works with, and that it may."""

from __future__ import annotations

from typing import TypeAlias, cast

import asyncpg

from autopost.database.revisions import head_revision, known_revisions
from autopost.database.sql import query
from autopost.errors import SchemaMismatch

Database: TypeAlias = "asyncpg.Pool[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"


async def require_schema(database: Database, schema: str) -> None:
    """Raise SchemaMismatch unless this version serves the database's revision and the platform's tables fit."""
    try:
        await require_served(database, schema)
    except asyncpg.InsufficientPrivilegeError as error:
        raise SchemaMismatch(f"this role may not use autopost's tables in schema {schema}: {error}") from None
    problems = await database.fetch(query("worker/host_problems", schema))
    if problems:
        lines = "\n".join(f"  {row['table_name']}: {row['problem']}" for row in problems)
        raise SchemaMismatch(f"the platform's tables in schema {schema} do not fit:\n{lines}")


async def require_served(database: Database, schema: str) -> str:
    """Return the database's revision. Raise SchemaMismatch unless this version works with it.

    That is its own revision, or a newer one which says that it serves the workers of this version: so workers go on
    while a migration that only adds is followed by newer ones. No version works with an older schema than its own.
    asyncpg's errors are passed on as they are.
    """
    found = await _revisions(database, schema)
    expected = head_revision()
    if not found:
        raise SchemaMismatch(f"schema {schema} is not migrated: run `autopost migrate`")
    revision = ", ".join(sorted(found))
    if found == {expected}:
        return revision
    if found <= known_revisions():
        advice = "run `autopost migrate`"
    else:
        oldest = await _oldest_worker(database, schema)
        if oldest in known_revisions():
            return revision
        advice = f"it serves workers of {oldest or 'its own revision'} and newer: upgrade this one"
    raise SchemaMismatch(f"schema {schema} is at revision {revision}, this version needs {expected}: {advice}")


async def _revisions(database: Database, schema: str) -> set[str]:
    try:
        return {str(row["version_num"]) for row in await database.fetch(query("worker/revision", schema))}
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return set()


async def _oldest_worker(database: Database, schema: str) -> str | None:
    try:
        return cast("str | None", await database.fetchval(query("worker/oldest_worker", schema)))
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return None


async def require_rights(database: Database, schema: str, *, announces: bool = False) -> None:
    """Raise SchemaMismatch, with every missing right, unless this role may do what a worker does."""
    missing = [row["missing"] for row in await database.fetch(query("worker/missing_rights", schema), announces)]
    if missing:
        lines = "\n".join(f"  {right}" for right in missing)
        raise SchemaMismatch(
            f"this role lacks rights in schema {schema} (`autopost sql grants` has them all):\n{lines}"
        )
