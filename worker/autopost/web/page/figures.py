"""The outbox's health in figures, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from autopost.web.database import Database
from autopost.web.errors import DatabaseUnavailable

MOST_ROWS_COUNTED = 100_000
MOST_ROWS_LOOKED_AT_FOR_DEAD = 500_000
MOST_DEAD_LETTERS = 50
MINUTES = 60
ALIVE_SECONDS = 60.0
WORKERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Minute:
    """What came of operations in one minute."""

    at: datetime
    posted: int = 0
    skipped: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything but the dead letters themselves. `waiting` leaves out what is parked by a pause.

    Where `is_partial`, there was more in the last hour than was counted: the newest MOST_ROWS_COUNTED outcomes.
    """

    read_at: datetime
    waiting: int
    claimed: int
    parked: int
    retrying: int
    waits_beyond: bool
    oldest_seconds: float | None
    paused: bool
    pauses: list[tuple[str, str]]
    capture_enabled: bool
    trigger_enabled: bool
    wakeup: str
    minutes: list[Minute]
    p50_seconds: float | None
    p99_seconds: float | None
    reasons: list[tuple[str, int]]
    writers: list[tuple[str, str | None, int]]
    workers: list[Mapping[str, Any]]

    @property
    def posted(self) -> int:
        """Return the posts of the last hour."""
        return sum(minute.posted for minute in self.minutes)

    @property
    def skipped(self) -> int:
        """Return what was not posted in the last hour."""
        return sum(minute.skipped for minute in self.minutes)

    @property
    def dead(self) -> int:
        """Return the dead letters of the last hour."""
        return sum(minute.dead for minute in self.minutes)

    @property
    def is_partial(self) -> bool:
        """Tell whether the last hour had more outcomes than were counted."""
        return self.posted + self.skipped + self.dead >= MOST_ROWS_COUNTED

    @property
    def workers_alive(self) -> int:
        """Return how many workers were seen in the last minute."""
        return sum(worker["seen_seconds_ago"] <= ALIVE_SECONDS for worker in self.workers)

    @property
    def by_llm(self) -> int:
        """Return the posts of the last hour that the model wrote."""
        return sum(posts for generator, _, posts in self.writers if generator == "llm")

    @property
    def by_template(self) -> int:
        """Return the posts of the last hour that were written from a template."""
        return sum(posts for generator, _, posts in self.writers if generator != "llm")

    @property
    def fallbacks(self) -> list[tuple[str, int]]:
        """Return why posts of the last hour were not the model's, where it should have written them."""
        return [(why, posts) for generator, why, posts in self.writers if generator != "llm" and why]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An operation that was given up, and the kind of error that it ended with."""

    tracker_id: str
    agent: str | None
    operation_type: str | None
    is_alert: bool
    attempts: int
    last_error: str
    captured_at: datetime
    finished_at: datetime


async def read_figures(database: Database) -> Figures:
    """Return the figures as they are. Raises DatabaseUnavailable."""
    rows = await database.fetch("web/outbox", MOST_ROWS_COUNTED)
    if not rows:
        raise DatabaseUnavailable("auto_post_control has lost its row")
    outbox = dict(rows[0])
    depth = outbox.pop("depth")
    minutes = await database.fetch("web/minutes", MOST_ROWS_COUNTED)
    latency = (await database.fetch("web/latency", MOST_ROWS_COUNTED))[0]
    reasons = await database.fetch("web/reasons", MOST_ROWS_COUNTED)
    writers = await database.fetch("web/writers", MOST_ROWS_COUNTED)
    workers = await database.fetch("cli/status_workers")
    pauses = await database.fetch("web/pauses")
    p50, p99 = latency["seconds"] or (None, None)
    return Figures(
        **outbox,
        waits_beyond=depth >= MOST_ROWS_COUNTED,
        pauses=[(row["kind"], row["value"]) for row in pauses],
        minutes=_every_minute(outbox["read_at"], {row["at_minute"]: Minute(*row) for row in minutes}),
        p50_seconds=p50,
        p99_seconds=p99,
        reasons=[(row["reason"], row["operations"]) for row in reasons],
        writers=[(row["generator"] or "unknown", row["fallback"], row["posts"]) for row in writers],
        workers=[dict(row) for row in workers[:WORKERS_SHOWN]],
    )


async def read_dead_letters(database: Database) -> list[DeadLetter]:
    """Return the dead letters, the latest first. Raises DatabaseUnavailable."""
    rows = await database.fetch("web/dead", MOST_DEAD_LETTERS, MOST_ROWS_LOOKED_AT_FOR_DEAD)
    return [
        DeadLetter(
            tracker_id=row["tracker_id"],
            agent=row["agent_name"] or row["agent_id"],
            operation_type=row["operation_type"],
            is_alert=row["is_alert"],
            attempts=row["attempts"],
            last_error=row["last_error"] or "unknown",
            captured_at=row["captured_at"],
            finished_at=row["finished_at"],
        )
        for row in rows
    ]


def _every_minute(now: datetime, found: Mapping[datetime, Minute]) -> list[Minute]:
    """Return the last 60 minutes, also those in which nothing happened."""
    last = now.replace(second=0, microsecond=0)
    wanted = [last - timedelta(minutes=ago) for ago in reversed(range(MINUTES))]
    return [found.get(at) or Minute(at) for at in wanted]
