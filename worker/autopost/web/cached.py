"""A value that is read again after some seconds, however many ask for it (single flight)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

from autopost.web.errors import DatabaseUnavailable

T = TypeVar("T")
SHARE = 20  # what takes long to read is read rarely: at most a 20th of the time is spent on it


class Cached(Generic[T]):
    """Keeps what `read` returned, or its DatabaseUnavailable, for some seconds. One caller reads, the others wait."""

    def __init__(self, read: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._until = 0.0
        self._invalidated = 0
        self._value: T | DatabaseUnavailable | None = None

    async def get(self) -> T:
        """Return the value. Raises DatabaseUnavailable."""
        async with self._lock:
            if self._value is None or monotonic() >= self._until:
                began, invalidated = monotonic(), self._invalidated
                try:
                    self._value = await self._read()
                    keep = max(self._seconds, SHARE * (monotonic() - began))
                except DatabaseUnavailable as error:
                    self._value, keep = error, self._seconds
                # A value that was invalidated during the read may be outdated: it is for present callers alone.
                self._until = monotonic() + keep if invalidated == self._invalidated else 0.0
            if isinstance(self._value, DatabaseUnavailable):
                raise DatabaseUnavailable(self._value.kind, lacks_rights=self._value.lacks_rights)
            return self._value

    def invalidate(self) -> None:
        """Read again at the next call: what it is about was changed."""
        self._value = None
        self._invalidated += 1
