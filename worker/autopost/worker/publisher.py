"""Publishes finished proposals in groups, one transaction per group.

Groups are small under low load and grow with the backlog. A transient error is retried while the leases last; an error
about a row splits the group until the failing row is alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from autopost import audit, backoff
from autopost.alert_storm import AlertLimit, RecentStorms, is_storm_skip
from autopost.database.errors import (
    DATABASE_ERRORS,
    is_of_the_connection,
    is_of_the_installation,
    is_transient,
    label,
    reraise_if_cancelled,
)
from autopost.errors import PostRefused
from autopost.model import Agent, Busy, Dead, Deferred, Generator, Outcome, Outdated, Posted, Proposal, Reason, Skipped
from autopost.observability import metrics
from autopost.observability.outcomes import describe
from autopost.observability.tracing import AttemptTracer
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.settings import Settings
from autopost.worker.in_flight import InFlight
from autopost.worker.publication import Publication

RETRY_CAP_SECONDS = 5.0
AGENT_BUSY_RETRY_SECONDS = 0.1
PUBLISH_RETRY_LEASE_SHARE = 0.5  # retries end before the lease does, so that the rows can still be released
GROUP_ATTEMPTS = 2  # a group that failed so often is split
RELEASE_BACKOFF_ATTEMPT = 5  # released rows back off as after this many attempts: some seconds

LANES = 2  # concurrent publishing transactions, so that the database is busy while the next group is prepared

Ready = Proposal | Deferred

log = structlog.get_logger(__name__)


class Publisher:
    """Takes proposals from a queue and brings each row to exactly one outcome.

    A row is removed from `in_flight` when its outcome is committed or its lease is lost.
    """

    def __init__(
        self,
        outbox: Outbox,
        publication: Publication,
        settings: Settings,
        in_flight: InFlight,
        tracer: AttemptTracer | None = None,
    ) -> None:
        self._outbox = outbox
        self._publication = publication
        self._settings = settings
        self._in_flight = in_flight
        self._tracer = tracer or AttemptTracer()
        self._window = timedelta(minutes=settings.rate_limit_minutes)
        self.storms = RecentStorms(AlertLimit(settings.alert_burst, self._window))
        self._lanes: list[asyncio.Queue[Ready]] = [asyncio.Queue() for _ in range(LANES)]

    def submit(self, items: Sequence[Ready]) -> None:
        """Queue items for publishing, without waiting.

        Posts of one agent use the same lane, so that they are published one after another; so do its alerts in a storm,
        which lock it. Everything else uses the shortest queue.
        """
        for item in items:
            if isinstance(item, Posted) or is_storm_skip(item):
                lane = self._lanes[hash(item.claim.operation.agent_id) % LANES]
            else:
                lane = min(self._lanes, key=asyncio.Queue.qsize)
            lane.put_nowait(item)

    async def run(self) -> None:
        """Publish until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            for lane in self._lanes:
                lanes.create_task(self._run_lane(lane))

    async def _run_lane(self, lane: asyncio.Queue[Ready]) -> None:
        while True:
            group = [await lane.get()]
            while len(group) < self._settings.batch_size and not lane.empty():
                group.append(lane.get_nowait())
            await self.publish(group)

    async def publish(self, group: Sequence[Ready], *, give_up_at: float | None = None) -> None:
        """Publish a group, and release its unfinished rows at `give_up_at` (the loop's time)."""
        loop = asyncio.get_running_loop()
        if give_up_at is None:
            give_up_at = loop.time() + self._settings.lease_seconds * PUBLISH_RETRY_LEASE_SHARE
        failures = 0
        while True:
            try:
                await self._attempt(group)
            except (PostRefused, *DATABASE_ERRORS) as error:
                reraise_if_cancelled(error)
                failures += 1
                metrics.count_database_error("publish", error)
                if loop.time() > give_up_at:
                    await self._release(group, error)
                    return
                may_be_split = len(group) > 1 and not is_of_the_connection(error)
                if not is_transient(error) or (failures >= GROUP_ATTEMPTS and may_be_split):
                    await self._isolate(group, error, give_up_at)
                    return
                if failures == 1:
                    level = logging.ERROR if is_of_the_installation(error) else logging.WARNING
                    log.log(level, "publish.retry", rows=len(group), error=label(error))
                await asyncio.sleep(backoff.delay_seconds(failures, base=0.1, cap=RETRY_CAP_SECONDS))
            else:
                return

    async def _attempt(self, group: Sequence[Ready]) -> None:
        unfinished = [item for item in group if item.claim in self._in_flight]  # an earlier attempt may have ended some
        deferred = [item for item in unfinished if isinstance(item, Deferred)]
        if deferred:
            await self._outbox.defer(deferred)
            self._record(deferred, at=None)
        proposals = [item for item in unfinished if not isinstance(item, Deferred)]
        drafts = [item for item in proposals if isinstance(item, Posted) and _is_unsaved_and_paid(item)]
        if drafts:
            await self._outbox.save_drafts(drafts)
        if proposals:
            metrics.PUBLISH_GROUP_ROWS.observe(len(proposals))
            began = time.time_ns()
            try:
                published = await self._publication.publish(proposals, self._decide)
            finally:
                self._tracer.published((proposal.claim for proposal in proposals), began)
            self.storms.note(published.alerts)
            outdated = [outcome.claim for outcome in published.outcomes if isinstance(outcome, Outdated)]
            self._record([o for o in published.outcomes if not isinstance(o, Outdated)], at=published.at)
            if outdated:  # to be decided or written again, and by no fault of theirs
                await self._outbox.release(outdated)
                self._record([Outdated(claim) for claim in outdated], at=None)

    def _decide(
        self, proposals: Sequence[Proposal], agents: Mapping[str, Agent | None], now: datetime
    ) -> list[Proposal]:
        return at_publishing(proposals, agents, now, self._window)

    async def _isolate(self, group: Sequence[Ready], error: BaseException, give_up_at: float) -> None:
        """Split the group until the failing row is alone, and give that row its outcome.

        Skipped and dead rows come first: posts may have to wait for the feed's table.
        """
        if len(group) > 1:
            posts = [item for item in group if isinstance(item, Posted)]
            others = [item for item in group if not isinstance(item, Posted)]
            middle = len(group) // 2
            for part in (others, posts) if others and posts else (group[:middle], group[middle:]):
                await self.publish(part, give_up_at=give_up_at)
            return
        (item,) = group
        if isinstance(item, Deferred):
            await self._release(group, error)
        elif isinstance(item, Posted) and isinstance(error, PostRefused):
            await self.publish([Skipped(item.claim, Reason.REFUSED_BY_PLATFORM, item.written)])
        elif isinstance(item, Dead) or item.claim.attempts < self._settings.max_attempts:
            await self.publish([Deferred(item.claim, label(error), backoff.delay_seconds(item.claim.attempts))])
        else:
            await self.publish([Dead(item.claim, label(error))])

    async def _release(self, group: Sequence[Ready], error: BaseException) -> None:
        """Release rows without using up the attempt; if that fails too, their leases expire."""
        claims = [item.claim for item in group if item.claim in self._in_flight]
        log.error("publish.released", rows=len(claims), error=label(error))
        with contextlib.suppress(*DATABASE_ERRORS):
            delay = backoff.delay_seconds(RELEASE_BACKOFF_ATTEMPT)
            await self._outbox.release(claims, delay_seconds=delay, error=label(error))
        self._tracer.released(claims, label(error))
        self._in_flight.remove(claims)

    def _record(self, outcomes: Sequence[Outcome], *, at: datetime | None) -> None:
        busy = [outcome.proposal for outcome in outcomes if isinstance(outcome, Busy)]
        if busy:
            asyncio.get_running_loop().call_later(AGENT_BUSY_RETRY_SECONDS, self.submit, busy)
        ended = [outcome for outcome in outcomes if not isinstance(outcome, Busy)]
        self._in_flight.remove(outcome.claim for outcome in ended)
        metrics.count_outcomes(ended, at)
        self._tracer.ended(ended)
        if log.is_enabled_for(logging.INFO):
            for outcome in ended:
                log.info("attempt.finished", **_canonical(outcome, at))


def _is_unsaved_and_paid(posted: Posted) -> bool:
    """Return whether the LLM was paid for this text, even if its answer was rejected, and it is not saved yet."""
    written = posted.written
    return posted.claim.draft is None and (written.generator is Generator.LLM or written.prompt_tokens > 0)


def _canonical(outcome: Outcome, at: datetime | None) -> dict[str, object]:
    """Return the fields of the log line of an attempt; they contain no text of the row."""
    claim = outcome.claim
    line: dict[str, object] = {"id": str(claim.id), "attempt": claim.attempts, **describe(outcome)}
    if isinstance(outcome, Deferred):
        line["seconds"] = round(outcome.delay_seconds, 1)
    if at is not None:
        line["ms"] = audit.duration_ms(claim, at)
    return line
