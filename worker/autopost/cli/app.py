"""The command line.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 unexpected, 2 usage or configuration,
3 database unreachable, 4 schema mismatch, 5 unhealthy: `check` found a problem. 130: ended by Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Annotated

import typer

from autopost import __version__
from autopost.cli.console import INTERRUPTED, err, out
from autopost.cli.lazy import Entry, lazy_group
from autopost.cli.stdio import flush_streams, prepare_streams
from autopost.database.revisions import head_revision
from autopost.errors import AutopostError

# By theme, in the order of the help: each with the module and name of its function, and an example.
THEMES: dict[str, list[tuple[str, str, str]]] = {
    "Setup": [
        ("demo", "install:demo", "autopost demo"),
        ("preview", "preview.command:preview", "SOCIAL_POST_MAPPING_FILE=platform.toml autopost preview"),
        ("migrate", "install:migrate", "DATABASE_URL=postgresql://owner@db/platform autopost migrate"),
        ("detach", "install:detach", "autopost detach --yes && alembic upgrade head && autopost migrate"),
        ("grant", "grant:grant", "autopost grant --login the_workers_login"),
        ("run", "install:run", "DATABASE_URL=postgresql://autopost@db/platform autopost run"),
        ("serve", "serve:serve", "SOCIAL_POST_HTTP_PORT=8080 autopost serve"),
        ("simulate", "simulate:simulate", "autopost simulate --rate 20 --agents 10 --duration 30"),
    ],
    "Inspect": [
        ("status", "status:status", "autopost status --watch"),
        ("feed", "feed:feed", "autopost feed --follow"),
        ("digest", "digest:digest", "autopost digest --since 24h --markdown"),
        ("why", "why:why", "autopost why op-42"),
        ("dead", "dead:dead", "autopost dead --json | jq -r .last_error"),
        ("check", "check:check", "autopost check --strict"),
        ("config", "config:config", "autopost config --changed"),
    ],
    "Control": [
        ("retry", "steer:retry", "autopost retry --all --error worker_crashed"),
        ("skip", "steer:skip", "autopost skip op-42 --reason 'not for the feed'"),
        ("pause", "steer:pause", "autopost pause agent-7"),
        ("resume", "steer:resume", "autopost resume agent-7"),
        ("reconcile", "maintain:reconcile", "autopost reconcile --all"),
        ("purge", "maintain:purge", "autopost purge --agent agent-7"),
    ],
    "Tools": [
        ("redact", "redact.command:redact", "autopost redact --explain < report.txt"),
        ("sql", "statements:print_sql", "autopost sql waiting | psql platform"),
    ],
}
COMMANDS = {
    name: Entry(f"autopost.cli.{place}", theme, example)
    for theme, commands in THEMES.items()
    for name, place, example in commands
} | {
    "rules": Entry("autopost.cli.rules:rules", "Control"),
    "webhooks": Entry("autopost.cli.webhooks:webhooks", "Control"),
    "mapping": Entry("autopost.cli.mapping.group:mapping", "Setup"),
}

DEBUG = "SOCIAL_POST_LOG_LEVEL"  # with the value debug, unexpected errors have a traceback

app = typer.Typer(
    name="autopost",
    cls=lazy_group(COMMANDS),
    help="Turns completed work of AI agents into short posts on a social feed, from inside PostgreSQL.",
    epilog="Settings come from the environment (DATABASE_URL or libpq's variables, OPENAI_API_KEY, SOCIAL_POST_*) or "
    "the file that SOCIAL_POST_CONFIG_FILE names: [bold]autopost config[/bold] lists them.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line, and turn every error into one clear message and its exit code.

    A reader that closes the pipe has seen enough: not a failure. Another Ctrl-C while the interpreter ends does
    not change the exit code.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.excepthook = _report_unexpected
    if os.environ.get(DEBUG, "").lower() != "debug" and sys.argv[1:2] not in (["run"], ["serve"]):
        sys.unraisablehook = lambda _: None  # asyncpg's, of a connection that a second Ctrl-C left open
    prepare_streams()
    code: str | int | None = 0
    try:
        app()
    except SystemExit as exit_:
        code = 0 if isinstance(exit_.__context__, BrokenPipeError) else exit_.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except AutopostError as error:
        _report(str(error))
        code = error.exit_code
    except OSError as error:
        what = f"use {error.filename}" if error.filename else "write"
        _report(f"cannot {what}: {error.strerror}")
        code = 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code if flush_streams() else code or 1)


def _report(message: str) -> None:
    with contextlib.suppress(SystemExit):  # of Rich, where nobody reads it any more: the exit code stays the error's
        err.print(f"autopost: {message}", style="red", markup=False, soft_wrap=not err.is_terminal)


def _report_unexpected(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Print an error that nobody foresaw on one line: its type and the calls that led to it, without any value."""
    if os.environ.get(DEBUG, "").lower() == "debug":
        sys.__excepthook__(kind, error, traceback)
        return
    calls = [f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in extract_tb(traceback)]
    _report(f"unexpected error, please report it: {kind.__name__} in {' > '.join(calls)}. {DEBUG}=debug shows more.")


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
