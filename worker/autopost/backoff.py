"""How long to wait after a failed attempt. Pure, but for the dice."""

from __future__ import annotations

import random

BASE_SECONDS = 1.0
CAP_SECONDS = 300.0


def delay_seconds(attempts: int, *, base: float = BASE_SECONDS, cap: float = CAP_SECONDS) -> float:
    """Return the wait after `attempts` failures: exponential, with equal jitter.

    Half of the time is certain and half is drawn, so that rows which failed together do not return together
    ("Exponential Backoff And Jitter", AWS Architecture Blog).
    """
    whole: float = min(cap, base * 2.0 ** min(max(attempts, 1) - 1, 32))
    return whole / 2 + random.uniform(0, whole / 2)
