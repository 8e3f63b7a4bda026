"""Limit the CPU time of one redaction."""

from __future__ import annotations

import time

from autopost.errors import DeadlinePassed


class Deadline:
    """A budget of this thread's CPU time; waiting for other threads does not count."""

    __slots__ = ("_end_seconds", "_soonest_seconds")

    def __init__(self, cpu_seconds: float) -> None:
        self._end_seconds = time.thread_time() + cpu_seconds
        # The CPU time of a thread never passes faster than the time of the clock, which takes a tenth as long to read.
        self._soonest_seconds = time.perf_counter() + cpu_seconds

    def check(self) -> None:
        """Raise DeadlinePassed if the budget is used up."""
        if time.perf_counter() >= self._soonest_seconds and time.thread_time() > self._end_seconds:
            raise DeadlinePassed
