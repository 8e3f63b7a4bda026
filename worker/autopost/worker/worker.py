"""The worker: claims rows, runs them through the pipeline, renews leases, and drains when stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

import structlog

from autopost import __version__
from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, label
from autopost.database.revisions import head_revision
from autopost.model import Claim
from autopost.observability import metrics
from autopost.observability.bookkeeping import bookkeeping
from autopost.observability.health import Health
from autopost.observability.problems import PROBLEM_SECONDS, Problems
from autopost.observability.tracing import AttemptTracer
from autopost.outbox.doorbell import Doorbell, Woken
from autopost.outbox.outbox import CrashedRow, Outbox
from autopost.settings import Settings
from autopost.worker.claim_schedule import ALONE_SECONDS, ClaimSchedule, CrashedSchedule
from autopost.worker.in_flight import InFlight
from autopost.worker.liveness import Liveness
from autopost.worker.maintenance import Maintenance
from autopost.worker.pipeline import OperationTypeRedactor, Pipeline
from autopost.worker.publication import Publication
from autopost.worker.publisher import LANES, Publisher
from autopost.writing import Redactor, Writer

SIGN_OFF_TIMEOUT_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Worker:
    """Claims rows and runs them through the pipeline until `stop` is called.

    `run` returns when every claimed row is finished or released. It raises what `require_served` raises, which is
    called with every heartbeat and when a claim fails because the schema or a right is missing.
    """

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        publication: Publication,
        doorbell: Doorbell,
        writer: Writer,
        redactor: Redactor,
        require_served: Callable[[], Awaitable[object]],
        health: Health | None = None,
        tracer: AttemptTracer | None = None,
        problems: Problems | None = None,
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._doorbell = doorbell
        self._require_served = require_served
        self._health = health or Health()
        self._in_flight = InFlight(self._in_flight_changed)
        self._crashed = CrashedSchedule()
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._tracer = tracer or AttemptTracer()
        self._problems = problems or Problems()
        self._publisher = Publisher(outbox, publication, settings, self._in_flight, self._tracer, self._problems)
        self._liveness = Liveness(
            settings,
            outbox,
            doorbell,
            require_served,
            self._health,
            self._problems,
            in_flight=self._in_flight,
            on_beat=self._count_idle_time,
            on_crashed=self._found_crashed,
        )
        self._maintenance = Maintenance(outbox, settings, self._problems)
        self._handling: set[asyncio.Task[None]] = set()
        self._pipeline = Pipeline(writer, OperationTypeRedactor(redactor), self._publisher, settings, self._tracer)
        self._unread: Collection[str] = ()  # why operations of the last claim could not be read
        self._idle_since: float | None = None  # by time.monotonic()
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        # Enough to keep every LLM request and every lane of the publisher busy, and no more: a row that waits here
        # uses up its lease. A claim waits until a quarter of the capacity is free.
        self._capacity = 2 * settings.llm_concurrency if settings.uses_llm else 2 * LANES * settings.batch_size

    def stop(self) -> None:
        """Stop claiming and drain; when called again, release the claimed rows at once."""
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()
        self._liveness.registered.set()
        self._health.stopping = True
        self._in_flight.wake()
        self._doorbell.wake()

    async def run(self) -> None:
        """Claim and publish until stopped."""
        metrics.BUILD.info({"version": __version__, "schema": head_revision()})
        log.info("worker.started", worker=self._settings.worker_name, version=__version__, llm=self._settings.uses_llm)
        doorbell = asyncio.create_task(self._doorbell.run(), name="doorbell")
        background = [
            asyncio.create_task(self._publisher.run(), name="publisher"),
            asyncio.create_task(self._liveness.beat(), name="heartbeat"),
            asyncio.create_task(self._liveness.rescue(), name="rescue"),
            asyncio.create_task(self._renew(), name="renew"),
            asyncio.create_task(self._maintenance.run(), name="maintenance"),
        ]
        claiming = asyncio.create_task(self._claim(), name="claim")
        stopping = asyncio.create_task(self._stopping.wait(), name="stopping")
        try:
            ends = [claiming, stopping, doorbell, *background]
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises the error of a background task: only the other two end without one
            await self._drain(claiming)
        finally:
            await _cancel([claiming, stopping, *self._handling, *background])
            await self._sign_off()
            await _cancel([doorbell])  # its connection shows others that this worker runs
        log.info("worker.stopped", worker=self._settings.worker_name)

    async def _claim(self) -> None:
        clock = asyncio.get_running_loop().time
        schedule = ClaimSchedule(self._settings.poll_seconds)
        await self._liveness.registered.wait()
        while not self._stopping.is_set():
            await self._in_flight.fewer_than(max(self._capacity * 3 // 4, 1), unless=self._stopping)
            if self._stopping.is_set():
                return
            self._doorbell.clear()
            most = min(self._capacity - len(self._in_flight), self._settings.batch_size)
            began_ns, mode = time.time_ns(), schedule.next_claim(clock(), most)
            try:
                if await self._claim_crashed(clock):
                    continue
                claims = await self._outbox.claim(
                    mode.limit, self._lease, full_scan=mode.full_scan, round_robin=mode.round_robin
                )
            except DATABASE_ERRORS as error:
                await self._claim_failed(error, is_first=not schedule.is_failing)
                await self._pause(schedule.failed())
                continue
            schedule.succeeded(mode, rows=len(claims), now=clock())
            self._health.claimed()
            if claims:
                self._handle(claims, began_ns)
            elif not mode.round_robin and not self._stopping.is_set():
                woken = await self._sleep()
                await self._pause(schedule.woke_up(rows_due=woken is Woken.DUE))

    async def _claim_crashed(self, clock: Callable[[], float]) -> bool:
        """Claim rows that crashed a worker, if that is due; return whether any were claimed."""
        if not self._crashed.is_look_due(clock(), crashed_in_flight=self._in_flight.has_crashed):
            return False
        found = await self._outbox.crashed()
        chosen = self._crashed.choose(found, clock(), is_idle=not self._in_flight)
        if not chosen:
            return False
        if chosen[0].alone:
            return await self._claim_alone(chosen, clock)
        return await self._claim_chosen(chosen, clock)

    async def _claim_alone(self, chosen: Sequence[CrashedRow], clock: Callable[[], float]) -> bool:
        began = clock()
        try:
            generation = self._settings.llm_timeout_seconds if self._settings.uses_llm else 0
            if not await self._until_idle(generation + ALONE_SECONDS):
                return False
            is_claimed = await self._claim_chosen(chosen, clock)
            await self._until_idle(ALONE_SECONDS)
        finally:
            self._crashed.others_waited(began, clock())
        return is_claimed

    async def _claim_chosen(self, chosen: Sequence[CrashedRow], clock: Callable[[], float]) -> bool:
        began_ns = time.time_ns()
        claims = await self._outbox.claim(len(chosen), self._lease, chosen=[row.id for row in chosen])
        if claims:
            self._handle(claims, began_ns)
        else:
            self._crashed.none_claimed(clock())
        return bool(claims)

    async def _until_idle(self, seconds: float) -> bool:
        """Wait until nothing is in flight, at most for `seconds`; return whether nothing is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._in_flight.fewer_than(1, unless=self._stopping)
        return not self._in_flight

    def _handle(self, claims: Sequence[Claim], began_ns: int) -> None:
        """Run claims through the pipeline, in a task."""
        self._in_flight.add(claims)
        self._report_unread(claims)
        self._tracer.claimed(claims, began_ns)
        task = asyncio.create_task(self._run_pipeline(claims))
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)

    def _report_unread(self, claims: Sequence[Claim]) -> None:
        """Report operations that could not be read as they are committed: their captured texts are used."""
        unread = Counter(claim.read_error for claim in claims if claim.read_error is not None)
        for error, rows in unread.items():
            metrics.UNREAD_OPERATIONS.labels(error).inc(rows)
            if error not in self._unread:
                log.warning("claim.not_read", rows=rows, error=error)
            finding = f"operations cannot be read again at their claim ({error}): posts have the texts of the trigger"
            self._problems.report("committed texts", finding, for_seconds=PROBLEM_SECONDS)
        self._unread = unread.keys() if claims else self._unread

    async def _run_pipeline(self, claims: Sequence[Claim]) -> None:
        try:
            await self._pipeline.handle(claims)
        except Exception as error:  # noqa: BLE001 - no row may keep its lease without being processed
            with bookkeeping("pipeline"):
                metrics.count_internal_error("pipeline", error)
                log.log(logging.ERROR, "pipeline.failed", rows=len(claims), error=label(error))
            self._in_flight.remove(claims)

    def _in_flight_changed(self, rows: int) -> None:
        self._health.hold(rows)
        now = asyncio.get_running_loop().time()
        if self._crashed.is_look_due(now, crashed_in_flight=self._in_flight.has_crashed):
            self._doorbell.wake()

    async def _claim_failed(self, error: BaseException, *, is_first: bool) -> None:
        self._health.failed("claim", error)
        if is_first:
            log.warning("claim.failed", error=label(error))
        if is_of_the_installation(error):
            with contextlib.suppress(*DATABASE_ERRORS):
                await self._require_served()

    async def _sleep(self) -> Woken:
        self._idle_since = time.monotonic()
        try:
            why = await self._doorbell.sleep()
        finally:
            self._count_idle_time()
            self._idle_since = None
        metrics.WAKEUPS.labels(str(why)).inc()
        return why

    def _count_idle_time(self) -> None:
        """Count the idle time so far, because a sleep may last for hours."""
        if self._idle_since is not None:
            now = time.monotonic()
            metrics.IDLE_SECONDS.inc(now - self._idle_since)
            self._idle_since = now

    async def _drain(self, claiming: asyncio.Task[None]) -> None:
        """Wait until all claimed rows are finished, up to `shutdown_seconds` or until `stop` is called again.

        A claim without an answer by then may be committed: others claim its rows when their leases expire.
        """
        if self._in_flight:
            log.info("worker.draining", rows=len(self._in_flight), seconds=self._settings.shutdown_seconds)
        hurry = asyncio.create_task(self._hurry.wait(), name="hurry")
        try:
            async with asyncio.timeout(self._settings.shutdown_seconds):
                await asyncio.wait([claiming, hurry], return_when=asyncio.FIRST_COMPLETED)
                await self._in_flight.fewer_than(1, unless=self._hurry)
        except TimeoutError:
            pass
        finally:
            await _cancel([hurry])

    async def _sign_off(self) -> None:
        """Release the rows in flight and remove the heartbeat; without a database the leases expire instead."""
        claims = self._in_flight.take_all()
        self._tracer.released(claims)
        try:
            async with asyncio.timeout(SIGN_OFF_TIMEOUT_SECONDS):
                if claims:
                    released = await self._outbox.release(claims)
                    log.info("lease.released", rows=released)
                await self._outbox.sign_off()
        except DATABASE_ERRORS as error:
            log.warning("worker.sign_off_failed", rows=len(claims), error=label(error))

    def _found_crashed(self) -> None:
        self._crashed.found()
        self._doorbell.wake()

    async def _renew(self) -> None:
        """Renew the leases of slow rows: those that are still in flight after a third of their lease."""
        claimed_before: list[Claim] = []
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            slow = [claim for claim in claimed_before if claim in self._in_flight]
            try:
                if slow:
                    await self._outbox.renew(slow, self._lease)
            except DATABASE_ERRORS as error:
                metrics.count_database_error("renew", error)
                log.debug("lease.renew_failed", error=label(error))
            claimed_before = self._in_flight.all()

    async def _pause(self, seconds: float) -> None:
        """Wait for `seconds`, or until the worker is stopped."""
        if not seconds:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
