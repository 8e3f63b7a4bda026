"""Decides how far back a scan of the outbox reads. Pure.

A full scan of the due rows starts at the oldest entry of the index and reads every entry whose row is finished but not
vacuumed yet. While an old transaction holds back vacuum, these pile up and full scans become slower and slower; a scan
that starts a few seconds ago does not. So full scans run only as often as they are cheap.
"""

from __future__ import annotations

PAUSE_PER_SECOND_OF_SCAN = 20  # full scans take at most a twentieth of the time


class ScanHorizon:
    """Chooses between a full and a short scan. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._next_full_scan_at = 0.0

    def is_full_scan(self, now: float) -> bool:
        """Return whether a scan that begins now should be a full one."""
        return now >= self._next_full_scan_at

    def full_scan_took(self, began: float, ended: float) -> None:
        """Record how long a full scan took."""
        self._next_full_scan_at = ended + PAUSE_PER_SECOND_OF_SCAN * (ended - began)

    def backlog_remains(self) -> None:
        """Record that a scan reached its limit: rows that it left may be older than a short scan reads."""
        self._next_full_scan_at = 0.0

    def seconds_left(self, now: float) -> float:
        """Return the seconds until the next full scan."""
        return max(self._next_full_scan_at - now, 0.0)
