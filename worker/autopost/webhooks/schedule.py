"""When a webhook is sent its summary: every day or one day a week, at a local time. Pure.

A local time that is skipped when the clocks go forward is due as late as it would have been without the change, one
that comes twice is due the first time: so there is one summary for each date, whatever the clocks do.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXAMPLES = 'such as "08:00 Europe/Berlin" or "monday 08:00 UTC"'
_FORM = re.compile(r"(?:(?P<day>[a-z]+)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})\s+(?P<zone>\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A local time, every day or on one day a week (`weekday`, Monday is 0)."""

    at: time
    zone: ZoneInfo
    weekday: int | None = None

    @property
    def period(self) -> timedelta:
        """Return how long it is between two summaries, give or take an hour."""
        return timedelta(days=1 if self.weekday is None else 7)

    def latest(self, now: datetime) -> datetime:
        """Return the last moment that was due, `now` included, in UTC."""
        return max(due for due in self._around(now) if due <= now)

    def following(self, now: datetime) -> datetime:
        """Return the next moment that will be due, in UTC."""
        return min(due for due in self._around(now) if due > now)

    def before(self, due: datetime) -> datetime:
        """Return the moment that was due before this one, in UTC: where its summary begins."""
        return self.latest(due - timedelta(seconds=1))

    def __str__(self) -> str:
        """Return it as a file has it."""
        day = "" if self.weekday is None else f"{DAYS[self.weekday]} "
        return f"{day}{self.at:%H:%M} {self.zone.key}"

    def _around(self, now: datetime) -> list[datetime]:
        today = now.astimezone(self.zone).date()
        days = [today + timedelta(days=number) for number in range(-8, 9)]
        return [self._due(day) for day in days if self.weekday in (None, day.weekday())]

    def _due(self, day: date) -> datetime:
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)


def parse_schedule(text: str) -> Schedule:
    """Return a schedule of the form `[day] HH:MM zone`. Raises ValueError with what is wrong, and what to write."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"expected: a time and a time zone, {EXAMPLES}")
    day = (found["day"] or "").lower()
    if day and day not in DAYS:
        near = difflib.get_close_matches(day, DAYS, n=1)
        raise ValueError(f"not a day of the week; {f'did you mean {near[0]}?' if near else f'expected: {EXAMPLES}'}")
    hour, minute = int(found["hour"]), int(found["minute"])
    if hour > 23 or minute > 59:
        raise ValueError(f"no time of the day; expected: 00:00 to 23:59, {EXAMPLES}")
    try:
        zone = ZoneInfo(found["zone"])
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(found["zone"], zoneinfo.available_timezones(), n=1)
        raise ValueError(
            f"not a time zone that is known here; {f'did you mean {near[0]}?' if near else f'expected: {EXAMPLES}'}"
        ) from None
    return Schedule(time(hour, minute), zone, DAYS.index(day) if day else None)
