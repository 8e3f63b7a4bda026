"""A client of a stream: what it subscribed to, and a bounded queue of messages on their way to it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from autopost.web.filter import FeedFilter

MOST_QUEUED = 200  # messages; a client that is this far behind does not read
MOST_QUEUED_BYTES = 1_000_000
EVENTS = "events"  # the protocols
WEBSOCKET = "ws"


async def _no_end() -> None:
    """Return that there is no end."""


class Viewer:
    """A queue of messages. Publishing never waits: a viewer whose queue is full is dropped instead.

    `wanted` filters the outcomes on the dashboard; `session_left` says for how many seconds the stream may go on, None
    for one without an end; `tenant` is the only one whose posts it is sent, None for all of them.
    """

    def __init__(
        self,
        topics: Iterable[str],
        *,
        protocol: str = EVENTS,
        wanted: FeedFilter | None = None,
        session_left: Callable[[], Awaitable[float | None]] = _no_end,
        tenant: str | None = None,
    ) -> None:
        self.topics = frozenset(topics)
        self.protocol = protocol
        self.wanted = wanted or FeedFilter()
        self.session_left = session_left
        self.tenant = tenant
        self.dropped = asyncio.Event()
        self._messages: deque[tuple[bytes, int]] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._ended = False
        self._position = 0

    def offer(self, message: bytes, position: int | None = None) -> None:
        """Queue a message, unless its position is not after the last one's, and it is a repeat.

        A viewer is dropped when MOST_QUEUED or MOST_QUEUED_BYTES are queued already.
        """
        if position is not None:
            if position <= self._position:
                return
            self._position = position
        if len(self._messages) >= MOST_QUEUED or self._bytes >= MOST_QUEUED_BYTES:
            self.dropped.set()
        if self.dropped.is_set():
            self._messages.clear()
            return
        self._messages.append((message, self._position))
        self._bytes += len(message)
        self._changed.set()

    def skip(self, position: int) -> None:
        """Remove what is queued up to a position, and accept nothing up to there: the viewer has it."""
        self._messages = deque(queued for queued in self._messages if queued[1] > position)
        self._bytes = sum(len(message) for message, _ in self._messages)
        self._position = max(self._position, position)

    def end(self) -> None:
        """End the stream once the queue is empty."""
        self._ended = True
        self._changed.set()

    async def take(self) -> list[bytes] | None:
        """Wait for messages and return all that are queued, or None at the end of the stream."""
        while not self._messages:
            if self._ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        taken = [message for message, _ in self._messages]
        self._messages.clear()
        self._bytes = 0
        return taken
