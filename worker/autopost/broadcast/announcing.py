"""Announcing beside a worker: begun with it, ended after its last post."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol, TypeAlias

import asyncpg
import structlog

from autopost.broadcast.from_settings import CARRIER, carrier_of
from autopost.broadcast.placing import Placer
from autopost.broadcast.relay import Relay
from autopost.settings import Settings

LAST_WORDS_SECONDS = 2.0

OnPosts: TypeAlias = Callable[[], None]

log = structlog.get_logger(__name__)


class Reads(Protocol):
    """A reader of the log that is run beside a worker."""

    async def begin(self) -> None:
        """Begin after what has a place by now, if it is new. Raises the database's errors."""

    def ring(self) -> None:
        """Hear that something was placed."""

    def stop(self) -> None:
        """Let `run` end when everything is delivered, or at the next failure."""

    async def run(self) -> None:
        """Read on until stopped."""


@contextlib.asynccontextmanager
async def announcing(
    pool: asyncpg.Pool[asyncpg.Record], settings: Settings, hooks: Sequence[Reads] = ()
) -> AsyncIterator[OnPosts | None]:
    """Announce posts while the context lasts; what it gives is to be called after each commit with posts in it.

    None where posts are announced nowhere, neither by a carrier nor by hooks. At the end what is left is announced
    within LAST_WORDS_SECONDS, or left to other workers or the next start. Raises ConfigurationError without the extra
    that the carrier needs.
    """
    carrier = carrier_of(settings)
    readers = [*hooks, *([Relay(pool, settings.schema_name, CARRIER, carrier)] if carrier else [])]
    if not readers:
        yield None
        return
    placer = Placer(pool, settings.schema_name, readers)
    placing = asyncio.create_task(placer.run(), name="placing")
    reading = [asyncio.create_task(reader.run(), name="announcing") for reader in readers]
    try:
        yield placer.ring
    finally:
        placer.stop()
        try:
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                await placing
                for reader in readers:
                    reader.stop()
                await asyncio.wait(reading)
        except TimeoutError:
            log.warning("the last posts are left to be announced by others, or later")
        finally:
            for task in (placing, *reading):
                task.cancel()
            await asyncio.gather(placing, *reading, return_exceptions=True)
            if carrier:
                await carrier.aclose()
