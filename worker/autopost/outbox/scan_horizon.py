"""How far back a look into the outbox reaches. Pure.

A look at everything that is due begins at the oldest entry of the index, and passes every entry whose row was finished
but not yet vacuumed away. As long as an old transaction keeps vacuum from its work these pile up, and such a look takes
longer and longer; one that begins a few seconds ago does not. So everything is looked at as often as costs little.
"""

from __future__ import annotations

SHARE = 20  # of the time at most a twentieth goes into looks at everything


class ScanHorizon:
    """Decides, look by look, whether it is at everything. Times are in seconds, of a clock that never goes back."""

    def __init__(self) -> None:
        self._again_at = 0.0

    def is_full_scan(self, now: float) -> bool:
        """Tell whether a look that begins now is at everything."""
        return now >= self._again_at

    def full_scan_took(self, began: float, ended: float) -> None:
        """Note how long a look at everything took."""
        self._again_at = ended + SHARE * (ended - began)

    def backlog_remains(self) -> None:
        """Note that a look did not come to its end: what it left may be older than a short look reaches."""
        self._again_at = 0.0

    def seconds_left(self, now: float) -> float:
        """Return the time until a look is at everything again."""
        return max(self._again_at - now, 0.0)
