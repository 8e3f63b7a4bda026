"""Hears what a carrier brings: hints, of which some may be missing and others come twice."""

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


class Unheard(AutopostError):
    """The carrier is not heard any more."""


class Source(Protocol):
    """Listens to a carrier."""

    def hear(self) -> AsyncIterator[list[str | bytes]]:
        """Yield messages as they come, in one session; nothing of a list means that some may have been missed.

        The first is such a one: from then on the carrier is heard. Raises Unheard, and whatever the carrier's client
        raises, when the session ends; a carrier that says nothing is asked now and then whether it is there.
        """
        ...


class NotifySource:
    """Listens to PostgreSQL's notifications on a connection of its own.

    Every role of the database may notify on every channel, so what a notification says is not believed: it is a reason
    to read the log.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._listens = read_object("queries/feed/listens")

    async def hear(self) -> AsyncIterator[list[str | bytes]]:
        """Yield nothing for the notifications of a moment.

        Raises DatabaseUnreachable, and the driver's errors; behind a pooler Unheard.
        """
        channel = self._settings.broadcast_channel
        news = asyncio.Event()

        connection = await connect(self._settings, "feed listening")
        try:
            connection.add_termination_listener(lambda _: news.set())
            await connection.add_listener(channel, lambda *_: news.set())
            while await connection.fetchval(self._listens, channel, timeout=ANSWER_SECONDS):
                yield []  # a pooler that has changed the session beneath us has lost some
                while await _is_set(news, PROBE_SECONDS):
                    news.clear()
                    if connection.is_closed():
                        raise Unheard("the listening connection was lost")
                    yield []
            raise Unheard("the connection does not listen: is it a pooler's?")
        finally:
            connection.terminate()


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
