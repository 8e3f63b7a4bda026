"""What becomes of rows that fail alone, and of agents whose lock is taken: decisions without a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from autopost.errors import AuditRefused, PostRefused
from autopost.model import Claim, Dead, Deferred, Generator, Operation, Posted, Proposal, Reason, Skipped, Written
from autopost.worker.agent_locks import BYPASS_SECONDS, FORGET_SECONDS, AgentLocks
from autopost.worker.failing_rows import after_failing_alone, in_parts
from autopost.worker.suspects import SUSPECT_SECONDS, Suspects

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WRITTEN = Written("text", Generator.TEMPLATE)
OF_A_ROW = asyncpg.CheckViolationError()
PASSING = asyncpg.LockNotAvailableError()


def post(attempts: int = 1) -> Posted:
    """Return the proposal to post a row."""
    operation = Operation("op", "workflow_execute", "completed", "ada", what_explanation="did it")
    return Posted(Claim(uuid4(), 1, attempts, operation, None, NOW, NOW), WRITTEN)


def ending(item: Proposal, error: BaseException, *, others_succeed: bool = False) -> Proposal | Deferred | None:
    """Return what becomes of a row that failed alone, where three attempts are allowed."""
    return after_failing_alone(item, error, max_attempts=3, others_succeed=others_succeed)


def test_transient_error_counts_only_while_others_succeed() -> None:
    """Otherwise a lock on the feed's table would use up the attempts of every row."""
    assert ending(post(3), PASSING) is None
    deferred = ending(post(1), PASSING, others_succeed=True)
    assert isinstance(deferred, Deferred)
    assert deferred.counts
    assert isinstance(ending(post(3), PASSING, others_succeed=True), Dead)


def test_error_about_a_row_counts_always() -> None:
    """It would fail again, whatever others do."""
    assert isinstance(ending(post(1), OF_A_ROW), Deferred)
    assert isinstance(ending(post(3), OF_A_ROW), Dead)
    assert isinstance(ending(post(3), KeyError("unexpected")), Dead)


def test_row_that_the_platform_does_not_keep_is_skipped_only_if_that_can_be_audited() -> None:
    """A post that is not kept ends as skipped; without its audit row it cannot end at all."""
    refused = ending(post(3), PostRefused())
    assert isinstance(refused, Skipped)
    assert refused.reason is Reason.REFUSED_BY_PLATFORM
    assert ending(post(3), AuditRefused(), others_succeed=True) is None
    assert ending(refused, AuditRefused(), others_succeed=True) is None


def test_group_is_divided_until_each_row_is_alone() -> None:
    """In three steps for 500 rows, and rows that are not posted come first."""
    groups: list[Sequence[Proposal | Deferred]] = [[post() for _ in range(500)]]
    for _ in range(3):
        groups = [part for group in groups for part in (in_parts(group) if len(group) > 1 else [group])]
    assert {len(group) for group in groups} == {1}
    skipped = Skipped(post().claim, Reason.RATE_LIMITED)
    assert in_parts([post(), skipped])[0] == [skipped]


def test_suspect_waits_longer_each_time_that_others_succeed() -> None:
    """About 1, 8, 64 and then 300 seconds; while nobody succeeds some seconds each time."""
    suspects, now, waits = Suspects(), 0.0, []
    for _ in range(4):
        suspects.failed("ada", now, is_transient=True, posted_at=now - 0.01)
        waits.append(suspects.seconds_to_wait("ada", now))
        now += waits[-1]
    assert [0.5 <= waits[0] <= 1, 4 <= waits[1] <= 8, 32 <= waits[2] <= 64, 150 <= waits[3] <= 300] == [True] * 4
    general = Suspects()
    for now in range(20):
        assert not general.failed("ada", now, is_transient=True, posted_at=-1.0)
    assert general.seconds_to_wait("ada", 19.0) <= 8


def test_suspect_is_cleared_by_a_success_some_time_after_its_last_failure() -> None:
    """At once it only need not wait any more; one whose posts are slow stays a suspect."""
    suspects = Suspects()
    suspects.failed("ada", 0.0, is_transient=True, posted_at=0.0)
    suspects.succeeded("ada", 1.0)
    assert "ada" in suspects
    assert suspects.seconds_to_wait("ada", 1.0) == 0
    suspects.succeeded("ada", 1 + SUSPECT_SECONDS, is_slow=True)
    suspects.succeeded("ada", 2 + SUSPECT_SECONDS)
    assert "ada" in suspects
    suspects.succeeded("ada", 2 + 2 * SUSPECT_SECONDS)
    assert "ada" not in suspects


def test_agents_lock_is_bypassed_after_some_seconds_and_reported_once() -> None:
    """A lock that is free in between, or was not asked for in a while, starts over."""
    locks = AgentLocks()
    assert locks.observed(["ada", "bob"], {"ada"}, 0.0) == []
    assert locks.to_bypass(["ada", "bob"], BYPASS_SECONDS - 0.01) == set()
    assert locks.to_bypass(["ada", "bob"], BYPASS_SECONDS) == {"ada"}
    assert locks.observed(["ada"], {"ada"}, BYPASS_SECONDS) == ["ada"]
    assert locks.observed(["ada"], {"ada"}, BYPASS_SECONDS + 1) == []
    assert locks.to_bypass(["ada"], BYPASS_SECONDS + 2 + FORGET_SECONDS) == set()
    assert locks.observed(["ada"], set(), BYPASS_SECONDS + 2) == []
    assert locks.to_bypass(["ada"], BYPASS_SECONDS + 2) == set()
