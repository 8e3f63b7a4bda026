"""Reads the outbox at a glance: backlog, last hour, totals, dead letters, pauses and workers. Writes nothing.

The command line and the dashboard share these reads; /metrics takes outbox/queue.sql as well. Each looks at a bounded
number of rows, the newest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from autopost.errors import SchemaMismatch
from autopost.outbox.statements import Statements

MOST_ROWS_COUNTED = 100_000
MOST_ROWS_FOR_DEAD_LETTERS = 500_000
MOST_PAUSES = 1_000
MOST_WORKERS = 1_000
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Minute:
    """The outcomes of operations in one minute."""

    at: datetime
    posted: int = 0
    skipped: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The backlog and the last hour. `waiting` and `oldest_seconds` leave out what is parked by a pause.

    `minutes` has the last 60, the latest last. Where `waits_beyond`, the backlog is longer than was counted. The LLM's
    budget is that of this day in UTC, None where workers have none or used none of it yet.
    """

    read_at: datetime
    waiting: int
    claimed: int
    parked: int
    retrying: int
    waits_beyond: bool
    oldest_seconds: float | None
    paused: bool
    capture_enabled: bool
    trigger_enabled: bool
    wakeup: str
    llm_spent_usd: float | None
    llm_limit_usd: float | None
    llm_is_exhausted: bool
    pauses: Sequence[Mapping[str, Any]]
    workers_alive: int
    workers: Sequence[Mapping[str, Any]]
    minutes: Sequence[Minute]
    p50_seconds: float | None
    p99_seconds: float | None
    reasons: Sequence[tuple[str, int]]
    writers: Sequence[tuple[str, str | None, int]]

    @property
    def posted(self) -> int:
        """Return the posts of the last hour."""
        return sum(minute.posted for minute in self.minutes)

    @property
    def skipped(self) -> int:
        """Return how many operations were skipped in the last hour."""
        return sum(minute.skipped for minute in self.minutes)

    @property
    def dead(self) -> int:
        """Return the dead letters of the last hour."""
        return sum(minute.dead for minute in self.minutes)

    @property
    def is_partial(self) -> bool:
        """Return whether the last hour had more outcomes than were counted."""
        return self.posted + self.skipped + self.dead >= MOST_ROWS_COUNTED

    @property
    def generators(self) -> Mapping[str, int]:
        """Return the posts of the last hour by generator, the most frequent first."""
        counts: Counter[str] = Counter()
        for generator, _, posts in self.writers:
            counts[generator] += posts
        return dict(counts.most_common())

    @property
    def fallbacks(self) -> list[tuple[str, int]]:
        """Return why posts of the last hour were not the model's, where it should have written them."""
        return [(why, posts) for generator, why, posts in self.writers if generator != "llm" and why]


@dataclass(frozen=True, slots=True)
class Totals:
    """The outcomes of finished operations in the outbox; of the newest MOST_ROWS_COUNTED if `is_partial`."""

    outcomes: Mapping[str, int]
    reasons: Mapping[str, int]
    errors: Mapping[str, int]

    @property
    def is_partial(self) -> bool:
        """Return whether the outbox may hold more finished rows than were counted."""
        return sum(self.outcomes.values()) >= MOST_ROWS_COUNTED


@dataclass(frozen=True, slots=True)
class Status:
    """The outbox at a glance."""

    figures: Figures
    totals: Totals


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An operation that failed too often, and the kind of error that its last attempt ended with."""

    id: UUID
    tracker_id: str
    agent_id: str | None
    agent_name: str | None
    operation_type: str | None
    status: str | None
    is_alert: bool
    attempts: int
    last_error: str
    captured_at: datetime
    finished_at: datetime
    dead_for_seconds: float
    total: int  # of all that were found, also those beyond the limit


async def read_figures(statements: Statements) -> Figures:
    """Return the backlog and the last hour. Raises SchemaMismatch where the row of switches is missing."""
    queue = await statements.fetch("outbox/queue", MOST_ROWS_COUNTED, 0)
    if not queue:
        raise SchemaMismatch("auto_post_control has lost its row: insert into auto_post_control default values")
    backlog = dict(queue[0])
    depth = backlog.pop("depth")
    for of_metrics in ("due_seconds", "dead_last_day", "webhooks", "webhooks_failing_seconds"):
        del backlog[of_metrics]
    minutes = await statements.fetch("outbox/minutes", MOST_ROWS_COUNTED)
    (latency,) = await statements.fetch("outbox/latency", MOST_ROWS_COUNTED)
    reasons = await statements.fetch("outbox/reasons", MOST_ROWS_COUNTED)
    writers = await statements.fetch("outbox/writers", MOST_ROWS_COUNTED)
    pauses = await statements.fetch("outbox/pauses", MOST_PAUSES)
    p50, p99 = latency["seconds"] or (None, None)
    return Figures(
        **backlog,
        waits_beyond=depth >= MOST_ROWS_COUNTED,
        minutes=_every_minute(backlog["read_at"], {row["at_minute"]: Minute(*row) for row in minutes}),
        p50_seconds=p50,
        p99_seconds=p99,
        reasons=[(row["reason"], row["operations"]) for row in reasons],
        writers=[(row["generator"] or "unknown", row["fallback"], row["posts"]) for row in writers],
        pauses=[dict(row) for row in pauses],
        workers=await read_workers(statements),
    )


async def read_totals(statements: Statements) -> Totals:
    """Return the outcomes of the newest finished operations."""
    outcomes: Counter[str] = Counter(posted=0, skipped=0, dead=0)
    causes: dict[str, dict[str, int]] = {"skipped": {}, "dead": {}, "posted": {}}
    for row in await statements.fetch("outbox/totals", MOST_ROWS_COUNTED):
        outcomes[row["state"]] += row["operations"]
        causes[row["state"]][row["cause"]] = row["operations"]
    return Totals(dict(outcomes), causes["skipped"], causes["dead"])


async def read_status(statements: Statements) -> Status:
    """Return the outbox at a glance. Raises SchemaMismatch where the row of switches is missing."""
    totals = await read_totals(statements)
    return Status(await read_figures(statements), totals)


async def read_workers(statements: Statements) -> list[dict[str, Any]]:
    """Return the workers, the most recently seen first; see workers.sql."""
    return [dict(row) for row in await statements.fetch("outbox/workers", MOST_WORKERS)]


async def read_dead_letters(statements: Statements, most: int) -> list[DeadLetter]:
    """Return the dead letters among the newest finished rows, the latest first."""
    rows = await statements.fetch("outbox/dead_letters", most, MOST_ROWS_FOR_DEAD_LETTERS)
    return [DeadLetter(**row) for row in rows]


def _every_minute(now: datetime, found: Mapping[datetime, Minute]) -> list[Minute]:
    """Return the last 60 minutes, including those in which nothing happened."""
    last = now.replace(second=0, microsecond=0)
    wanted = [last - timedelta(minutes=ago) for ago in reversed(range(MINUTES))]
    return [found.get(at) or Minute(at) for at in wanted]
