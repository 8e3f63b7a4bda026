"""`dead`: what could not be brought to an end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from autopost.cli.console import Json, age, err, number, print_json, print_screen, say
from autopost.cli.screen import plain
from autopost.cli.session import watching
from autopost.outbox.reading import OutboxReader
from autopost.settings import load_settings


def dead(
    limit: Annotated[
        int, typer.Option("--limit", "-n", help="How many, the latest first.", **number(int, 1, 10_000))
    ] = 20,
    as_json: Json = False,
) -> None:
    """List the dead letters: which error, how many attempts, how old. No texts."""

    async def show(watch: OutboxReader) -> None:
        rows = await watch.dead(limit)
        if as_json:
            for row in rows:
                print_json(row)
        elif rows:
            print_screen(dead_screen(rows))
            say("autopost why OPERATION tells more, autopost retry OPERATION gives it another chance.")
        else:
            err.print("nothing is dead")

    watching(load_settings(), show)


def dead_screen(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the dead letters as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("operation", "died of", "attempts", "died", "what", "agent"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "attempts" else "left")
    for row in rows:
        table.add_row(
            Text(plain(row["tracker_id"]), style="bold"),
            Text(plain(row["last_error"]), style="red"),
            str(row["attempts"]),
            f"{age(row['dead_for_seconds'])} ago",
            Text(plain(f"{row['operation_type']} {row['status'] or ''}")),
            Text(plain(row["agent_id"] or "nobody")),
        )
    return table
