"""What wakes those who work on the log: a ring in this process, or what others left, looked for now and then."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

POLL_SECONDS = 15.0  # what a worker left that died before it was done with it


class Wake:
    """Rung as often as one likes; who waits comes back once. `is_left` tells whether others left something."""

    def __init__(self, is_left: Callable[[], Awaitable[bool]]) -> None:
        self._is_left = is_left
        self._rung = asyncio.Event()

    @property
    def is_rung(self) -> bool:
        """Tell whether it was rung since it was last cleared."""
        return self._rung.is_set()

    def ring(self) -> None:
        """Say that there is something to do."""
        self._rung.set()

    def clear(self) -> None:
        """Take the ring back, before looking for what there is to do."""
        self._rung.clear()

    async def wait(self) -> None:
        """Return when it is rung, or when others left something. Raises what `is_left` raises."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS * random.uniform(0.9, 1.1)):
                    await self._rung.wait()
            if self._rung.is_set() or await self._is_left():
                return
