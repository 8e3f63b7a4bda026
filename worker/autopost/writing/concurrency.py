"""Adapt the number of concurrent calls to what a server can do.

Additive increase, multiplicative decrease, as TCP does with its window (RFC 5681): a call that times out halves the
limit, and calls that succeed while the limit is used up raise it again. A server with one lane, such as a model on a
CPU, then gets no more calls than it can answer in time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

DECREASE = 0.5
INCREASE = 0.2  # divided by the limit, for each success: a slow server is tried with one more call now and then only


@dataclass(slots=True)
class Slot:
    """A call in progress. `outcome` must be set before it ends: True for an answer, False for a time-out."""

    round: int
    outcome: bool | None = None


class AdaptiveLimit:
    """Lets at most `most` calls run at once, and fewer while they time out. FIFO. For one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._running = 0
        self._round = 0  # calls that began before the last decrease do not decrease the limit again
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """Return how many calls may run at once now."""
        return int(self._limit)

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Wait for a slot, and hold it."""
        await self._acquire()
        slot = Slot(self._round)
        try:
            yield slot
        finally:
            self._adapt(slot)
            self._running -= 1
            self._wake()

    async def _acquire(self) -> None:
        if self._running < self.limit and not self._waiting:
            self._running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the slot was given to it at the same moment
                self._running -= 1
                self._wake()
            else:
                self._waiting.remove(turn)
            raise

    def _wake(self) -> None:
        while self._waiting and self._running < self.limit:
            self._running += 1
            self._waiting.popleft().set_result(None)

    def _adapt(self, slot: Slot) -> None:
        if slot.outcome and self._running >= self.limit:
            self._limit = min(self._limit + INCREASE / self._limit, float(self._most))
        elif slot.outcome is False and slot.round == self._round:
            self._limit = max(self._limit * DECREASE, 1.0)
            self._round += 1
