"""Reads what came of operations: the feed as it grows, and the outbox at a glance. Writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from autopost.errors import SchemaMismatch
from autopost.resources import query

LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
# Outcomes are decided in one order and committed in another; what is this old is in its place.
OVERLAP = timedelta(seconds=10)
LOOK_SECONDS = 1.0  # each look is a query on the platform's audit_log
NO_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One outcome: a post with its text, or why there is none. `outcome` is posted, skipped or dead."""

    id: str
    occurred_at: datetime
    outcome: str
    agent: str
    maturity: str | None
    operation_type: str
    status: str
    tracker_id: str
    why: str | None
    generator: str | None
    post_type: str | None
    content: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The outbox at a glance. `oldest_seconds` is the age of the oldest row that waits, None when none does."""

    states: Mapping[str, int]
    oldest_seconds: float | None
    reasons: Mapping[str, int]
    workers: list[Mapping[str, Any]]
    capture_enabled: bool
    trigger_enabled: bool
    paused: bool
    wakeup: str


class Watch:
    """One connection and the questions that people ask."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], schema: str) -> None:
        self._connection = connection
        self._schema = schema

    async def latest(self, limit: int, *, since: datetime = LONG_AGO, posts_only: bool = False) -> list[Entry]:
        """Return the newest outcomes, or the newest posts, the oldest of them first."""
        rows = await self._connection.fetch(query("feed", self._schema), since, limit, posts_only)
        return [_entry(row) for row in rows]

    async def follow(self, limit: int, *, posts_only: bool = False) -> AsyncIterator[Entry]:
        """Yield the newest `limit` outcomes, or posts, and then every new one, for ever, each once."""
        news = News(self, limit, posts_only=posts_only)
        while True:
            for entry in await news.look():
                yield entry
            await asyncio.sleep(LOOK_SECONDS)

    async def status(self) -> Status:
        """Return the outbox at a glance."""
        fetchrow, fetch = self._connection.fetchrow, self._connection.fetch
        counts = dict(await fetchrow(query("status", self._schema)) or {})
        capture = await fetchrow(query("status_capture", self._schema))
        if capture is None:
            raise SchemaMismatch("auto_post_control has lost its row: insert into auto_post_control default values")
        reasons = await fetch(query("status_reasons", self._schema))
        workers = await fetch(query("status_workers", self._schema))
        return Status(
            oldest_seconds=counts.pop("oldest_seconds", None),
            states=counts,
            reasons={row["reason"]: row["operations"] for row in reasons},
            workers=[dict(row) for row in workers],
            **dict(capture),
        )


class News:
    """What is new at each look: at the first the newest `limit` outcomes, then every later one, each once."""

    def __init__(self, watch: Watch, limit: int, *, posts_only: bool = False) -> None:
        self._watch = watch
        self._posts_only = posts_only
        self._limit = limit
        self._newest = LONG_AGO
        self._seen: dict[str, datetime] = {}
        self._oldest: datetime | None = None

    async def look(self) -> list[Entry]:
        """Return what is new, the oldest first."""
        entries = await self._watch.latest(self._limit, since=self._newest - OVERLAP, posts_only=self._posts_only)
        if self._oldest is None:  # what the first look left out by its limit stays out
            self._oldest = entries[0].occurred_at if entries else LONG_AGO
        new = [entry for entry in entries if entry.id not in self._seen and entry.occurred_at >= self._oldest]
        self._limit = NO_LIMIT
        self._seen |= {entry.id: entry.occurred_at for entry in new}
        self._newest = max([self._newest, *(entry.occurred_at for entry in new)])
        self._seen = {id_: at for id_, at in self._seen.items() if at > self._newest - OVERLAP}
        return new


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(
        id=row["id"],
        occurred_at=row["occurred_at"],
        outcome=row["action"].removeprefix("auto_post."),
        agent=row["agent_name"] or row["agent_id"] or "(no agent)",
        maturity=row["agent_maturity"],
        operation_type=row["operation_type"],
        status=row["status"],
        tracker_id=row["tracker_id"],
        why=row["reason"] or row["error"],
        generator=row["generator"],
        post_type=row["post_type"],
        content=row["content"],
    )
