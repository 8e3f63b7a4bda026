"""One task that reads while anyone watches, and publishes what it reads to every viewer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from autopost.web.errors import DatabaseUnavailable, TooManyViewers
from autopost.web.viewer import Viewer

FIRST_ANSWER_SECONDS = 10.0
LAST_MESSAGES_SECONDS = 0.5  # for viewers to read what is queued when the server stops

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Hub:
    """The viewers of one kind of stream. Its task runs while there is at least one, and never without."""

    name: str

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._viewers: set[Viewer] = set()
        self._by_topic: defaultdict[str, set[Viewer]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._closed = False

    async def run(self, ready: asyncio.Event) -> None:
        """Read and publish until cancelled. New viewers wait until `ready` is set."""
        raise NotImplementedError

    async def subscribe(self, viewer: Viewer, backfill: Callable[[], Awaitable[T]]) -> T:
        """Publish to a viewer from now on; return its backfill, which is read when the hub is ready.

        Raises TooManyViewers, what the backfill raises, and DatabaseUnavailable when the hub is not ready in time.
        """
        if self._closed or len(self._viewers) >= self._limit:
            raise TooManyViewers
        self._add(viewer)
        if self._task is None:
            self._ready = asyncio.Event()
            self._task = asyncio.create_task(self.run(self._ready), name=self.name)
            self._task.add_done_callback(self._on_task_done)
        try:
            await self._until_ready()
            return await backfill()
        except BaseException:
            self.unsubscribe(viewer)
            raise

    def unsubscribe(self, viewer: Viewer) -> None:
        """Publish nothing more to a viewer; the last one ends the task."""
        if viewer not in self._viewers:
            return
        self._remove(viewer)
        if viewer.dropped.is_set() and not self._closed:
            log.info("viewer.dropped", stream=self.name)
        if not self._viewers and self._task is not None:
            self._task.cancel()
            self._task = None

    def publish(self, topic: str, encode: Callable[[], bytes], accepts: Callable[[Viewer], bool] | None = None) -> None:
        """Offer a message to the viewers of a topic: encoded once for all of them, and not at all for none."""
        viewers = [viewer for viewer in self._by_topic.get(topic, ()) if accepts is None or accepts(viewer)]
        if viewers:
            message = encode()
            for viewer in viewers:
                viewer.offer(message)

    def close(self) -> None:
        """End all streams: at once for clients that read, after LAST_MESSAGES_SECONDS for the others."""
        if self._closed:
            return
        self._closed = True
        for viewer in self._viewers:
            viewer.end()
            asyncio.get_running_loop().call_later(LAST_MESSAGES_SECONDS, viewer.dropped.set)
        if self._task is not None:
            self._task.cancel()

    def _add(self, viewer: Viewer) -> None:
        self._viewers.add(viewer)
        for topic in viewer.topics:
            self._by_topic[topic].add(viewer)

    def _remove(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        for topic in viewer.topics:
            self._by_topic[topic].discard(viewer)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(FIRST_ANSWER_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            raise DatabaseUnavailable("nothing was read in time") from None

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        """Log an unexpected error, and end all streams: clients reconnect, which starts a new task."""
        if task is self._task:
            self._task = None
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.error("hub.failed", stream=self.name, error=type(error).__name__, exc_info=error)
        for viewer in self._viewers:
            viewer.end()
