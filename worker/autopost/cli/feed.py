"""`feed`: what was posted, and what was not and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from autopost.cli.console import Json, err, number, out, print_json, terminal_columns
from autopost.cli.screen import entry_text
from autopost.cli.session import watching
from autopost.outbox.reading import Entry, OutboxReader
from autopost.settings import load_settings


def feed(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many outcomes.", **number(int, 1, 10_000))] = 20,
    posts_only: Annotated[bool, typer.Option("--posts", help="Leave out what was not posted.")] = False,
    as_json: Json = False,
) -> None:
    """Show the newest posts, and what was not posted and why."""
    settings = load_settings()

    async def show(watch: OutboxReader) -> None:
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
            print_json(asdict(entry))
        else:
            out.print(entry_text(entry, terminal_columns()))

    watching(settings, show)
