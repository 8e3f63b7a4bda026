"""The feed on the dashboard: pages of outcomes, and what a browser that comes back has missed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from autopost.outbox.cursor import END, START, Cursor
from autopost.outbox.outcomes import OVERLAP, NewOutcomes, Outcome, read_outcomes
from autopost.web.database import Database
from autopost.web.filter import FeedFilter
from autopost.web.shared_read import SharedRead
from autopost.web.sse import event

PAGE_ENTRIES = 40
MOST_ROWS_LOOKED_AT = 5_000  # of the audit log, for one page: a rare agent's posts may be far apart
MOST_CAUGHT_UP = 100
MOST_SHARED = 100  # places from which pages go on
MOST_NEW = 100
MOST_NEW_ROWS = 1_000  # of the audit log, for one look; what exceeds that in ten seconds is on the next page
NO_IDS: list[str] = []


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first, and where those before them begin, None when there are none."""

    entries: list[Outcome]
    older: Cursor | None


class Feed:
    """The outcomes of one schema. Everything raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._since: OrderedDict[tuple[FeedFilter, Cursor], SharedRead[list[Outcome]]] = OrderedDict()

    async def page(self, wanted: FeedFilter, before: Cursor | None = None) -> Page:
        """Return the newest outcomes, or those before a place."""
        until = before or END
        entries = await self._entries(wanted, START.at, until, PAGE_ENTRIES + 1)
        if len(entries) > PAGE_ENTRIES:
            return Page(entries[:PAGE_ENTRIES], entries[PAGE_ENTRIES - 1].cursor)
        rows = await self._database.fetch("web/horizon", until.at, until.id, MOST_ROWS_LOOKED_AT)
        return Page(entries, Cursor(rows[0]["occurred_at"], rows[0]["id"]) if rows else None)

    async def end_of_page_after(self, wanted: FeedFilter, place: Cursor) -> Cursor | None:
        """Return the place before which the page after a place ends, None where that is the newest page."""
        kind = None if wanted.kind is None else wanted.kind == "alert"
        last = (wanted.agent, kind, not wanted.silent, PAGE_ENTRIES + 1, MOST_ROWS_LOOKED_AT, NO_IDS)
        more = (wanted.tenant, wanted.operation_type, wanted.text)
        rows = await self._database.fetch("web/newer", place.at, END.at, place.id, *last, *more)
        if not rows or rows[0]["found"] <= PAGE_ENTRIES:
            return None
        return Cursor(rows[0]["occurred_at"], rows[0]["id"])

    async def since(self, wanted: FeedFilter, place: Cursor) -> list[Outcome]:
        """Return the newest of what came after a place, the oldest first, and what may have been late to come.

        Those who ask for the same at the same time share one read: after a restart all open pages come back at once.
        """
        shared = self._since.setdefault((wanted, place), SharedRead(partial(self._read_since, wanted, place)))
        self._since.move_to_end((wanted, place))
        if len(self._since) > MOST_SHARED:
            self._since.popitem(last=False)
        return await shared.get()

    async def _read_since(self, wanted: FeedFilter, place: Cursor) -> list[Outcome]:
        start = max(place.at, START.at + OVERLAP) - OVERLAP
        return (await self._entries(wanted, start, END, MOST_CAUGHT_UP))[::-1]

    def new_outcomes(self) -> NewOutcomes:
        """Return what is new from now on; its looks raise DatabaseUnavailable."""
        return NewOutcomes(self._database, backlog=MOST_NEW_ROWS, most=MOST_NEW, rows=MOST_NEW_ROWS, show_backlog=False)

    async def _entries(self, wanted: FeedFilter, after: datetime, until: Cursor, most: int) -> list[Outcome]:
        return await read_outcomes(
            self._database,
            most,
            rows=MOST_ROWS_LOOKED_AT,
            after=after,
            before=until,
            agent=wanted.agent,
            is_alert=None if wanted.kind is None else wanted.kind == "alert",
            posts_only=not wanted.silent,
            tenant=wanted.tenant,
            operation_type=wanted.operation_type,
            text=wanted.text,
        )


MOST_CAUGHT_UP_BYTES = 250_000  # a hundred posts of the usual length take less than half of it


def catch_up(entries: Sequence[Outcome], place: Cursor, event_of: Callable[[Outcome], bytes]) -> bytes:
    """Return the events of what came after a place, the oldest first, as Feed.since returns it.

    Where the newest MOST_CAUGHT_UP or MOST_CAUGHT_UP_BYTES are not all, an event before them says so, and the viewer
    may reload the page. Some may be from shortly before the place; a browser drops those that it has already.
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
