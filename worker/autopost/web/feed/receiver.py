"""Receives posts as they are broadcast: each once, in the order of the log, whatever happens to the transport.

Positions in the log are dense, and assigned in the order of commits. With `position` that of the last post published:

- A message of the transport is published when its position is `position` + 1; up to `position` it is a repeat.
- Anything else is a reason to read the log on from `position`: a later position, a message without content, a transport
  whose messages are not trusted, a new session with the transport, and a timer, which is short while disconnected.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from autopost import backoff
from autopost.broadcast.event import BroadcastEvent
from autopost.database.errors import label
from autopost.errors import AutopostError, MalformedEvent
from autopost.observability import metrics
from autopost.web.errors import DatabaseUnavailable
from autopost.web.feed.encoded_post import EncodedPost
from autopost.web.feed.log import Log
from autopost.web.feed.source import Source

DISCONNECTED_POLL_SECONDS = 2.0  # between reads of the log while the transport is not received
CONNECTED_POLL_SECONDS = 15.0  # and while it is, for what it lost in silence
BURST = 50  # posts after which the event loop runs, so that viewers are sent them before their queues are full
PAUSE_SECONDS = 0.02  # after a read, however many hints there are
RETRY_SECONDS = 1.0
CAP_SECONDS = 5.0  # between attempts to connect to the transport
# What else JSON may lead to that anyone with access to the transport can write.
ENCODING_ERRORS = (UnicodeEncodeError, OverflowError, RecursionError)

log = structlog.get_logger(__name__)


class LogRewound(AutopostError):
    """The log ends before the last post that was published: the database was restored to an earlier state."""


class Receiver:
    """Publishes posts from the position at which the log is when it starts."""

    def __init__(
        self,
        posts: Log,
        source: Source,
        publish: Callable[[EncodedPost], None],
        *,
        connected_poll_seconds: float = CONNECTED_POLL_SECONDS,
        disconnected_poll_seconds: float = DISCONNECTED_POLL_SECONDS,
    ) -> None:
        self._log = posts
        self._source = source
        self._publish = publish
        self._connected_poll_seconds = connected_poll_seconds
        self._disconnected_poll_seconds = disconnected_poll_seconds
        self._connected = False
        self._behind = asyncio.Event()
        self.position = 0

    async def run(self, ready: asyncio.Event) -> None:
        """Receive until cancelled; set `ready` once the position is known. Raises LogRewound: start a new one then."""
        while not ready.is_set():
            try:
                self.position = await self._log.position()
                ready.set()
            except DatabaseUnavailable:  # which was logged
                await asyncio.sleep(RETRY_SECONDS)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive())
            tasks.create_task(self._read_log())

    async def _receive(self) -> None:
        failures = 0
        while True:
            try:
                async with contextlib.aclosing(self._source.receive()) as received:  # type: ignore[type-var]
                    async for messages in received:
                        if failures:
                            log.info("feed.source_connected", failures=failures)
                        failures = 0
                        self._set_connected(True)
                        await self._publish_messages(messages)
            except Exception as error:  # noqa: BLE001 - whatever a client raises, the log is still read
                failures += 1
                metrics.FEED_SOURCE_ERRORS.inc()
                if failures == 1:
                    reason = str(error) if isinstance(error, AutopostError) else label(error)
                    log.warning("feed.source_lost", error=reason, log_read_seconds=self._disconnected_poll_seconds)
            finally:
                self._set_connected(False)
            await asyncio.sleep(backoff.delay_seconds(max(failures, 1), base=0.1, cap=CAP_SECONDS))

    async def _publish_messages(self, messages: list[str | bytes]) -> None:
        if not messages:
            self._behind.set()
        for number, message in enumerate(messages, 1):
            if not number % BURST:
                await asyncio.sleep(0)
            try:
                post = EncodedPost.of(BroadcastEvent.from_message(message))
            except (MalformedEvent, *ENCODING_ERRORS):
                self._behind.set()
                continue
            if post.position == self.position + 1:
                self._publish_post(post, "transport")
            elif post.position > self.position:
                self._behind.set()

    async def _read_log(self) -> None:
        """Read the log when there is reason to, one read at a time."""
        while True:
            poll = self._connected_poll_seconds if self._connected else self._disconnected_poll_seconds
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(poll):
                    await self._behind.wait()
            self._behind.clear()
            try:
                while not await self._read_page():
                    pass
            except DatabaseUnavailable:
                self._behind.set()
                await asyncio.sleep(RETRY_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _read_page(self) -> bool:
        """Publish a page of the log but for what the transport brought meanwhile; return whether it was the last."""
        before = self.position
        page = await self._log.after(before)
        if page.end < before:
            log.warning("feed.log_rewound", position=before, log_position=page.end)
            raise LogRewound
        for number, event in enumerate(page.events, 1):
            if not number % BURST:
                await asyncio.sleep(0)
            if event.position > self.position:
                self._publish_post(EncodedPost.of(event), "log")
        self.position = max(self.position, page.end)
        return page.is_last

    def _publish_post(self, post: EncodedPost, source: str) -> None:
        self.position = post.position
        metrics.FEED_RECEIVED.labels(source).inc()
        self._publish(post)

    def _set_connected(self, connected: bool) -> None:
        if self._connected and not connected:
            self._behind.set()  # else the log would be read only after the long wait of a connected transport
        self._connected = connected
        metrics.FEED_HEARS.set(connected)
