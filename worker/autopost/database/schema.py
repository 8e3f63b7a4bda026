"""Checks that a database is the one that this version works with, and that it may."""

from __future__ import annotations

from typing import TypeAlias, cast

import asyncpg

from autopost.database.errors import message_without_values
from autopost.database.mapping import Mapping
from autopost.database.mapping_file import parse_mapping
from autopost.database.revisions import head_revision, known_revisions
from autopost.database.sql import Schemas, query, schemas_of
from autopost.errors import SchemaMismatch
from autopost.settings import Settings

Database: TypeAlias = "asyncpg.Pool[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"


async def require_schema(database: Database, settings: Settings) -> Schemas:
    """Return where the tables are. Raise SchemaMismatch unless this version serves them and the platform's fit."""
    schemas = await find_schemas(database, settings)
    try:
        await require_served(database, schemas)
    except asyncpg.InsufficientPrivilegeError as error:
        raise SchemaMismatch(
            f"this role may not use autopost's tables in schema {schemas.own}: {message_without_values(error)}\n"
            "  As the role that migrates, run `autopost grant --login ROLE` for a worker, or `autopost grant --reader "
            "ROLE` for a role that only reads"
        ) from None
    try:
        problems = await database.fetch(query("worker/host_problems", schemas))
    except asyncpg.InsufficientPrivilegeError as error:  # USAGE on the schema of a mapped table
        raise SchemaMismatch(
            f"this role may not look up the platform's tables: {message_without_values(error)}\n"
            "  As the role that migrates, run `autopost grant`"
        ) from None
    if problems:
        lines = "\n".join(f"  {row['table_name']}: {row['problem']}" for row in problems)
        raise SchemaMismatch(f"the platform's tables in schema {schemas.platform} do not fit:\n{lines}")
    return schemas


async def find_schemas(database: Database, settings: Settings) -> Schemas:
    """Return where the tables are: whether they are mapped is known to the database alone."""
    own = schemas_of(settings, mapped=False)
    return schemas_of(settings, mapped=await database.fetchval(query("worker/is_mapped", own), own.own))


async def find_mapping(database: Database, schemas: Schemas) -> Mapping | None:
    """Return the mapping that is in force, None where there is none or this role may not read it."""
    try:
        text = await database.fetchval(query("cli/mapping", schemas))
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return None
    return None if text is None else parse_mapping(text, "auto_post_mapping")


async def require_served(database: Database, schemas: Schemas) -> str:
    """Return the database's revision. Raise SchemaMismatch unless this version works with it.

    That is its own revision, or a newer one which says that it serves the workers of this version: so workers go on
    while a migration that only adds is followed by newer ones. No version works with an older schema than its own.
    asyncpg's errors are passed on as they are.
    """
    found = await _revisions(database, schemas)
    expected = head_revision()
    if not found:
        raise SchemaMismatch(f"schema {schemas.own} is not migrated: run `autopost migrate`")
    revision = ", ".join(sorted(found))
    if found == {expected}:
        return revision
    if found <= known_revisions():
        advice = "run `autopost migrate`"
    else:
        oldest = await _oldest_worker(database, schemas)
        if oldest in known_revisions():
            return revision
        advice = f"it serves workers of {oldest or 'its own revision'} and newer: upgrade this one"
    raise SchemaMismatch(f"schema {schemas.own} is at revision {revision}, this version needs {expected}: {advice}")


async def _revisions(database: Database, schemas: Schemas) -> set[str]:
    try:
        return {str(row["version_num"]) for row in await database.fetch(query("worker/revision", schemas))}
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return set()


async def _oldest_worker(database: Database, schemas: Schemas) -> str | None:
    try:
        return cast("str | None", await database.fetchval(query("worker/oldest_worker", schemas)))
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return None


async def require_rights(database: Database, schemas: Schemas, *, broadcasts: bool = False) -> None:
    """Raise SchemaMismatch, with every missing right, unless this role may do what a worker does."""
    missing = [row["missing"] for row in await database.fetch(query("worker/missing_rights", schemas), broadcasts)]
    if missing:
        lines = "\n".join(f"  {right}" for right in missing)
        raise SchemaMismatch(
            f"this role lacks rights in schema {schemas.own}; the owner of the schema gives them with `autopost grant "
            f"--login ROLE`:\n{lines}"
        )
