"""`digest`: what the agents did in the last hours, as text, Markdown or JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated

import typer

from autopost.cli.console import Json, out, print_json
from autopost.cli.screen import plain
from autopost.cli.session import load_settings, watching
from autopost.outbox.statements import Statements
from autopost.outbox.summary import Summary, read_summary
from autopost.outbox.summary_text import markdown, text

_SINCE = re.compile(r"(\d{1,4})\s*([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
MOST = timedelta(days=366)


def read_since(given: str) -> timedelta:
    """Return how long ago a summary begins; raise BadParameter for anything but a number of minutes, hours or days."""
    found = _SINCE.fullmatch(given.strip().lower())
    span = int(found[1]) * _UNITS[found[2]] if found else timedelta()
    if not timedelta() < span <= MOST:
        raise typer.BadParameter(f"got {given!r}; expected: minutes, hours or days, such as 90m, 24h or 7d")
    return span


def digest(
    since: Annotated[
        timedelta, typer.Option("--since", help="How far back.", parser=read_since, metavar="90m, 24h or 7d")
    ] = "24h",  # type: ignore[assignment]
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    as_json: Json = False,
) -> None:
    """Sum up what the agents did: completed operations, alerts, open approvals, and what was not posted and why."""
    if as_markdown and as_json:
        raise typer.BadParameter("--markdown and --json exclude each other")
    until = datetime.now(UTC)
    zone: tzinfo = until.astimezone().tzinfo or UTC

    async def show(statements: Statements) -> Summary:
        return await read_summary(statements, until - since, until)

    summary = watching(load_settings(), show)
    if as_json:
        print_json(summary.facts)
        return
    shown = markdown(summary, zone) if as_markdown else text(summary, zone)
    for line in shown.split("\n"):
        out.print(plain(line), markup=False)
