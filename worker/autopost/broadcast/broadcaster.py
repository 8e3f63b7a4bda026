"""Broadcasting beside a worker: begins before its first post and ends after its last."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

import asyncpg
import structlog

from autopost.broadcast.consumer import LogConsumer
from autopost.broadcast.from_settings import TRANSPORT, transport_from_settings
from autopost.broadcast.lease import ConsumerLease
from autopost.broadcast.sequencer import Sequencer
from autopost.broadcast.transport import LEASE_SECONDS, TransportConsumer
from autopost.settings import Settings

DRAIN_SECONDS = 2.0

OnPosts: TypeAlias = Callable[[], None]

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def broadcasting(
    pool: asyncpg.Pool[asyncpg.Record], settings: Settings, webhooks: Sequence[LogConsumer] = ()
) -> AsyncIterator[OnPosts | None]:
    """Publish events while the context lasts; yield what to call after each commit with posts in it.

    None without a transport and webhooks. At the end what is left is delivered within DRAIN_SECONDS, or by other
    workers, or after the next start. Raises ConfigurationError without the extra that the transport needs.
    """
    async with contextlib.AsyncExitStack() as resources:
        consumers = [*webhooks]
        if transport := transport_from_settings(settings, pool):
            await resources.enter_async_context(contextlib.aclosing(transport))
            lease = ConsumerLease(pool, settings.schema_name, TRANSPORT, holder_name(settings), LEASE_SECONDS)
            consumers.append(TransportConsumer(lease, transport))
        if not consumers:
            yield None
            return
        sequencer = Sequencer(pool, settings.schema_name, consumers)
        tasks = [asyncio.create_task(each.run(), name=each.name) for each in (sequencer, *consumers)]
        try:
            yield sequencer.wake
        finally:
            sequencer.stop()
            try:
                async with asyncio.timeout(DRAIN_SECONDS):
                    await tasks[0]
                    for consumer in consumers:
                        consumer.stop()
                    await asyncio.wait(tasks)
            except TimeoutError:
                log.warning("broadcast.drain_timeout", seconds=DRAIN_SECONDS)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


def holder_name(settings: Settings) -> str:
    """Return a name for leases: two workers may have one name."""
    return f"{settings.worker_name} {secrets.token_hex(4)}"
