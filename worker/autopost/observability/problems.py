"""What goes wrong in a worker at the moment. The heartbeat writes it to the database, where `check` reads it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MOST_CHARACTERS = 200
PROBLEM_SECONDS = 120.0  # how long `check` reports what happened once


@dataclass(slots=True)
class _Problem:
    finding: str
    since: float
    until: float


def utc_in(seconds: float) -> str:
    """Return the time of day in UTC that many seconds from now."""
    return f"{datetime.now(UTC) + timedelta(seconds=seconds):%H:%M:%S} UTC"


class Problems:
    """The present problems of a worker by subject, without text of an operation."""

    def __init__(self) -> None:
        self._problems: dict[str, _Problem] = {}

    def report(self, subject: str, finding: str, *, for_seconds: float = float("inf")) -> None:
        """Record a problem until it is cleared, or for `for_seconds` after the last report."""
        now = time.monotonic()
        known = self._problems.get(subject)
        since = known.since if known is not None and known.until > now else now
        self._problems[subject] = _Problem(finding[:MOST_CHARACTERS], since, now + for_seconds)

    def report_lost_audit_row(self) -> None:
        """Record that the platform's audit log did not keep a row, as a trigger or a rule of it can decide."""
        self.report("audit log", "audit_log does not keep every row", for_seconds=PROBLEM_SECONDS)

    def has(self, subject: str) -> bool:
        """Return whether a problem is present."""
        return subject in self._problems

    def clear(self, subject: str) -> None:
        """Forget a problem that is over."""
        self._problems.pop(subject, None)

    def as_json(self) -> str | None:
        """Return the present problems as JSON, each with how long it has lasted; None when there are none."""
        now = time.monotonic()
        present = [
            {"subject": subject, "finding": problem.finding, "seconds": round(now - problem.since)}
            for subject, problem in self._problems.items()
            if problem.until > now
        ]
        return json.dumps(present) if present else None
