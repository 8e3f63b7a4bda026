"""`rules`: which operations are significant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from autopost.commands.completion import rule_ids
from autopost.commands.console import Json, out, print_json, print_screen
from autopost.commands.session import connected, steering
from autopost.screen import plain
from autopost.settings import load_settings
from autopost.steering import Steering

rules = typer.Typer(help="List the rules that say which operations are posted, add to them, switch them on and off.")

Ids = Annotated[list[int], typer.Argument(metavar="RULE...", help="Ids of rules.", autocompletion=rule_ids)]


@rules.callback(invoke_without_command=True, epilog="Example: [bold]autopost rules off 9 10[/bold]")
def list_rules(context: typer.Context, as_json: Json = False) -> None:
    """List the rules that say which operations are posted, add to them, switch them on and off."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    found = connected(settings, "watch", lambda connection: Steering(connection, settings.schema_name).rules())
    if as_json:
        for rule in found:
            print_json(rule)
    else:
        print_screen(rules_screen(found))


@rules.command(epilog="Example: [bold]autopost rules add deploy_% --like --status failed --alert[/bold]")
def add(
    operation_type: Annotated[str, typer.Argument(help="The type, or with --like a pattern with %.")],
    status: Annotated[
        str | None, typer.Option(help="The status that it must come to. Without it any counts, at first sight.")
    ] = None,
    like: Annotated[bool, typer.Option("--like", help="It is a LIKE pattern, compared in any letter case.")] = False,
    alert: Annotated[bool, typer.Option("--alert", help="Post it as an alert, past the rate limit.")] = False,
    description: Annotated[str | None, typer.Option(help="Why, for those who read it.")] = None,
) -> None:
    """Add a rule. It counts from the next change on, without a restart."""

    async def act(on: Steering) -> int:
        match = "like" if like else "exact"
        return await on.add_rule(operation_type, status, match=match, is_alert=alert, description=description)

    out.print(f"rule {steering(load_settings(), act)} is added.")


@rules.command(epilog="Example: [bold]autopost rules on 9[/bold]")
def on(ids: Ids) -> None:
    """Switch rules on. They count from the next change on."""
    _switch(ids, on=True)


@rules.command(epilog="Example: [bold]autopost rules off 9 10[/bold]")
def off(ids: Ids) -> None:
    """Switch rules off: what only they name is not captured any more."""
    _switch(ids, on=False)


def _switch(ids: Sequence[int], *, on: bool) -> None:
    async def act(steer: Steering) -> None:
        for rule_id in ids:
            await steer.switch_rule(rule_id, on=on)
            out.print(f"rule {rule_id} is {'on' if on else 'off'}.")

    steering(load_settings(), act)


def rules_screen(found: Sequence[Mapping[str, Any]]) -> Table:
    """Return the rules as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("rule", "", "operation type", "status", "as", "why"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "rule" else "left")
    for rule in found:
        pattern = " (like)" if rule["match"] == "like" else ""
        table.add_row(
            str(rule["id"]),
            Text("on", style="green") if rule["enabled"] else Text("off", style="yellow"),
            Text(plain(f"{rule['operation_type']}{pattern}"), style="bold"),
            Text(plain(rule["status"]) if rule["status"] is not None else "any"),
            Text("alert", style="red") if rule["is_alert"] else Text("status"),
            Text(plain(rule["description"] or ""), style="dim"),
        )
    return table
