"""What is on its way to one viewer: a bounded queue that nobody who puts something in waits for."""

from __future__ import annotations

import asyncio
from collections import deque

MOST_WAITING = 200  # messages; who is this far behind does not read
MOST_BYTES = 1_000_000


class Outgoing:
    """A queue of messages with an end. Nobody who puts something in ever waits."""

    def __init__(self) -> None:
        self.dropped = asyncio.Event()
        self._messages: deque[bytes] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._ended = False

    def offer(self, message: bytes) -> None:
        """Put a message in; a viewer that has not taken MOST_WAITING, or MOST_BYTES, is dropped instead."""
        if len(self._messages) >= MOST_WAITING or self._bytes >= MOST_BYTES:
            self.dropped.set()
        if self.dropped.is_set():
            self._messages.clear()
            return
        self._messages.append(message)
        self._bytes += len(message)
        self._news.set()

    def end(self) -> None:
        """Let the stream end when everything was taken."""
        self._ended = True
        self._news.set()

    async def take(self) -> bytes | None:
        """Wait for messages and return all there are in one, or None at the end."""
        taken = await self.take_each()
        return None if taken is None else b"".join(taken)

    async def take_each(self) -> list[bytes] | None:
        """Wait for messages and return all there are, or None at the end."""
        await self._news.wait()
        if self._messages:
            taken = list(self._messages)
            self._messages.clear()
            self._bytes = 0
            if not self._ended:
                self._news.clear()
            return taken
        return None
