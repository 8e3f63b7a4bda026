"""A task that works when it is woken: by this process, or by a poll that finds what another worker left."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import math
import random

import structlog

from autopost import backoff
from autopost.database.errors import label, reraise_if_cancelled
from autopost.observability import metrics

ERROR_BASE_SECONDS = 0.1
ERROR_CAP_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Wakeup(abc.ABC):
    """A task on the log that outlives every error. `wake` may be called as often as one likes: it works once."""

    poll_seconds = 15.0  # for what a worker left that died before it was done with it
    poll_at_most_seconds = math.inf

    def __init__(self, name: str) -> None:
        self.name = name
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()

    @abc.abstractmethod
    async def work(self) -> None:
        """Work until nothing is left."""

    @abc.abstractmethod
    async def is_waiting(self) -> bool:
        """Return whether there is something to do that nobody is doing. Raises the database's errors."""

    @property
    def is_woken(self) -> bool:
        """Return whether `wake` was called since the work began, or since the last round of it."""
        return self._awake.is_set()

    @property
    def is_stopping(self) -> bool:
        """Return whether `stop` was called."""
        return self._stopping.is_set()

    def wake(self) -> None:
        """Have it work now, and once more if it is working already."""
        self._awake.set()

    def stop(self) -> None:
        """End `run` after it has worked once more, or at the next failure."""
        self._stopping.set()
        self.wake()

    async def run(self) -> None:
        """Work whenever there is something to do, until stopped. Errors are logged once and retried with backoff."""
        failures = 0
        self.wake()  # for what other workers left
        while self._awake.is_set() or not self.is_stopping:
            try:
                await self._wait()
                self._awake.clear()
                await self.work()
            except Exception as error:  # noqa: BLE001 - no error may end a worker
                reraise_if_cancelled(error)
                failures += 1
                metrics.BROADCAST_ERRORS.inc()
                if failures == 1:
                    log.warning("broadcast.error", task=self.name, error=label(error))
                if self.is_stopping:
                    return
                self.wake()
                await self.pause(backoff.delay_seconds(failures, base=ERROR_BASE_SECONDS, cap=ERROR_CAP_SECONDS))
            else:
                if failures:
                    log.info("broadcast.recovered", task=self.name)
                failures = 0

    async def pause(self, seconds: float, *, unless_woken: bool = False) -> None:
        """Sleep until the time is over or `stop` is called; with `unless_woken` also until `wake` is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await (self._awake if unless_woken else self._stopping).wait()

    async def _wait(self) -> None:
        while True:
            poll = min(self.poll_seconds, self.poll_at_most_seconds) * random.uniform(0.9, 1.1)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(poll):
                    await self._awake.wait()
            if self._awake.is_set() or await self.is_waiting():
                return
