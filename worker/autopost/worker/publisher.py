"""Publishes finished proposals in groups, one transaction per group.

Groups are small under low load and grow with the backlog. No lane waits for a row: a group that fails is split into
parts, which are published beside the lanes, until the failing row is alone and goes back to the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import time_ns

from autopost import backoff
from autopost.database.errors import is_of_the_connection, is_transient, label, reraise_if_cancelled
from autopost.errors import PostRefused
from autopost.model import Agent, Busy, Deferred, Generator, Outcome, Outdated, Posted, Proposal
from autopost.observability.bookkeeping import bookkeeping
from autopost.observability.problems import Problems
from autopost.observability.tracing import AttemptTracer
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.settings import Settings
from autopost.worker.agent_locks import AgentLocks
from autopost.worker.alert_storm import AlertLimit, RecentStorms
from autopost.worker.failing_rows import after_failing_alone, in_parts
from autopost.worker.in_flight import InFlight
from autopost.worker.publication import OF_A_GROUP, OF_A_SINGLE_ROW, Publication, Timeouts
from autopost.worker.publish_report import PublishReport
from autopost.worker.suspects import Suspects

RETRY_CAP_SECONDS = 5.0
PUBLISH_RETRY_LEASE_SHARE = 0.5  # retries end before the lease does, so that the rows can still be released
RELEASE_BACKOFF_ATTEMPT = 5  # released rows back off as after this many attempts: some seconds
SUSPECT_ROWS_AT_ONCE = 32  # of all suspects together; further ones return to the database
SUSPECT_RETRY_ATTEMPT = 4  # they back off as after this many attempts
GENERAL_FAILURES = 8  # rows that failed alone with no post in between: the cause is not the rows

LANES = 2  # concurrent publishing transactions, so that the database is busy while the next group is prepared
CONNECTIONS = LANES + 4  # and one each for the other queues of the publisher

Ready = Proposal | Deferred


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
        problems: Problems | None = None,
    ) -> None:
        self._outbox = outbox
        self._publication = publication
        self._settings = settings
        self._in_flight = in_flight
        self._report = PublishReport(tracer or AttemptTracer(), problems or Problems())
        self._window = timedelta(minutes=settings.rate_limit_minutes)
        self.storms = RecentStorms(AlertLimit(settings.alert_burst, self._window))
        self._lanes: list[asyncio.Queue[Ready]] = [asyncio.Queue() for _ in range(LANES)]
        self._parts: asyncio.Queue[Sequence[Ready]] = asyncio.Queue()  # of groups that failed
        self._single: asyncio.Queue[Ready] = asyncio.Queue()  # rows of suspects
        self._returned: asyncio.Queue[Ready] = asyncio.Queue()  # rows that go back to the database
        self._ending: asyncio.Queue[Ready] = asyncio.Queue()  # rows that failed alone and have no other way to end
        self._group_rows = settings.batch_size  # halved when a group fails
        self._suspects = Suspects()
        self._agent_locks = AgentLocks()
        self._posted_at = float("-inf")  # when something was last posted, by the loop's time
        self._failures = 0  # rows that failed alone since then

    def submit(self, items: Sequence[Ready]) -> None:
        """Queue items for publishing, without waiting.

        Posts of one agent use the same lane, so that they are published one after another. Everything else uses the
        shortest queue. Rows of agents of whom a row failed lately go one by one, and wait in the database if they are
        many.
        """
        now = asyncio.get_running_loop().time()
        for item in items:
            if isinstance(item, Deferred):
                self._returned.put_nowait(item)
            elif _agent(item) not in self._suspects:
                self._lane(item).put_nowait(item)
            elif wait := self._suspects.seconds_to_wait(_agent(item), now):
                self._return(item, "agent_failing", wait)
            elif self._single.qsize() >= SUSPECT_ROWS_AT_ONCE:
                self._return(item, "agent_failing", backoff.delay_seconds(SUSPECT_RETRY_ATTEMPT))
            else:
                self._single.put_nowait(item)

    def _return(self, item: Ready | Busy | Outdated, error: str, seconds: float) -> None:
        """Return a row to the database without counting the attempt."""
        self._returned.put_nowait(Deferred(item.claim, error, seconds, counts=False))

    def _lane(self, item: Proposal) -> asyncio.Queue[Ready]:
        if isinstance(item, Posted):
            return self._lanes[hash(item.claim.operation.agent_id) % LANES]
        return min(self._lanes, key=asyncio.Queue.qsize)

    async def run(self) -> None:
        """Publish until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for lane in (*self._lanes, self._returned, self._ending):
                tasks.create_task(self._run_lane(lane))
            tasks.create_task(self._run_parts())
            tasks.create_task(self._run_single())

    async def _run_lane(self, lane: asyncio.Queue[Ready]) -> None:
        while True:
            group = [await lane.get()]
            while len(group) < self._group_rows and not lane.empty():
                group.append(lane.get_nowait())
            await self._publish(self._without_suspects(group) if lane in self._lanes else group, OF_A_GROUP)

    async def _run_parts(self) -> None:
        while True:
            part = self._without_suspects(await self._parts.get())
            if self._failures >= GENERAL_FAILURES and len(part) > 1:
                # Nothing can be posted, it seems: one row shows if the others need to be tried.
                error = await self._publish(part[:1], OF_A_GROUP)
                if error is not None and is_transient(error):
                    self._release(part[1:], error)
                else:
                    self._parts.put_nowait(part[1:])
            else:
                await self._publish(part, OF_A_GROUP)

    async def _run_single(self) -> None:
        while True:
            item = await self._single.get()
            clock = asyncio.get_running_loop().time
            began = clock()
            if wait := self._suspects.seconds_to_wait(_agent(item), began):
                self._return(item, "agent_failing", wait)  # another of its rows has failed since
            elif await self._publish([item], OF_A_SINGLE_ROW) is None:
                is_slow = clock() - began > OF_A_GROUP.statement_seconds / 2
                self._suspects.succeeded(_agent(item), clock(), is_slow=is_slow)

    def _without_suspects(self, group: Sequence[Ready]) -> Sequence[Ready]:
        """Return the rows of a group whose agents have not become suspects since; queue the others once more."""
        suspects = [item for item in group if not isinstance(item, Deferred) and _agent(item) in self._suspects]
        self.submit(suspects)
        return [item for item in group if item not in suspects] if suspects else group

    async def _publish(self, group: Sequence[Ready], timeouts: Timeouts) -> BaseException | None:
        """Publish a group and see to what fails; return the error if it failed as a whole."""
        try:
            error = await self._attempt(group, timeouts)
            if error is not None:
                await self._failed(group, error)
            else:
                self._group_rows = min(self._settings.batch_size, max(self._group_rows, 2 * len(group)))
        except Exception as unexpected:  # noqa: BLE001 - a lane must not end; the leases of these rows do
            reraise_if_cancelled(unexpected)
            self._report.bug(len(group), unexpected)
            self._in_flight.remove(item.claim for item in group)
            return unexpected
        return error

    async def _failed(self, group: Sequence[Ready], error: BaseException) -> None:
        is_unreachable = is_of_the_connection(error) and not await self._outbox.is_reachable()
        if isinstance(group[0], Deferred):
            if is_unreachable or len(group) == 1:
                self._in_flight.remove(item.claim for item in group)  # their leases expire
                return
            for part in in_parts(group):
                await self._publish(part, OF_A_GROUP)
        elif is_unreachable:
            self._release(group, error)
        elif len(group) == 1:
            self._failed_alone(group[0], error)
        else:
            self._group_rows = max(1, len(group) // 2)
            for part in in_parts(group):
                self._parts.put_nowait(part)

    async def _attempt(self, group: Sequence[Ready], timeouts: Timeouts) -> BaseException | None:
        """Try to publish a group; return the error. While the database is not reachable, no other group can go on."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._settings.lease_seconds * PUBLISH_RETRY_LEASE_SHARE
        failures = 0
        while True:
            try:
                await self._commit(group, timeouts)
            except Exception as error:  # noqa: BLE001 - an unexpected one is about a row of the group, too
                reraise_if_cancelled(error)
                self._report.failed(len(group), error)
                failures += 1
                if not is_of_the_connection(error) or loop.time() > give_up_at:
                    return error
                if failures == 1:
                    continue  # on another connection
                if await self._outbox.is_reachable():
                    return error  # a row of the group ends its connection, it seems
                await asyncio.sleep(backoff.delay_seconds(failures, base=0.1, cap=RETRY_CAP_SECONDS))
            else:
                return None

    async def _commit(self, group: Sequence[Ready], timeouts: Timeouts) -> None:
        unfinished = [item for item in group if item.claim in self._in_flight]  # an earlier attempt may have ended some
        deferred = [item for item in unfinished if isinstance(item, Deferred)]
        if deferred:
            await self._outbox.defer(deferred)
            self._record(deferred, at=None)
        proposals = [item for item in unfinished if not isinstance(item, Deferred)]
        drafts = [item for item in proposals if isinstance(item, Posted) and _is_unsaved_and_paid(item)]
        if drafts:
            await self._outbox.save_drafts(drafts)
        if not proposals:
            return
        began, now = time_ns(), asyncio.get_running_loop().time()
        authors = {_agent(item) for item in proposals if isinstance(item, Posted)}
        bypass = self._agent_locks.to_bypass(authors, now)
        try:
            published = await self._publication.publish(proposals, self._decide, bypass=bypass, timeouts=timeouts)
        finally:
            self._report.tried((proposal.claim for proposal in proposals), len(proposals), began)
        self.storms.note(published.alerts)
        self._record(published.outcomes, at=published.at)
        if kept := self._agent_locks.observed(authors, published.squatted, now):
            with bookkeeping("agent_lock"):
                self._report.bypassed(await self._publication.lock_holders(kept), len(kept))

    def _decide(
        self, proposals: Sequence[Proposal], agents: Mapping[str, Agent | None], now: datetime
    ) -> list[Proposal]:
        return at_publishing(proposals, agents, now, self._window)

    def _failed_alone(self, item: Proposal, error: BaseException) -> None:
        """Return a row to the database that failed alone, or end it."""
        agent, now = _agent(item), asyncio.get_running_loop().time()
        self._failures += is_transient(error)
        others_succeed = not isinstance(error, PostRefused) and self._suspects.failed(
            agent, now, is_transient=is_transient(error), posted_at=self._posted_at
        )
        verdict = after_failing_alone(
            item, error, max_attempts=self._settings.max_attempts, others_succeed=others_succeed
        )
        if isinstance(verdict, Deferred):
            self._returned.put_nowait(verdict)
        elif verdict is not None:
            self._ending.put_nowait(verdict)
        else:
            seconds = self._suspects.seconds_to_wait(agent, now) or backoff.delay_seconds(RELEASE_BACKOFF_ATTEMPT)
            self._return(item, label(error), seconds)

    def _release(self, group: Sequence[Ready], error: BaseException) -> None:
        """Return rows that are not at fault."""
        self._report.released(len(group), error)
        for item in group:
            self._return(item, label(error), backoff.delay_seconds(RELEASE_BACKOFF_ATTEMPT))

    def _record(self, outcomes: Sequence[Outcome], *, at: datetime | None) -> None:
        """Note what was committed. Nothing here may fail: the rows have their outcomes."""
        now = asyncio.get_running_loop().time()
        for outcome in outcomes:
            if isinstance(outcome, Busy):
                self._return(outcome, "agent_busy", self._agent_locks.retry_seconds(_agent(outcome), now))
            elif isinstance(outcome, Outdated):  # to be decided or written again
                self._return(outcome, "outdated", 0.0)
        ended = [outcome for outcome in outcomes if not isinstance(outcome, Busy | Outdated)]
        if any(isinstance(outcome, Posted) for outcome in ended):
            self._posted_at, self._failures = now, 0
        with bookkeeping("metrics"):
            self._in_flight.remove(outcome.claim for outcome in ended)
        self._report.ended(ended, at)


def _agent(item: Ready | Busy | Outdated) -> str:
    """Return the agent of a row; empty for a row that has none."""
    return item.claim.operation.agent_id or ""


def _is_unsaved_and_paid(posted: Posted) -> bool:
    """Return whether the LLM was paid for this text, even if its answer was rejected, and it is not saved yet."""
    written = posted.written
    return posted.claim.draft is None and (written.generator is Generator.LLM or written.prompt_tokens > 0)
