"""Alembic's entry: connects as the settings say and runs the migrations in one transaction.

The version table is autopost's own, so that a platform which uses Alembic itself keeps its alembic_version.
"""

from __future__ import annotations

from alembic import command, context

from autopost.database.installation import creation_question, privilege_question, require_own_installation
from autopost.database.migrate import (
    PRELUDE,
    VERSION_TABLE,
    drop_empty_schema,
    engine_for,
    given_mapping,
    make_schema,
    prepare_session,
    stored_mapping,
)
from autopost.database.rebuild import execute_script, rebuild
from autopost.database.revisions import head_revision
from autopost.database.sql import schemas_of
from autopost.errors import SchemaMismatch
from autopost.settings import load_settings


def run() -> None:
    """Run the migrations, or print them (`--sql`)."""
    attributes = context.config.attributes
    settings = attributes.get("settings") or load_settings(require_database=not context.is_offline_mode())
    mapping = given_mapping(settings)
    attributes["mapping"] = mapping
    attributes["schemas"] = schemas = schemas_of(settings, mapped=mapping is not None)
    if context.is_offline_mode():
        context.configure(
            dialect_name="postgresql",
            literal_binds=True,
            version_table=VERSION_TABLE,
            version_table_schema=schemas.own,
        )
        with context.begin_transaction():
            context.get_context().impl.static_output("\n".join([*PRELUDE, make_schema(schemas)]))
            context.run_migrations()
            context.get_context().impl.static_output(drop_empty_schema(schemas))
        return
    with engine_for(settings).connect() as connection:
        context.configure(connection=connection, version_table=VERSION_TABLE, version_table_schema=schemas.own)
        with context.begin_transaction():
            prepare_session(connection)
            execute_script(connection, make_schema(schemas))
            heads = context.get_context().get_current_heads()
            if heads:
                # What is in force counts, until `autopost migrate` has put another in its place.
                attributes["mapping"] = mapping = stored_mapping(connection, schemas)
                attributes["schemas"] = schemas_of(settings, mapped=mapping is not None)
            if _goes_up():
                require_own_installation(connection, schemas, has_revision=bool(heads))
                if not heads and mapping is None:
                    _require_yes(creation_question(connection, attributes["schemas"]))
                _require_yes(privilege_question(connection, attributes["schemas"], mapping))
            context.run_migrations()
            is_at_head = context.get_context().get_current_heads() == (head_revision(),)
            # As `autopost migrate` does: what a detach or the platform's own migrations took away is made again.
            rebuilt = (
                rebuild(connection, attributes["schemas"], mapping) if _is_of_alembic_alone() and is_at_head else ""
            )
            if rebuilt:
                context.config.print_stdout("autopost: %s", rebuilt)
            execute_script(connection, drop_empty_schema(schemas))


def _goes_up() -> bool:
    """Return whether this is an upgrade, by `autopost migrate` or by Alembic's own command."""
    of_alembic = getattr(context.config.cmd_opts, "cmd", (None,))
    return bool(context.config.attributes.get("upgrades", of_alembic[0] is command.upgrade))


def _is_of_alembic_alone() -> bool:
    """Return whether Alembic's own command upgrades, and not `autopost migrate`, which goes on after this."""
    return _goes_up() and "settings" not in context.config.attributes


def _require_yes(question: str | None) -> None:
    """Raise SchemaMismatch where Alembic's own command needs a yes; `autopost migrate` has asked before."""
    if question is None or not _is_of_alembic_alone() or "yes" in context.get_x_argument():
        return
    raise SchemaMismatch(f"{question} Then: alembic -x yes upgrade head")


run()
