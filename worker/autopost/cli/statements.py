"""`sql`: statements for a DBA."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from autopost.cli.checking import source_of
from autopost.cli.completion import statement_names
from autopost.cli.console import out
from autopost.database.migrate import given_mapping
from autopost.database.sql import dba_statements
from autopost.settings import load_settings


def print_sql(
    name: Annotated[
        str,
        typer.Argument(help="Which; without it they are listed.", show_default=False, autocompletion=statement_names),
    ] = "",
) -> None:
    """Print a statement for a DBA: what waits, what is stuck or dead and why, and the grants.

    With the name of an object of autopost's, such as auto_post_capture, it prints what makes it anew.
    """
    settings = load_settings(require_database=False)
    statements = dba_statements(settings.schema_name)
    if not name:
        for known, text in statements.items():
            out.print(f"{known:12} {text.splitlines()[0].removeprefix('-- ')}", markup=False)
    elif name in statements:
        out.print(statements[name].rstrip(), markup=False)
    elif source := source_of(name, settings.schema_name, given_mapping(settings)):
        out.print(source.rstrip(), markup=False)
    else:
        near = difflib.get_close_matches(name, statements, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise typer.BadParameter(f"there is no {name!r}; there are {', '.join(statements)}{meant}")
