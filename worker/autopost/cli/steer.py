"""`retry`, `skip`, `pause` and `resume`: what a person decides about operations."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autopost.cli.completion import dead_operations
from autopost.cli.console import Yes, counted, listed, out, require_yes, say
from autopost.cli.screen import plain
from autopost.cli.session import load_settings, steering
from autopost.errors import AutopostError

if TYPE_CHECKING:
    from autopost.outbox.operator import OperatorActions

_REASON = re.compile(r"[A-Za-z0-9_ -]{1,60}")

Agents = Annotated[list[str] | None, typer.Argument(metavar="AGENT", help="Ids of agents.", show_default=False)]
Types = Annotated[list[str] | None, typer.Option("--type", "-t", metavar="TYPE", help="An operation type. Repeatable.")]
Everything = Annotated[bool, typer.Option("--all", help="All operations, instead of single agents or types.")]


def retry(
    operations: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="OPERATION",
            help="Ids of operations or of their outbox rows.",
            show_default=False,
            autocompletion=dead_operations,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Retry all dead letters.")] = False,
    error: Annotated[str | None, typer.Option("--error", help="With --all: retry only those with this error.")] = None,
    yes: Yes = False,
) -> None:
    """Retry dead-lettered operations with a fresh attempt budget."""
    if bool(operations) == everything:
        raise typer.BadParameter("give ids of operations or --all, not both")
    if error is not None and not everything:
        raise typer.BadParameter("--error needs --all")
    settings = load_settings()
    if operations:
        steering(settings, lambda on: _each(on, operations, on.retry, "is tried again"))
        return
    rows = steering(settings, lambda on: on.dead(error))
    if not rows:
        say("nothing is dead" if error is None else f"nothing died of {plain(error)}")
        return
    require_yes(f"Try {counted(rows, 'dead row')} again?", yes=yes)
    done = steering(settings, lambda on: on.retry_all(error, rows))
    out.print(f"{counted(done, 'row is', 'rows are')} tried again.")


def skip(
    operations: Annotated[
        list[str], typer.Argument(metavar="OPERATION", help="Ids of operations or of their outbox rows.")
    ],
    reason: Annotated[
        str,
        typer.Option(
            "--reason", "-r", help="The reason, for the audit log: up to 60 letters, digits, spaces, _ and -."
        ),
    ],
) -> None:
    """Skip pending or dead-lettered operations: they are not posted."""
    if not _REASON.fullmatch(reason):
        raise typer.BadParameter(
            f"--reason: got {reason!r}; expected: 1 to 60 letters, digits, spaces, _ and -; anyone may read it"
        )
    steering(
        load_settings(), lambda on: _each(on, operations, lambda tracker_id: on.skip(tracker_id, reason), "is skipped")
    )


def pause(agents: Agents = None, types: Types = None, everything: Everything = False) -> None:
    """Stop claiming operations of agents, of operation types or of all, until `resume`. Capture continues."""
    targets = _targets(agents, types, everything=everything)

    async def act(on: OperatorActions) -> None:
        for kind, value in targets:
            if kind == "agent" and value:
                await warn_of_stranger(on, value)
            elif value and not any(_is_about(rule, value) for rule in await on.rules()):
                say(f"no rule is about the operation type {plain(value)}")
            await on.pause(kind, value)
            out.print(f"{_name(kind, value)} is paused.", markup=False)

    steering(load_settings(), act)


def resume(agents: Agents = None, types: Types = None, everything: Everything = False) -> None:
    """End pauses. --all ends the pause of all operations, not those of single agents or types."""
    from autopost.outbox.operator import REFUSALS

    targets = _targets(agents, types, everything=everything)

    async def act(on: OperatorActions) -> None:
        for kind, value in targets:
            try:
                await on.resume(kind, value)
            except REFUSALS as error:  # it is not paused: what was wanted is so
                say(plain(error))
            else:
                out.print(f"{_name(kind, value)} is resumed.", markup=False)

    steering(load_settings(), act)


def _targets(
    agents: list[str] | None, types: list[str] | None, *, everything: bool
) -> list[tuple[str | None, str | None]]:
    """Return kinds and values as the functions take them. Raises BadParameter for none and for too many."""
    one_by_one: list[tuple[str | None, str | None]] = [("agent", agent) for agent in agents or ()]
    one_by_one += [("operation_type", name) for name in types or ()]
    if bool(one_by_one) == everything:
        raise typer.BadParameter("give agents, --type, or --all, and not --all with others")
    if any(not value for _, value in one_by_one):
        raise typer.BadParameter("the id of an agent and an operation type are not empty")
    return one_by_one or [(None, None)]


def _name(kind: str | None, value: str | None) -> str:
    return f"{kind.replace('_', ' ')} {plain(value)}" if kind else "everything"


def _is_about(rule: Mapping[str, Any], operation_type: str) -> bool:
    """Return whether a rule may match operations of a type."""
    if rule["match"] != "like":
        return bool(rule["operation_type"] == operation_type)
    wild = {"%": ".*", "_": "."}
    pattern = "".join(wild.get(character, re.escape(character)) for character in rule["operation_type"])
    return re.fullmatch(pattern, operation_type, re.IGNORECASE | re.DOTALL) is not None


async def warn_of_stranger(on: OperatorActions, agent: str) -> None:
    """Report if nobody has this id: a name was probably given."""
    found = await on.agents_named(agent)
    if any(row["id"] == agent for row in found):
        return
    meant = f"; {plain(agent)} is the name of {listed([plain(row['id']) for row in found])}" if found else ""
    say(f"no agent has the id {plain(agent)}{meant}")


async def _each(
    on: OperatorActions, operations: Sequence[str], act: Callable[[str], Awaitable[int]], done: str
) -> None:
    """Do something to each operation, and go on where one refuses. Raises AutopostError with all that did."""
    from autopost.outbox.operator import REFUSALS

    refused = []
    for given in operations:
        tracker_id = await on.tracker_of(given)
        try:
            await act(tracker_id)
        except REFUSALS as error:
            refused.append(plain(error))
        else:
            out.print(f"{plain(tracker_id)} {done}.", markup=False)
    _refuse(refused)


def _refuse(refused: Sequence[str]) -> None:
    if refused:
        raise AutopostError("\n".join(refused))
