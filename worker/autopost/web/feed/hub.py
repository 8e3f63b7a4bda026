"""Receives posts while anyone watches, and publishes each to the subscribers of its topics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from autopost.observability import metrics
from autopost.web.feed.encoded_post import EncodedPost
from autopost.web.feed.receiver import LogRewound, Receiver
from autopost.web.hub import Hub
from autopost.web.sse import mark
from autopost.web.viewer import EVENTS, Viewer

MARK_SECONDS = 10.0  # between events that tell a browser on a quiet topic its place

NewReceiver = Callable[[Callable[[EncodedPost], None]], Receiver]


class FeedHub(Hub):
    """Runs a new receiver each time the first subscriber comes."""

    name = "feed"

    def __init__(self, new_receiver: NewReceiver, limit: int) -> None:
        super().__init__(limit)
        self._new_receiver = new_receiver
        self._receiver = new_receiver(self._publish_post)

    @property
    def position(self) -> int:
        """Return the position up to which every post of the log was published."""
        return self._receiver.position

    async def run(self, ready: asyncio.Event) -> None:
        """Receive until cancelled, or until the log was rewound: then subscribers reconnect and are sent a gap."""
        self._receiver = self._new_receiver(self._publish_post)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receiver.run(ready))
                tasks.create_task(self._publish_marks())
        except* LogRewound:
            pass  # which was logged

    async def _publish_marks(self) -> None:
        while True:
            await asyncio.sleep(MARK_SECONDS)
            position = self.position
            for viewer in self._viewers:
                if viewer.protocol == EVENTS:
                    viewer.offer(mark(position), position)

    def _publish_post(self, post: EncodedPost) -> None:
        for topic in post.topics:
            for viewer in self._by_topic.get(topic, ()):
                if viewer.tenant is not None and viewer.tenant != post.tenant:
                    continue
                viewer.offer(post.event if viewer.protocol == EVENTS else post.message, post.position)

    def _add(self, viewer: Viewer) -> None:
        super()._add(viewer)
        metrics.FEED_VIEWERS.labels(viewer.protocol).inc()

    def _remove(self, viewer: Viewer) -> None:
        super()._remove(viewer)
        metrics.FEED_VIEWERS.labels(viewer.protocol).dec()
        if viewer.dropped.is_set() and not self._closed:
            metrics.FEED_DROPPED.labels(viewer.protocol).inc()
