"""Alembic's entry: connects as the settings say and runs the migrations in one transaction.

The version table is autopost's own, so that a platform which uses Alembic itself keeps its alembic_version.
"""

from __future__ import annotations

from alembic import context

from autopost.migrate import PRELUDE, VERSION_TABLE, engine_for, prepare_session
from autopost.settings import load_settings


def run() -> None:
    """Run the migrations, or print them (`--sql`)."""
    settings = context.config.attributes.get("settings") or load_settings(
        require_database=not context.is_offline_mode()
    )
    context.config.attributes["schema"] = settings.schema_name
    if context.is_offline_mode():
        context.configure(
            dialect_name="postgresql",
            literal_binds=True,
            version_table=VERSION_TABLE,
            version_table_schema=settings.schema_name,
        )
        with context.begin_transaction():
            context.get_context().impl.static_output("\n".join(PRELUDE))
            context.run_migrations()
        return
    with engine_for(settings).connect() as connection:
        context.configure(connection=connection, version_table=VERSION_TABLE, version_table_schema=settings.schema_name)
        with context.begin_transaction():
            prepare_session(connection)
            context.run_migrations()


run()
