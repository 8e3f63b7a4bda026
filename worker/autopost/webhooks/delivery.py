"""Delivers the log to one webhook: at least once, an agent's posts one after another, those of several agents at once.

Agents are served in turn. A post that the target does not take is retried until it is older than the webhook's
`give_up_after`, and holds up what its agent has after it; then it is dead-lettered. A post that the target says it will
never take is dead-lettered at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import structlog

from autopost.broadcast.consumer import Batch, LogConsumer, failure_of
from autopost.broadcast.event import BroadcastEvent
from autopost.broadcast.lease import ConsumerLease, WebhookDeadLetter
from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.observability import metrics
from autopost.webhooks.target import MAX_REQUESTS
from autopost.webhooks.webhook import Webhook

LEASE_SECONDS = 60.0  # longer than a batch takes
PACE_SECONDS = {"slack": 1.0}  # between two posts: https://docs.slack.dev/apis/web-api/rate-limits
PACED_BATCH_SIZE = 2  # what a worker that is killed may repeat, and how soon an agent gets its turn

log = structlog.get_logger(__name__)


class Sender(Protocol):
    """What sends an event to where a webhook points."""

    async def send(self, event: BroadcastEvent) -> None:
        """Send an event. Raises DeliveryFailed and DeliveryRejected."""


class WebhookConsumer(LogConsumer):
    """Delivers the log to a webhook."""

    batch_size = 100
    is_fair = True
    send_seconds = 20.0
    retry_base_seconds = 1.0
    retry_cap_seconds = 60.0

    def __init__(self, webhook: Webhook, lease: ConsumerLease, target: Sender) -> None:
        super().__init__(lease)
        self._webhook = webhook
        self._target = target
        self._pace_seconds = PACE_SECONDS.get(webhook.kind, 0.0)
        if self._pace_seconds:
            self.batch_size = PACED_BATCH_SIZE
        for outcome in ("delivered", "failed", "dead"):  # Prometheus counts from where it first sees a counter
            self._count(outcome, 0)

    def wants(self, event: BroadcastEvent) -> bool:
        """Return whether the webhook's filters let an event pass."""
        return self._webhook.wanted.has(event)

    async def deliver(self, batch: Batch) -> None:
        """Send an agent's posts in order, and several agents' at once; nothing is begun after a failure."""
        by_agent: dict[str | None, list[BroadcastEvent]] = {}
        for event in batch.events:
            by_agent.setdefault(event.agent_id, []).append(event)
        given_up: list[DeliveryFailed] = []
        requests = asyncio.Semaphore(1 if self._pace_seconds else MAX_REQUESTS)
        async with asyncio.TaskGroup() as agents:
            for events in by_agent.values():
                agents.create_task(self._deliver_of_agent(events, batch, given_up, requests))
        if given_up and not batch.has_answer:  # a target that is down, though nothing is left to retry
            batch.failure = batch.failure or given_up[-1]

    async def _deliver_of_agent(
        self,
        events: Sequence[BroadcastEvent],
        batch: Batch,
        given_up: list[DeliveryFailed],
        requests: asyncio.Semaphore,
    ) -> None:
        for event in events:
            async with requests:
                if batch.failure or asyncio.get_running_loop().time() > batch.deadline:
                    return
                error = await self._send(event)
                if isinstance(error, DeliveryFailed):
                    self._count("failed")
                    if datetime.now(UTC) - event.created_at < self._webhook.give_up_after:
                        batch.failure = batch.failure or error
                        batch.failed.add(event.position)
                        return
                    given_up.append(error)
                else:
                    batch.has_answer = True
                if error is not None:
                    log.error("webhook.dead_lettered", webhook=self._webhook.name, post=event.post_id, error=str(error))
                    batch.dead_letters.append(WebhookDeadLetter(event, str(error)))
                self._count("dead" if error else "delivered")
                batch.done.add(event.position)
                await asyncio.sleep(self._pace_seconds)

    async def redeliver(self) -> None:
        """Send the dead letters that an operator wants to be sent again, once each."""
        deadline = asyncio.get_running_loop().time() + self.send_seconds
        for event in await self._lease.dead_letters_to_retry(self.batch_size):
            if asyncio.get_running_loop().time() > deadline:
                return
            error = await self._send(event)
            self._count("dead" if error else "delivered")
            await self._lease.end_retry(event, str(error) if error else None)
            if error is None:
                self.recovered()
            await asyncio.sleep(self._pace_seconds)

    def log_failure(self, error: str) -> None:
        """Log that the webhook fails and is retried."""
        log.warning("webhook.retry", webhook=self._webhook.name, error=error)

    def log_recovery(self) -> None:
        """Log that the webhook delivers again."""
        log.info("webhook.recovered", webhook=self._webhook.name)

    async def _send(self, event: BroadcastEvent) -> DeliveryFailed | DeliveryRejected | None:
        """Send an event; return why it was not taken, None if it was."""
        try:
            await self._target.send(event)
        except DeliveryRejected as error:
            return error
        except Exception as error:  # noqa: BLE001 - a bug in sending must not end a worker
            return failure_of(error)
        return None

    def _count(self, outcome: str, times: int = 1) -> None:
        metrics.WEBHOOK_DELIVERIES.labels(self._webhook.name, outcome).inc(times)
