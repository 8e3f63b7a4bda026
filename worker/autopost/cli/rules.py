"""`rules`: which operations are significant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from autopost.cli.completion import rule_ids
from autopost.cli.console import MOST_INTEGER, Json, counted, listed, number, out, print_json, print_screen, say
from autopost.cli.screen import plain
from autopost.cli.session import load_settings, steering
from autopost.errors import AutopostError

if TYPE_CHECKING:
    from autopost.outbox.operator import OperatorActions

rules = typer.Typer(
    add_completion=False,
    help="List the rules that say which operations are posted; add rules, give them titles, switch them on or off.",
)

Ids = Annotated[
    list[int],
    typer.Argument(
        help="Ids of rules.", autocompletion=rule_ids, **{**number(int, 1, MOST_INTEGER), "metavar": "RULE"}
    ),
]


@rules.callback(invoke_without_command=True, epilog="Example: [bold]autopost rules off 9 10[/bold]")
def list_rules(context: typer.Context, as_json: Json = False) -> None:
    """List the rules that say which operations are posted; add rules, give them titles, switch them on or off."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    found = steering(settings, lambda on: on.rules(), "watch")
    if as_json:
        for rule in found:
            print_json(rule)
    else:
        print_screen(rules_screen(found))


@rules.command(epilog="Example: [bold]autopost rules add deploy_% --like --status failed --alert[/bold]")
def add(
    operation_type: Annotated[
        str, typer.Argument(metavar="TYPE", help="The operation type, or with --like a pattern with %.")
    ],
    status: Annotated[
        str | None,
        typer.Option(
            help="The status that is significant, case-sensitive. Default: any, as soon as the operation is seen."
        ),
    ] = None,
    like: Annotated[
        bool, typer.Option("--like", help="TYPE is a LIKE pattern, compared without regard to case.")
    ] = False,
    alert: Annotated[bool, typer.Option("--alert", help="Post it as an alert, which bypasses the rate limit.")] = False,
    description: Annotated[str | None, typer.Option(help="A comment: why the rule exists.")] = None,
    title: Annotated[
        str | None,
        typer.Option(help="What posts show instead of the type, such as 'a workflow'."),
    ] = None,
) -> None:
    """Add a rule. It applies from the next change of an operation on, without a restart."""
    from asyncpg import UniqueViolationError

    _require_sense(operation_type, status, like=like)
    match = "like" if like else "exact"

    async def act(on: OperatorActions) -> None:
        try:
            rule = await on.add_rule(
                operation_type, status, match=match, is_alert=alert, description=description, title=title
            )
        except UniqueViolationError:
            raise AutopostError(_same(await on.rules(), (operation_type, match, status))) from None
        out.print(f"rule {rule} is added.")
        if status is not None:
            await _warn_of_status(on, status, rule)

    steering(load_settings(), act)


@rules.command(name="title", epilog="Example: [bold]autopost rules title workflow_execute 'a workflow'[/bold]")
def title_rules(
    which: Annotated[
        str,
        typer.Argument(metavar="RULE|TYPE", help="The id of a rule, or an operation type: all its rules."),
    ],
    title: Annotated[
        str,
        typer.Argument(
            metavar="TITLE", help="What posts show, such as 'a workflow': at most 60 characters. '' removes it."
        ),
    ],
) -> None:
    """Give rules a title, which posts show instead of the operation type. It applies from the next claim on."""

    async def act(on: OperatorActions) -> None:
        meant = _meant(await on.rules(), which)
        if not meant:
            raise AutopostError(f"no rule has the id or the operation type {plain(which)}: `autopost rules` lists them")
        shown = title.strip()
        for rule_id in meant:
            await on.title_rule(rule_id, shown)
            said = f"rule {rule_id} is titled '{plain(shown)}'." if shown else f"rule {rule_id} has no title."
            out.print(said, markup=False)

    steering(load_settings(), act)


@rules.command(epilog="Example: [bold]autopost rules on 9[/bold]")
def on(ids: Ids) -> None:
    """Switch rules on. They apply from the next change of an operation on."""
    _switch(ids, on=True)


@rules.command(epilog="Example: [bold]autopost rules off 9 10[/bold]")
def off(ids: Ids) -> None:
    """Switch rules off: operations that match no other rule are no longer captured."""
    _switch(ids, on=False)


def _require_sense(operation_type: str, status: str | None, *, like: bool) -> None:
    if not operation_type.strip():
        raise typer.BadParameter(f"OPERATION_TYPE: got {operation_type!r}; expected: a type, or with --like a pattern")
    if "%" in operation_type and not like:
        raise typer.BadParameter(f"OPERATION_TYPE: got {operation_type!r}; expected: without %, or with --like")
    if status == "":
        raise typer.BadParameter("--status: got ''; expected: a status; without --status any counts")


def _meant(rules: Sequence[Mapping[str, Any]], which: str) -> list[int]:
    """Return the ids of the rules that are meant by an id or by an operation type, which may be a pattern."""
    by_id = [int(rule["id"]) for rule in rules if str(rule["id"]) == which]
    return by_id or [int(rule["id"]) for rule in rules if rule["operation_type"] == which]


def _same(rules: Sequence[Mapping[str, Any]], wanted: tuple[str, str, str | None]) -> str:
    """Return what to say of a rule that is there already."""
    what = f"{plain(wanted[0])} {plain(wanted[2]) if wanted[2] is not None else 'in any status'}"
    for rule in rules:
        if (rule["operation_type"], rule["match"], rule["status"]) == wanted:
            off = "" if rule["enabled"] else f", and is off: `autopost rules on {rule['id']}` switches it on"
            return f"rule {rule['id']} is for {what} already{off}"
    return f"there was a rule for {what} a moment ago: try again"


async def _warn_of_status(on: OperatorActions, status: str, rule: int) -> None:
    """Report if no operation has this status: it was probably misspelt."""
    from asyncpg import InsufficientPrivilegeError, QueryCanceledError

    from autopost.database.errors import message_without_values

    try:
        found = await on.statuses(status, MOST_LOOKED_AT)
    except (InsufficientPrivilegeError, QueryCanceledError) as error:
        say(f"whether operations come to {plain(status)} could not be looked up: {message_without_values(error)}")
        return
    of_rules = {str(other["status"]) for other in await on.rules() if other["status"] and other["id"] != rule}
    note = status_note(status, found, of_rules)
    if note:
        say(note)


def _switch(ids: Sequence[int], *, on: bool) -> None:
    async def act(steer: OperatorActions) -> None:
        for rule_id in ids:
            await steer.switch_rule(rule_id, on=on)
            out.print(f"rule {rule_id} is {'on' if on else 'off'}.")

    steering(load_settings(), act)


def rules_screen(found: Sequence[Mapping[str, Any]]) -> Table:
    """Return the rules as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("rule", "", "operation type", "status", "as", "title", "why"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "rule" else "left")
    for rule in found:
        pattern = " (like)" if rule["match"] == "like" else ""
        table.add_row(
            str(rule["id"]),
            Text("on", style="green") if rule["enabled"] else Text("off", style="yellow"),
            Text(plain(f"{rule['operation_type']}{pattern}"), style="bold"),
            Text(plain(rule["status"]) if rule["status"] is not None else "any"),
            Text("alert", style="red") if rule["is_alert"] else Text("status"),
            Text(plain(rule["title"] or "")),
            Text(plain(rule["description"] or ""), style="dim"),
        )
    return table


MOST_LOOKED_AT = 200_000


def status_note(status: str, found: Mapping[str, Any], of_rules: Collection[str]) -> str | None:
    """Return what to say of the status of a new rule; None where operations have it.

    `found` is what statuses.sql says, and `of_rules` are the statuses of the other rules.
    """
    if found["has_it"] or (not found["operations"] and status in of_rules):
        return None
    most = found["operations"] >= MOST_LOOKED_AT
    who = f"none of {counted(found['operations'], 'operation')} that were looked at has" if most else "no operation has"
    begin = f"{who} the status {plain(status)} now"
    others = [other for other in of_rules if other.lower() == status.lower() and other != status]
    if found["in_other_case"] is not None:
        return f"{begin}, but there is {plain(found['in_other_case'])}: statuses are case-sensitive"
    if others:
        return f"{begin}, and other rules say {plain(others[0])}: statuses are case-sensitive"
    if found["commonest"]:
        return f"{begin}; there are {listed([plain(other) for other in found['commonest']])}"
    return f"{begin}: operation_trackers is empty"
