"""Delivers the log to one webhook: at least once, an agent's posts one after another, those of several agents at once.

Agents are served in turn. A post that the target does not take is retried until it is older than the webhook's
`give_up_after`, and holds up what its agent has after it; then it is dead-lettered. A post that the target rejects is
dead-lettered if the target takes others. If it rejects every post, the webhook is paused (refusals.py): nothing is
dead-lettered, and a few posts are tried each minute.
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
from autopost.webhooks.kinds import SERVICES
from autopost.webhooks.refusals import Refusals
from autopost.webhooks.target import MAX_REQUESTS
from autopost.webhooks.webhook import Webhook

LEASE_SECONDS = 60.0  # longer than a batch takes
PACED_BATCH_SIZE = 2  # what a worker that is killed may repeat, and how soon an agent gets its turn
PAUSED = "paused: "  # how the error of a webhook that is paused begins

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
    pause_seconds = 60.0  # between attempts while every post is refused

    def __init__(self, webhook: Webhook, lease: ConsumerLease, target: Sender) -> None:
        super().__init__(lease)
        self._webhook = webhook
        self._target = target
        self._refusals = Refusals()
        self._is_retry = False  # of an attempt that failed
        self._pace_seconds = SERVICES[webhook.kind].pace_seconds
        if self._pace_seconds:
            self.batch_size = PACED_BATCH_SIZE
        for outcome in ("delivered", "failed", "dead"):  # Prometheus counts from where it first sees a counter
            self._count(outcome, 0)
        self._show_pause(False)

    @property
    def is_holding(self) -> bool:
        """Return whether posts are held that the target refused."""
        return bool(self._refusals.held)

    def release_held(self) -> None:
        """Hold nothing: the log is read again."""
        self._refusals.forget()

    async def work(self) -> None:
        """Deliver until nothing is left or another worker holds the lease. Raises LeaseLost and database errors."""
        try:
            await super().work()
        finally:
            self._show_pause(False)

    def wants(self, event: BroadcastEvent) -> bool:
        """Return whether the webhook's filters let an event pass."""
        return self._webhook.wanted.has(event)

    async def deliver(self, batch: Batch) -> None:
        """Send an agent's posts in order, and several agents' at once; nothing is begun after a failure."""
        given_up: list[DeliveryFailed] = []
        if not self._refusals.held or await self._try_held(batch, given_up):
            await self._deliver_events(batch, given_up)
        if given_up and not batch.has_answer:  # a target that is down, though nothing is left to retry
            batch.failure = batch.failure or given_up[-1]
        if batch.failure and batch.failure.is_misconfigured and self._refusals.is_of_webhook:
            batch.failure = self._pause(batch.failure)
        self._is_retry = batch.failure is not None

    async def _deliver_events(self, batch: Batch, given_up: list[DeliveryFailed]) -> None:
        by_agent: dict[str | None, list[BroadcastEvent]] = {}
        for event in batch.events:
            by_agent.setdefault(event.agent_id, []).append(event)
        requests = asyncio.Semaphore(1 if self._pace_seconds else MAX_REQUESTS)
        async with asyncio.TaskGroup() as agents:
            for events in by_agent.values():
                agents.create_task(self._deliver_of_agent(events, batch, given_up, requests))
        settled = batch.done | batch.failed | batch.held
        if self._refusals.held and self.waiting <= sum(event.position in settled for event in batch.events):
            batch.failure = batch.failure or _refused(self._refusals.held[-1])

    async def _try_held(self, batch: Batch, given_up: list[DeliveryFailed]) -> bool:
        """Send the first post that the target refused before once more; return whether others should be tried too."""
        if not self._is_retry:
            return True
        self._refusals.begin()
        for letter in self._refusals.give_up(lambda letter: self._is_too_old(letter.event)):
            given_up.append(_refused(letter))
            self._bury(batch, letter)
        if not self._refusals.held:
            return True
        letter = self._refusals.held[0]
        error = await self._send(letter.event)
        await asyncio.sleep(self._pace_seconds)
        if error is None:  # the webhook is repaired: what is held is sent, in order
            self._note_taken(batch, letter.event)
            self.read_again()
            return False
        self._count("failed")
        if isinstance(error, DeliveryFailed):
            self._note_failure(error, batch)
            return False
        if self._refusals.is_enough:
            batch.failure = DeliveryFailed(str(error), is_misconfigured=True)
        return batch.failure is None

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
                    if not self._is_too_old(event):
                        self._note_failure(error, batch)
                        batch.failed.add(event.position)
                        return
                    given_up.append(error)
                    self._bury(batch, WebhookDeadLetter(event, str(error)))
                elif error is not None:
                    self._note_rejection(WebhookDeadLetter(event, str(error)), batch)
                else:
                    dead, has_more = self._refusals.taken(event.agent_id)
                    for letter in dead:
                        self._bury(batch, letter)
                    if has_more:
                        self.read_again()
                    self._note_taken(batch, event)
                await asyncio.sleep(self._pace_seconds)

    def _note_taken(self, batch: Batch, event: BroadcastEvent) -> None:
        self._count("delivered")
        self._show_pause(False)
        batch.has_answer = True
        batch.done.add(event.position)

    def _note_failure(self, error: DeliveryFailed, batch: Batch) -> None:
        if error.is_misconfigured:
            self._refusals.webhook_refused()
        batch.failure = batch.failure or error

    def _note_rejection(self, letter: WebhookDeadLetter, batch: Batch) -> None:
        if self._refusals.is_dead(letter):
            batch.has_answer = True
            self._bury(batch, letter)
            return
        self._count("failed")
        batch.held.add(letter.event.position)
        if self._refusals.is_enough:
            batch.failure = batch.failure or _refused(letter)

    def _bury(self, batch: Batch, letter: WebhookDeadLetter) -> None:
        log.error("webhook.dead_lettered", webhook=self._webhook.name, post=letter.event.post_id, error=letter.error)
        self._count("dead")
        batch.dead_letters.append(letter)
        batch.held.discard(letter.event.position)
        batch.done.add(letter.event.position)

    def _is_too_old(self, event: BroadcastEvent) -> bool:
        return datetime.now(UTC) - event.created_at >= self._webhook.give_up_after

    def _pause(self, failure: DeliveryFailed) -> DeliveryFailed:
        """Return the failure of a webhook that its target refuses."""
        if not self._is_paused:
            log.error("webhook.paused", webhook=self._webhook.name, error=str(failure))
        self._show_pause(True)
        wait = max(failure.retry_after_seconds or 0.0, self.pause_seconds)
        return DeliveryFailed(f"{PAUSED}it refuses every post: {failure}", wait, is_misconfigured=True)

    def _show_pause(self, is_paused: bool) -> None:
        self._is_paused = is_paused
        metrics.WEBHOOK_PAUSED.labels(self._webhook.name).set(is_paused)

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


def _refused(letter: WebhookDeadLetter) -> DeliveryFailed:
    return DeliveryFailed(letter.error, is_misconfigured=True)
