"""What a browser that comes back is sent at once: the newest of what it missed, within a bound. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autopost.page.cursor import Cursor
from autopost.page.entry import Entry
from autopost.page.feed import MOST_CAUGHT_UP
from autopost.page.stream import event

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
