"""Decides whether a claim reads its operations again, so that reads which take long do not slow every claim. Pure.

Times are seconds of a clock that never goes back.
"""

from __future__ import annotations

SLOW = "slow"
PAUSE_PER_SECOND = 20  # claims with slow reads take at most a twentieth of the time
LONGEST_PAUSE_SECONDS = 600.0


class CommittedReads:
    """Pauses reading after a claim whose reads took long; the texts that the trigger captured serve meanwhile."""

    def __init__(self) -> None:
        self._paused_until = float("-inf")

    def is_on(self, now: float) -> bool:
        """Return whether a claim that begins now reads its operations."""
        return now >= self._paused_until

    def slow(self, began: float, now: float) -> None:
        """Note a claim that reading made slow, or that failed because of it."""
        self._paused_until = now + min((now - began) * PAUSE_PER_SECOND, LONGEST_PAUSE_SECONDS)
