"""How each claim is made, and how long a worker waits after a failed or empty one."""

from __future__ import annotations

from autopost.worker.claim_schedule import ROUND_ROBIN_EVERY_CLAIMS, ClaimSchedule

LIMIT = 10
POLL_SECONDS = 5.0


def claim(schedule: ClaimSchedule, *, rows: int, now: float = 0.0, seconds: float = 0.0) -> tuple[bool, bool]:
    """Claim at a time and for so long; return whether it was a full scan, and whether it was round robin."""
    mode = schedule.next_claim(now, LIMIT)
    schedule.succeeded(mode, rows=rows, now=now + seconds)
    return mode.full_scan, mode.round_robin


def test_first_claim_is_a_full_scan() -> None:
    """A worker does not know how long its rows have been due while none was running."""
    assert claim(ClaimSchedule(POLL_SECONDS), rows=0) == (True, False)


def test_slow_full_scan_is_not_repeated_at_once() -> None:
    """Full scans take at most a twentieth of the time."""
    schedule = ClaimSchedule(POLL_SECONDS)
    claim(schedule, rows=1, now=0.0, seconds=1.0)
    assert [claim(schedule, rows=1, now=now)[0] for now in (1.0, 20.9, 21.0)] == [False, False, True]


def test_full_claim_is_followed_by_a_full_scan() -> None:
    """The rows that it left may have been due for any time."""
    schedule = ClaimSchedule(POLL_SECONDS)
    claim(schedule, rows=1, now=0.0, seconds=1.0)
    assert claim(schedule, rows=LIMIT, now=1.0) == (False, False)
    assert claim(schedule, rows=0, now=2.0)[0]


def test_some_claims_of_a_backlog_are_round_robin() -> None:
    """The second, and then every fourth, as long as claims reach their limit."""
    schedule = ClaimSchedule(POLL_SECONDS)
    modes = [claim(schedule, rows=LIMIT)[1] for _ in range(2 * ROUND_ROBIN_EVERY_CLAIMS)]
    assert modes == [number % ROUND_ROBIN_EVERY_CLAIMS == 1 for number in range(2 * ROUND_ROBIN_EVERY_CLAIMS)]
    claim(schedule, rows=LIMIT - 1)
    assert [claim(schedule, rows=LIMIT)[1] for _ in range(2)] == [False, True]


def test_empty_round_robin_claim_does_not_end_a_backlog() -> None:
    """Others may have claimed the rows that it chose."""
    schedule = ClaimSchedule(POLL_SECONDS)
    claim(schedule, rows=LIMIT)
    assert claim(schedule, rows=0)[1]
    assert [claim(schedule, rows=LIMIT)[1] for _ in range(4)] == [False, False, False, True]


def test_failed_claims_back_off_until_one_succeeds() -> None:
    """Up to five seconds."""
    schedule = ClaimSchedule(POLL_SECONDS)
    failing = [schedule.is_failing]
    delays = [schedule.failed() for _ in range(10)]
    failing.append(schedule.is_failing)
    assert 0.1 <= delays[0] <= 0.2
    assert 2.5 <= delays[-1] <= 5.0
    claim(schedule, rows=0)
    failing.append(schedule.is_failing)
    assert failing == [False, True, False]
    assert schedule.failed() <= 0.2


def test_rows_that_are_due_but_locked_make_claims_rarer() -> None:
    """Not after the first empty claim, then more and more, up to the poll interval; rows or a notification reset it."""
    schedule = ClaimSchedule(POLL_SECONDS)
    assert schedule.woke_up(rows_due=True) == 0.0
    delays = [schedule.woke_up(rows_due=True) for _ in range(12)]
    assert 0.0 < delays[0] <= 0.02
    assert POLL_SECONDS / 2 <= delays[-1] <= POLL_SECONDS
    assert schedule.woke_up(rows_due=False) == 0.0
    assert schedule.woke_up(rows_due=True) == 0.0
    assert schedule.woke_up(rows_due=True) > 0.0
    claim(schedule, rows=1)
    assert schedule.woke_up(rows_due=True) == 0.0
