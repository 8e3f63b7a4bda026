"""A read that all who ask at the same time share. Unlike Cached it returns nothing that was read earlier."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedRead(Generic[T]):
    """Runs one read at a time. Those who ask while one runs share the next one, which begins after they asked."""

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._lock = asyncio.Lock()
        self._next: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Return what a read found that began after this call. Raises what the read raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._run(), name="shared read")
        return await asyncio.shield(self._next)

    async def _run(self) -> T:
        async with self._lock:
            self._next = None  # later callers need a read that begins later
            return await self._read()
