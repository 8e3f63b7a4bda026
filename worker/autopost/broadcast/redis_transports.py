"""Redis as a transport: Pub/Sub for subscribers that are connected, a stream for those that were away."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from autopost.broadcast.event import BroadcastEvent
from autopost.errors import DeliveryFailed

SECONDS = 2.0  # for connecting, and for each answer


def connect(url: str) -> Redis:
    """Return a client that fails soon and leaves retries to its caller. It connects when it is used."""
    return Redis.from_url(
        url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=Retry(NoBackoff(), 0), client_name="autopost"
    )


def channels_of(prefix: str, event: BroadcastEvent) -> list[str]:
    """Return the channels on which an event is published."""
    return [f"{prefix}:{topic}" for topic in event.topics]


def stream_of(prefix: str) -> str:
    """Return the key of the stream."""
    return f"{prefix}:stream"


class PubSubTransport:
    """Publishes each event on the channels of its topics, `<prefix>:global` and so on."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    async def send(self, events: Sequence[BroadcastEvent]) -> None:
        """Publish, in one round trip. Raises DeliveryFailed."""
        async with _sending(self._client) as pipeline:
            for event in events:
                message = event.message
                for channel in channels_of(self._prefix, event):
                    pipeline.publish(channel, message)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class StreamTransport:
    """Appends each event to the stream `<prefix>:stream`, which holds about `length` of them.

    An entry has the fields `id`, that of the post, and `message`.
    """

    def __init__(self, client: Redis, prefix: str, length: int) -> None:
        self._client = client
        self._key = stream_of(prefix)
        self._length = length

    async def send(self, events: Sequence[BroadcastEvent]) -> None:
        """Append, in one round trip. Raises DeliveryFailed."""
        async with _sending(self._client) as pipeline:
            for event in events:
                fields: dict[Any, Any] = {"id": event.post_id, "message": event.message}
                pipeline.xadd(self._key, fields, maxlen=self._length, approximate=True)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


@contextlib.asynccontextmanager
async def _sending(client: Redis) -> AsyncIterator[Pipeline]:
    """Collect commands, and send them at the end. Raises DeliveryFailed."""
    try:
        async with client.pipeline(transaction=False) as pipeline:
            yield pipeline
            await pipeline.execute()
    except (RedisError, OSError, TimeoutError) as error:
        raise DeliveryFailed(f"Redis: {type(error).__name__}") from error
