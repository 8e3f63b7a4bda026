"""Shows other workers that this one runs, and rescues rows and locks of workers that crashed or froze."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sized
from datetime import timedelta

import structlog

from autopost import __version__
from autopost.database.errors import DATABASE_ERRORS, label
from autopost.observability import metrics
from autopost.observability.health import Health
from autopost.observability.problems import Problems
from autopost.outbox.doorbell import Doorbell
from autopost.outbox.outbox import Outbox, Rescued
from autopost.outbox.scan_horizon import ScanHorizon
from autopost.settings import Settings

HEARTBEAT_SECONDS = 15.0
HEARTBEAT_RETRY_SECONDS = 1.0
RESCUE_SECONDS = 1.0
FIRST_CONNECTION_SECONDS = 2.0
NAME = "worker name"
FROZEN_AFTER = timedelta(seconds=30)  # a worker gives up a statement by then

log = structlog.get_logger(__name__)


def is_of_another(recorded: int | None, own: int | None, key: int | None) -> bool:
    """Return whether the key that was `recorded` is of another worker with the same name.

    `own` is what this worker recorded last, `key` what it records now. Without keys, behind a pooler, nobody can tell.
    """
    return own is not None and recorded not in (None, own, key)


class Liveness:
    """Sends heartbeats, and looks for crashed and frozen workers.

    A heartbeat has the key of the lock that the doorbell's connection holds, and the worker's present problems.

    `registered` is set after the first heartbeat, or when it failed: a worker that claims before it is rescued only
    when its leases expire. `on_beat` is called before each heartbeat, `on_crashed` when rows are due that crashed a
    worker.
    """

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        doorbell: Doorbell,
        require_served: Callable[[], Awaitable[object]],
        health: Health,
        problems: Problems,
        *,
        in_flight: Sized,
        on_beat: Callable[[], None],
        on_crashed: Callable[[], None],
    ) -> None:
        self._max_attempts = settings.max_attempts
        self._outbox = outbox
        self._doorbell = doorbell
        self._require_served = require_served
        self._health = health
        self._problems = problems
        self._in_flight = in_flight
        self._on_beat = on_beat
        self._on_crashed = on_crashed
        self.registered = asyncio.Event()

    async def beat(self) -> None:
        """Send heartbeats until cancelled; raise what `require_served` raises.

        The first one comes after the rescue of the rows that a worker of the same name left. When the lock is lost or
        taken again, a heartbeat is sent at once: others rescue the rows of a worker whose recorded lock is free.
        """
        first = True
        own: int | None = None
        while True:
            self._on_beat()
            self._doorbell.lock_changed.clear()
            seconds = HEARTBEAT_RETRY_SECONDS
            try:
                if first:
                    self._rescued(await self._outbox.rescue(self._max_attempts, at_start=True))
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(FIRST_CONNECTION_SECONDS):
                            await self._doorbell.connected_once()
                else:
                    await self._require_served()
                key = self._doorbell.lock_key
                problems = self._problems.as_json()
                recorded = await self._outbox.heartbeat(
                    __version__, len(self._in_flight), first=first, lock_key=key, problems=problems
                )
                if not is_of_another(recorded, own, key):
                    self._problems.clear(NAME)
                elif not self._problems.has(NAME):
                    log.warning("worker.name_shared")
                    self._problems.report(NAME, "another worker has it too: SOCIAL_POST_WORKER_NAME must differ")
                seconds, first, own = HEARTBEAT_SECONDS, False, key
                self._health.beat()
                for pid in await self._outbox.end_frozen_sessions(FROZEN_AFTER):
                    log.warning("worker.frozen", server_process=pid)
            except DATABASE_ERRORS as error:
                self._health.failed("heartbeat", error)
                log.debug("heartbeat.failed", error=label(error))
            self.registered.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._doorbell.lock_changed.wait()

    async def rescue(self) -> None:
        """Return the rows of crashed workers to the queue every second, until cancelled."""
        clock = asyncio.get_running_loop().time
        horizon = ScanHorizon()
        await self.registered.wait()
        while True:
            await asyncio.sleep(RESCUE_SECONDS * random.uniform(0.8, 1.2))
            began = clock()
            full_scan = horizon.is_full_scan(began)
            try:
                self._rescued(await self._outbox.rescue(self._max_attempts, full_scan=full_scan))
                if await self._outbox.crashed(full_scan=full_scan):
                    self._on_crashed()
            except DATABASE_ERRORS as error:
                metrics.count_database_error("rescue", error)
                log.debug("rescue.failed", error=label(error))
                continue
            if full_scan:
                horizon.full_scan_took(began, clock())

    def _rescued(self, rescued: Rescued) -> None:
        if rescued.rows:
            log.warning("lease.rescued", rows=rescued.rows)
            self._on_crashed()
        for id_ in rescued.dead:
            metrics.OUTCOMES.labels("dead", "worker_crashed").inc()
            log.info("attempt.finished", id=str(id_), outcome="dead", error="worker_crashed")
        if rescued.audited < len(rescued.dead):
            log.error("audit.lost", rows=len(rescued.dead) - rescued.audited)
            self._problems.report_lost_audit_row()
