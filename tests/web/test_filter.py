"""Which outcomes pass the filter of a feed."""

from __future__ import annotations

from typing import Any

import pytest

from autopost.web.filter import FeedFilter

OUTCOME: dict[str, Any] = {
    "agent_id": "ada",
    "tenant_id": "acme",
    "is_post": True,
    "is_alert": True,
    "operation_type": "report_generate",
    "content": "The weekly Report",
    "tracker_id": "op-7",
}


@pytest.mark.parametrize(
    ("given", "passes"),
    [
        ({}, True),
        ({"agent": "ada", "kind": "alert", "tenant": "acme", "type": "report_generate", "q": "REPORT"}, True),
        ({"agent": "bob"}, False),
        ({"kind": "status"}, False),
        ({"tenant": "globex"}, False),
        ({"type": "workflow_execute"}, False),
        ({"q": "monthly"}, False),
        ({"q": "op-7"}, True),
        ({"q": "op-"}, False),
    ],
    ids=str,
)
def test_outcome_passes_what_all_parts_of_the_filter_let_through(given: dict[str, str], passes: bool) -> None:
    """Texts in any letter case, or the whole id of the operation."""
    assert FeedFilter.read(given).accepts(**OUTCOME) is passes


def test_what_was_not_posted_passes_on_demand_alone() -> None:
    """And has no text."""
    silent = {**OUTCOME, "is_post": False, "content": None}
    assert [FeedFilter.read({"silent": value}).accepts(**silent) for value in ("1", "0", "")] == [True, False, False]
    assert not FeedFilter.read({"silent": "1", "q": "weekly"}).accepts(**silent)
