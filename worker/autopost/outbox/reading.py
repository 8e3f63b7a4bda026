"""Reads what came of operations: the feed as it grows, and the outbox at a glance. Writes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

import asyncpg

from autopost.database.errors import DATABASE_ERRORS, is_of_the_connection
from autopost.database.sql import Schemas, query
from autopost.errors import DatabaseUnreachable, SchemaMismatch

T = TypeVar("T")
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
# Outcomes are decided in one order and committed in another; what is this old is in its place.
OVERLAP = timedelta(seconds=10)
LOOK_SECONDS = 1.0  # each look is a query on the platform's audit_log
AGAIN_SECONDS = 2.0  # between two tries of a lost connection
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
class LastHour:
    """What came of operations in the last 60 minutes. `posts_by_minute` has the latest minute last."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    generators: Mapping[str, int] = field(default_factory=dict)
    posts_by_minute: list[int] = field(default_factory=lambda: [0] * 60)


@dataclass(frozen=True, slots=True)
class Status:
    """The outbox at a glance. `oldest_seconds` is the age of the oldest row that waits, None when none does.

    `parked` rows wait for the end of a pause, and `retrying` ones failed before; both are pending. `reasons` are those
    of all that was skipped, and `errors` those of the dead.
    """

    states: Mapping[str, int]
    parked: int
    retrying: int
    oldest_seconds: float | None
    reasons: Mapping[str, int]
    errors: Mapping[str, int]
    last_hour: LastHour
    pauses: Sequence[Mapping[str, Any]]
    workers: Sequence[Mapping[str, Any]]
    capture_enabled: bool
    trigger_enabled: bool
    paused: bool
    wakeup: str


class OutboxReader:
    """One connection and the questions that people ask.

    With `reconnect`, who looks again and again is spared a connection that is lost; `say` is told.
    """

    def __init__(
        self,
        connection: Connection,
        schemas: Schemas,
        *,
        reconnect: Callable[[], Awaitable[Connection]] | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._connection = connection
        self._schemas = schemas
        self._reconnect = reconnect
        self._say = say

    async def latest(self, limit: int, *, since: datetime = LONG_AGO, posts_only: bool = False) -> list[Entry]:
        """Return the newest outcomes, or the newest posts, the oldest of them first."""
        rows = await self._connection.fetch(query("cli/feed", self._schemas), since, limit, posts_only)
        return [_entry(row) for row in rows]

    async def follow(self, limit: int, *, posts_only: bool = False) -> AsyncIterator[Entry]:
        """Yield the newest `limit` outcomes, or posts, and then every new one, for ever, each once."""
        news = News(self, limit, posts_only=posts_only)
        while True:
            for entry in await self.retry_on_disconnect(news.look):
                yield entry
            await asyncio.sleep(LOOK_SECONDS)

    async def retry_on_disconnect(self, look: Callable[[], Awaitable[T]]) -> T:
        """Return what a look finds, on a new connection if this one is lost, however long it takes to get one."""
        while True:
            try:
                return await look()
            except DATABASE_ERRORS as error:
                if self._reconnect is None or not (self._connection.is_closed() or is_of_the_connection(error)):
                    raise
            self._say("the connection was lost; trying again")
            self._connection.terminate()
            self._connection = await self._connected_again(self._reconnect)
            self._say("the database answers again")

    async def _connected_again(self, reconnect: Callable[[], Awaitable[Connection]]) -> Connection:
        while True:
            try:
                return await reconnect()
            except DatabaseUnreachable:
                await asyncio.sleep(AGAIN_SECONDS)

    async def status(self) -> Status:
        """Return the outbox at a glance."""
        (counts,) = await self._rows("cli/status")
        capture = await self._rows("cli/status_capture")
        if not capture:
            raise SchemaMismatch("auto_post_control has lost its row: insert into auto_post_control default values")
        reasons = await self._rows("cli/status_reasons")
        errors = await self._rows("cli/status_dead")
        return Status(
            oldest_seconds=counts.pop("oldest_seconds"),
            parked=counts.pop("parked"),
            retrying=counts.pop("retrying"),
            states=counts,
            reasons={row["reason"]: row["operations"] for row in reasons},
            errors={row["error"]: row["operations"] for row in errors},
            last_hour=await self._last_hour(),
            pauses=await self._rows("cli/status_pauses"),
            workers=await self._rows("cli/status_workers"),
            **capture[0],
        )

    async def dead(self, limit: int) -> list[dict[str, Any]]:
        """Return the dead letters, the latest first; see dead.sql."""
        return await self._rows("cli/dead", limit)

    async def _last_hour(self) -> LastHour:
        outcomes: Counter[str] = Counter()
        reasons = {}
        for row in await self._rows("cli/status_hour"):
            outcomes[row["state"]] += row["operations"]
            if row["state"] == "skipped":
                reasons[row["reason"]] = row["operations"]
        generators = {row["generator"]: row["posts"] for row in await self._rows("cli/status_generators")}
        minutes = {row["minutes_ago"]: row["posts"] for row in await self._rows("cli/status_minutes")}
        return LastHour(dict(outcomes), reasons, generators, [minutes.get(ago, 0) for ago in reversed(range(60))])

    async def _rows(self, name: str, *arguments: object) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._connection.fetch(query(name, self._schemas), *arguments)]


class News:
    """What is new at each look: at the first the newest `limit` outcomes, then every later one, each once."""

    def __init__(self, watch: OutboxReader, limit: int, *, posts_only: bool = False) -> None:
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
