"""`mapping draft`: a mapping written from the catalog."""

from __future__ import annotations

import errno
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autopost.cli.console import err, say
from autopost.cli.session import Connection, load_settings, run, trouble
from autopost.database.mapping import UNDECIDED
from autopost.database.sql import schemas_of
from autopost.errors import AutopostError, ConfigurationError

if TYPE_CHECKING:
    from autopost.database.drafting.draft import Wanted
    from autopost.database.drafting.section import Draft
    from autopost.database.drafting.snapshot import Snapshot
    from autopost.settings import Settings

_TABLE = "SCHEMA.TABLE"


def draft(
    operations: Annotated[
        list[str] | None,
        typer.Option(metavar=_TABLE, help="The table of operations. Repeatable: several tables of operations."),
    ] = None,
    agents: Annotated[str | None, typer.Option(metavar=_TABLE, help="The table of agents.")] = None,
    posts: Annotated[str | None, typer.Option(metavar=_TABLE, help="The feed, which autopost writes to.")] = None,
    audit_log: Annotated[
        str | None, typer.Option("--audit-log", metavar=_TABLE, help="The audit log, which autopost writes to.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write the mapping to this file, which must not exist yet."
        ),
    ] = None,
) -> None:
    """Write a mapping from the platform's catalog and its newest rows. Changes nothing in the database.

    Prints the mapping on stdout, and on stderr what was found, what was not, and which other tables there are.
    """
    from autopost.database.drafting.draft import Wanted
    from autopost.database.drafting.draft import draft as drafted
    from autopost.database.drafting.known import recognised
    from autopost.database.drafting.toml import to_toml

    if output is not None and output.exists():
        raise ConfigurationError(f"--output: {output} exists; expected: a new file")
    settings = load_settings()
    wanted = Wanted(tuple(operations or ()), agents, posts, audit_log)
    snapshot = run(_read(settings, wanted))
    made = drafted(snapshot, wanted)
    text = to_toml(made)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, text)
    _report(made, output)
    if (known := recognised(snapshot)) is not None:
        say(f"A mapping that was tried on this platform comes with autopost: autopost mapping show {known}")


async def _read(settings: Settings, wanted: Wanted) -> Snapshot:
    from autopost.database.connection import connect
    from autopost.database.drafting.reading import read_snapshot
    from autopost.database.errors import DATABASE_ERRORS

    connection: Connection = await connect(settings, "mapping draft")
    named = [*wanted.operations, *filter(None, (wanted.agents, wanted.posts, wanted.audit_log))]
    try:
        return await read_snapshot(connection, schemas_of(settings, mapped=True), named)
    except DATABASE_ERRORS as error:
        raise trouble(error) from None
    finally:
        connection.terminate()


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigurationError(f"--output: {path} exists; expected: a new file") from None
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOTDIR, errno.EROFS):
            raise ConfigurationError(f"--output: cannot write {path}: {error.strerror}") from None
        raise AutopostError(f"cannot write {path}: {error.strerror}") from None


def _report(made: Draft, output: Path | None) -> None:
    """Say on stderr what was found, what was not, and what a person has to do."""
    report = made.report
    every = [
        (f"[{section.name}] {line.column}: ", line)
        for section in made.sections
        for line in (*section.lines, *section.values)
    ]
    undecided = [where + str(line.value).removeprefix(UNDECIDED) for where, line in every if line.is_undecided]
    doubts = [where + line.doubt for where, line in every if line.doubt is not None]
    _say_all("Found", report.found)
    _say_all("Not found", report.missing)
    _say_all("Other candidates, and the option that names them", report.others)
    _say_all("To check, as it rests on a guess", doubts, "yellow")
    _say_all("To decide: autopost migrate refuses the mapping until then", undecided, "red")
    if report.first:
        err.print("To run before autopost migrate, as the owner of the platform's tables:", style="bold red")
        for sql in report.first:
            err.print(sql, markup=False, soft_wrap=True)
    name = output or "platform.toml"
    file = f"SOCIAL_POST_MAPPING_FILE={name}"
    say(f"Next: read it; {file} autopost preview shows the posts, {file} autopost migrate installs")


def _say_all(heading: str, lines: Sequence[str], style: str = "") -> None:
    from autopost.cli.screen import plain

    if not lines:
        return
    err.print(f"{heading}:", style=f"bold {style}".strip())
    for line in lines:
        text = plain(line)
        if err.is_terminal:
            text = textwrap.fill(
                text, err.width - 2, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
            )
        err.print(textwrap.indent(text, "  "), markup=False, soft_wrap=True)
