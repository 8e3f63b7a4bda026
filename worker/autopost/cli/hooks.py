"""`hooks`: where posts are sent, whether they arrive, and what is dead."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from autopost.cli.completion import hook_names
from autopost.cli.console import Json, Yes, age, counted, err, listed, out, print_json, print_screen, require_yes, say
from autopost.cli.screen import plain
from autopost.cli.session import run, steering
from autopost.errors import AutopostError
from autopost.settings import PREFIX, Settings, load_settings
from autopost.webhooks.from_settings import hooks_of
from autopost.webhooks.hook import Hook
from autopost.webhooks.refusals import NotDelivered, Rejected
from autopost.webhooks.request import sample
from autopost.webhooks.target import Target

hooks = typer.Typer(help="List the hooks that posts are sent to, try one, send its dead letters again.")

Name = Annotated[str, typer.Argument(metavar="HOOK", help="The hook's name.", autocompletion=hook_names)]


@hooks.callback(invoke_without_command=True, epilog="Example: [bold]autopost hooks test alerts[/bold]")
def list_hooks(context: typer.Context, as_json: Json = False) -> None:
    """List the hooks that posts are sent to, try one, send its dead letters again."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    given = {hook.name: hook for hook in hooks_of(settings)}
    found = steering(settings, lambda on: on.hooks(), "watch")
    rows = [_row(given.get(name), row) for name, row in _together(given, found).items()]
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_screen(hooks_screen(rows))
    else:
        err.print(f"there are no hooks: {PREFIX}WEBHOOKS_FILE names no file")
    strangers = [plain(row["hook"]) for row in rows if row["to"] is None]
    if strangers and not as_json:
        file = settings.webhooks_file or f"a file ({PREFIX}WEBHOOKS_FILE is not set here)"
        which = f"{listed(strangers)} {'is' if len(strangers) == 1 else 'are'} not in {file}"
        say(f"{which}: if no worker has it any more, autopost hooks forget {strangers[0]}")


@hooks.command(epilog="Example: [bold]autopost hooks test alerts[/bold]")
def test(name: Name) -> None:
    """Send a test to a hook, from here and now, and say what came of it. Needs no database."""
    settings = load_settings(require_database=False)
    hook = _named(name, settings)
    run(_send_sample(hook, settings))
    out.print(f"{hook.where} took it.", markup=False)


@hooks.command(epilog="Example: [bold]autopost hooks retry alerts[/bold]")
def retry(name: Name) -> None:
    """Have a hook's dead letters sent again, by a running worker within 15 seconds of when the hook delivers."""
    letters = steering(load_settings(), lambda on: on.retry_hook(name))
    out.print(f"{counted(letters, 'dead letter')} will be sent again.")


@hooks.command(epilog="Example: [bold]autopost hooks forget old-alerts[/bold]")
def forget(name: Name, yes: Yes = False) -> None:
    """Forget a hook that no worker has any more, with what waits for it and its dead letters."""
    settings = load_settings()
    given = {hook.name: hook for hook in hooks_of(settings)}
    found = steering(settings, lambda on: on.hooks(), "watch")
    known = _together(given, found).get(name)
    if known is None:
        raise AutopostError(f"the database knows no hook {plain(name)}")
    if name in given:
        say(f"{plain(name)} is in {settings.webhooks_file}: a worker that has it begins it anew")
    goes = f"{counted(known['waiting'], 'announcement')} and {counted(known['dead'], 'dead letter')}"
    require_yes(f"Forget the hook {plain(name)}, with {goes}?", yes=yes)
    letters = steering(settings, lambda on: on.forget_hook(name))
    out.print(f"{plain(name)} is forgotten, with {counted(letters, 'dead letter')}.", markup=False)


def _named(name: str, settings: Settings) -> Hook:
    found = {hook.name: hook for hook in hooks_of(settings)}
    if name in found:
        return found[name]
    if settings.webhooks_file is None:
        raise typer.BadParameter(f"there are no hooks: {PREFIX}WEBHOOKS_FILE names no file")
    raise typer.BadParameter(f"there is no hook {name!r} in {settings.webhooks_file}; there are {', '.join(found)}")


async def _send_sample(hook: Hook, settings: Settings) -> None:
    target = Target(hook, settings.allowed_networks)
    try:
        await target.send(sample(hook))
    except Rejected as refusal:
        raise AutopostError(f"{hook.where} did not take it: {refusal}; a post would be a dead letter at once") from None
    except NotDelivered as refusal:
        wait = f", and asks to wait {refusal.wait_seconds:g} seconds" if refusal.wait_seconds else ""
        hours = hook.give_up_after.total_seconds() / 3600
        raise AutopostError(
            f"{hook.where} did not take it: {refusal}{wait}; a post would be tried for {hours:g} hours"
        ) from None
    finally:
        async with asyncio.timeout(1.0):
            await target.aclose()


def _together(given: Mapping[str, Hook], found: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any] | None]:
    """Return what the database says of each hook: those of the file in its order, then those of the database alone."""
    by_name: dict[str, Mapping[str, Any]] = {row["hook"]: row for row in found}
    return {**{name: by_name.get(name) for name in given}, **by_name}


def _row(hook: Hook | None, row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return one hook as it is shown; `to` is None for one that is not in the file."""
    name = hook.name if hook is not None else (row or {})["hook"]
    known: dict[str, Any] = dict.fromkeys(("oldest_seconds", "failing_seconds", "last_error", "last_died_of"))
    known |= {"hook": name, "has_begun": False, "waiting": 0, "dead": 0}
    known |= row or {}
    known["kind"] = str(hook.kind) if hook is not None else None
    known["to"] = hook.where if hook is not None else None
    known["posts"] = hook.wanted.said if hook is not None else None
    return known


def hooks_screen(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the hooks as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("hook", "kind", "to", "posts", "state", "dead"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "dead" else "left")
    for row in rows:
        table.add_row(
            Text(plain(row["hook"]), style="bold"),
            row["kind"] or "",
            Text(plain(row["to"] or "not in the file")),
            Text(plain(row["posts"] or "")),
            _state(row),
            Text(f"{row['dead']} ({plain(row['last_died_of'])})" if row["dead"] else "0", style=_style_of_dead(row)),
        )
    return table


def _style_of_dead(row: Mapping[str, Any]) -> str:
    return "red" if row["dead"] else "dim"


def _state(row: Mapping[str, Any]) -> Text:
    if row["failing_seconds"] is not None:
        state = Text(f"fails for {age(row['failing_seconds'])}: {plain(row['last_error'])}", style="red")
    elif not row["has_begun"]:
        state = Text("no worker has begun it", style="yellow")
    elif row["waiting"]:
        state = Text("delivers", style="green")
    else:
        state = Text("up to date", style="green")
    if row["waiting"]:
        state.append(f"; {counted(row['waiting'], 'post')} to look at, the oldest of {age(row['oldest_seconds'])} ago")
    return state
