"""The command line.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 unexpected, 2 usage or configuration,
3 database unreachable, 4 schema mismatch.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from autopost import __version__
from autopost.connection import connect
from autopost.errors import AutopostError, DatabaseUnreachable
from autopost.faults import DATABASE_ERRORS
from autopost.logs import configure_logs
from autopost.migrate import head_revision
from autopost.migrate import migrate as run_migrations
from autopost.schema import require_schema
from autopost.screen import PipeConsole, entry_text, status_screen
from autopost.settings import Settings, load_settings
from autopost.watch import Entry, Watch

app = typer.Typer(
    name="autopost",
    help="Turns completed work of AI agents into short posts on a social feed, from inside PostgreSQL.",
    epilog="Settings come from the environment: DATABASE_URL or libpq's variables, OPENAI_API_KEY, SOCIAL_POST_*.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
out = PipeConsole(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine to read.")]


def main() -> None:
    """Run the command line, and turn every foreseen error into one clear message and its exit code."""
    try:
        app()
    except AutopostError as error:
        err.print(f"autopost: {error}", style="red", markup=False)
        sys.exit(error.exit_code)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"autopost {__version__} (schema {head_revision()})")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and the schema's revision."
        ),
    ] = False,
) -> None:
    """Turn completed work of AI agents into short posts."""


@app.command(epilog="Example: [bold]DATABASE_URL=postgresql://owner@db/platform autopost migrate[/bold]")
def migrate(
    to: Annotated[str, typer.Option(help="A revision, [bold]head[/bold], or [bold]base[/bold] to remove.")] = "head",
) -> None:
    """Install or upgrade the database half: tables, rules, trigger."""
    settings = load_settings()
    run_migrations(settings, to)
    what = "removed from" if to == "base" else f"at revision {head_revision() if to == 'head' else to} in"
    out.print(f"autopost is {what} schema {settings.schema_name}.")


@app.command(epilog="Example: [bold]DATABASE_URL=postgresql://autopost@db/platform autopost run[/bold]")
def run() -> None:
    """Run a worker until SIGTERM. Run as many as you like, on any machine."""
    settings = load_settings()
    configure_logs(settings)
    from autopost.worker import run_worker  # loads the LLM's client, which the other commands do without

    _run(run_worker(settings))


@app.command(epilog="Example: [bold]autopost feed --follow[/bold]")
def feed(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many outcomes.")] = 20,
    posts_only: Annotated[bool, typer.Option("--posts", help="Leave out what was not posted.")] = False,
    as_json: Json = False,
) -> None:
    """Show the newest posts, and what was not posted and why."""

    async def show(watch: Watch) -> None:
        if follow:
            async for entry in watch.follow(limit):
                show_entry(entry)
        else:
            for entry in await watch.latest(limit):
                show_entry(entry)

    def show_entry(entry: Entry) -> None:
        if posts_only and entry.outcome != "posted":
            return
        if as_json:
            _print_json(asdict(entry))
        else:
            out.print(entry_text(entry))

    _watch(load_settings(), show)


@app.command(epilog="Example: [bold]autopost status --json | jq .states[/bold]")
def status(as_json: Json = False) -> None:
    """Show the outbox at a glance: what waits, what came of the rest, who works."""

    async def show(watch: Watch) -> None:
        found = await watch.status()
        if as_json:
            _print_json(asdict(found))
        else:
            out.print(status_screen(found))

    _watch(load_settings(), show)


@app.command(epilog="Example: [bold]autopost demo[/bold]")
def demo(
    fast: Annotated[bool, typer.Option("--fast", help="Without the pauses that a reader needs.")] = False,
) -> None:
    """Show it all at work in half a minute, on a private PostgreSQL that is gone afterwards."""
    from autopost.demo import run_demo  # needs the extra `embedded`; the other commands do without

    raise typer.Exit(run_demo(fast=fast))


def _watch(settings: Settings, show: Callable[[Watch], Awaitable[None]]) -> None:
    async def connected() -> None:
        connection = await connect(settings, "watch")
        try:
            await require_schema(connection, settings.schema_name)
            await show(Watch(connection, settings.schema_name))
            await connection.close()
        except BrokenPipeError:
            # The reader has seen enough. What is still buffered for it goes nowhere, without a complaint at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except DATABASE_ERRORS as error:
            raise DatabaseUnreachable(f"the database did not answer: {error}") from None
        finally:
            connection.terminate()

    _run(connected())


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        if sys.platform == "win32":
            asyncio.run(work)
        else:
            import uvloop

            uvloop.run(work)
    except KeyboardInterrupt:
        sys.exit(130)


def _print_json(value: object) -> None:
    print(json.dumps(value, default=str), flush=True)  # noqa: T201 - this is the data
