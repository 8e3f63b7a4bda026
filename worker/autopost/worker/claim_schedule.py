"""How a worker claims: which rows the next claim looks at, and how long it waits after a failed or empty one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from autopost import backoff
from autopost.outbox.scan_horizon import ScanHorizon

ROUND_ROBIN_EVERY_CLAIMS = 4  # while a backlog lasts: a round-robin claim costs half as much again
FAILED_CLAIM_BASE_SECONDS = 0.2
FAILED_CLAIM_CAP_SECONDS = 5.0
EMPTY_CLAIM_BASE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class ClaimMode:
    """How one claim is made, see Outbox.claim; `began` by the worker's clock."""

    began: float
    full_scan: bool
    round_robin: bool


class ClaimSchedule:
    """Chooses the mode of each claim from the results of the claims before it.

    Times are seconds of a clock that never goes back. A full scan is due as often as ScanHorizon allows; every fourth
    claim of a backlog is round robin.
    """

    def __init__(self, poll_seconds: float) -> None:
        self._poll_seconds = poll_seconds
        self._horizon = ScanHorizon()
        self._claims_of_backlog = 0
        self._empty_rounds = 0
        self._failures = 0

    @property
    def is_failing(self) -> bool:
        """Return whether the last claim failed."""
        return self._failures > 0

    def next_claim(self, now: float) -> ClaimMode:
        """Return the mode of a claim that begins now."""
        return ClaimMode(
            began=now,
            full_scan=self._horizon.is_full_scan(now),
            round_robin=self._claims_of_backlog % ROUND_ROBIN_EVERY_CLAIMS == 1,
        )

    def succeeded(self, mode: ClaimMode, *, rows: int, limit: int, now: float) -> None:
        """Record that a claim returned `rows` of at most `limit`, now."""
        self._failures = 0
        if rows:
            self._empty_rounds = 0
        if rows == limit or mode.round_robin:
            self._claims_of_backlog += 1
            self._horizon.backlog_remains()
            return
        self._claims_of_backlog = 0
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
