"""Sends a webhook its summary on a schedule: one of any number of workers, once.

A row for the webhook and the time is claimed with a lease, and the message stored in it before it is sent. A worker
that crashes leaves a lease that expires, and the next sends the same message with the same idempotency key: a crash
between the target's answer and the commit can repeat it. Times are compared by the database's clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeAlias

import asyncpg
import structlog

from autopost import backoff
from autopost.database.errors import DATABASE_ERRORS, label
from autopost.database.sql import Schemas
from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.observability import metrics
from autopost.observability.bookkeeping import bookkeeping
from autopost.outbox.statements import Statements
from autopost.outbox.summary import Summary, Whose, read_summary
from autopost.outbox.summary_text import lines
from autopost.webhooks.schedule import Schedule
from autopost.webhooks.summary_message import SummaryMessage, summary_message
from autopost.webhooks.webhook import Webhook

LATE_AT_MOST = timedelta(hours=12)  # a worker that slept, or a target that was down, is that late; then it is left out
LEAST_SHARE = 0.5  # of the period, between two summaries of a webhook whose schedule was changed
HELD_SECONDS = 60.0  # longer than a request takes
LEAD_CHARACTERS = 900  # of the facts that a prompt has; they name the busiest agents
POLL_SECONDS = 30.0  # the clock may have been changed, or the machine may have slept
RETRY_BASE_SECONDS = 30.0
RETRY_CAP_SECONDS = 900.0

log = structlog.get_logger(__name__)


WriteLead: TypeAlias = Callable[[str], Awaitable[str | None]]  # Writer.lead


class SummaryTarget(Protocol):
    """What sends a summary to where a webhook points."""

    async def send(self, event: SummaryMessage) -> None:
        """Send it. Raises DeliveryFailed and DeliveryRejected."""


class SummarySender:
    """Sends the summaries of one webhook, as one worker (`holder`).

    `write_lead` writes a sentence or two before the summary, from its facts. `now` is the worker's clock, which decides
    when to look; the database's decides what is due.
    """

    def __init__(
        self,
        webhook: Webhook,
        schedule: Schedule,
        pool: asyncpg.Pool[asyncpg.Record],
        schemas: Schemas,
        target: SummaryTarget,
        holder: str,
        *,
        write_lead: WriteLead | None = None,
        one_at_a_time: asyncio.Lock | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._webhook = webhook
        self._schedule = schedule
        self._statements = Statements(pool, schemas)
        self._target = target
        self._holder = holder
        self._write_lead = write_lead
        self._one_at_a_time = one_at_a_time or asyncio.Lock()
        self._now = now
        self._sleep = sleep
        self._ended: datetime | None = None  # the last time that needs nothing more
        self._is_failing = False

    async def run(self) -> None:
        """Send summaries until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the next look makes up for it, and the worker goes on
                self._report(error)
            else:
                self._is_failing = False
            now = self._now()
            wait = (self._schedule.following(now) - now).total_seconds()
            await self._sleep(min(POLL_SECONDS, max(wait, 0.0)))

    async def look(self) -> None:
        """Send what is due and nobody else sends. Raises database errors."""
        now = self._now()
        due = self._schedule.latest(now)
        if due == self._ended or now - due > LATE_AT_MOST:
            return
        gap = self._schedule.period * LEAST_SHARE
        rows = await self._fetch("webhooks/begin_summary", self._webhook.name, due, self._holder, HELD_SECONDS, gap)
        if not rows:
            return
        (row,) = rows
        if row["is_ended"]:
            self._ended = due
            return
        message = await self._message(due, row["message"])
        if message is not None:
            await self._send(due, message, row["attempts"])

    async def _message(self, due: datetime, stored: str | None) -> SummaryMessage | None:
        """Return what is sent, the same at each attempt; None if another worker has it by now."""
        if stored is not None:
            return SummaryMessage.from_stored(stored)
        wanted = self._webhook.wanted
        whose = Whose(wanted.agents, wanted.tenants, wanted.categories)
        async with self._one_at_a_time:
            summary = await read_summary(self._statements, self._schedule.before(due), due, whose)
        lead = await self._lead(summary)
        message = summary_message(self._webhook.kind, self._webhook.name, summary, self._schedule.zone, lead)
        held = await self._fetch(
            "webhooks/store_summary", self._webhook.name, due, self._holder, message.stored, HELD_SECONDS
        )
        return message if held else None

    async def _lead(self, summary: Summary) -> str | None:
        """Return what goes before the summary; None where there is nothing to say, or nobody says it."""
        if self._write_lead is None or not summary.agents:
            return None
        try:
            return await self._write_lead("\n".join(lines(summary, self._schedule.zone, LEAD_CHARACTERS)))
        except Exception as error:  # noqa: BLE001 - the summary needs no such text
            self._report(error)
            return None

    async def _send(self, due: datetime, message: SummaryMessage, attempts: int) -> None:
        rejection: DeliveryRejected | None = None
        try:
            await self._target.send(message)
        except DeliveryRejected as error:
            rejection = error
        except DeliveryFailed as error:
            wait = backoff.delay_seconds(attempts, base=RETRY_BASE_SECONDS, cap=RETRY_CAP_SECONDS)
            wait = max(wait, error.retry_after_seconds or 0.0)
            await self._end(due, "sending", str(error), wait)
            self._count("failed")
            log.warning("summary.retry", webhook=self._webhook.name, error=str(error), seconds=round(wait))
            return
        await self._end(due, "failed" if rejection else "sent", str(rejection) if rejection else None)
        self._ended = due
        self._count("dead" if rejection else "delivered")
        if rejection:
            log.error("summary.rejected", webhook=self._webhook.name, error=str(rejection))
        else:
            log.info("summary.sent", webhook=self._webhook.name, due=due.isoformat())

    async def _end(self, due: datetime, state: str, error: str | None = None, wait: float = 0.0) -> None:
        await self._fetch("webhooks/end_summary", self._webhook.name, due, self._holder, state, error, wait)

    async def _fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._one_at_a_time:
            return await self._statements.fetch(name, *arguments)

    def _count(self, outcome: str) -> None:
        with bookkeeping("metrics"):
            metrics.WEBHOOK_DELIVERIES.labels(self._webhook.name, outcome).inc()

    def _report(self, error: Exception) -> None:
        with bookkeeping("summary"):
            if isinstance(error, DATABASE_ERRORS):
                metrics.count_database_error("summary", error)
            else:
                metrics.count_internal_error("summary", error)
            if not self._is_failing:
                log.warning("summary.failed", webhook=self._webhook.name, error=label(error))
        self._is_failing = True
