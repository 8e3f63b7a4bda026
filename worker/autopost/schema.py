"""Checks that a database is the one that this version works with, and that it may."""

from __future__ import annotations

import asyncpg

from autopost.errors import SchemaMismatch
from autopost.migrate import head_revision, known_revisions
from autopost.resources import query


async def require_schema(
    database: asyncpg.Pool[asyncpg.Record] | asyncpg.Connection[asyncpg.Record], schema: str
) -> None:
    """Raise SchemaMismatch unless the database is at this version's revision and the platform's tables fit."""
    try:
        rows = await database.fetch(query("revision", schema))
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        rows = []
    except asyncpg.InsufficientPrivilegeError as error:
        raise SchemaMismatch(f"this role may not use autopost's tables in schema {schema}: {error}") from None
    found = {str(row["version_num"]) for row in rows}
    expected = head_revision()
    if not found:
        raise SchemaMismatch(f"schema {schema} is not migrated: run `autopost migrate`")
    if found != {expected}:
        revision = ", ".join(sorted(found))
        advice = (
            "run `autopost migrate`"
            if found <= known_revisions()
            else "it was migrated by a newer autopost: upgrade this one"
        )
        raise SchemaMismatch(f"schema {schema} is at revision {revision}, this version needs {expected}: {advice}")
    problems = await database.fetch(query("host_problems", schema))
    if problems:
        lines = "\n".join(f"  {row['table_name']}: {row['problem']}" for row in problems)
        raise SchemaMismatch(f"the platform's tables in schema {schema} do not fit:\n{lines}")


async def require_rights(database: asyncpg.Pool[asyncpg.Record], schema: str) -> None:
    """Raise SchemaMismatch, with every missing right, unless this role may do what a worker does."""
    missing = [row["missing"] for row in await database.fetch(query("missing_rights", schema))]
    if missing:
        lines = "\n".join(f"  {right}" for right in missing)
        raise SchemaMismatch(
            f"this role lacks rights in schema {schema} (`autopost sql grants` has them all):\n{lines}"
        )
