"""The names of operations as they may be shown: a platform's operation_type is text like any other."""

from __future__ import annotations

import time
from functools import lru_cache

from autopost.writing import Redactor

MOST_REMEMBERED = 1024
REMEMBERED_SECONDS = 60.0  # the names of people that are looked for may change


class CleanNames:
    """Redacts names and remembers the results: there are few of them and they come again and again."""

    def __init__(self, redactor: Redactor) -> None:
        self._redact = lru_cache(MOST_REMEMBERED)(lambda name, _minute: redactor.redact(name).text)

    def of(self, name: str) -> str:
        """Return the name without personal data. Raises RedactionFailed."""
        return self._redact(name, time.monotonic() // REMEMBERED_SECONDS)
