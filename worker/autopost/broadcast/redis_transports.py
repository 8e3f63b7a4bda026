"""Redis as a transport: Pub/Sub for subscribers that are connected, a stream for those that were away."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from autopost.broadcast.event import GLOBAL, BroadcastEvent
from autopost.errors import DeliveryFailed

STREAM_LENGTH = 10_000  # entries, about
SECONDS = 2.0  # for connecting, and for each answer


def connect(url: str) -> Redis:
    """Return a client that fails soon and leaves retries to its caller. It connects when it is used."""
    return Redis.from_url(
        url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=Retry(NoBackoff(), 0), client_name="autopost"
    )


def stream_of(prefix: str) -> str:
    """Return the key of the stream."""
    return f"{prefix}:stream"


class RedisTransport(abc.ABC):
    """Sends events to Redis in one round trip."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    @abc.abstractmethod
    def add(self, event: BroadcastEvent, pipeline: Pipeline) -> None:
        """Add what publishes an event to the commands that are sent."""

    async def send(self, events: Sequence[BroadcastEvent]) -> None:
        """Publish events in their order. Raises DeliveryFailed."""
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for event in events:
                    self.add(event, pipeline)
                await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            raise DeliveryFailed(f"Redis: {type(error).__name__}") from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class PubSubTransport(RedisTransport):
    """Publishes each event on the channels of its topics, `<prefix>:global` and so on; with `once` on that alone."""

    def __init__(self, client: Redis, prefix: str, *, once: bool = False) -> None:
        super().__init__(client, prefix)
        self._once = once

    def add(self, event: BroadcastEvent, pipeline: Pipeline) -> None:
        """Publish to each channel."""
        for topic in [GLOBAL] if self._once else event.topics:
            pipeline.publish(f"{self._prefix}:{topic}", event.message)


class StreamTransport(RedisTransport):
    """Appends each event to the stream `<prefix>:stream`, which holds about STREAM_LENGTH of them.

    An entry has the fields `id`, that of the post, and `message`.
    """

    def add(self, event: BroadcastEvent, pipeline: Pipeline) -> None:
        """Append to the stream."""
        fields: dict[Any, Any] = {"id": event.post_id, "message": event.message}
        pipeline.xadd(stream_of(self._prefix), fields, maxlen=STREAM_LENGTH, approximate=True)
