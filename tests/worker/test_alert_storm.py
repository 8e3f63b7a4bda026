"""How many alerts of an agent and operation type are posted one by one in a window: pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from autopost.model import (
    Agent,
    Claim,
    Dead,
    Generator,
    Operation,
    Outdated,
    Posted,
    Proposal,
    Reason,
    Skipped,
    Summary,
    Written,
)
from autopost.worker.alert_storm import MAX_TYPES, AlertCounter, AlertLimit, AlertWindow, RecentStorms

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=5)
LIMIT = AlertLimit(burst=2, window=WINDOW)
TEXT = Written("text", Generator.TEMPLATE)


def alert(type_: str = "workflow_execute", *, agent: str = "ada", at: datetime = NOW, is_alert: bool = True) -> Claim:
    """Return a claim of one alert."""
    operation = Operation("op", type_, "failed", agent, what_explanation="did it", is_alert=is_alert)
    return Claim(uuid4(), 1, 1, operation, Agent(agent, None, "INTERN"), at, at)


def outcomes(proposals: list[Proposal], *, windows: list[AlertWindow] | None = None, limit: AlertLimit = LIMIT) -> str:
    """Return how the proposals end: posted, skipped, a row that is returned (-), or dead."""
    letters = {Posted: "p", Skipped: "s", Outdated: "-", Dead: "d"}
    return "".join(letters[type(end)] for end in AlertCounter(limit, NOW, windows or []).decide(proposals))


def posts(claims: list[Claim]) -> list[Proposal]:
    """Return the proposals to post them."""
    return [Posted(claim, TEXT) for claim in claims]


def full(type_: str = "workflow_execute", *, ends_at: datetime = NOW + WINDOW) -> AlertWindow:
    """Return a window of Ada's whose limit is reached."""
    return AlertWindow("ada", type_, ends_at - WINDOW, ends_at, posted=2)


def test_first_alerts_of_a_window_are_posted_and_the_rest_skipped() -> None:
    """Per agent and operation type."""
    claims = [alert(), alert(), alert("report_generate"), alert(), alert(agent="bob"), alert()]
    assert outcomes(posts(claims)) == "pppsps"
    assert outcomes(posts([alert(), alert()]), windows=[full()]) == "ss"


def test_skipped_alert_says_why_and_keeps_what_its_text_cost() -> None:
    """The audit row counts the tokens of a text that was written in vain."""
    (decided,) = AlertCounter(LIMIT, NOW, [full()]).decide(posts([alert()]))
    assert isinstance(decided, Skipped)
    assert (decided.reason, decided.written) == (Reason.ALERT_STORM, TEXT)


def test_approvals_statuses_and_summaries_are_not_counted() -> None:
    """Each approval request asks a person to act, and a status is rate-limited."""
    approvals = [alert(" Approval_Requested")] * 5
    statuses = [alert(is_alert=False)] * 5
    assert outcomes(posts(approvals + statuses), windows=[full()]) == "p" * 10


def test_limit_of_zero_is_no_limit() -> None:
    """SOCIAL_POST_ALERT_BURST=0."""
    assert outcomes(posts([alert()] * 50), limit=AlertLimit(0, WINDOW)) == "p" * 50


def test_early_skip_is_returned_when_its_window_is_over() -> None:
    """No text was written for it, and it belongs to a window that has places left."""
    early = Skipped(alert(), Reason.ALERT_STORM)
    assert outcomes([early], windows=[full()]) == "s"
    assert outcomes([early]) == "-"
    assert outcomes([early], windows=[full()], limit=AlertLimit(0, WINDOW)) == "-"


def test_other_decisions_pass() -> None:
    """Neither a skip for another reason nor a dead row is an alert that was posted."""
    others: list[Proposal] = [Skipped(alert(), Reason.MATURITY_BLOCKED), Dead(alert(), "error")]
    assert outcomes([*others, *posts([alert(), alert(), alert()])]) == "sdpps"


def test_summary_is_posted_and_begins_no_window() -> None:
    """The database compares its number of alerts with that of its window."""
    operation = Operation(
        "s", "workflow_execute", "failed", "ada", is_alert=True, summary=Summary("workflow_execute", NOW, 3, NOW, NOW)
    )
    summary = Claim(uuid4(), 1, 1, operation, None, NOW, NOW)
    counter = AlertCounter(LIMIT, NOW, [full()])
    assert counter.decide(posts([summary])) == posts([summary])
    (change,) = counter.changes
    assert (change.summary, change.count, change.has_posted, change.suppressed) == (summary.id, 3, False, 0)


def test_many_operation_types_share_one_window() -> None:
    """Types are free text: an agent that gives each alert another one posts no more than these windows allow."""
    claims = [alert(f"security_{number}") for number in range(100)]
    assert outcomes(posts(claims)).count("p") == MAX_TYPES + LIMIT.burst
    counter = AlertCounter(LIMIT, NOW)
    counter.decide(posts(claims))
    assert len(counter.changes) == MAX_TYPES + 1
    (shared,) = [change for change in counter.changes if change.window.operation_type == ""]
    assert (shared.window.posted, shared.suppressed) == (LIMIT.burst, 100 - MAX_TYPES - LIMIT.burst)


def test_worker_remembers_a_full_window_until_it_ends() -> None:
    """No text is written for an alert that will be skipped; a new window is decided by the database."""
    storms = RecentStorms(LIMIT)
    counter = AlertCounter(LIMIT, NOW)
    counter.decide(posts([alert(), alert("report_generate"), alert()]))
    storms.note(counter)
    assert storms.has(alert(at=NOW))
    assert storms.has(alert(at=NOW + WINDOW - timedelta(microseconds=1)))
    assert not storms.has(alert(at=NOW + WINDOW))
    assert not storms.has(alert(at=NOW - timedelta(hours=1)))
    assert not storms.has(alert("report_generate"))
    assert not storms.has(alert("approval_requested"))
    assert not storms.has(alert(agent="bob"))
    purged = AlertCounter(LIMIT, NOW)
    purged.decide([Skipped(alert(), Reason.ALERT_STORM)])
    storms.note(purged)
    assert not storms.has(alert(at=NOW)), "or its rows are claimed again and again"
