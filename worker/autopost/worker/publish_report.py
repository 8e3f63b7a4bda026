"""Logs, counts and traces what the publisher does. Nothing here raises: what it is about is committed, or failed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from autopost import audit
from autopost.database.errors import DATABASE_ERRORS, is_of_the_installation, is_transient, label
from autopost.errors import AuditRefused, PostRefused
from autopost.model import Claim, Deferred, Outcome, Posted
from autopost.observability import metrics
from autopost.observability.bookkeeping import bookkeeping
from autopost.observability.outcomes import describe
from autopost.observability.problems import PROBLEM_SECONDS, Problems
from autopost.observability.tracing import AttemptTracer
from autopost.worker.publication import LockHolder

log = structlog.get_logger(__name__)


class PublishReport:
    """What an operator sees of the publisher. A kind of error is logged once until something is posted."""

    def __init__(self, tracer: AttemptTracer, problems: Problems) -> None:
        self._tracer = tracer
        self._problems = problems
        self._logged: set[str] = set()

    def tried(self, claims: Iterable[Claim], rows: int, began_ns: int) -> None:
        """Report a publishing transaction that ended now, whether or not it was committed."""
        with bookkeeping("metrics"):
            metrics.PUBLISH_GROUP_ROWS.observe(rows)
        self._tracer.published(claims, began_ns)

    def ended(self, outcomes: Sequence[Outcome], at: datetime | None) -> None:
        """Report the outcomes of attempts; `at` is when they were decided, by the database's clock."""
        if any(isinstance(outcome, Posted) for outcome in outcomes):
            self._logged.clear()
        with bookkeeping("metrics"):
            metrics.count_outcomes(outcomes, at)
        self._tracer.ended(outcomes)
        with bookkeeping("log"):
            if log.is_enabled_for(logging.INFO):
                for outcome in outcomes:
                    log.info("attempt.finished", **_canonical(outcome, at))

    def failed(self, rows: int, error: BaseException) -> None:
        """Report that a group failed. An error about a row is not logged: the row's outcome will be."""
        if isinstance(error, AuditRefused):
            self._problems.report_lost_audit_row()
        is_expected = isinstance(error, (PostRefused, AuditRefused, *DATABASE_ERRORS))
        with bookkeeping("metrics"):
            (metrics.count_database_error if is_expected else metrics.count_internal_error)("publish", error)
        is_about_a_row = isinstance(error, PostRefused) or (
            isinstance(error, DATABASE_ERRORS) and not is_transient(error)
        )
        if not is_about_a_row and label(error) not in self._logged:
            self._logged.add(label(error))
            is_serious = is_of_the_installation(error) or not isinstance(error, DATABASE_ERRORS)
            with bookkeeping("log"):
                level = logging.ERROR if is_serious else logging.WARNING
                log.log(level, "publish.retry", rows=rows, error=label(error))

    def released(self, rows: int, error: BaseException) -> None:
        """Report rows that are returned because nothing can be published."""
        with bookkeeping("log"):
            log.error("publish.released", rows=rows, error=label(error))

    def bug(self, rows: int, error: BaseException) -> None:
        """Report an error of the publisher's own."""
        with bookkeeping("publish"):
            metrics.count_internal_error("publish", error)
            log.error("publish.failed", rows=rows, error=label(error))

    def bypassed(self, holders: Sequence[LockHolder], agents: int) -> None:
        """Report the sessions that keep the advisory locks of some agents."""
        with bookkeeping("agent_lock"):
            metrics.AGENT_LOCKS_BYPASSED.inc(agents)
            for holder in holders:
                log.warning("agent_lock.bypassed", pid=holder.pid, role=holder.role, application=holder.application)
                who = f"session {holder.pid} ({holder.role}, {holder.application!r})"
                finding = f"{who} keeps the advisory lock of an agent, whose posts go on without it"
                self._problems.report("agent lock", finding, for_seconds=PROBLEM_SECONDS)


def _canonical(outcome: Outcome, at: datetime | None) -> dict[str, object]:
    """Return the fields of the log line of an attempt; they contain no text of the row."""
    claim = outcome.claim
    line: dict[str, object] = {"id": str(claim.id), "attempt": claim.attempts, **describe(outcome)}
    if isinstance(outcome, Deferred):
        line["seconds"] = round(outcome.delay_seconds, 1)
    if at is not None:
        line["ms"] = audit.duration_ms(claim, at)
    return line
