"""A value that is read anew once in a while, however many ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

from autopost.web.database import NoAnswer

T = TypeVar("T")
SHARE = 20  # what takes long to read is read seldom: at most this part of the time goes into it


class Cached(Generic[T]):
    """Keeps what `read` returned, or that the database did not answer, for some seconds. One reads, the others wait."""

    def __init__(self, read: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._until = 0.0
        self._forgotten = 0
        self._value: T | NoAnswer | None = None

    async def get(self) -> T:
        """Return the value. Raises NoAnswer."""
        async with self._lock:
            if self._value is None or monotonic() >= self._until:
                began, forgotten = monotonic(), self._forgotten
                try:
                    self._value = await self._read()
                    keep = max(self._seconds, SHARE * (monotonic() - began))
                except NoAnswer as error:
                    self._value, keep = error, self._seconds
                # What was forgotten while it was read may be of before, and is for whoever waits, and nobody else.
                self._until = monotonic() + keep if forgotten == self._forgotten else 0.0
            if isinstance(self._value, NoAnswer):
                raise NoAnswer(self._value.kind, lacks_rights=self._value.lacks_rights)
            return self._value

    def forget(self) -> None:
        """Read anew when next asked: somebody changed what it is about."""
        self._value = None
        self._forgotten += 1
