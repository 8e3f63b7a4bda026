"""Templates: the exact wording, and sentences that read well whatever is missing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autopost.writing.compose import compose
from tests.support.cases import assert_results
from tests.writing.samples import fields_of


def test_completed_wording() -> None:
    """The contract's words for a completed operation."""
    assert compose(fields_of(what_explanation="Sent the report")) == (
        "Just finished workflow_execute! Sent the report #automation"
    )


def test_working_wording() -> None:
    """The contract's words for a running operation."""
    assert compose(fields_of(status="running", next_steps="collect replies")) == (
        "Working on workflow_execute: collect replies"
    )


def test_default_wording() -> None:
    """The contract's words for any other status."""
    assert compose(fields_of(status="waiting", operation_type="agent_to_agent_call", why_explanation="they asked")) == (
        "Ada completed agent_to_agent_call - they asked"
    )


def test_a_failure_is_never_told_as_a_success() -> None:
    """The post says what happened, in the words of no success."""
    statuses = ["failed", "FAILED", "error", "timed_out", "rejected", "cancelled"]
    types = ["workflow_execute", "security_scan", "approval_requested"]
    posts = [
        compose(fields_of(status=status, operation_type=operation_type, what_explanation="the export broke off"))
        for status in statuses
        for operation_type in types
    ]
    assert [post for post in posts if re.search(r"completed|finished|done!", post)] == []
    assert [post for post in posts if "the export broke off" not in post or "Ada" not in post] == []


def test_failed_wording() -> None:
    """Who had a problem with what."""
    assert compose(fields_of(status="failed", what_explanation="the export broke off")) == (
        "⚠️ Ada hit a problem with workflow_execute: the export broke off"
    )


@pytest.mark.parametrize("status", ["waiting", "pending", "running"])
def test_approval_wording(status: str) -> None:
    """An open request asks, whatever its status is called."""
    post = compose(fields_of(status=status, operation_type="approval_requested", what_explanation="refund order 7"))
    assert post == "🙋 Ada is asking for approval: refund order 7"


@pytest.mark.parametrize("operation_type", ["security_scan", "nightly_SECURITY_audit", "Security"])
def test_security_wording(operation_type: str) -> None:
    """`security` anywhere in the name, in any letter case."""
    post = compose(fields_of(operation_type=operation_type, what_explanation="no open ports"))
    assert post == f"🔒 Security: Ada finished {operation_type}: no open ports"


def test_security_failed_differs_from_security_completed() -> None:
    """A reader sees at once which it was."""
    failed = compose(fields_of(operation_type="security_scan", status="failed"))
    assert failed == "🚨 Security: Ada hit a problem with security_scan: Sent the weekly report to 40 customers"


def test_what_is_missing_leaves_no_gap() -> None:
    """No dangling dash or colon, no None."""
    cases: list[tuple[dict[str, str | None], str]] = [
        ({"what_explanation": None}, "Just finished workflow_execute! #automation"),
        (
            {"status": "running", "next_steps": " ", "what_explanation": "sorting"},
            "Working on workflow_execute: sorting",
        ),
        ({"status": "running", "next_steps": None, "what_explanation": ""}, "Working on workflow_execute."),
        (
            {"status": "x", "why_explanation": None, "what_explanation": "sorted"},
            "Ada completed workflow_execute - sorted",
        ),
        ({"status": "x", "why_explanation": "", "what_explanation": ""}, "Ada completed workflow_execute."),
        ({"status": "x", "agent_name": None, "why_explanation": "why"}, "An agent completed workflow_execute - why"),
        ({"status": "failed", "what_explanation": None}, "⚠️ Ada hit a problem with workflow_execute."),
        ({"operation_type": " ", "what_explanation": "sorted"}, "Just finished an operation! sorted #automation"),
    ]
    assert_results(lambda differences: compose(fields_of(**differences)), cases)


def test_special_characters_are_data() -> None:
    """Braces, percent signs, backslashes, markup and any script come out as they went in."""
    texts = [
        "{agent_name} {0} {",
        "100% %s %(x)d",
        "{{}}",
        "C:\\new \\u0041 $HOME",
        "<b>&amp;</b>",
        "שלום עולם",
        "日本語 👨‍👩‍👧‍👦 e\u0301",
    ]
    assert_results(
        lambda text: compose(fields_of(what_explanation=text)),
        ((text, f"Just finished workflow_execute! {text} #automation") for text in texts),
    )


def test_an_over_long_name_does_not_push_out_what_happened() -> None:
    """Names are cut, not the news."""
    post = compose(fields_of(agent_name="n" * 500, status="failed", what_explanation="the export broke off"))
    assert "the export broke off" in post[:280]


def test_line_ends_in_the_data_become_spaces() -> None:
    """A post is one line."""
    assert "first second third" in compose(fields_of(what_explanation="first\r\nsecond\tthird"))


texts = st.none() | st.text(max_size=300)


@given(
    agent_name=texts,
    operation_type=st.text(max_size=100) | st.sampled_from(["approval_requested", "Security_scan"]),
    status=st.text(max_size=20) | st.sampled_from(["completed", "running", "failed", "cancelled", "waiting"]),
    what_explanation=texts,
    why_explanation=texts,
    next_steps=texts,
)
def test_any_data_gives_one_line_with_every_gap_filled(**data: str | None) -> None:
    """No exception, no line break, and no placeholder of the template's own."""
    post = compose(fields_of(**data))
    assert post.strip()
    assert post.isprintable() or "\n" not in post
    given_text = "".join(value or "" for value in data.values())
    for name in ("operation_type", "what_explanation", "why_explanation", "next_steps", "agent_name"):
        assert f"{{{name}}}" not in post or f"{{{name}}}" in given_text
    assert "None" not in post or "None" in given_text
