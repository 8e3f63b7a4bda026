"""The worker process: claims, keeps its pipeline busy, says that it lives, and drains when it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog

from autopost import __version__
from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, label
from autopost.database.migrate import head_revision
from autopost.model import Claim
from autopost.observability import metrics
from autopost.observability.health import Health
from autopost.observability.tracing import OFF, Tracer
from autopost.outbox.doorbell import Doorbell, Woken
from autopost.outbox.outbox import Outbox
from autopost.settings import Settings
from autopost.worker.claim_schedule import ClaimSchedule
from autopost.worker.in_flight import InFlight
from autopost.worker.maintenance import Maintenance
from autopost.worker.pipeline import OperationTypeRedactor, Pipeline
from autopost.worker.publication import Publication
from autopost.worker.publisher import LANES, Publisher
from autopost.writing import Redactor, Writer

HEARTBEAT_SECONDS = 15.0
LAST_WORD_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Worker:
    """Claims rows and runs them through the pipeline until `stop` is called.

    `run` returns when everything it held has its outcome or was given back. It raises what `require_served` raises,
    which is asked with every heartbeat and when the database lacks what a claim needs.
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
        tracer: Tracer = OFF,
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._doorbell = doorbell
        self._require_served = require_served
        self._health = health or Health()
        self._in_flight = InFlight(self._health.hold)
        self._publisher = Publisher(outbox, publication, settings, self._in_flight, tracer)
        self._maintenance = Maintenance(outbox, settings)
        self._pipeline = Pipeline(writer, OperationTypeRedactor(redactor), self._publisher, settings, tracer)
        self._tracer = tracer
        self._asleep_since: float | None = None  # by time.monotonic()
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        # Enough to keep every generation and every lane of the publisher busy, and no more: what waits here is under
        # a lease. A claim waits until a good part of it is free.
        self._capacity = 2 * settings.llm_concurrency if settings.uses_llm else 2 * LANES * settings.batch_size

    def stop(self) -> None:
        """Stop claiming and drain; when called again, give back at once what is held."""
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()
        self._health.stopping = True
        self._in_flight.nudge()
        self._doorbell.ring()

    async def run(self) -> None:
        """Work until stopped."""
        metrics.BUILD.info({"version": __version__, "schema": head_revision()})
        log.info("worker started", worker=self._settings.worker_name, version=__version__, llm=self._settings.uses_llm)
        background = [
            asyncio.create_task(self._doorbell.run(), name="doorbell"),
            asyncio.create_task(self._publisher.run(), name="publisher"),
            asyncio.create_task(self._beat(), name="heartbeat"),
            asyncio.create_task(self._renew(), name="renew"),
            asyncio.create_task(self._maintenance.run(), name="maintenance"),
        ]
        pipeline: set[asyncio.Task[None]] = set()
        claiming = asyncio.create_task(self._claim(pipeline), name="claim")
        stopping = asyncio.create_task(self._stopping.wait(), name="stopping")
        try:
            done, _ = await asyncio.wait([claiming, stopping, *background], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # only these two end by themselves; anything else that ended, ended by an error
            await self._drain(claiming)
        finally:
            await _cancel([claiming, stopping, *pipeline, *background])
            await self._give_back()
        log.info("worker stopped", worker=self._settings.worker_name)

    async def _claim(self, pipeline: set[asyncio.Task[None]]) -> None:
        clock = asyncio.get_running_loop().time
        lease = timedelta(seconds=self._settings.lease_seconds)
        schedule = ClaimSchedule(self._settings.poll_seconds)
        while not self._stopping.is_set():
            await self._in_flight.fewer_than(max(self._capacity * 3 // 4, 1), unless=self._stopping)
            if self._stopping.is_set():
                return
            limit = min(self._capacity - len(self._in_flight), self._settings.batch_size)
            self._doorbell.clear()
            began_ns, mode = time.time_ns(), schedule.next_claim(clock())
            try:
                claims = await self._outbox.claim(
                    limit, lease, full_scan=mode.full_scan, round_robin=mode.round_robin
                )
            except DATABASE_ERRORS as error:
                await self._claim_failed(error, is_first=not schedule.is_failing)
                await self._pause(schedule.failed())
                continue
            schedule.succeeded(mode, rows=len(claims), limit=limit, now=clock())
            self._health.claimed()
            if claims:
                self._in_flight.add(claims)
                self._tracer.claimed(claims, began_ns)
                task = asyncio.create_task(self._pipeline.handle(claims))
                pipeline.add(task)
                task.add_done_callback(pipeline.discard)
            elif not mode.round_robin and not self._stopping.is_set():
                woken = await self._sleep()
                await self._pause(schedule.woke_up(rows_due=woken is Woken.DUE))

    async def _claim_failed(self, error: BaseException, *, is_first: bool) -> None:
        self._health.failed("claim", error)
        if is_first:
            log.warning("claiming failed and is tried again", error=label(error))
        if is_of_the_installation(error):
            with contextlib.suppress(*DATABASE_ERRORS):
                await self._require_served()

    async def _sleep(self) -> Woken:
        self._asleep_since = time.monotonic()
        try:
            why = await self._doorbell.sleep()
        finally:
            self._count_sleep()
            self._asleep_since = None
        metrics.WAKEUPS.labels(str(why)).inc()
        return why

    def _count_sleep(self) -> None:
        """Count how long it has slept so far; a sleep may last for hours."""
        if self._asleep_since is not None:
            now = time.monotonic()
            metrics.ASLEEP_SECONDS.inc(now - self._asleep_since)
            self._asleep_since = now

    async def _drain(self, claiming: asyncio.Task[None]) -> None:
        """Finish what is held or being claimed, for as long as the settings allow and nobody hurries.

        A claim that is not answered by then may have come to pass: its rows are free when their leases run out.
        """
        if self._in_flight:
            log.info("draining", rows=len(self._in_flight), seconds=self._settings.shutdown_seconds)
        hurry = asyncio.create_task(self._hurry.wait(), name="hurry")
        try:
            async with asyncio.timeout(self._settings.shutdown_seconds):
                await asyncio.wait([claiming, hurry], return_when=asyncio.FIRST_COMPLETED)
                await self._in_flight.fewer_than(1, unless=self._hurry)
        except TimeoutError:
            pass
        finally:
            await _cancel([hurry])

    async def _give_back(self) -> None:
        """Release what is still held, and sign off; the lease does it when the database is away."""
        held = self._in_flight.take_all()
        self._tracer.given_back(held)
        try:
            async with asyncio.timeout(LAST_WORD_SECONDS):
                if held:
                    released = await self._outbox.release(held)
                    log.info("gave rows back", rows=released)
                await self._outbox.goodbye()
        except DATABASE_ERRORS as error:
            log.warning("could not sign off; leases run out by themselves", rows=len(held), error=label(error))

    async def _beat(self) -> None:
        first = True
        while True:
            self._count_sleep()
            try:
                if not first:
                    await self._require_served()
                await self._outbox.heartbeat(__version__, len(self._in_flight), first=first)
                first = False
                self._health.beat()
            except DATABASE_ERRORS as error:
                self._health.failed("heartbeat", error)
                log.debug("no heartbeat", error=label(error))
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _renew(self) -> None:
        """Keep the leases of what takes long: a row that is still held after a third of its lease gets a new one."""
        lease = timedelta(seconds=self._settings.lease_seconds)
        before: list[Claim] = []
        while True:
            await asyncio.sleep(lease.total_seconds() / 3)
            lasting = [claim for claim in before if claim in self._in_flight]
            try:
                if lasting:
                    await self._outbox.renew(lasting, lease)
            except DATABASE_ERRORS as error:
                metrics.count_database_error("renew", error)
                log.debug("leases not renewed", error=label(error))
            before = self._in_flight.all()

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
