"""`webhooks`: where posts are sent, whether they arrive, and what is dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from autopost.cli.completion import webhook_names
from autopost.cli.console import Json, Yes, age, counted, err, listed, out, print_json, print_screen, require_yes, say
from autopost.cli.screen import plain
from autopost.cli.session import load_settings, run, steering
from autopost.errors import AutopostError, DeliveryFailed, DeliveryRejected

if TYPE_CHECKING:
    from autopost.settings import Settings
    from autopost.webhooks.webhook import Webhook

FILE = "SOCIAL_POST_WEBHOOKS_FILE"

webhooks = typer.Typer(
    add_completion=False, help="List the webhooks that posts are sent to, test one, send its dead letters again."
)

Name = Annotated[str, typer.Argument(metavar="WEBHOOK", help="The webhook's name.", autocompletion=webhook_names)]


@webhooks.callback(invoke_without_command=True, epilog="Example: [bold]autopost webhooks test alerts[/bold]")
def list_webhooks(context: typer.Context, as_json: Json = False) -> None:
    """List the webhooks that posts are sent to, test one, send its dead letters again."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    given, known = _webhooks(settings)
    rows = [_row(given.get(name), row) for name, row in known.items()]
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_screen(webhooks_screen(rows))
    else:
        err.print(f"there are no webhooks: {FILE} names no file")
    strangers = [plain(row["webhook"]) for row in rows if row["to"] is None]
    if strangers and not as_json:
        file = settings.webhooks_file or f"a file ({FILE} is not set here)"
        which = f"{listed(strangers)} {'is' if len(strangers) == 1 else 'are'} not in {file}"
        say(f"{which}: if no worker has it any more, autopost webhooks forget {strangers[0]}")


@webhooks.command(epilog="Example: [bold]autopost webhooks test alerts[/bold]")
def test(name: Name) -> None:
    """Send a test message to a webhook from this machine now, and report the result. Needs no database."""
    settings = load_settings(require_database=False)
    webhook = _named(name, settings)
    run(_send_sample(webhook, settings))
    out.print(f"{webhook.where} accepted it.", markup=False)


@webhooks.command(epilog="Example: [bold]autopost webhooks retry alerts[/bold]")
def retry(name: Name) -> None:
    """Send a webhook's dead letters again. A running worker does it within 15 seconds, if the target accepts posts."""
    letters = steering(load_settings(), lambda on: on.retry_webhook(name))
    out.print(f"{counted(letters, 'dead letter')} will be sent again.")


@webhooks.command(epilog="Example: [bold]autopost webhooks forget old-alerts[/bold]")
def forget(name: Name, yes: Yes = False) -> None:
    """Delete a webhook that is no longer in the file, with its waiting posts and dead letters."""
    settings = load_settings()
    given, rows = _webhooks(settings)
    known = rows.get(name)
    if known is None:
        raise AutopostError(f"the database knows no webhook {plain(name)}")
    if name in given:
        say(f"{plain(name)} is in {settings.webhooks_file}: a worker that has it begins it again")
    goes = f"{counted(known['waiting'], 'event')} and {counted(known['dead'], 'dead letter')}"
    require_yes(f"Forget the webhook {plain(name)}, with {goes}?", yes=yes)
    letters = steering(settings, lambda on: on.forget_webhook(name))
    out.print(f"{plain(name)} is forgotten, with {counted(letters, 'dead letter')}.", markup=False)


def _named(name: str, settings: Settings) -> Webhook:
    from autopost.webhooks.from_settings import webhooks_from_settings

    found = {webhook.name: webhook for webhook in webhooks_from_settings(settings)}
    if name in found:
        return found[name]
    if settings.webhooks_file is None:
        raise typer.BadParameter(f"there are no webhooks: {FILE} names no file")
    raise typer.BadParameter(f"there is no webhook {name!r} in {settings.webhooks_file}; there are {', '.join(found)}")


async def _send_sample(webhook: Webhook, settings: Settings) -> None:
    import asyncio

    from autopost.webhooks.from_settings import target_of
    from autopost.webhooks.request import sample

    target = target_of(webhook, settings)
    try:
        await target.send(sample(webhook))
    except DeliveryRejected as refusal:
        what = "a post would be dead-lettered, and the webhook paused if it refuses every post"
        raise AutopostError(f"{webhook.where} did not accept it: {refusal}; {what}") from None
    except DeliveryFailed as refusal:
        wait = f", and asks to wait {refusal.retry_after_seconds:g} seconds" if refusal.retry_after_seconds else ""
        hours = webhook.give_up_after.total_seconds() / 3600
        raise AutopostError(
            f"{webhook.where} did not accept it: {refusal}{wait}; a post would be tried for {hours:g} hours"
        ) from None
    finally:
        async with asyncio.timeout(1.0):
            await target.aclose()


def _webhooks(settings: Settings) -> tuple[dict[str, Webhook], dict[str, Mapping[str, Any] | None]]:
    """Return the webhooks of the file, and what the database knows of each: the file's first, in its order."""
    from autopost.webhooks.from_settings import webhooks_from_settings

    given = {webhook.name: webhook for webhook in webhooks_from_settings(settings)}
    rows = steering(settings, lambda on: on.webhooks(), "watch")
    by_name: dict[str, Mapping[str, Any]] = {row["webhook"]: row for row in rows}
    return given, {**{name: by_name.get(name) for name in given}, **by_name}


def _row(webhook: Webhook | None, row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return one webhook as it is shown; `to` is None for one that is not in the file."""
    from autopost.webhooks.delivery import PAUSED

    name = webhook.name if webhook is not None else (row or {})["webhook"]
    known: dict[str, Any] = dict.fromkeys(("oldest_seconds", "failing_seconds", "last_error", "last_died_of"))
    known |= dict.fromkeys(("summary_due_at", "summary_state", "summary_error"))
    known |= {"webhook": name, "has_begun": False, "waiting": 0, "dead": 0}
    known |= row or {}
    known["is_paused"] = (known["last_error"] or "").startswith(PAUSED)
    known["kind"] = str(webhook.kind) if webhook is not None else None
    known["to"] = webhook.where if webhook is not None else None
    known["posts"] = webhook.wanted.description if webhook is not None else None
    known["summary"] = None if webhook is None or webhook.summary is None else str(webhook.summary)
    return known


def webhooks_screen(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the webhooks as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("webhook", "kind", "to", "posts", "state", "dead"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "dead" else "left")
    for row in rows:
        table.add_row(
            Text(plain(row["webhook"]), style="bold"),
            row["kind"] or "",
            Text(plain(row["to"] or "not in the file")),
            Text(_wanted(row)),
            _state(row),
            Text(f"{row['dead']} ({plain(row['last_died_of'])})" if row["dead"] else "0", style=_style_of_dead(row)),
        )
    return table


def _wanted(row: Mapping[str, Any]) -> str:
    from autopost.webhooks.webhook import Importance

    posts = "no posts" if row["posts"] == Importance.NONE else plain(row["posts"] or "")
    return posts if row["summary"] is None else f"{posts}; summary {row['summary']}"


def _style_of_dead(row: Mapping[str, Any]) -> str:
    return "red" if row["dead"] else "dim"


def _state(row: Mapping[str, Any]) -> Text:
    from autopost.webhooks.delivery import PAUSED

    if row["failing_seconds"] is not None:
        verb = "paused" if row["is_paused"] else "fails"
        error = (row["last_error"] or "").removeprefix(PAUSED)
        state = Text(f"{verb} for {age(row['failing_seconds'])}: {plain(error)}", style="red")
    elif not row["has_begun"]:
        state = Text("not started yet", style="yellow")
    elif row["waiting"]:
        state = Text("delivers", style="green")
    else:
        state = Text("up to date", style="green")
    if row["waiting"]:
        state.append(f"; {counted(row['waiting'], 'post')} to look at, the oldest of {age(row['oldest_seconds'])} ago")
    if row["summary_error"] is not None:
        what = "was refused" if row["summary_state"] == "failed" else "is not sent yet"
        state.append(
            f"; the summary of {row['summary_due_at']:%Y-%m-%d %H:%M} UTC {what}: {plain(row['summary_error'])}", "red"
        )
    return state
