"""Reads outcomes for the page: a page of them, and what is new."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from autopost.web.database import Database
from autopost.web.filter import FeedFilter
from autopost.web.page.cursor import END, START, Cursor
from autopost.web.page.entry import Entry
from autopost.web.sse import event

PAGE_ENTRIES = 40
MOST_ROWS_LOOKED_AT = 5_000  # of the audit log, for one page: a rare agent's posts may be far apart
# Outcomes are decided in one order and committed in another; what is this old is in its place.
OVERLAP = timedelta(seconds=10)
MOST_CAUGHT_UP = 100
MOST_NEWS = 100
NEWS_WINDOW = 1_000  # rows; who reads more than that in ten seconds reads it on the next page
MOST_AGENTS_FROM = 2_000  # rows of the audit log


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first, and where those before them begin; None when there are none."""

    entries: list[Entry]
    older: Cursor | None


class Feed:
    """The outcomes of one schema. Everything raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, wanted: FeedFilter, before: Cursor | None = None) -> Page:
        """Return the newest outcomes, or those before a place."""
        until = before or END
        entries = await self._entries(wanted, START, until, PAGE_ENTRIES + 1)
        if len(entries) > PAGE_ENTRIES:
            return Page(entries[:PAGE_ENTRIES], entries[PAGE_ENTRIES - 1].cursor)
        rows = await self._database.fetch("web/horizon", until.at, until.id, MOST_ROWS_LOOKED_AT)
        return Page(entries, Cursor(rows[0]["occurred_at"], rows[0]["id"]) if rows else None)

    async def since(self, wanted: FeedFilter, place: Cursor) -> list[Entry]:
        """Return the newest of what came after a place, the oldest first, and what may have been late to come."""
        start = Cursor(max(place.at, START.at + OVERLAP) - OVERLAP, "")
        return (await self._entries(wanted, start, END, MOST_CAUGHT_UP))[::-1]

    async def latest(self, count: int) -> list[Entry]:
        """Return the newest outcomes of all kinds, the newest first."""
        return await self._entries(FeedFilter(silent=True), START, END, count)

    async def news(self, reach: timedelta, seen: list[str]) -> list[Entry]:
        """Return outcomes of the last while that were not seen, in the order of decision."""
        rows = await self._database.fetch("web/news", reach, seen, MOST_NEWS, NEWS_WINDOW)
        return [Entry.of(row) for row in rows]

    async def agents(self) -> list[tuple[str, str]]:
        """Return ids and names of the agents that lately had outcomes, by name."""
        return [(row["id"], row["name"]) for row in await self._database.fetch("web/agents", MOST_AGENTS_FROM)]

    async def _entries(self, wanted: FeedFilter, start: Cursor, until: Cursor, most: int) -> list[Entry]:
        alerts = None if wanted.kind is None else wanted.kind == "alert"
        rows = await self._database.fetch(
            "web/feed", start.at, until.at, until.id, wanted.agent, alerts, wanted.silent, most, MOST_ROWS_LOOKED_AT
        )
        return [Entry.of(row) for row in rows]


class News:
    """What is new at each look, each once; what was there at the first look is not new."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._looked_at: float | None = None

    async def look(self) -> list[Entry]:
        """Return what is new, in the order of decision. Raises DatabaseUnavailable; the next look makes up for it."""
        began = monotonic()
        if self._looked_at is None:
            self._remember(await self._feed.latest(NEWS_WINDOW))
            self._looked_at = began
            return []
        new = await self._feed.news(OVERLAP + timedelta(seconds=began - self._looked_at), list(self._seen))
        self._remember(new)
        self._looked_at = began
        return new

    def _remember(self, entries: list[Entry]) -> None:
        self._seen.update((entry.id, None) for entry in entries)
        while len(self._seen) > 2 * NEWS_WINDOW:
            self._seen.popitem(last=False)


MOST_CAUGHT_UP_BYTES = 250_000  # a hundred posts of the usual length take less than half of it


def catch_up(entries: Sequence[Entry], place: Cursor, event_of: Callable[[Entry], bytes]) -> bytes:
    """Return the events of what came after a place, the oldest first, as Feed.since returns it.

    Where the newest MOST_CAUGHT_UP or MOST_CAUGHT_UP_BYTES are not all, an event before them says so, and whoever
    looks loads the page anew. Some may be from shortly before the place; a browser drops those that it has already.
    """
    messages: list[bytes] = []
    room = MOST_CAUGHT_UP_BYTES
    is_all = len(entries) < MOST_CAUGHT_UP or entries[0].cursor <= place
    for entry in reversed(entries):
        if entry.cursor == place:
            continue
        message = event_of(entry)
        room -= len(message)
        if room < 0:
            is_all = is_all and entry.cursor < place
            break
        messages.append(message)
    if not is_all:
        messages.append(event("gap", True))
    return b"".join(reversed(messages))
