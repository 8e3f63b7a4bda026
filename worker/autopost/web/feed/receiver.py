"""Hands on announcements as they come: each once, in the order of the log, whatever becomes of the carrier.

Positions are dense and given in the order of commits. With `last` the one that was handed on last:

- What the carrier brings is handed on when its position is `last` + 1, and is a repeat up to `last`.
- Anything else says that there is more in the log, which is then read on from `last`: a position beyond, a message
  without content, a carrier whose messages are not believed, a session with the carrier that has begun, and the time,
  soon while the carrier is not heard.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from autopost import backoff
from autopost.broadcast.announcement import Announcement, NotAnAnnouncement
from autopost.database.errors import label
from autopost.errors import AutopostError
from autopost.observability import metrics
from autopost.web.database import NoAnswer
from autopost.web.feed.log import Log
from autopost.web.feed.source import Source
from autopost.web.feed.telling import Telling

UNHEARD_SECONDS = 2.0  # between looks into the log while the carrier is not heard
HEARD_SECONDS = 15.0  # and while it is: what it may have lost in silence
BURST = 50  # after which viewers have a moment to be sent what they were told: many at once would be too many for them
PAUSE_SECONDS = 0.02  # after a look, however many hints there are
TROUBLED_SECONDS = 1.0
CAP_SECONDS = 5.0  # between attempts to hear the carrier
# What else comes of JSON that whoever may use the carrier makes up.
NO_JSON_OF_OURS = (UnicodeEncodeError, OverflowError, RecursionError)

log = structlog.get_logger(__name__)


class Receiver:
    """Hands on what is announced from when it runs. One for a process; it begins at the log's present position."""

    def __init__(self, announcements: Log, source: Source, hand_on: Callable[[Telling], None]) -> None:
        self._log = announcements
        self._source = source
        self._hand_on = hand_on
        self._hears = False
        self._behind = asyncio.Event()
        self.last = 0
        self.begun = asyncio.Event()

    async def run(self) -> None:
        """Receive, for ever; `begun` is set from when it knows its place. Raises LogPutBack, after which begin anew."""
        while not self.begun.is_set():
            try:
                self.last = await self._log.position()
                self.begun.set()
            except NoAnswer:  # which was logged
                await asyncio.sleep(TROUBLED_SECONDS)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._keep_up())

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with contextlib.aclosing(self._source.hear()) as heard:  # type: ignore[type-var]
                    async for messages in heard:
                        if failures:
                            log.info("the carrier is heard again")
                        failures = 0
                        self._note(hears=True)
                        await self._take(messages)
            except Exception as error:  # noqa: BLE001 - whatever a client raises, the log is still read
                failures += 1
                metrics.FEED_CARRIER_ERRORS.inc()
                if failures == 1:
                    said = str(error) if isinstance(error, AutopostError) else label(error)
                    log.warning("the carrier is not heard; the log is looked at instead", error=said)
            finally:
                self._note(hears=False)
            await asyncio.sleep(backoff.delay_seconds(max(failures, 1), base=0.1, cap=CAP_SECONDS))

    async def _take(self, messages: list[str | bytes]) -> None:
        if not messages:
            self._behind.set()
        for number, message in enumerate(messages, 1):
            if not number % BURST:
                await asyncio.sleep(0)
            try:
                telling = Telling.of(Announcement.read(message))
            except (NotAnAnnouncement, *NO_JSON_OF_OURS):
                self._behind.set()
                continue
            if telling.position == self.last + 1:
                self._hand(telling, "transport")
            elif telling.position > self.last:
                self._behind.set()

    async def _keep_up(self) -> None:
        """Look into the log when there is reason to, one look at a time."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HEARD_SECONDS if self._hears else UNHEARD_SECONDS):
                    await self._behind.wait()
            self._behind.clear()
            try:
                while not await self._read_on():
                    pass
            except NoAnswer:
                self._behind.set()
                await asyncio.sleep(TROUBLED_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _read_on(self) -> bool:
        """Hand on a stretch of the log; tell whether it was the last one. What the carrier brought meanwhile stays."""
        before = self.last
        stretch = await self._log.after(before)
        if stretch.end < before:
            log.warning("the log of announcements was put back", position=before, now=stretch.end)
            raise LogPutBack
        for number, announcement in enumerate(stretch.announcements, 1):
            if not number % BURST:
                await asyncio.sleep(0)
            if announcement.position > self.last:
                self._hand(Telling.of(announcement), "log")
        self.last = max(self.last, stretch.end)
        return stretch.is_all

    def _hand(self, telling: Telling, source: str) -> None:
        self.last = telling.position
        metrics.FEED_RECEIVED.labels(source).inc()
        self._hand_on(telling)

    def _note(self, *, hears: bool) -> None:
        if self._hears and not hears:
            self._behind.set()  # else it would be looked at only when the wait of a carrier that is heard is over
        self._hears = hears
        metrics.FEED_HEARS.set(hears)


class LogPutBack(Exception):
    """The log ends before what was handed on: the database is that of an earlier time."""
