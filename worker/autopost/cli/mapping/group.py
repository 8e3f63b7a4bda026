"""The group of commands about mappings; each command is in a module of its own."""

from __future__ import annotations

import typer

from autopost.cli.mapping.bundled import list_mappings, show_mapping

mapping = typer.Typer(help="Map the tables of a platform that has other names.", no_args_is_help=True, add_completion=False)

mapping.command("list", epilog="Example: [bold]autopost mapping list[/bold]")(list_mappings)
mapping.command("show", epilog="Example: [bold]autopost mapping show prefect > platform.toml[/bold]")(show_mapping)
