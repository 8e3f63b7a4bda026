"""Receives what a transport brings: hints, some of which may be missing and others repeated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from autopost.database.connection import connect
from autopost.database.sql import read_object
from autopost.errors import AutopostError
from autopost.settings import Settings

PROBE_SECONDS = 10.0
ANSWER_SECONDS = 5.0


class TransportLost(AutopostError):
    """The transport is no longer received."""


class Source(Protocol):
    """Receives from a transport."""

    def receive(self) -> AsyncIterator[list[str | bytes]]:
        """Yield messages as they come, in one session; an empty list means that some may have been missed.

        The first list is empty: from then on the transport is connected. A silent transport is probed. Raises
        TransportLost, and whatever the transport's client raises, when the session ends.
        """
        ...


class NotifySource:
    """Listens to PostgreSQL's notifications on a connection of its own.

    Every role of the database may notify on every channel, so the content of a notification is not trusted: it is a
    reason to read the log.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._listens = read_object("queries/feed/listens")

    async def receive(self) -> AsyncIterator[list[str | bytes]]:
        """Yield an empty list for the notifications of a moment.

        Raises DatabaseUnreachable, and the driver's errors; behind a pooler TransportLost.
        """
        channel = self._settings.broadcast_channel
        notified = asyncio.Event()

        connection = await connect(self._settings, "feed listening")
        try:
            if not connection.has_session:
                raise TransportLost("a pooler in transaction mode does not let notifications through")
            connection.add_termination_listener(lambda _: notified.set())
            await connection.add_listener(channel, lambda *_: notified.set())
            while await connection.fetchval(self._listens, channel, timeout=ANSWER_SECONDS):
                yield []  # a pooler that changed the session has lost some
                while await _is_set(notified, PROBE_SECONDS):
                    notified.clear()
                    if connection.is_closed():
                        raise TransportLost("the listening connection was lost")
                    yield []
            raise TransportLost("the connection does not listen: is it a pooler's?")
        finally:
            connection.terminate()


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
