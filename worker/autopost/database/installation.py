"""What a migration looks at before it changes anything: who would own the functions, and an earlier install."""

from __future__ import annotations

import sqlalchemy

from autopost.database.mapping import Mapping
from autopost.database.migrate import engine_for, explained, given_mapping, revision_of, stored_mapping
from autopost.database.revisions import head_revision, known_revisions
from autopost.database.sql import Schemas, query, read_object, schemas_of, tables_of_operations
from autopost.errors import SchemaMismatch
from autopost.settings import Settings


def privilege_question(connection: sqlalchemy.Connection, schemas: Schemas, mapping: Mapping | None) -> str | None:
    """Return what to ask where the functions would run with rights that the owner of a table of operations lacks.

    The functions run with their owner's rights on what the owner of that table controls: its policies, triggers, types.
    """
    questions = (_question(connection, table) for table in tables_of_operations(schemas, mapping))
    return next((question for question in questions if question is not None), None)


def _question(connection: sqlalchemy.Connection, trackers: str) -> str | None:
    role, is_superuser, owner = connection.exec_driver_sql(
        read_object("queries/cli/installer").replace("$1", "%(trackers)s"), {"trackers": trackers}
    ).one()
    advice = f"Migrate as {owner}" if owner and owner != role else "Migrate as a role that is not a superuser"
    if is_superuser:
        return (
            f"{role} is a superuser, so the trigger's function would run with a superuser's rights whenever an agent "
            f"changes an operation. {advice}. Go on as {role}?"
        )
    if owner is not None:
        return (
            f"The functions would run with the rights of {role}, which {owner}, who owns {trackers}, does not have. "
            f"{advice}. Go on as {role}?"
        )
    return None


def require_own_installation(connection: sqlalchemy.Connection, schemas: Schemas, *, has_revision: bool) -> None:
    """Raise SchemaMismatch for a schema that was renamed, or that was copied without its rows."""
    statement = query("cli/foreign_installation", schemas).replace("$1", "%(has_revision)s")
    problem = connection.exec_driver_sql(statement, {"has_revision": has_revision}).scalar()
    if problem is not None:
        raise SchemaMismatch(f"the migration changed nothing: {problem}")


def missing_tables(connection: sqlalchemy.Connection, schemas: Schemas) -> tuple[list[str], int]:
    """Return the platform's tables that an install without a mapping creates, and how many other tables there are."""
    missing, others = connection.exec_driver_sql(query("cli/platform_tables", schemas)).one()
    return list(missing), int(others)


def creation_question(connection: sqlalchemy.Connection, schemas: Schemas) -> str | None:
    """Return what to ask before empty tables of operations or agents are created beside the tables of a platform.

    The platform writes to tables of its own, so nothing would ever be captured.
    """
    missing, others = missing_tables(connection, schemas)
    if not others or not {"agents", "operation_trackers"} & set(missing):
        return None
    where = schemas.platform
    return (
        f"Schema {where} lacks {', '.join(missing)}, and the database has "
        f"{others:,} other {'table' if others == 1 else 'tables'}. autopost would create empty tables: "
        f"{', '.join(f'{where}.{name}' for name in missing)}. Nothing is posted until something writes to them. "
        "If your platform has its operations in other tables, describe them in a mapping first: "
        "`autopost mapping draft > platform.toml`, then `SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate` "
        "(docs/how-to/map-a-platform.md). Create the empty tables?"
    )


def questions_of(settings: Settings, target: str) -> list[str]:
    """Return what to ask before an install or an upgrade; nothing before a removal. Raises what a migration does."""
    if target != "head" and target not in known_revisions():
        return []  # a removal, or a mistake
    mapping = given_mapping(settings)
    try:
        with engine_for(settings).connect() as connection:
            at = revision_of(connection, settings)
            if at is not None and at >= (head_revision() if target == "head" else target):
                return []  # nothing is made, or something is removed
            if at is not None:
                mapping = stored_mapping(connection, schemas_of(settings, mapped=False))
            schemas = schemas_of(settings, mapped=mapping is not None)
            creation = creation_question(connection, schemas) if at is None and mapping is None else None
            return [question for question in (creation, privilege_question(connection, schemas, mapping)) if question]
    except sqlalchemy.exc.DBAPIError as error:
        raise explained(error) from None


def created_tables(settings: Settings) -> list[str]:
    """Return the platform's tables that an install would create, with their schema; none with a mapping."""
    if given_mapping(settings) is not None:
        return []
    try:
        with engine_for(settings).connect() as connection:
            if revision_of(connection, settings) is not None:
                return []
            schemas = schemas_of(settings, mapped=False)
            return [f"{schemas.platform}.{name}" for name in missing_tables(connection, schemas)[0]]
    except sqlalchemy.exc.DBAPIError as error:
        raise explained(error) from None
