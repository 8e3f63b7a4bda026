"""`dead`: the dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from autopost.cli.console import Json, age, err, number, print_json, print_screen, say
from autopost.cli.screen import UNSHOWN, plain
from autopost.cli.session import load_settings, watching
from autopost.outbox.reading import DeadLetter, read_dead_letters
from autopost.outbox.statements import Statements


def dead(
    limit: Annotated[
        int, typer.Option("--limit", "-n", help="How many of the newest to list.", **number(int, 1, 10_000))
    ] = 20,
    as_json: Json = False,
) -> None:
    """List the dead letters: which error, how many attempts, how old. No texts."""

    async def show(statements: Statements) -> None:
        letters = await read_dead_letters(statements, limit)
        if as_json:
            for letter in letters:
                print_json(asdict(letter))
        elif letters:
            print_screen(dead_screen(letters))
            say("`autopost why OPERATION` has the history, `autopost retry OPERATION` tries it again.")
        else:
            err.print("nothing is dead")

    watching(load_settings(), show)


def dead_screen(letters: Sequence[DeadLetter]) -> Table:
    """Return the dead letters as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("operation", "died of", "attempts", "died", "what", "agent"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "attempts" else "left")
    for letter in letters:
        table.add_row(
            Text(plain(letter.tracker_id), style="bold"),
            Text(plain(letter.last_error), style="red"),
            str(letter.attempts),
            f"{age(letter.dead_for_seconds)} ago",
            Text(plain(f"{letter.operation_type or UNSHOWN} {letter.status or ''}")),
            Text(plain(letter.agent_id or "nobody")),
        )
    return table
