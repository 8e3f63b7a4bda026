"""The group `mapping`. Each command is a function in a module of its own, imported when it is run."""

from __future__ import annotations

import typer

from autopost.cli.lazy import Entry, lazy_group

COMMANDS = {
    "list": Entry("autopost.cli.mapping.bundled:list_mappings", "Commands", "autopost mapping list"),
    "show": Entry(
        "autopost.cli.mapping.bundled:show_mapping", "Commands", "autopost mapping show prefect > platform.toml"
    ),
}

mapping = typer.Typer(
    cls=lazy_group(COMMANDS),
    help="Map a platform whose tables have other names: print a mapping that comes with autopost.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@mapping.callback(epilog="Example: [bold]autopost mapping show prefect > platform.toml[/bold]")
def group() -> None:
    """Map a platform whose tables have other names: print a mapping that comes with autopost."""
