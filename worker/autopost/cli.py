"""The command line.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 unexpected, 2 usage or configuration,
3 database unreachable, 4 schema mismatch, 5 unhealthy: `check` found a problem.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console

from autopost import __version__
from autopost.check import check_screen, require_health, run_check, source_of, worst
from autopost.connection import connect, create_pool
from autopost.errors import AutopostError, DatabaseUnreachable, SchemaMismatch
from autopost.faults import DATABASE_ERRORS
from autopost.logs import configure_logs
from autopost.maintenance import reconcile_all, reconcile_window
from autopost.migrate import given_mapping, head_revision
from autopost.migrate import migrate as run_migrations
from autopost.outbox import Outbox
from autopost.redact.command import redact
from autopost.resources import dba_statements
from autopost.schema import require_schema
from autopost.screen import PipeConsole, entry_text, status_screen
from autopost.settings import Settings, load_settings
from autopost.streams import leave_stdout, open_closed_streams
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
    open_closed_streams()
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
    from autopost.process import run_worker  # loads the LLM's client, which the other commands do without

    _run(run_worker(settings))


@app.command(epilog="Example: [bold]autopost feed --follow[/bold]")
def feed(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many outcomes.")] = 20,
    posts_only: Annotated[bool, typer.Option("--posts", help="Leave out what was not posted.")] = False,
    as_json: Json = False,
) -> None:
    """Show the newest posts, and what was not posted and why."""
    settings = load_settings()

    async def show(watch: Watch) -> None:
        if follow:
            async for entry in watch.follow(limit, posts_only=posts_only):
                show_entry(entry)
        else:
            entries = await watch.latest(limit, posts_only=posts_only)
            for entry in entries:
                show_entry(entry)
            if not entries:
                err.print("nothing yet: no operation has an outcome")

    def show_entry(entry: Entry) -> None:
        if as_json:
            _print_json(asdict(entry))
        else:
            out.print(entry_text(entry, settings.redact_placeholder))

    _watch(settings, show)


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


@app.command(epilog="Example: [bold]autopost check --strict[/bold]")
def check(
    strict: Annotated[bool, typer.Option("--strict", help="Let a warning count as a problem does.")] = False,
    as_json: Json = False,
) -> None:
    """Say what is right and what is wrong with this installation, and what to do. Exits with 5 for a problem."""
    settings = load_settings()

    async def look() -> None:
        findings = await run_check(settings)
        try:
            if as_json:
                _print_json({"level": worst(findings), "findings": [asdict(finding) for finding in findings]})
            else:
                out.print(check_screen(findings))
        except BrokenPipeError:
            leave_stdout()
        except OSError as error:
            raise _trouble(error) from None
        require_health(findings, strict=strict)

    _run(look())


@app.command(epilog="Example: [bold]autopost reconcile --all[/bold]")
def reconcile(
    everything: Annotated[bool, typer.Option("--all", help="Read the whole of operation_trackers.")] = False,
) -> None:
    """Capture what the trigger missed, in the next 1,000 blocks. Workers do so by themselves."""

    async def find(outbox: Outbox) -> None:
        found = await (reconcile_all(outbox) if everything else reconcile_window(outbox))
        out.print(f"{found} missed {'operation' if found == 1 else 'operations'} captured.")

    _steer(load_settings(), find)


@app.command(epilog="Example: [bold]autopost purge --agent agent-7[/bold]")
def purge(
    agent: Annotated[str | None, typer.Option(help="The id of an agent.")] = None,
    tenant: Annotated[str | None, typer.Option(help="The id of a tenant.")] = None,
) -> None:
    """Remove what the outbox holds of an agent or a tenant, also what still waits. Feed and audit log stay."""
    if bool(agent) == bool(tenant):
        raise typer.BadParameter("give --agent or --tenant, and not both")

    async def remove(outbox: Outbox) -> None:
        removed = await outbox.purge(agent or None, tenant or None)
        out.print(f"{removed} outbox {'row' if removed == 1 else 'rows'} removed.")

    _steer(load_settings(), remove)


@app.command(name="sql", epilog="Example: [bold]autopost sql waiting | psql platform[/bold]")
def print_sql(
    name: Annotated[str, typer.Argument(help="Which; without it they are listed.", show_default=False)] = "",
) -> None:
    """Print a statement for a DBA: what waits, what is stuck or dead and why, and the grants.

    With the name of an object of autopost's, such as auto_post_capture, it prints what makes it anew.
    """
    settings = load_settings(require_database=False)
    statements = dba_statements(settings.schema_name)
    if not name:
        for known, text in statements.items():
            out.print(f"{known:12} {text.splitlines()[0].removeprefix('-- ')}", markup=False)
    elif name in statements:
        out.print(statements[name].rstrip(), markup=False)
    elif source := source_of(name, settings.schema_name, given_mapping(settings)):
        out.print(source.rstrip(), markup=False)
    else:
        raise typer.BadParameter(f"there is no {name!r}; there are {', '.join(statements)}")


app.command(epilog="Example: [bold]autopost redact --explain < report.txt[/bold]")(redact)


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
            leave_stdout()
        except asyncpg.InsufficientPrivilegeError as error:
            raise SchemaMismatch(f"this role may not look: {error}") from None
        except DATABASE_ERRORS as error:
            raise _trouble(error) from None
        finally:
            connection.terminate()

    _run(connected())


def _steer(settings: Settings, act: Callable[[Outbox], Awaitable[None]]) -> None:
    async def connected() -> None:
        pool = await create_pool(settings, "steer", size=1)
        try:
            await require_schema(pool, settings.schema_name)
            await act(Outbox(pool, settings.schema_name, settings.worker_name))
        except asyncpg.InsufficientPrivilegeError as error:
            raise SchemaMismatch(f"this role may not do that: {error}") from None
        except DATABASE_ERRORS as error:
            raise _trouble(error) from None
        finally:
            pool.terminate()

    _run(connected())


def _trouble(error: BaseException) -> AutopostError:
    """Tell a database that does not answer from an output that does not take what it is given."""
    if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError):
        return AutopostError(f"cannot write: {error.strerror}")
    return DatabaseUnreachable(f"the database did not answer: {error}")


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
