"""Governance, rate limit, backoff and the verdicts that come of them: pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autopost.backoff import delay_seconds
from autopost.model import Agent, Claim, Dead, Generator, Operation, Posted, Proposal, Reason, Skipped, Written
from autopost.policy import at_publishing, before_writing, governance_block, is_rate_limited
from tests.support.cases import assert_results

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=5)


def agent(maturity: str | None = "AUTONOMOUS", *, last_post_at: datetime | None = None) -> Agent:
    """Return an agent."""
    return Agent(id="ada", name="Ada", maturity=maturity, last_post_at=last_post_at)


def claim(*, known: Agent | None = None, attempts: int = 1, is_alert: bool = False) -> Claim:
    """Return a claim of one operation of Ada."""
    operation = Operation("op", "workflow_execute", "completed", "ada", what_explanation="did it", is_alert=is_alert)
    return Claim(uuid4(), 1, attempts, operation, known, NOW, NOW)


def post(of: Claim) -> Posted:
    """Return the proposal to post it."""
    return Posted(of, Written("text", Generator.TEMPLATE))


def early(of: Claim, *, explained: bool = True) -> Skipped | Dead | None:
    """Return what is decided before anything is written."""
    return before_writing(of, window=WINDOW, max_attempts=3, explained=explained)


def test_tenant_that_is_not_the_agents_is_blocked() -> None:
    """Where both are known; a maturity that does not allow posts is the first reason."""
    of_one = replace(agent(), tenant_id="one")
    assert governance_block(of_one, "two") is Reason.TENANT_MISMATCH
    assert governance_block(replace(of_one, maturity="STUDENT"), "two") is Reason.MATURITY_BLOCKED
    for known, named in ((of_one, "one"), (of_one, None), (agent(), "two")):
        assert governance_block(known, named) is None


def test_student_is_blocked_in_any_letter_case() -> None:
    """STUDENT is read-only."""
    words = ["STUDENT", "student", "Student", "sTuDeNt"]
    assert_results(governance_block, ((agent(word), Reason.MATURITY_BLOCKED) for word in words))


def test_intern_and_above_may_post() -> None:
    """Letter case does not matter."""
    words = ["INTERN", "intern", "SUPERVISED", "Supervised", "AUTONOMOUS", "autonomous"]
    assert_results(governance_block, ((agent(word), None) for word in words))


def test_null_or_unknown_maturity_is_blocked() -> None:
    """What is not in the list may not post."""
    words = [
        None,
        "",
        " ",
        " INTERN ",
        "INTERN\n",
        "INTERNS",
        "ADMIN",
        "INTERN; AUTONOMOUS",
        "ＩＮＴＥＲＮ",
        "ıntern",
        "ſupervised",
    ]
    assert_results(governance_block, ((agent(word), Reason.MATURITY_BLOCKED) for word in words))


def test_unknown_agent_is_blocked() -> None:
    """It fails closed."""
    assert governance_block(None) is Reason.AGENT_UNKNOWN


def test_agent_that_never_posted_is_not_limited() -> None:
    """No last post, no window."""
    assert not is_rate_limited(None, NOW, WINDOW)


@pytest.mark.parametrize(
    ("ago", "limited"),
    [
        (timedelta(0), True),
        (timedelta(minutes=4, seconds=59, microseconds=999_999), True),
        (timedelta(minutes=5), False),
        (timedelta(minutes=5, microseconds=1), False),
    ],
)
def test_window_ends_exactly(ago: timedelta, limited: bool) -> None:
    """Exactly at the end of the window posting is allowed again."""
    assert is_rate_limited(NOW - ago, NOW, WINDOW) is limited


def test_alert_is_never_limited() -> None:
    """Alerts bypass the rate limit."""
    assert not is_rate_limited(NOW, NOW, WINDOW, is_alert=True)


def test_last_post_in_the_future_still_limits() -> None:
    """A clock that was set back a little frees nobody early, and by hours silences nobody."""
    assert is_rate_limited(NOW + timedelta(minutes=1), NOW, WINDOW)
    assert not is_rate_limited(NOW + timedelta(hours=5), NOW, WINDOW)


@given(attempts=st.integers(-5, 10_000))
def test_backoff_grows_and_is_bounded(attempts: int) -> None:
    """At least half of the exponential delay, never more than the cap."""
    whole = min(300.0, 2.0 ** min(max(attempts, 1) - 1, 32))
    assert whole / 2 <= delay_seconds(attempts) <= whole


def test_backoff_is_jittered() -> None:
    """Rows that failed together do not return together."""
    assert len({delay_seconds(5) for _ in range(20)}) > 1


def test_governance_goes_before_everything_else() -> None:
    """A student's limited operation without an explanation is blocked for its maturity."""
    found = early(claim(known=agent("STUDENT", last_post_at=NOW)), explained=False)
    assert isinstance(found, Skipped)
    assert found.reason is Reason.MATURITY_BLOCKED


def test_alert_does_not_bypass_governance() -> None:
    """A student's alert stays unposted."""
    found = early(claim(known=agent("STUDENT"), is_alert=True))
    assert isinstance(found, Skipped)
    assert found.reason is Reason.MATURITY_BLOCKED


def test_missing_explanation_is_skipped() -> None:
    """Without it there is nothing to say."""
    found = early(claim(known=agent()), explained=False)
    assert isinstance(found, Skipped)
    assert found.reason is Reason.MISSING_EXPLANATION


def test_limited_operation_is_not_written() -> None:
    """Nothing is paid for a text that cannot be posted."""
    found = early(claim(known=agent(last_post_at=NOW)))
    assert isinstance(found, Skipped)
    assert found.reason is Reason.RATE_LIMITED


def test_operation_that_may_be_posted_is_written() -> None:
    """None means: go on."""
    assert early(claim(known=agent(last_post_at=NOW - WINDOW))) is None


@pytest.mark.parametrize(("attempts", "dead"), [(3, False), (4, True)])
def test_row_that_was_tried_too_often_is_dead(attempts: int, dead: bool) -> None:
    """A row that kills its worker cannot do so for ever."""
    assert isinstance(early(claim(known=agent(), attempts=attempts)), Dead) is dead


def decide(proposals: list[Proposal], *known: Agent | None) -> list[str]:
    """Return what is decided at publishing, a word for each proposal."""
    agents = {a.id if a else "ada": a for a in known}
    verdicts = at_publishing(proposals, agents, NOW, WINDOW)
    return ["posted" if isinstance(v, Posted) else str(getattr(v, "reason", "dead")) for v in verdicts]


def test_second_post_of_one_agent_in_a_group_is_rate_limited() -> None:
    """The first posts, the second is limited by it."""
    proposals: list[Proposal] = [post(claim()), post(claim())]
    assert decide(proposals, agent()) == ["posted", "rate_limited"]


def test_alert_in_a_group_moves_the_window() -> None:
    """Any published post counts, an alert included, and alerts all pass."""
    proposals: list[Proposal] = [post(claim(is_alert=True)), post(claim()), post(claim(is_alert=True))]
    assert decide(proposals, agent()) == ["posted", "rate_limited", "posted"]


def test_agent_demoted_since_the_claim_is_blocked() -> None:
    """What the database says at the moment of publishing counts, not what the claim saw."""
    assert decide([post(claim(known=agent()))], agent("STUDENT")) == ["maturity_blocked"]


def test_agent_deleted_since_the_claim_is_blocked() -> None:
    """An agent that is gone is unknown."""
    assert decide([post(claim(known=agent()))], None) == ["agent_unknown"]


def test_skipped_operation_does_not_move_the_window() -> None:
    """What was skipped or died does not count as a post."""
    proposals: list[Proposal] = [Skipped(claim(), Reason.MISSING_EXPLANATION), Dead(claim(), "x"), post(claim())]
    assert decide(proposals, agent()) == ["missing_explanation", "dead", "posted"]


def test_skip_at_publishing_keeps_the_text_for_the_audit() -> None:
    """What the text cost is known although it was not posted."""
    (verdict,) = at_publishing([post(claim())], {"ada": agent(last_post_at=NOW)}, NOW, WINDOW)
    assert isinstance(verdict, Skipped)
    assert verdict.written is not None
