"""The team's wording: which template an operation gets, and how it is filled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from autopost.model import Summary
from autopost.writing.compose import compose
from autopost.writing.template import parse_template
from autopost.writing.wording_file import parse_wording
from tests.support.cases import assert_results
from tests.writing.samples import fields_of

WORDING = """
[[templates]]
outcome = ["completed", "other"]
text = "{agent_name} is through with {operation_type}: {what_explanation}"

[[templates]]
outcome = "completed"
language = "de"
text = "{agent_name} ist mit {operation_type} durch: {what_explanation}"

[[templates]]
operation_type = "Report_Generate"
outcome = "completed"
text = "Fresh numbers! {what_explanation}"

[[templates]]
rule = 7
outcome = "completed"
text = "By rule: {title} - {why_explanation}"

[[templates]]
kind = "security"
outcome = ["failed", "stopped"]
text = "🚨 {agent_name}, {operation_type}: {what_explanation} ({next_steps})"

[[templates]]
kind = "summary"
text = "{agent_name}: {count} more in {minutes} min, first {what_explanation}"
"""
SENT = "Sent the weekly report to 40 customers"


def post(differences: dict[str, Any]) -> str:
    """Return what the team's wording makes of an operation."""
    return compose(fields_of(**differences), parse_wording(WORDING, "it"))


def test_the_most_specific_template_is_taken() -> None:
    """A rule's, then a type's, then a kind's; with the operation's language before any; else the default wording."""
    german = "Den Bericht an alle Kunden geschickt"
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, f"Ada is through with workflow_execute: {SENT}"),
        ({"status": "done"}, f"Ada is through with workflow_execute: {SENT}"),
        ({"what_explanation": german}, f"Ada ist mit workflow_execute durch: {german}"),
        ({"operation_type": "report_generate", "what_explanation": german}, f"Fresh numbers! {german}"),
        ({"operation_type": "REPORT_generate", "rule_id": 7}, "By rule - They asked for numbers every Monday"),
        ({"title": "a report", "rule_id": 7}, "By rule: a report - They asked for numbers every Monday"),
        ({"title": "a report", "rule_id": 8}, f"Ada is through with a report: {SENT}"),
        ({"status": "failed"}, f"⚠️ Ada hit a problem with workflow_execute: {SENT}"),
        ({"status": "running"}, "Working on workflow_execute: Collect their replies"),
        (
            {"status": "failed", "operation_type": "security_scan"},
            f"🚨 Ada, security_scan: {SENT} (Collect their replies)",
        ),
        ({"operation_type": "security_scan"}, f"🔒 Security: Ada finished security_scan: {SENT}"),
        ({"operation_type": "approval_requested", "status": "waiting"}, f"🙋 Ada is asking for approval: {SENT}"),
    ]
    assert_results(post, cases)


def test_the_voices_language_goes_before_the_operations() -> None:
    """A team with one language has its templates for every operation."""
    wording = parse_wording(f'{WORDING}\n[voice]\nlanguage = "de"\n', "it")
    assert compose(fields_of(), wording).startswith("Ada ist mit workflow_execute durch: ")


def test_a_summary_of_alerts_has_a_template() -> None:
    """With how many there were, and in which time."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    summary = Summary("workflow_execute", at, 12, at, at + timedelta(minutes=3))
    assert post({"status": "failed", "summary": summary}) == f"Ada: 12 more in 3 min, first {SENT}"


def test_missing_values_leave_no_gap() -> None:
    """Punctuation, brackets and space go with them."""
    cases = [
        ("{agent_name}: {what_explanation}", "Ada."),
        ("{title}: {agent_name}", "Ada"),
        ("{agent_name} ({title}) is here", "Ada is here"),
        ("{agent_name} - {what_explanation}! {title}", "Ada!"),
        ("{agent_name} 🎉 {title}", "Ada 🎉"),
        ("{title}{what_explanation}", ""),
        ("{agent_name}, {title}, {operation_type}", "Ada, op"),
        ("{{{agent_name}}}", "{Ada}"),
    ]
    values = {"agent_name": "Ada", "operation_type": "op", "title": "", "what_explanation": ""}
    assert_results(lambda text: parse_template(text).fill(values), cases)


def test_a_missing_reason_or_next_step_is_what_was_done() -> None:
    """Once: a template that says so anyway leaves it out."""
    values = {"what_explanation": "did it", "why_explanation": "", "next_steps": ""}
    cases = [
        ("Now: {next_steps}", "Now: did it"),
        ("Now: {why_explanation} ({next_steps})", "Now: did it."),
        ("{what_explanation} - {why_explanation}", "did it."),
    ]
    assert_results(lambda text: parse_template(text).fill(values), cases)


@given(value=st.text(alphabet="{}%$\\a_ #", max_size=30))
def test_the_data_is_data(value: str) -> None:
    """Whatever looks like a placeholder in it."""
    filled = parse_template("Done: {what_explanation} {{x}}").fill({"what_explanation": value})
    assert value.strip() in filled
    assert filled.endswith("{x}")
