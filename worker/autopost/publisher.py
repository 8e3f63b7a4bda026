"""Publishes what is ready, in groups: one transaction serves all that came together.

Groups are as small as the load is low, and grow with the backlog. An error that passes is waited out while the
leases last; an error about the rows splits the group until the row at fault is alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from autopost import audit, backoff
from autopost.faults import DATABASE_ERRORS, is_transient, kind
from autopost.held import Held
from autopost.model import Agent, Dead, Deferred, Generator, Lost, Outcome, Posted, Proposal, Skipped
from autopost.outbox import Outbox
from autopost.settings import Settings
from autopost.verdict import at_publishing

RETRY_CAP_SECONDS = 5.0

Ready = Proposal | Deferred

log = structlog.get_logger(__name__)


class Publisher:
    """Takes what is ready from a queue and brings each row to exactly one outcome.

    `held` are the rows that this worker holds. A row leaves it when its outcome is in the database, or when it is
    lost to another worker.
    """

    def __init__(self, outbox: Outbox, settings: Settings, held: Held) -> None:
        self._outbox = outbox
        self._settings = settings
        self._held = held
        self._window = timedelta(minutes=settings.rate_limit_minutes)
        self._ready: asyncio.Queue[Ready] = asyncio.Queue()

    def submit(self, items: Sequence[Ready]) -> None:
        """Hand over what is ready; never waits."""
        for item in items:
            self._ready.put_nowait(item)

    async def run(self) -> None:
        """Publish for ever; to be cancelled when nothing is held any more."""
        while True:
            group = [await self._ready.get()]
            while len(group) < self._settings.batch_size and not self._ready.empty():
                group.append(self._ready.get_nowait())
            await self.publish(group)

    async def publish(self, group: Sequence[Ready]) -> None:
        """Bring a group to its outcomes, or give it up when its leases have run out and others may take it."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._settings.lease_seconds
        failures = 0
        while True:
            try:
                await self._attempt(group)
            except DATABASE_ERRORS as error:
                if not is_transient(error):
                    await self._isolate(group, error)
                    return
                if loop.time() > give_up_at:
                    self._let_go(group, error)
                    return
                if failures == 0:
                    log.warning("publishing failed and is tried again", rows=len(group), error=kind(error))
                failures += 1
                await asyncio.sleep(backoff.delay_seconds(failures, base=0.1, cap=RETRY_CAP_SECONDS))
            else:
                return

    async def _attempt(self, group: Sequence[Ready]) -> None:
        held = [item for item in group if item.claim in self._held]  # a second try leaves out what the first ended
        deferred = [item for item in held if isinstance(item, Deferred)]
        if deferred:
            await self._outbox.defer(deferred)
            self._record(deferred, at=None)
        proposals = [item for item in held if not isinstance(item, Deferred)]
        paid = [item for item in proposals if isinstance(item, Posted) and _is_worth_keeping(item)]
        if paid:
            await self._outbox.keep(paid)
        if proposals:
            published = await self._outbox.publish(proposals, self._decide)
            self._record(published.outcomes, at=published.at)

    def _decide(
        self, proposals: Sequence[Proposal], agents: Mapping[str, Agent | None], now: datetime
    ) -> list[Proposal]:
        return at_publishing(proposals, agents, now, self._window)

    async def _isolate(self, group: Sequence[Ready], error: BaseException) -> None:
        """Find the row that the database refuses, and spare its neighbours."""
        if len(group) > 1:
            middle = len(group) // 2
            await self.publish(group[:middle])
            await self.publish(group[middle:])
            return
        (item,) = group
        if isinstance(item, Deferred):
            self._let_go(group, error)
        elif isinstance(item, Dead) or item.claim.attempts < self._settings.max_attempts:
            await self.publish([Deferred(item.claim, kind(error), backoff.delay_seconds(item.claim.attempts))])
        else:
            await self.publish([Dead(item.claim, kind(error))])

    def _let_go(self, group: Sequence[Ready], error: BaseException) -> None:
        """Leave rows to the worker that rescues them after their leases."""
        for item in group:
            self._held.remove(item.claim)
        log.error("rows are left to be rescued", rows=len(group), error=kind(error))

    def _record(self, outcomes: Sequence[Outcome], *, at: datetime | None) -> None:
        for outcome in outcomes:
            self._held.remove(outcome.claim)
            log.info("operation", **_canonical(outcome, at))


def _is_worth_keeping(posted: Posted) -> bool:
    """Tell whether the text cost money and is not kept yet."""
    return posted.claim.kept is None and (posted.written.generator is Generator.LLM or posted.written.prompt_tokens > 0)


def _canonical(outcome: Outcome, at: datetime | None) -> dict[str, object]:
    """Return the one line that the log has for each attempt at a row; no text of it."""
    claim = outcome.claim
    line: dict[str, object] = {"id": str(claim.id), "attempt": claim.attempts}
    match outcome:
        case Posted():
            line |= {"outcome": "posted", "generator": str(outcome.written.generator)}
            if outcome.written.fallback:
                line["fallback"] = outcome.written.fallback
        case Skipped():
            line |= {"outcome": "skipped", "reason": str(outcome.reason)}
        case Dead():
            line |= {"outcome": "dead", "error": outcome.error}
        case Deferred():
            line |= {"outcome": "deferred", "error": outcome.error, "seconds": round(outcome.delay_seconds, 1)}
        case Lost():
            line |= {"outcome": "lease_lost"}
    if at is not None:
        line["ms"] = audit.duration_ms(claim, at)
    return line
