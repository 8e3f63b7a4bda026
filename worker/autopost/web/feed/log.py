"""Reads the log of announcements: on from a place, and what one viewer missed. Everything raises NoAnswer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg

from autopost.broadcast.event import BroadcastEvent
from autopost.web.database import Database, NoAnswer
from autopost.web.feed.telling import Gap, Telling
from autopost.web.feed.topics import Topics

BATCH = 500
MOST_MISSED = 500  # posts that a viewer is sent at once when it comes back
MOST_MISSED_BYTES = 500_000
MOST_LOOKED_AT = 10_000  # places before the log's end: a rare agent's posts may be far apart


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of the log: what is still on the feed, in order; where the part ends; whether the log ends there too."""

    announcements: list[BroadcastEvent]
    end: int
    is_all: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """What a viewer missed up to a position, in order, and the gap before it if there is one."""

    tellings: list[Telling]
    position: int
    gap: Gap | None


class Log:
    """The log of one schema. A post that was deleted from the feed meanwhile is not in what it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self) -> int:
        """Return the last place that was given."""
        return (await self._rows("feed/stretch", 0, 0))[0]["log_position"]  # type: ignore[no-any-return]

    async def after(self, position: int) -> Stretch:
        """Return the log after a place, at most BATCH of it; its end is before the place when the log was put back."""
        rows = await self._rows("feed/stretch", position, BATCH)
        found = [row for row in rows if row["position"] is not None]
        is_all = len(found) < BATCH
        end = rows[0]["log_position"] if is_all else found[-1]["position"]
        return Stretch([BroadcastEvent.from_row(row) for row in found if row["content"] is not None], end, is_all)

    async def missed(self, after: int, topics: Topics) -> Missed:
        """Return the newest of what came after a place on these topics, within MOST_MISSED and MOST_MISSED_BYTES."""
        rows = await self._rows(
            "feed/missed",
            after,
            topics.everything,
            topics.alerts,
            sorted(topics.agents),
            MOST_MISSED + 1,
            MOST_LOOKED_AT,
        )
        position: int = rows[0]["log_position"]
        found = [row for row in rows if row["position"] is not None]
        # The newest come first. Whatever is left out is at the end, and the gap reaches up to what is told.
        gap_until = rows[0]["told_from"] - 1 if after < position else position
        tellings: list[Telling] = []
        room = MOST_MISSED_BYTES
        for row in found:
            telling = Telling.of(BroadcastEvent.from_row(row)) if row["content"] is not None else None
            room -= len(telling.event) if telling is not None else 0
            if room < 0 or len(tellings) == MOST_MISSED:
                gap_until = max(gap_until, row["position"])
                break
            if telling is not None:
                tellings.append(telling)
        gap = Gap(after, gap_until) if gap_until != after else None
        return Missed(tellings[::-1], position, gap)

    async def _rows(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        rows = await self._database.fetch(name, *arguments)
        if not rows:
            raise NoAnswer("the log of announcements has no position")
        return rows
