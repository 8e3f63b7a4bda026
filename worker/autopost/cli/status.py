"""`status`: the outbox at a glance, once or again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.live import Live

from autopost.cli.console import Json, out, print_json, print_screen
from autopost.cli.session import watching
from autopost.cli.status_screen import status_screen, watched_screen
from autopost.outbox.reading import OutboxReader, Status
from autopost.settings import load_settings

LOOK_SECONDS = 2.0
MOST_REST = 4  # times as long as a look took


def status(
    watch_it: Annotated[bool, typer.Option("--watch", "-w", help="Look every 2 seconds, until Ctrl-C.")] = False,
    as_json: Json = False,
) -> None:
    """Show the outbox at a glance: what waits, what came of the rest, who works."""

    def show_once(found: Status) -> None:
        if as_json:
            print_json(asdict(found))
        else:
            print_screen(status_screen(found))

    async def show(watch: OutboxReader) -> None:
        if not watch_it:
            show_once(await watch.status())
        elif as_json or not out.is_terminal or out.is_dumb_terminal:
            async for found in _looks(watch):
                show_once(found)
        else:
            with Live(console=out, auto_refresh=False, vertical_overflow="crop") as live:
                async for found in _looks(watch):
                    live.update(watched_screen(found, out.width, out.height), refresh=True)

    watching(load_settings(), show)


async def _looks(watch: OutboxReader) -> AsyncIterator[Status]:
    """Yield what is found every now and then, for ever: rarely where it takes long, as each look counts the outbox."""
    while True:
        began = time.monotonic()
        yield await watch.retry_on_disconnect(watch.status)
        await asyncio.sleep(max(LOOK_SECONDS, MOST_REST * (time.monotonic() - began)))
