"""The command `autopost redact`: its options, its streams and its exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from autopost.cli.session import load_settings
from autopost.cli.stdio import STDIN, STDOUT, leave_stdout
from autopost.errors import AutopostError

if TYPE_CHECKING:
    from autopost.cli.redact.lines import Options
    from autopost.redaction.redactor import Redactor
    from autopost.settings import Settings


def redact(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The file to redact. Default: standard input.", show_default=False),
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read a JSON object with a [bold]text[/bold] per line, and write one.")
    ] = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Print each finding's place, type, rule and score: on stderr, or in the object."
        ),
    ] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep", metavar="KEY", help="With --jsonl: write this key as it is, [bold]unredacted[/bold]. Repeatable."
        ),
    ] = None,
) -> None:
    """Redact a text as posts are redacted, from a file or standard input.

    Needs a database only for SOCIAL_POST_REDACT_NAMES_TABLE. Exits with 1 if something could not be redacted; nothing
    of it is written.
    """
    import asyncio

    from autopost.observability.logs import configure_logs

    _require_sense(jsonl, keep or [])
    settings = load_settings(require_database=False)
    configure_logs(settings)
    names = asyncio.run(_names(load_settings())) if settings.redact_names_table else []
    from autopost.cli.redact.lines import Options
    from autopost.processes.redactor import build_redactor  # takes a second to load

    redactor = build_redactor(settings, names)
    try:
        if jsonl:
            _lines(file, redactor, Options(explain, frozenset(keep or [])))
        else:
            _text(file, redactor, explain=explain)
    except BrokenPipeError:
        leave_stdout()
    except OSError as error:
        what = f"read {error.filename}" if error.filename else "read or write"
        raise AutopostError(f"cannot {what}: {error.strerror}") from None


def _require_sense(jsonl: bool, keep: list[str]) -> None:
    if keep and not jsonl:
        raise typer.BadParameter("--keep needs --jsonl")
    taken = sorted({"text", "findings", "line", "error"}.intersection(keep))
    if taken:
        raise typer.BadParameter(f"--keep: {', '.join(taken)} is written anyway or has a meaning of its own")


async def _names(settings: Settings) -> list[str]:
    from autopost.database.connection import connect, went_away
    from autopost.processes.user_names import names_at_start

    connection = await connect(settings, "redact")
    try:
        with went_away(settings):
            return await names_at_start(connection, settings)
    finally:
        connection.terminate()


def _opened(file: Path | None) -> BinaryIO:
    return open(STDIN, "rb", closefd=False) if file is None else file.open("rb")


def _lines(file: Path | None, redactor: Redactor, options: Options) -> None:
    from autopost.cli.redact.lines import redact_lines

    with _opened(file) as source, open(STDOUT, "wb", closefd=False) as sink:
        count, failed = redact_lines(source, sink, redactor, options, _say)
    if failed:
        raise AutopostError(f"{failed} of {count} lines could not be redacted")


def _text(file: Path | None, redactor: Redactor, *, explain: bool) -> None:
    from autopost.cli.redact.text import redact_text

    with _opened(file) as source, open(STDOUT, "wb", closefd=False) as sink:
        findings = redact_text(source, sink, redactor)
    for finding in findings if explain else ():
        where = f"{finding.start}-{finding.end}"
        _say(f"{where:13} {finding.entity:22} {finding.recognizer:32} {finding.score:.2f}")


def _say(what: str) -> None:
    typer.echo(what, err=True)
