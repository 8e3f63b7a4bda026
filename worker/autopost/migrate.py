"""Applies the migrations, and says which revision a database is at.

The SQL of a revision is frozen beside it, as NNNN_name.up.sql and NNNN_name.down.sql.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import sqlalchemy
import tenacity
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors as pg_errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from autopost import resources
from autopost.errors import ConfigurationError, DatabaseUnreachable, SchemaMismatch
from autopost.settings import Settings

VERSION_TABLE = "auto_post_schema_version"
LOCK_TIMEOUT_MS = 2_000
LOCK_PATIENCE_SECONDS = 60.0
CONNECT_TIMEOUT_SECONDS = 10
PRELUDE = (
    f"set local lock_timeout = '{LOCK_TIMEOUT_MS}ms';",
    "select pg_advisory_xact_lock(1635087474, 0);",
)


def migrate(settings: Settings, target: str = "head") -> None:
    """Bring the database to `target`: a revision, `head` or `base`.

    All of it is one transaction. A lock that is not to be had within two seconds is given up, so that nobody
    queues behind the migration, and tried again for a minute. Raises SchemaMismatch, with every problem, when
    the platform's tables do not fit, ConfigurationError for an unknown target, and DatabaseUnreachable.
    """
    retry = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_is_lock_timeout),
        wait=tenacity.wait_random_exponential(multiplier=0.2, max=5),
        stop=tenacity.stop_after_delay(LOCK_PATIENCE_SECONDS),
        reraise=True,
    )
    try:
        retry(_direction(settings, target), alembic_config(settings), target)
    except sqlalchemy.exc.DBAPIError as error:
        raise _explain(error) from None


def _direction(settings: Settings, target: str) -> Callable[[Config, str], None]:
    """Return whether to go up or down to `target`. Raises ConfigurationError when there is no such revision."""
    known = sorted(known_revisions())
    if target == "base":
        return command.downgrade
    if target == "head":
        return command.upgrade
    if target not in known:
        raise ConfigurationError(f"--to: given {target!r}; allowed: head, base, {', '.join(known)}")
    at = _revision_of(settings)
    return command.downgrade if at is not None and at > target else command.upgrade


def _revision_of(settings: Settings) -> str | None:
    """Return the revision that the database is at, None for one that was never migrated."""
    with engine_for(settings).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "version_table_schema": settings.schema_name}
        )
        return context.get_current_revision()


def head_revision() -> str:
    """Return the revision that this version of autopost works with."""
    head = ScriptDirectory(str(resources.migrations_folder())).get_current_head()
    assert head is not None
    return head


def known_revisions() -> frozenset[str]:
    """Return every revision that this version of autopost knows."""
    script = ScriptDirectory(str(resources.migrations_folder()))
    return frozenset(revision.revision for revision in script.walk_revisions())


def alembic_config(settings: Settings) -> Config:
    """Return Alembic's configuration for these settings; no file is needed."""
    config = Config()
    config.set_main_option("script_location", str(resources.migrations_folder()).replace("%", "%%"))
    config.attributes["settings"] = settings
    return config


def engine_for(settings: Settings) -> sqlalchemy.Engine:
    """Return an engine that opens each connection by psycopg, from the connection string as it is given."""
    return sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(_dsn_with_timeout(settings.dsn), application_name="autopost migrate"),
        poolclass=sqlalchemy.pool.NullPool,
    )


def _dsn_with_timeout(dsn: str) -> str:
    parts = conninfo_to_dict(dsn)
    return make_conninfo("", **{"connect_timeout": CONNECT_TIMEOUT_SECONDS, **parts})


def prepare_session(connection: sqlalchemy.Connection) -> None:
    """Let one migration run at a time, and none wait long for a lock. Both end with the transaction."""
    for statement in PRELUDE:
        connection.exec_driver_sql(statement)


def run_frozen_sql(revision_file: str, direction: str) -> None:
    """Run the SQL beside a revision's file; `direction` is `up` or `down`. For use in revisions alone."""
    context = op.get_context()
    assert context.config is not None
    path = Path(revision_file).with_suffix(f".{direction}.sql")
    sql = resources.render(path.read_text("utf-8"), context.config.attributes["schema"])
    if context.as_sql:
        context.impl.static_output(sql)
    else:
        # Without parameters neither `%` nor `:name` means anything, and many statements may stand in one text.
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql(sql)


def _is_lock_timeout(error: BaseException) -> bool:
    return isinstance(error, sqlalchemy.exc.DBAPIError) and isinstance(error.orig, pg_errors.LockNotAvailable)


def _explain(error: sqlalchemy.exc.DBAPIError) -> Exception:
    cause = error.orig
    if isinstance(cause, pg_errors.LockNotAvailable):
        return SchemaMismatch(
            f"the migration did not get a lock within {LOCK_PATIENCE_SECONDS:.0f} seconds and changed nothing: "
            "a long transaction holds the platform's tables; end it or try again later"
        )
    if isinstance(cause, psycopg.Error) and cause.diag.message_primary:
        hint = f"\n{cause.diag.message_hint}" if cause.diag.message_hint else ""
        return SchemaMismatch(f"the migration changed nothing: {cause.diag.message_primary}{hint}")
    return DatabaseUnreachable(f"cannot connect to the database: {str(cause).strip()}")
