"""Applies the migrations, and says which revision a database is at.

The SQL of a revision is frozen beside it, as NNNN_name.up.sql and NNNN_name.down.sql. A platform whose tables have
other names or shapes gives a mapping with the first migration; it is kept in the database and counts from then on.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import sqlalchemy
import tenacity
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from psycopg import errors as pg_errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from autopost.database import mapping_sql
from autopost.database.folders import migrations_folder
from autopost.database.mapping import Mapping
from autopost.database.mapping_file import parse_mapping
from autopost.database.rebuild import execute_script, rebuild
from autopost.database.revisions import head_revision, known_revisions
from autopost.database.sql import LOCKS, Schemas, read_object, render, schemas_of
from autopost.errors import ConfigurationError, DatabaseUnreachable, SchemaMismatch, Unreadable
from autopost.settings import Settings
from autopost.settings.bounded_file import read_bounded

VERSION_TABLE = "auto_post_schema_version"
LOCK_TIMEOUT_MS = 2_000
LOCK_PATIENCE_SECONDS = 60.0
LOCK_ERRORS = (pg_errors.LockNotAvailable, pg_errors.DeadlockDetected)
CONNECT_TIMEOUT_SECONDS = 10
PRELUDE = (
    f"set local lock_timeout = '{LOCK_TIMEOUT_MS}ms';",
    f"select pg_advisory_xact_lock({LOCKS['migration']}, 0);",
)


def migrate(settings: Settings, target: str = "head", *, patience_seconds: float = LOCK_PATIENCE_SECONDS) -> str:
    """Bring the database to `target`: a revision, `head` or `base`; return what was done besides.

    All of it is one transaction. A lock that is not granted within two seconds is abandoned, so that nobody
    queues behind the migration, and tried again for `patience_seconds`; so is a migration that PostgreSQL chose to end
    a deadlock with. At `head`, a second transaction puts a mapping that is given instead of the one in force,
    and makes again what the platform's own migrations took away. Raises SchemaMismatch, with every problem, when
    the platform's tables do not fit, ConfigurationError for an unknown target, and DatabaseUnreachable.
    """
    given_mapping(settings)
    retry = _retrying(patience_seconds)
    try:
        before = _revision_of(settings)
        direction = _direction(settings, target)
        config = alembic_config(settings)
        config.attributes["upgrades"] = direction is command.upgrade
        retry(direction, config, target)
        if target != "head":
            return ""
        return retry(_put_in_force, settings) or ("nothing to do" if before == head_revision() else "")
    except sqlalchemy.exc.DBAPIError as error:
        if _is_of_a_lock(error):
            raise SchemaMismatch(f"{explained(error)}{_named_blockers(settings)}") from None
        raise explained(error) from None
    except CommandError as error:
        raise SchemaMismatch(f"the migration changed nothing: {error}; it may be of a newer autopost") from None


def _direction(settings: Settings, target: str) -> Callable[[Config, str], None]:
    """Return whether to go up or down to `target`. Raises ConfigurationError when there is no such revision."""
    known = sorted(known_revisions())
    if target == "base":
        return command.downgrade
    if target == "head":
        return command.upgrade
    if target not in known:
        raise ConfigurationError(f"--to: got {target!r}; expected: head, base, {', '.join(known)}")
    at = _revision_of(settings)
    return command.downgrade if at is not None and at > target else command.upgrade


def given_mapping(settings: Settings) -> Mapping | None:
    """Return the mapping that the settings name, None for none. Raises ConfigurationError with every problem."""
    if settings.mapping_file is None:
        return None
    try:
        text = read_bounded(settings.mapping_file)
    except Unreadable as error:
        raise ConfigurationError(f"SOCIAL_POST_MAPPING_FILE: cannot read {settings.mapping_file}: {error}") from None
    return parse_mapping(text, str(settings.mapping_file))


def stored_mapping(connection: sqlalchemy.Connection, schemas: Schemas) -> Mapping | None:
    """Return the mapping that is in force in a schema, None for none."""
    table = render("{{ schema }}.auto_post_mapping", schemas)
    if connection.exec_driver_sql("select to_regclass(%s)", (table,)).scalar() is None:
        return None
    text = connection.exec_driver_sql(f"select document from {table}").scalar()  # noqa: S608 - a checked name
    return None if text is None else parse_mapping(text, table)


def _put_in_force(settings: Settings) -> str:
    """Put a changed mapping instead of the one in force, and make again what is missing; return what was done.

    Raises SchemaMismatch for a mapping where there is none in force.
    """
    given = given_mapping(settings)
    with engine_for(settings).begin() as connection:
        prepare_session(connection)
        in_force = stored_mapping(connection, schemas_of(settings, mapped=False))
        if given is not None and in_force is None:
            raise SchemaMismatch(
                f"schema {settings.schema_name} was installed without a mapping and keeps its tables: unset "
                "SOCIAL_POST_MAPPING_FILE, or install with the mapping into another schema (SOCIAL_POST_SCHEMA)"
            )
        schemas = schemas_of(settings, mapped=in_force is not None)
        if given is None or in_force is None or given.text == in_force.text:
            return rebuild(connection, schemas, in_force)
        execute_script(connection, mapping_sql.check_sql(given, schemas))
        execute_script(connection, mapping_sql.evaluate_sql(given, schemas))
        execute_script(connection, mapping_sql.change_sql(given, schemas))
        execute_script(connection, mapping_sql.grant_sql(schemas))
        return "mapping applied"


def detach(settings: Settings, *, patience_seconds: float = LOCK_PATIENCE_SECONDS) -> bool:
    """Detach from the platform's tables until the next `migrate`; return whether autopost was attached before.

    One short transaction. Raises SchemaMismatch when autopost is not installed or the locks cannot be had, and
    DatabaseUnreachable.
    """
    try:
        return _retrying(patience_seconds)(_detach, settings)
    except sqlalchemy.exc.DBAPIError as error:
        if _is_of_a_lock(error):
            raise SchemaMismatch(f"{explained(error)}{_named_blockers(settings)}") from None
        raise explained(error) from None


def _detach(settings: Settings) -> bool:
    with engine_for(settings).begin() as connection:
        prepare_session(connection)
        if revision_of(connection, settings) is None:
            raise SchemaMismatch(f"autopost is not installed in schema {settings.schema_name}: nothing to detach")
        mapping = stored_mapping(connection, schemas_of(settings, mapped=False))
        schemas = schemas_of(settings, mapped=mapping is not None)
        marker = render("{{ schema }}.auto_post_check_detached()", schemas)
        was_attached = connection.exec_driver_sql("select to_regprocedure(%s)", (marker,)).scalar() is None
        execute_script(connection, mapping_sql.detach_sql(mapping, schemas))
        return was_attached


def _revision_of(settings: Settings) -> str | None:
    with engine_for(settings).connect() as connection:
        return revision_of(connection, settings)


def revision_of(connection: sqlalchemy.Connection, settings: Settings) -> str | None:
    """Return the revision that the database is at, None for one that was never migrated."""
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "version_table_schema": settings.schema_name}
    )
    return context.get_current_revision()


def alembic_config(settings: Settings) -> Config:
    """Return Alembic's configuration for these settings; no file is needed."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["settings"] = settings
    return config


def engine_for(settings: Settings) -> sqlalchemy.Engine:
    """Return an engine that opens each connection by psycopg, from the connection string as it is given."""
    return sqlalchemy.create_engine(
        "postgresql+psycopg://",
        # No named statements: they would stay on a server connection that a pooler gives to others.
        creator=lambda: psycopg.connect(
            _dsn_with_timeout(settings.dsn),
            application_name="autopost migrate",
            client_encoding="utf8",
            prepare_threshold=None,
        ),
        poolclass=sqlalchemy.pool.NullPool,
    )


def _dsn_with_timeout(dsn: str) -> str:
    parts = conninfo_to_dict(dsn)
    return make_conninfo("", **{"connect_timeout": CONNECT_TIMEOUT_SECONDS, **parts})


def prepare_session(connection: sqlalchemy.Connection) -> None:
    """Let one migration run at a time, and none wait long for a lock. Both end with the transaction."""
    for statement in PRELUDE:
        connection.exec_driver_sql(statement)


def make_schema(schemas: Schemas) -> str:
    """Return the script that makes autopost's own schema where it is missing."""
    return render(read_object("schema/make"), schemas)


def drop_empty_schema(schemas: Schemas) -> str:
    """Return the script that drops what a removal leaves empty: the version table, and the schema that it was in."""
    return render(read_object("schema/drop"), schemas)


def _retrying(patience_seconds: float = LOCK_PATIENCE_SECONDS) -> tenacity.Retrying:
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(_is_of_a_lock),
        wait=tenacity.wait_random_exponential(multiplier=0.2, max=5),
        stop=tenacity.stop_after_delay(patience_seconds),
        reraise=True,
    )


def _named_blockers(settings: Settings) -> str:
    """Return lines that name the sessions which the migration waited for; nothing when they have just ended."""
    with engine_for(settings).connect() as connection:
        mapped = stored_mapping(connection, schemas_of(settings, mapped=True)) is not None
        statement = render(read_object("queries/cli/migration_blockers"), schemas_of(settings, mapped=mapped))
        found = connection.execution_options(no_parameters=True).exec_driver_sql(statement).mappings().all()
    return "".join(
        f"\n  process {row['pid']} of role {row['role']} (application {row['application']!r}, {row['state']}, "
        f"transaction open for {row['transaction_age']}) holds {row['holds']}: "
        f"select pg_terminate_backend({row['pid']});"
        for row in found
    )


def _is_of_a_lock(error: BaseException) -> bool:
    return isinstance(error, sqlalchemy.exc.DBAPIError) and isinstance(error.orig, LOCK_ERRORS)


def explained(error: sqlalchemy.exc.DBAPIError) -> Exception:
    """Return what to raise for an error of the database, in a migration or before it."""
    cause = error.orig
    if isinstance(cause, LOCK_ERRORS):
        return SchemaMismatch(
            "the migration did not get its locks in time and changed nothing: another session holds them; "
            "wait until its transaction ends, or end it, and migrate again"
        )
    if isinstance(cause, psycopg.Error) and cause.diag.message_primary:
        hint = f"\n{cause.diag.message_hint}" if cause.diag.message_hint else ""
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            hint += (
                "\n  Migrate as the owner of the table of operations, with CREATE on the database: "
                "`grant create on database NAME to OWNER;`, or `create schema autopost authorization OWNER;` by an "
                "administrator"
            )
        return SchemaMismatch(f"the migration changed nothing: {cause.diag.message_primary}{hint}")
    return DatabaseUnreachable(f"cannot connect to the database: {str(cause).strip()}")
