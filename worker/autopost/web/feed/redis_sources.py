"""Receives from Redis: Pub/Sub, or a stream from its end on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from autopost.broadcast.event import GLOBAL
from autopost.broadcast.redis_transports import SECONDS, connect, stream_of
from autopost.web.feed.source import TransportLost

SILENT_SECONDS = 5.0  # after which Redis is probed
BLOCK_MILLISECONDS = 1_000  # shorter than SECONDS, so that a lost Redis can be told from a quiet one
COUNT = 200


class PubSubSource:
    """Subscribes to the channel of all posts, `<prefix>:global`."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._channel = f"{prefix}:{GLOBAL}"

    async def receive(self) -> AsyncIterator[list[str | bytes]]:
        """Yield what is published. Raises TransportLost, and Redis' errors."""
        client = connect(self._url)
        pubsub = client.pubsub()
        try:
            await pubsub.subscribe(self._channel)
            while True:
                message = await _next(pubsub)
                # Anything else says that the subscription has begun, or has begun again.
                if message["type"] != "pong":
                    yield [message["data"]] if message["type"] == "message" else []
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
            await client.aclose()


async def _next(pubsub: PubSub) -> dict[str, Any]:
    """Return the next message, or the answer to a ping. Raises TransportLost when there is neither."""
    message: dict[str, Any] | None = await pubsub.get_message(timeout=SILENT_SECONDS)
    if message is None:
        await pubsub.ping()
        message = await pubsub.get_message(timeout=SECONDS)
    if message is None:
        raise TransportLost("Redis: no answer")
    return message


class StreamSource:
    """Reads the stream `<prefix>:stream` on from its end."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._key = stream_of(prefix)

    async def receive(self) -> AsyncIterator[list[str | bytes]]:
        """Yield what is appended. Raises Redis' errors."""
        client = connect(self._url)
        try:
            last = await _end_of(client, self._key)
            yield []
            while True:
                found = await client.xread({self._key: last}, count=COUNT, block=BLOCK_MILLISECONDS)
                entries = _entries(found)
                if entries:
                    last = entries[-1][0]
                    yield [fields.get(b"message", b"") for _, fields in entries]
        finally:
            await client.aclose()


async def _end_of(client: Redis, key: str) -> Any:
    """Return the id of the newest entry, or what is before any."""
    newest: Any = await client.xrevrange(key, count=1)
    return newest[0][0] if newest else b"0-0"


def _entries(found: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Return the entries of the one stream that was read, as either version of Redis' protocol has them."""
    streams = found.values() if isinstance(found, dict) else [entries for _, entries in found or ()]
    return [
        entry for entries in streams for entry in (entries[0] if entries and isinstance(entries[0], list) else entries)
    ]
