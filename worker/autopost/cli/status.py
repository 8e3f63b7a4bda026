"""`status`: the outbox at a glance, once or repeatedly."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autopost.cli.console import Json, out, print_json, print_screen
from autopost.cli.session import Connection, connected, load_settings, watching
from autopost.database.sql import Schemas
from autopost.errors import ConfigurationError, SchemaMismatch
from autopost.outbox.reading import Status, read_status
from autopost.outbox.statements import Statements

if TYPE_CHECKING:
    from autopost.cli.sampling.useless import Useless
    from autopost.settings import Settings

POLL_SECONDS = 2.0
READ_SECONDS = 5
REST_FACTOR = 4  # times as long as a poll took


def status(
    watch_it: Annotated[bool, typer.Option("--watch", "-w", help="Refresh every 2 seconds, until Ctrl-C.")] = False,
    as_json: Json = False,
) -> None:
    """Show the outbox at a glance: backlog, outcomes and workers. Counts the newest 100,000 finished operations."""
    from rich.live import Live

    from autopost.cli.status_screen import status_screen, watched_screen

    settings = load_settings()

    def show_once(found: Status, problems: Sequence[Useless] = ()) -> None:
        if as_json:
            print_json({**status_as_json(found), "problems": [problem.finding for problem in problems]})
        else:
            print_screen(status_screen(found, problems))

    async def once(connection: Connection, schemas: Schemas) -> None:
        found = await read_status(Statements(connection, schemas))
        show_once(found, await _problems(connection, settings))

    async def show(statements: Statements) -> None:
        if as_json or not out.is_terminal or out.is_dumb_terminal:
            async for found in _polls(statements):
                show_once(found)
        else:
            with Live(console=out, auto_refresh=False, vertical_overflow="crop") as live:
                async for found in _polls(statements):
                    live.update(watched_screen(found, out.width, out.height), refresh=True)

    if watch_it:
        watching(settings, show, without_end=True)
    else:
        connected(settings, "watch", once)


async def _problems(connection: Connection, settings: Settings) -> Sequence[Useless]:
    """Return why none of the newest operations can be posted, where this role may read them and it does not take long.

    Not for repeated looks: it reads 1,000 rows.
    """
    from asyncpg import PostgresError

    from autopost.cli.sampling.findings import sample_findings

    with contextlib.suppress(PostgresError, SchemaMismatch, ConfigurationError):
        _, findings = await sample_findings(connection, settings, seconds=READ_SECONDS)
        return findings
    return ()


def status_as_json(status: Status) -> dict[str, Any]:
    """Return the status with the field names of `status --json`."""
    figures, totals = status.figures, status.totals
    hour = {"posted": figures.posted, "skipped": figures.skipped, "dead": figures.dead}
    return {
        "states": {"pending": figures.waiting + figures.parked, "claimed": figures.claimed, **totals.outcomes},
        "parked": figures.parked,
        "retrying": figures.retrying,
        "oldest_seconds": figures.oldest_seconds,
        "reasons": totals.reasons,
        "errors": totals.errors,
        "is_partial": totals.is_partial,
        "last_hour": {
            "outcomes": {outcome: number for outcome, number in hour.items() if number},
            "reasons": dict(figures.reasons),
            "generators": figures.generators,
            "fallbacks": dict(figures.fallbacks),
            "posts_by_minute": [minute.posted for minute in figures.minutes],
        },
        "llm_budget": {
            "limit_usd": figures.llm_limit_usd,
            "spent_usd": figures.llm_spent_usd,
            "is_exhausted": figures.llm_is_exhausted,
        },
        "pauses": figures.pauses,
        "workers": figures.workers,
        "capture_enabled": figures.capture_enabled,
        "trigger_enabled": figures.trigger_enabled,
        "paused": figures.paused,
        "wakeup": figures.wakeup,
    }


async def _polls(statements: Statements) -> AsyncIterator[Status]:
    """Yield the status every 2 seconds, without end; less often where reading it takes long."""
    while True:
        began = time.monotonic()
        yield await read_status(statements)
        await asyncio.sleep(max(POLL_SECONDS, REST_FACTOR * (time.monotonic() - began)))
