"""The one place that receives while somebody watches, and tells everybody whom it concerns."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

import structlog

from autopost.observability import metrics
from autopost.web.database import NoAnswer
from autopost.web.feed.receiver import LogPutBack, Receiver
from autopost.web.feed.subscriber import Subscriber
from autopost.web.feed.telling import Telling
from autopost.web.limits import FIRST_LOOK_SECONDS, LAST_WORDS_SECONDS, TooMany

MARK_SECONDS = 10.0  # between messages that say how far a quiet topic has been followed

log = structlog.get_logger(__name__)

Receive = Callable[[Callable[[Telling], None]], Receiver]


class Hub:
    """Receives while there is a subscriber, once for all of them, and never without one."""

    def __init__(self, receiver: Receive, most: int) -> None:
        self._make_receiver = receiver
        self._most = most
        self._receiver = receiver(self._tell)
        self._subscribers: set[Subscriber] = set()
        self._by_topic: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self._receiving: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def position(self) -> int:
        """Return up to which place of the log everything was handed on."""
        return self._receiver.last

    async def join(self, subscriber: Subscriber) -> None:
        """Tell a subscriber everything after `position` from now on.

        Raises TooMany, and NoAnswer when the place in the log is not to be had in time.
        """
        if self._closed or len(self._subscribers) >= self._most:
            raise TooMany
        self._subscribers.add(subscriber)
        for topic in subscriber.topics.names:
            self._by_topic[topic].add(subscriber)
        metrics.FEED_VIEWERS.labels(subscriber.protocol).inc()
        if self._receiving is None:
            self._receiver = self._make_receiver(self._tell)
            self._receiving = asyncio.create_task(self._receive(), name="feed")
            self._receiving.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(FIRST_LOOK_SECONDS):
                await self._receiver.begun.wait()
        except BaseException as error:
            self.leave(subscriber)
            if isinstance(error, TimeoutError):
                raise NoAnswer("the log was not to be read in time") from None
            raise

    def leave(self, subscriber: Subscriber) -> None:
        """Tell a subscriber nothing more; the last one to leave ends the receiving."""
        if subscriber not in self._subscribers:
            return
        self._subscribers.discard(subscriber)
        for topic in subscriber.topics.names:
            self._by_topic[topic].discard(subscriber)
            if not self._by_topic[topic]:
                del self._by_topic[topic]
        metrics.FEED_VIEWERS.labels(subscriber.protocol).dec()
        if subscriber.dropped.is_set() and not self._closed:
            metrics.FEED_DROPPED.labels(subscriber.protocol).inc()
        if not self._subscribers and self._receiving is not None:
            self._receiving.cancel()
            self._receiving = None

    def close(self) -> None:
        """End all streams, at once where the viewer reads, and soon where it does not."""
        if self._closed:
            return
        self._closed = True
        for subscriber in self._subscribers:
            subscriber.end()
            asyncio.get_running_loop().call_later(LAST_WORDS_SECONDS, subscriber.dropped.set)
        if self._receiving is not None:
            self._receiving.cancel()

    async def _receive(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receiver.run())
            tasks.create_task(self._mark())

    async def _mark(self) -> None:
        """Let those who hear little know how far they have come, so that they come back to that place."""
        while True:
            await asyncio.sleep(MARK_SECONDS)
            position = self.position
            for subscriber in self._subscribers:
                if subscriber.marks:
                    subscriber.move_on(position, mark(position))

    def _tell(self, telling: Telling) -> None:
        for topic in telling.topics:
            for subscriber in self._by_topic.get(topic, ()):
                subscriber.tell(telling)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Log an error that nobody foresaw, and let every viewer come back, which begins anew."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        if not (isinstance(error, BaseExceptionGroup) and error.subgroup(LogPutBack)):
            log.error("receiving ended", error=type(error).__name__, exc_info=error)
        if task is self._receiving:
            self._receiving = None
        for subscriber in self._subscribers:
            subscriber.end()


def mark(position: int) -> bytes:
    """Return what tells a browser its place and shows it nothing: an event without data is an id alone."""
    return f"id: {position}\n\n".encode()
