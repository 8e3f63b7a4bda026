"""Checks that a database is the one that this version works with."""

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
