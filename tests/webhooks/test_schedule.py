"""When a summary is due: local times on any date, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autopost.webhooks.schedule import DAYS, Schedule, parse_schedule


def utc(*parts: int) -> datetime:
    """Return a moment."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_daily_and_weekly_schedules_are_read() -> None:
    """As a file has them, in any case."""
    for text in ("08:00 Europe/Berlin", "monday 23:59 UTC", "sunday 00:00 Asia/Kolkata"):
        assert str(parse_schedule(text)) == text
    assert str(parse_schedule("  Friday 7:05 America/New_York ")) == "friday 07:05 America/New_York"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("08:00", "a time and a time zone"),
        ("8 Europe/Berlin", "a time and a time zone"),
        ("24:00 UTC", "no time of the day"),
        ("08:60 UTC", "no time of the day"),
        ("08:00 Europe/Berln", "did you mean Europe/Berlin?"),
        ("08:00 ../../etc/passwd", "not a time zone"),
        ("mondey 08:00 UTC", "did you mean monday?"),
        ("", "a time and a time zone"),
    ],
)
def test_what_is_no_schedule_is_refused_with_advice(text: str, advice: str) -> None:
    """What is wrong, and what to write."""
    with pytest.raises(ValueError, match=advice.replace("?", r"\?")):
        parse_schedule(text)


def test_skipped_and_repeated_local_times_are_due_once() -> None:
    """In Berlin 02:30 does not exist on 29 March 2026, and comes twice on 25 October 2026."""
    schedule = parse_schedule("02:30 Europe/Berlin")
    assert schedule.latest(utc(2026, 3, 29, 12)) == utc(2026, 3, 29, 1, 30)
    assert schedule.before(utc(2026, 3, 29, 1, 30)) == utc(2026, 3, 28, 1, 30)
    assert schedule.following(utc(2026, 3, 29, 1, 30)) == utc(2026, 3, 30, 0, 30)
    first = utc(2026, 10, 25, 0, 30)
    assert schedule.latest(utc(2026, 10, 25, 1, 45)) == first, "and not the second 02:30"
    assert schedule.following(first) == utc(2026, 10, 26, 1, 30)


def test_local_day_decides_about_the_day_of_the_week() -> None:
    """Monday morning in Auckland is Sunday in UTC."""
    schedule = parse_schedule("monday 08:00 Pacific/Auckland")
    assert schedule.latest(utc(2026, 6, 15)) == utc(2026, 6, 14, 20)
    assert schedule.following(utc(2026, 6, 14, 20)) == utc(2026, 6, 21, 20)
    assert schedule.latest(utc(2026, 6, 14, 19, 59)) == utc(2026, 6, 7, 20)


@given(
    minute=st.integers(0, 24 * 60 - 1),
    zone=st.sampled_from(sorted(available_timezones() - {"localtime"})),
    weekday=st.none() | st.integers(0, 6),
    now=st.integers(631_152_000, 2_114_380_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_every_date_has_one_due_moment(minute: int, zone: str, weekday: int | None, now: datetime) -> None:
    """The moments follow each other, each of another local date or, in a gap, right behind it."""
    day = "" if weekday is None else f"{DAYS[weekday]} "
    schedule: Schedule = parse_schedule(f"{day}{minute // 60:02}:{minute % 60:02} {zone}")
    latest, following = schedule.latest(now), schedule.following(now)
    assert latest <= now < following
    assert schedule.before(following) == latest
    assert abs(following - latest - schedule.period) <= timedelta(hours=25)
    local = following.astimezone(ZoneInfo(zone))
    is_in_a_gap = local.replace(tzinfo=None).time() != schedule.at
    assert is_in_a_gap or weekday in (None, local.weekday())
