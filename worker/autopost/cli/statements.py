"""`sql`: statements for a DBA."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from autopost.cli.completion import statement_names
from autopost.cli.console import out, say
from autopost.cli.session import load_settings, run
from autopost.database.mapping import Mapping
from autopost.database.sql import Schemas, dba_statements, schemas_of
from autopost.errors import AutopostError

if TYPE_CHECKING:
    from autopost.settings import Settings


def print_sql(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The name of a statement. Without it, all are listed.",
            show_default=False,
            autocompletion=statement_names,
        ),
    ] = "",
) -> None:
    """Print an SQL statement for a DBA: pending, stuck or dead operations, sizes, locks, grants and more.

    With the name of a database object of autopost, such as auto_post_capture, prints the statement that restores it.
    """
    from autopost.cli.checking import source_of

    settings = load_settings(require_database=False)
    schemas, mapping = _where(settings) if name else (schemas_of(settings, mapped=False), None)
    statements = dba_statements(schemas)
    if not name:
        for known, text in statements.items():
            out.print(f"{known:12} {text.splitlines()[0].removeprefix('-- ')}", markup=False)
    elif name in statements:
        out.print(statements[name].rstrip(), markup=False)
    elif source := source_of(name, schemas, mapping):
        out.print(source.rstrip(), markup=False)
    else:
        near = difflib.get_close_matches(name, statements, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise typer.BadParameter(f"there is no {name!r}; there are {', '.join(statements)}{meant}")


def _where(settings: Settings) -> tuple[Schemas, Mapping | None]:
    """Return where the tables are, and the mapping: the one that is given, or the one that the database has."""
    from autopost.database.connection import connect
    from autopost.database.errors import DATABASE_ERRORS, message_without_values
    from autopost.database.migrate import given_mapping
    from autopost.database.schema import find_mapping, find_schemas
    from autopost.settings import database_is_set

    given = given_mapping(settings)
    if given is not None or not database_is_set():
        return schemas_of(settings, mapped=given is not None), given

    async def ask() -> tuple[Schemas, Mapping | None]:
        connection = await connect(settings, "sql")
        try:
            schemas = await find_schemas(connection, settings)
            return schemas, await find_mapping(connection, schemas)
        finally:
            connection.terminate()

    try:
        return run(ask())
    except (AutopostError, *DATABASE_ERRORS) as error:
        why = message_without_values(error)
        say(f"Printed for an install without a mapping, as the database could not be asked: {why}")
        return schemas_of(settings, mapped=False), None
