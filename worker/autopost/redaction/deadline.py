"""Limit the CPU time of one redaction."""

from __future__ import annotations

import time

from autopost.errors import DeadlinePassed


class Deadline:
    """A budget of this thread's CPU time; waiting for other threads does not count."""

    __slots__ = ("_end_seconds",)

    def __init__(self, cpu_seconds: float) -> None:
        self._end_seconds = time.thread_time() + cpu_seconds

    def check(self) -> None:
        """Raise DeadlinePassed if the budget is used up."""
        if time.thread_time() > self._end_seconds:
            raise DeadlinePassed
