"""Alembic's entry: connects as the settings say and runs the migrations in one transaction.

The version table is autopost's own, so that a platform which uses Alembic itself keeps its alembic_version.
"""

from __future__ import annotations

from alembic import context

from autopost.database import mapping_sql
from autopost.database.migrate import (
    PRELUDE,
    VERSION_TABLE,
    engine_for,
    forget_empty,
    given_mapping,
    prepare_session,
    stored_mapping,
)
from autopost.settings import load_settings


def run() -> None:
    """Run the migrations, or print them (`--sql`)."""
    settings = context.config.attributes.get("settings") or load_settings(
        require_database=not context.is_offline_mode()
    )
    context.config.attributes["schema"] = settings.schema_name
    mapping = context.config.attributes["mapping"] = given_mapping(settings)
    own_schema = [mapping_sql.schema_sql(settings.schema_name)] if mapping is not None else []
    if context.is_offline_mode():
        context.configure(
            dialect_name="postgresql",
            literal_binds=True,
            version_table=VERSION_TABLE,
            version_table_schema=settings.schema_name,
        )
        with context.begin_transaction():
            context.get_context().impl.static_output(
                "\n".join([*PRELUDE, *own_schema, forget_empty(settings.schema_name)])
            )
            context.run_migrations()
        return
    with engine_for(settings).connect() as connection:
        context.configure(connection=connection, version_table=VERSION_TABLE, version_table_schema=settings.schema_name)
        with context.begin_transaction():
            prepare_session(connection)
            for statement in own_schema:
                connection.exec_driver_sql(statement)
            if context.get_context().get_current_heads():
                # What is in force counts, until `autopost migrate` has put another in its place.
                context.config.attributes["mapping"] = stored_mapping(connection, settings.schema_name)
            context.run_migrations()


run()
