"""A webhook that is delivered to a target in this process, from a log that a test writes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg

from autopost.broadcast.event import BroadcastEvent
from autopost.broadcast.lease import ConsumerLease
from autopost.webhooks.delivery import LEASE_SECONDS, WebhookConsumer
from autopost.webhooks.webhook import Webhook, WebhookKind
from tests.support.host import SCHEMAS, Host

WEBHOOK = Webhook("out", WebhookKind.WEBHOOK, "https://example.com")
WRITE = (
    "insert into auto_post_events (post_id, tenant_id, agent_id, agent_name, post_type, content, created_at) "
    "values (%s, 'tenant', %s, %s, %s, %s, now() - make_interval(secs => %s))"
)


class Recorder:
    """A target that notes what it takes, and refuses what it is told to."""

    def __init__(self) -> None:
        self.took: list[tuple[str | None, str]] = []
        self.attempts = 0
        self.refusing: dict[str, Exception] = {}
        self.down: Exception | None = None
        self.slow = 0.0
        self.most_at_once = 0
        self._now = 0

    @property
    def contents(self) -> list[str]:
        """Return the texts that it took."""
        return [content for _, content in self.took]

    async def send(self, event: BroadcastEvent) -> None:
        """Take it, or not."""
        self.attempts += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(self.slow)
            if refusal := self.down or self.refusing.get(event.content):
                raise refusal
            self.took.append((event.agent_id, event.content))
        finally:
            self._now -= 1


class Log:
    """Writes posts into the log of events."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def write(self, *contents: str, agent: str = "ada", kind: str = "status", age_seconds: float = 0) -> None:
        """Write and place some."""
        for content in contents:
            self._host.execute(WRITE, (str(uuid4()), agent, agent.title(), kind, content, age_seconds))
        self._host.execute("select auto_post_sequence_events()")

    @property
    def row(self) -> Any:
        """Return the webhook's row: its offset, lease and error."""
        return self._host.rows("select * from auto_post_consumers where name = 'webhook:out'")[0]

    @property
    def dead(self) -> list[tuple[int, str]]:
        """Return the dead letters: positions and errors."""
        rows = self._host.rows("select position, error from auto_post_webhook_dead_letters order by position")
        return [(row["position"], row["error"]) for row in rows]


class Hurried(WebhookConsumer):
    """A consumer that retries and polls soon, so that no test waits long."""

    poll_seconds = 0.2
    retry_base_seconds = 0.02
    retry_cap_seconds = 0.1
    pause_seconds = 0.1


def lease_of(pool: asyncpg.Pool[asyncpg.Record], worker: str) -> ConsumerLease:
    """Return the webhook's lease as a worker has it."""
    return ConsumerLease(pool, SCHEMAS, WEBHOOK.consumer, worker, LEASE_SECONDS)


@contextlib.asynccontextmanager
async def delivering(
    pool: asyncpg.Pool[asyncpg.Record], target: Recorder, webhook: Webhook = WEBHOOK, worker: str = "one"
) -> AsyncIterator[WebhookConsumer]:
    """Deliver meanwhile, and until all is delivered."""
    consumer = Hurried(webhook, lease_of(pool, worker), target)
    running = asyncio.create_task(consumer.run())
    try:
        yield consumer
        consumer.stop()
        await running
    finally:
        running.cancel()


async def deliver(pool: asyncpg.Pool[asyncpg.Record], target: Recorder, webhook: Webhook = WEBHOOK) -> None:
    """Deliver what there is."""
    async with delivering(pool, target, webhook):
        pass
