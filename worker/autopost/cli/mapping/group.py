"""The group `mapping`. Each command is a function in a module of its own, imported when it is run."""

from __future__ import annotations

import typer

from autopost.cli.lazy import Entry, lazy_group

COMMANDS = {
    "draft": Entry("autopost.cli.mapping.draft:draft", "Commands", "autopost mapping draft --output platform.toml"),
}

mapping = typer.Typer(
    cls=lazy_group(COMMANDS),
    help="Draft the mapping of a platform whose tables have other names.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@mapping.callback()
def group() -> None:
    """Draft the mapping of a platform whose tables have other names."""
