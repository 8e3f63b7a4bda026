"""How a worker claims: which rows and how many, and how long it waits after a failed or empty claim. Pure.

Times are seconds of a clock that never goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autopost import backoff
from autopost.outbox.outbox import CrashedRow
from autopost.outbox.scan_horizon import ScanHorizon

ROUND_ROBIN_EVERY_CLAIMS = 4  # while a backlog lasts: a round-robin claim costs half as much again
FAILED_CLAIM_BASE_SECONDS = 0.2
FAILED_CLAIM_CAP_SECONDS = 5.0
EMPTY_CLAIM_BASE_SECONDS = 0.01
FIRST_CLAIM_ROWS = 16  # a crash returns what is in flight to the queue, so that a worker claims few rows at first
CRASHED_LOOK_SECONDS = 1.0
ALONE_SECONDS = 3.0  # how long other rows wait for one that is claimed alone
PAUSE_PER_SECOND_ALONE = 10  # others wait at most a tenth of the time


@dataclass(frozen=True, slots=True)
class ClaimMode:
    """How one claim is made, see Outbox.claim; `began` by the worker's clock."""

    began: float
    limit: int
    full_scan: bool
    round_robin: bool


class ClaimSchedule:
    """Chooses the mode of each claim from the results of the claims before it.

    A full scan is due as often as ScanHorizon allows; every fourth claim of a backlog is round robin. Claims are small
    at first, and each that reaches its limit doubles the next one's.
    """

    def __init__(self, poll_seconds: float) -> None:
        self._poll_seconds = poll_seconds
        self._rows = FIRST_CLAIM_ROWS
        self._horizon = ScanHorizon()
        self._claims_of_backlog = 0
        self._empty_rounds = 0
        self._failures = 0

    @property
    def is_failing(self) -> bool:
        """Return whether the last claim failed."""
        return self._failures > 0

    def next_claim(self, now: float, most: int) -> ClaimMode:
        """Return the mode of a claim of at most `most` rows that begins now."""
        return ClaimMode(
            began=now,
            limit=min(self._rows, most),
            full_scan=self._horizon.is_full_scan(now),
            round_robin=self._claims_of_backlog % ROUND_ROBIN_EVERY_CLAIMS == 1,
        )

    def succeeded(self, mode: ClaimMode, *, rows: int, now: float) -> None:
        """Record that a claim returned `rows`, now."""
        self._failures = 0
        if rows:
            self._empty_rounds = 0
        if rows == mode.limit or mode.round_robin:
            if rows == mode.limit:
                self._rows = max(self._rows, 2 * rows)
            self._claims_of_backlog += 1
            self._horizon.backlog_remains()
            return
        self._claims_of_backlog = 0
        self._rows = FIRST_CLAIM_ROWS
        if mode.full_scan:
            self._horizon.full_scan_took(mode.began, now)

    def failed(self) -> float:
        """Record that a claim failed; return the seconds until the next one."""
        self._failures += 1
        return backoff.delay_seconds(self._failures, base=FAILED_CLAIM_BASE_SECONDS, cap=FAILED_CLAIM_CAP_SECONDS)

    def woke_up(self, *, rows_due: bool) -> float:
        """Record why the sleep after an empty claim ended; return the seconds until the next claim.

        Rows that are due again and again although claims find none are locked by other transactions: back off.
        """
        self._empty_rounds = self._empty_rounds + 1 if rows_due else 0
        if self._empty_rounds < 2:
            return 0.0
        return backoff.delay_seconds(self._empty_rounds, base=EMPTY_CLAIM_BASE_SECONDS, cap=self._poll_seconds)


class CrashedSchedule:
    """Chooses the claims of rows that were in flight when their worker crashed.

    Each of them may be the cause. So few are claimed at a time, and none while one is in flight. A row that crashed
    twice is claimed when nothing else is in flight; if that does not come about by itself, other claims wait for it,
    but not for long, and not often.
    """

    def __init__(self) -> None:
        self._are_due = False
        self._next_look_at = 0.0
        self._next_wait_at = 0.0

    def found(self) -> None:
        """Record that there are such rows."""
        self._are_due = True

    def is_look_due(self, now: float, *, crashed_in_flight: bool) -> bool:
        """Return whether to look for such rows now."""
        return self._are_due and not crashed_in_flight and now >= self._next_look_at

    def choose(self, rows: Sequence[CrashedRow], now: float, *, is_idle: bool) -> Sequence[CrashedRow]:
        """Return which of the rows that were found to claim now: several, or one to claim alone."""
        self._are_due = bool(rows)
        alone = [row for row in rows if row.alone]
        if alone and (is_idle or now >= self._next_wait_at):
            return alone[:1]
        together = [row for row in rows if not row.alone]
        if not together:
            self._next_look_at = now + CRASHED_LOOK_SECONDS
        return together

    def none_claimed(self, now: float) -> None:
        """Record that none of the chosen rows could be claimed: others have them or lock them."""
        self._next_look_at = now + CRASHED_LOOK_SECONDS

    def others_waited(self, began: float, now: float) -> None:
        """Record that other claims waited from `began` until now."""
        self._next_wait_at = now + PAUSE_PER_SECOND_ALONE * (now - began)
