"""Asks the database what it says of itself, and adds what only a client can see."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg

from autopost import __version__
from autopost.cli.checking.client import clock, known_names, language_model, notify_round_trip
from autopost.cli.checking.drift import SUBJECT as OBJECTS
from autopost.cli.checking.drift import drift
from autopost.cli.checking.finding import Finding, Level, ok, problem
from autopost.cli.checking.model import model_answer
from autopost.cli.checking.newest import newest_operations
from autopost.cli.checking.objects import catalog_of
from autopost.cli.checking.wording import team_voice, team_wording
from autopost.cli.session import trouble
from autopost.database.connection import connect
from autopost.database.errors import DATABASE_ERRORS, message_without_values
from autopost.database.revisions import head_revision
from autopost.database.schema import find_mapping, find_schemas, require_served
from autopost.database.session import Connection as Session
from autopost.database.sql import Schemas, query
from autopost.errors import SchemaMismatch
from autopost.settings import Settings

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def run_check(settings: Settings, *, ask: bool = False) -> list[Finding]:
    """Return what is right and what is wrong, in the order of looking. With `ask` the LLM gets one harmless request.

    Raises DatabaseUnreachable, and SchemaMismatch where autopost was never installed: there is nothing to look at.
    """
    async with _connected(settings) as connection:
        schemas = await find_schemas(connection, settings)
        row = await connection.fetchrow(query("cli/session", schemas), schemas.own)
        assert row is not None
        session = dict(row)
        findings = [ok("connection", _where(session, connection.pooler)), await _versions(connection, schemas, session)]
        findings += await _of_the_database(connection, settings, schemas, session)
        findings += await _objects(connection, schemas)
        findings += await newest_operations(connection, settings)
        findings.append(await _rights(connection, settings, schemas, session))
        if not session["in_recovery"]:  # where nobody may listen
            async with _connected(settings) as another:
                findings.append(await notify_round_trip(connection, another))
        findings.append(await clock(connection))
        model = language_model(settings)
        findings.append(model)
        if ask and settings.uses_llm and model.level is Level.OK:
            findings.append(await model_answer(settings, await asyncio.to_thread(team_voice, settings)))
        findings += await known_names(connection, settings, session["role"])
        findings += await team_wording(connection, settings, schemas)
        return findings


@contextlib.asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Session]:
    connection = await connect(settings, "check")
    try:
        yield connection
    except DATABASE_ERRORS as error:
        raise trouble(error) from None
    finally:
        connection.terminate()


def _where(session: dict[str, Any], pooler: str | None) -> str:
    return (
        f"PostgreSQL {session['server_version']} at {session['address']}, database {session['database']}, "
        f"as {session['role']}, {session['tls']}"
        f"{f', through a pooler in {pooler}' if pooler else ''}"
    )


async def _versions(connection: Connection, schemas: Schemas, session: dict[str, Any]) -> Finding:
    needed = f"autopost {__version__} (schema {head_revision()})"
    try:
        revision = await require_served(connection, schemas)
    except asyncpg.InsufficientPrivilegeError as error:
        return problem(
            "versions",
            f"{needed}; the schema's cannot be read: {message_without_values(error)}",
            _grant_reader(session),
        )
    except SchemaMismatch as error:
        if not session["has_objects"]:
            raise
        upgrade = "upgrade this one" in str(error)
        return problem("versions", str(error), "install a newer autopost" if upgrade else "autopost migrate")
    return ok("versions", f"{needed} works with schema {schemas.own} at {revision}")


async def _of_the_database(
    connection: Connection, settings: Settings, schemas: Schemas, session: dict[str, Any]
) -> list[Finding]:
    keep = timedelta(days=settings.retention_days)
    try:
        rows = await connection.fetch(query("cli/check", schemas), keep)
    except asyncpg.InsufficientPrivilegeError as error:
        return [
            problem(
                "self-check",
                f"this role may not ask the database: {message_without_values(error)}",
                _grant_reader(session),
            )
        ]
    except (asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError):
        return [problem("self-check", "the function auto_post_check is missing", "autopost migrate")]
    return [Finding(Level(row["level"]), row["subject"], row["finding"], row["advice"]) for row in rows]


async def _objects(connection: Connection, schemas: Schemas) -> list[Finding]:
    """Compare, where the database is at the revision that this version knows."""
    try:
        at = {row["version_num"] for row in await connection.fetch(query("worker/revision", schemas))}
    except asyncpg.PostgresError:
        at = {head_revision()}
    if at and at != {head_revision()}:
        return [ok(OBJECTS, "not compared: this version knows those of its own revision alone")]
    found = catalog_of(dict(row) for row in await connection.fetch(query("cli/catalog", schemas), schemas.own))
    if "auto_post_mapping" not in found:
        return drift(found, schemas, None)
    mapping = await find_mapping(connection, schemas)
    found.pop("auto_post_mapping")
    return drift(found, schemas, mapping, knows_mapping=mapping is not None)


async def _rights(connection: Connection, settings: Settings, schemas: Schemas, session: dict[str, Any]) -> Finding:
    try:
        asked = query("worker/missing_rights", schemas)
        missing = [row["missing"] for row in await connection.fetch(asked, settings.broadcasts)]
    except asyncpg.InsufficientPrivilegeError as error:
        missing = [message_without_values(error)]
    role = session["role"]
    if not missing:
        return ok("this role", f"{role} may do all that a worker does")
    if session["is_reader"] and not session["is_worker"]:
        return ok("this role", f"{role} may look, and not work")
    return problem(
        "this role",
        f"{role} lacks what a worker needs: {', '.join(missing)}",
        f"autopost grant --login {shlex.quote(role)}  # as the role that migrates",
    )


def _grant_reader(session: dict[str, Any]) -> str:
    return f"autopost grant --reader {shlex.quote(session['role'])}  # as the role that migrates"
