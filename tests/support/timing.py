"""How long something takes, on a machine that may stall."""

from __future__ import annotations

import time
from collections.abc import Callable


def shortest(act: Callable[[], object], *, enough: float, clock: Callable[[], float] = time.monotonic) -> float:
    """Return how many seconds `act` takes; the least of up to three times, as a machine may stall in one of them."""
    seconds = float("inf")
    for _ in range(3):
        began = clock()
        act()
        seconds = min(seconds, clock() - began)
        if seconds < enough:
            break
    return seconds
