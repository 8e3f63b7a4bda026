"""Redis as a carrier: Pub/Sub for who listens now, a stream for who was away."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from autopost.broadcast.announcement import Announcement
from autopost.broadcast.carrier import NotCarried

SECONDS = 2.0  # for connecting, and for each answer
STREAM_LENGTH = 10_000  # entries, about


def connect(url: str) -> Redis:
    """Return a client that gives up soon and leaves trying again to its caller. It connects when it is used."""
    return Redis.from_url(
        url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=Retry(NoBackoff(), 0), client_name="autopost"
    )


def channels_of(prefix: str, announcement: Announcement) -> list[str]:
    """Return the channels on which an announcement is heard."""
    return [f"{prefix}:{topic}" for topic in announcement.topics]


def stream_of(prefix: str) -> str:
    """Return the key of the stream."""
    return f"{prefix}:stream"


class PubSubCarrier:
    """Publishes each announcement on the channels of its topics, `<prefix>:global` and so on."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    async def send(self, announcements: Sequence[Announcement], connection: Any) -> None:
        """Publish, in one round trip. Raises NotCarried."""
        async with _sending(self._client) as pipeline:
            for announcement in announcements:
                message = announcement.message
                for channel in channels_of(self._prefix, announcement):
                    pipeline.publish(channel, message)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class StreamCarrier:
    """Appends each announcement to the stream `<prefix>:stream`, which holds about STREAM_LENGTH of them.

    An entry has the fields `id`, that of the post, and `message`.
    """

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._key = stream_of(prefix)

    async def send(self, announcements: Sequence[Announcement], connection: Any) -> None:
        """Append, in one round trip. Raises NotCarried."""
        async with _sending(self._client) as pipeline:
            for announcement in announcements:
                fields: dict[Any, Any] = {"id": announcement.post_id, "message": announcement.message}
                pipeline.xadd(self._key, fields, maxlen=STREAM_LENGTH, approximate=True)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


@contextlib.asynccontextmanager
async def _sending(client: Redis) -> AsyncIterator[Pipeline]:
    """Collect commands, and send them at the end. Raises NotCarried."""
    try:
        async with client.pipeline(transaction=False) as pipeline:
            yield pipeline
            await pipeline.execute()
    except (RedisError, OSError, TimeoutError) as error:
        raise NotCarried(f"Redis: {type(error).__name__}") from error
