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
    advice = f"Migrate as {owner}" if owner and owner != role else "Migrate as a role that is no superuser"
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


def privilege_question_of(settings: Settings, target: str) -> str | None:
    """Return what to ask before a migration makes functions of this role, None where there is nothing to ask.

    Raises what a migration does.
    """
    if target != "head" and target not in known_revisions():
        return None  # a removal, or a mistake
    mapping = given_mapping(settings)
    try:
        with engine_for(settings).connect() as connection:
            at = revision_of(connection, settings)
            if at is not None and at >= (head_revision() if target == "head" else target):
                return None  # nothing is made, or something is taken away
            if at is not None:
                mapping = stored_mapping(connection, schemas_of(settings, mapped=False))
            return privilege_question(connection, schemas_of(settings, mapped=mapping is not None), mapping)
    except sqlalchemy.exc.DBAPIError as error:
        raise explained(error) from None
