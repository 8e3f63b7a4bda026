"""How each claim is made, and how long a worker waits after a failed or empty one."""

from __future__ import annotations

from uuid import uuid4

from autopost.outbox.outbox import CrashedRow
from autopost.worker.claim_schedule import FIRST_CLAIM_ROWS, ROUND_ROBIN_EVERY_CLAIMS, ClaimSchedule, CrashedSchedule

LIMIT = 10
POLL_SECONDS = 5.0


MOST = 500
FEW = [CrashedRow(uuid4(), alone=False) for _ in range(5)]
ALONE = CrashedRow(uuid4(), alone=True)


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


def test_claims_are_small_and_grow_with_the_backlog() -> None:
    """A crash takes along what is in flight."""
    schedule = ClaimSchedule(POLL_SECONDS)
    limits = []
    for _ in range(7):
        mode = schedule.next_claim(0.0, MOST)
        limits.append(mode.limit)
        schedule.succeeded(mode, rows=mode.limit, now=0.0)
    assert limits == [16, 32, 64, 128, 256, 500, 500]
    schedule.succeeded(schedule.next_claim(0.0, MOST), rows=3, now=0.0)
    assert schedule.next_claim(0.0, MOST).limit == FIRST_CLAIM_ROWS


def test_rows_that_crashed_together_are_claimed_one_selection_at_a_time() -> None:
    """While one of them is in flight, no more are looked for."""
    schedule = CrashedSchedule()
    assert not schedule.is_look_due(0.0, crashed_in_flight=False), "none was found yet"
    schedule.found()
    assert not schedule.is_look_due(0.0, crashed_in_flight=True)
    assert schedule.is_look_due(0.0, crashed_in_flight=False)
    assert schedule.choose(FEW, 0.0, is_idle=False) == FEW
    assert schedule.is_look_due(0.0, crashed_in_flight=False), "there may be more"
    assert schedule.choose([], 0.0, is_idle=True) == []
    assert not schedule.is_look_due(0.0, crashed_in_flight=False)


def test_row_that_crashed_twice_waits_until_nothing_is_in_flight() -> None:
    """The others wait for it if that does not come about by itself, at most a tenth of the time."""
    schedule = CrashedSchedule()
    schedule.found()
    assert schedule.choose([*FEW, ALONE], 0.0, is_idle=False) == [ALONE]
    schedule.others_waited(0.0, 2.0)
    assert schedule.choose([*FEW, ALONE], 2.0, is_idle=False) == FEW
    assert schedule.choose([ALONE], 2.0, is_idle=False) == []
    assert not schedule.is_look_due(2.5, crashed_in_flight=False)
    assert schedule.choose([ALONE], 3.0, is_idle=True) == [ALONE]
    assert schedule.choose([ALONE], 21.9, is_idle=False) == []
    assert schedule.choose([ALONE], 22.0, is_idle=False) == [ALONE]
