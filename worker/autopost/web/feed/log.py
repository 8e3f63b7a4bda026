"""Reads the log of published posts: on from a position, and what one viewer missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from autopost.broadcast.event import BroadcastEvent
from autopost.web.database import Database
from autopost.web.errors import DatabaseUnavailable
from autopost.web.feed.encoded_post import EncodedPost
from autopost.web.feed.topics import Topics
from autopost.web.shared_read import SharedRead

BATCH = 500
MOST_MISSED = 500  # posts that a viewer is sent at once when it comes back
MOST_MISSED_BYTES = 500_000
MOST_ROWS_READ = 10_000  # before the log's end: a rare agent's posts may be far apart
GAP = "gap"


@dataclass(frozen=True, slots=True)
class LogPage:
    """Part of the log: what is still on the feed, in order; where the part ends; whether the log ends there too."""

    events: list[BroadcastEvent]
    end: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Posts between two positions that a viewer is not sent: they are too many, or no longer in the log."""

    after: int
    until: int


@dataclass(frozen=True, slots=True)
class Backfill:
    """What a viewer missed up to a position, in order, and the gap before it if there is one."""

    posts: list[EncodedPost]
    position: int
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class Tail:
    """The last MOST_MISSED events of the log, the newest first, from position `reaches_from` to `position`."""

    position: int
    reaches_from: int
    posts: list[EncodedPost]


class Log:
    """The log of one schema, without posts that were deleted from the feed. Everything raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tail = SharedRead(self._read_tail)

    async def position(self) -> int:
        """Return the last position that was assigned."""
        return (await self._rows("feed/stretch", 0, 0))[0]["log_position"]  # type: ignore[no-any-return]

    async def after(self, position: int) -> LogPage:
        """Return at most BATCH posts after a position; the end is before that position when the log was rewound."""
        rows = await self._rows("feed/stretch", position, BATCH)
        found = [row for row in rows if row["position"] is not None]
        is_last = len(found) < BATCH
        end = rows[0]["log_position"] if is_last else found[-1]["position"]
        return LogPage([BroadcastEvent.from_row(row) for row in found if row["content"] is not None], end, is_last)

    async def missed(self, after: int, topics: Topics, tenant: str | None = None) -> Backfill:
        """Return the newest posts after a position on these topics, within MOST_MISSED and MOST_MISSED_BYTES.

        With a `tenant` only its posts. Viewers that come at the same time share one read of the log's end; only those
        that missed more read by themselves.
        """
        tail = await self._tail.get()
        if tail.reaches_from - 1 <= after <= tail.position:
            wanted = set(topics.names)
            found = [
                post
                for post in tail.posts
                if post.position > after
                and not wanted.isdisjoint(post.topics)
                and (tenant is None or post.tenant == tenant)
            ]
            return _backfill(after, tail.position, after, ((post.position, post) for post in found))
        rows = await self._rows(
            "feed/missed",
            after,
            topics.everything,
            topics.alerts,
            sorted(topics.agents),
            MOST_MISSED + 1,
            MOST_ROWS_READ,
            tenant,
        )
        position: int = rows[0]["log_position"]
        gap_until = rows[0]["told_from"] - 1 if after < position else position
        return _backfill(after, position, gap_until, _encoded(rows))

    async def _read_tail(self) -> Tail:
        wanted: tuple[Any, ...] = ("feed/missed", 0, True, False, [], MOST_MISSED, MOST_MISSED, None)
        try:
            rows = await self._rows(*wanted)
        except DatabaseUnavailable:  # many wait for this: one slow answer must not turn all of them away
            rows = await self._rows(*wanted)
        posts = [post for _, post in _encoded(rows) if post is not None]
        return Tail(rows[0]["log_position"], rows[0]["told_from"], posts)

    async def _rows(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        rows = await self._database.fetch(name, *arguments)
        if not rows:
            raise DatabaseUnavailable("the log has no position")
        return rows


def _encoded(rows: Sequence[asyncpg.Record]) -> Iterator[tuple[int, EncodedPost | None]]:
    """Yield positions and posts; None for one that is no longer on the feed."""
    for row in rows:
        if row["position"] is not None:
            is_there = row["content"] is not None
            yield row["position"], EncodedPost.of(BroadcastEvent.from_row(row)) if is_there else None


def _backfill(after: int, position: int, gap_until: int, found: Iterable[tuple[int, EncodedPost | None]]) -> Backfill:
    """Return as much of what was found, the newest first, as may be sent at once, and the gap before it."""
    posts: list[EncodedPost] = []
    room = MOST_MISSED_BYTES
    for at, post in found:
        room -= len(post.event) if post is not None else 0
        if room < 0 or len(posts) == MOST_MISSED:
            gap_until = max(gap_until, at)  # what is left out is older than what is sent
            break
        if post is not None:
            posts.append(post)
    gap = Gap(after, gap_until) if gap_until != after else None
    return Backfill(posts[::-1], position, gap)
