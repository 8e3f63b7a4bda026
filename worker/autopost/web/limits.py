"""How many may watch, and how long they wait for the first answer and for the last one."""

from __future__ import annotations

FIRST_LOOK_SECONDS = 5.0
LAST_WORDS_SECONDS = 0.5


class TooMany(Exception):
    """As many watch as may."""
