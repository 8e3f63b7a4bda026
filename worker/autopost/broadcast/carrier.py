"""What carries announcements to whoever listens, by any number of instances of the platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from autopost.broadcast.announcement import Announcement
from autopost.database.sql import read_object
from autopost.errors import AutopostError

CHANNEL_FULL = 0.5  # of the queue of notifications, which is the platform's too
MOST_BYTES = 7_999  # of a notification; https://www.postgresql.org/docs/current/sql-notify.html


class NotCarried(AutopostError):
    """A carrier took an announcement not at all or perhaps; it is to be sent again."""


class Carrier(Protocol):
    """Sends announcements; whoever gets one may get it again."""

    async def send(self, announcements: Sequence[Announcement], connection: Any) -> None:
        """Send some, in their order. Raises NotCarried, or the database's errors. `connection` is in a transaction."""

    async def aclose(self) -> None:
        """Let go of what it holds."""


class NotifyCarrier:
    """PostgreSQL's own notifications: heard by every session that listens on the channel when the send commits."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._notify = read_object("queries/worker/notify_feed")

    async def send(self, announcements: Sequence[Announcement], connection: Any) -> None:
        """Notify, within the caller's transaction. Raises NotCarried while the queue of notifications is half full."""
        messages = [notification(announcement) for announcement in announcements]
        if await connection.fetchval(self._notify, self._channel, messages, CHANNEL_FULL):
            return
        raise NotCarried("the queue of notifications is half full: somebody listens and does not read")

    async def aclose(self) -> None:
        """Do nothing: it holds nothing."""


def notification(announcement: Announcement) -> str:
    """Return the whole message, or where that is longer than a notification may be, the short one."""
    message = announcement.message
    return message if len(message.encode()) <= MOST_BYTES else announcement.short_message
