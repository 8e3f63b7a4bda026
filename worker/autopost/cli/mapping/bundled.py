"""`mapping list` and `mapping show`: the mappings of well-known platforms that come with autopost."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from autopost.cli.console import Json, out, print_json, print_screen
from autopost.database.mappings import bundled_mapping, bundled_mappings


def list_mappings(as_json: Json = False) -> None:
    """List the platforms whose mapping comes with autopost, and the version of the schema that it was tried on."""
    known = bundled_mappings().values()
    if as_json:
        for mapping in known:
            print_json(
                {
                    "name": mapping.name,
                    "platform": mapping.platform,
                    "operations": mapping.operations,
                    "schema": mapping.schema,
                }
            )
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "operations", "schema"):
        table.add_column(heading, overflow="fold")
    for mapping in known:
        table.add_row(Text(mapping.name), Text(f"{mapping.platform}: {mapping.operations}"), Text(mapping.schema))
    print_screen(table)


def show_mapping(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The name of a mapping; `autopost mapping list` shows them.",
            autocompletion=lambda: [*bundled_mappings()],
        ),
    ],
) -> None:
    """Print the mapping of a platform: its comments say what it assumes, what to adapt and what to run next."""
    out.print(bundled_mapping(name).text.rstrip(), markup=False, soft_wrap=True)
