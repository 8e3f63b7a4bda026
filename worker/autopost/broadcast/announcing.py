"""Announcing beside a worker: begun with it, ended after its last post."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import asyncpg
import structlog

from autopost.broadcast.choice import CARRIER, carrier_of
from autopost.broadcast.relay import Relay
from autopost.settings import Settings

LAST_WORDS_SECONDS = 2.0

OnPosts: TypeAlias = Callable[[], None]

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def announcing(pool: asyncpg.Pool[asyncpg.Record], settings: Settings) -> AsyncIterator[OnPosts | None]:
    """Announce posts while the context lasts; what it gives is to be called after each commit with posts in it.

    None where posts are not announced. At the end what is left is announced within LAST_WORDS_SECONDS, or left to other
    workers or the next start. Raises ConfigurationError without the extra that the carrier needs.
    """
    carrier = carrier_of(settings)
    if carrier is None:
        yield None
        return
    relay = Relay(pool, settings.schema_name, CARRIER, carrier)
    running = asyncio.create_task(relay.run(), name="announcing")
    try:
        yield relay.ring
    finally:
        relay.stop()
        try:
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                await running
        except TimeoutError:
            log.warning("the last posts are left to be announced by others, or later")
        await carrier.aclose()
