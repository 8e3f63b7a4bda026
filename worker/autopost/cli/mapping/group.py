"""The group `mapping`. Each command is a function in a module of its own, imported when it is run."""

from __future__ import annotations

import typer

from autopost.cli.lazy import Entry, lazy_group

COMMANDS = {
    "draft": Entry("autopost.cli.mapping.draft:draft", "Commands", "autopost mapping draft --output platform.toml"),
    "list": Entry("autopost.cli.mapping.bundled:list_mappings", "Commands", "autopost mapping list"),
    "show": Entry(
        "autopost.cli.mapping.bundled:show_mapping", "Commands", "autopost mapping show prefect > platform.toml"
    ),
}

mapping = typer.Typer(
    cls=lazy_group(COMMANDS),
    add_completion=False,
    help="Map a platform whose tables have other names: draft a mapping, or print one that comes with autopost.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@mapping.callback(epilog="Example: [bold]autopost mapping draft --output platform.toml[/bold]")
def group() -> None:
    """Map a platform whose tables have other names: draft a mapping, or print one that comes with autopost."""
