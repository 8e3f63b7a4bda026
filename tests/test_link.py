"""Links to the platform: what a template may be, and what never becomes a link."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autopost.errors import ConfigurationError
from autopost.model import Operation, Summary
from autopost.model.link import Links, LinkTemplate, shown_link
from autopost.settings import load_settings

NOW = datetime(2026, 1, 2, tzinfo=UTC)

TEMPLATE = "https://platform.example/ops/{tracker_id}?type={operation_type}&agent={agent_id}"


def test_fields_are_percent_encoded() -> None:
    """Whatever they hold: no field ends the path, adds a parameter, or becomes markup of a chat or a page."""
    link = LinkTemplate(TEMPLATE).of(tracker_id="a/../b?c=1&d#e", operation_type='x"><', agent_id="ä)|> @here\n")
    assert link == (
        "https://platform.example/ops/a%2F..%2Fb%3Fc%3D1%26d%23e?type=x%22%3E%3C&agent=%C3%A4%29%7C%3E%20%40here%0A"
    )


@pytest.mark.parametrize("value", [None, "", ".", "..", "x" * 3_000], ids=repr)
def test_link_that_would_lead_elsewhere_is_none(value: str | None) -> None:
    """A step in the path, a missing id, and what no browser takes."""
    assert LinkTemplate("https://platform.example/{tracker_id}").of(tracker_id=value) is None


@pytest.mark.parametrize(
    "text",
    [
        "http://platform.example/{tracker_id}",
        "javascript:alert({tracker_id})",
        "https://{tracker_id}.example/",
        "https://platform.example{tracker_id}",
        "https://user@platform.example/{tracker_id}",
        "https://platform.example/{tracker_id!r}",
        "https://platform.example/{tracker_id.__class__}",
        "https://platform.example/{what_explanation}",
        "https://platform.example/{}",
        "https://platform.example/{tracker_id",
        "https://platform.example/a b",
        "{tracker_id}",
    ],
)
def test_template_that_is_none_is_refused_by_name(text: str) -> None:
    """With what is allowed."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(require_database=False, link=text)
    assert "SOCIAL_POST_LINK: got " in str(caught.value)
    assert "expected: an https address with {tracker_id}" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["ftp://x", "https://u:p@x.example", "https://x.example/?q", "x.example", "https://x/../y"]
)
def test_public_address_that_is_none_is_refused(text: str) -> None:
    """It becomes part of links."""
    with pytest.raises(ConfigurationError, match="SOCIAL_POST_PUBLIC_URL"):
        load_settings(require_database=False, public_url=text)


def test_approval_always_leads_somewhere() -> None:
    """To the platform, or else to its post; other posts have a link to the platform or none, summaries none."""
    approval = Operation("op 1", "Approval_Requested", "waiting")
    other = Operation("op 1", "report_generate", "completed")
    public = Links(public_url="http://feed.example/autopost")
    assert public.of(approval, "p/1") == "http://feed.example/autopost/post/p%2F1"
    assert public.of(other, "p") is None
    both = Links(LinkTemplate("https://platform.example/{tracker_id}"), "https://feed.example")
    assert both.of(approval, "p") == both.of(other, "p") == "https://platform.example/op%201"
    summary = Summary("report_generate", NOW, 3, NOW, NOW)
    assert both.of(Operation("op 1", "report_generate", "failed", summary=summary), "p") is None
    of_agents = Links(LinkTemplate("https://platform.example/{agent_id}"), "https://feed.example")
    assert of_agents.of(approval, "p") == "https://feed.example/post/p", "this approval has no agent"


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "//evil.example",
        "https://a b",
        "https://x|y",
        "https://x>",
        'https://x"',
        "https://u@x",
        7,
        None,
        "https://",
        "https://x\n",
        "data:text/html,x",
        "https://x/" + "y" * 3_000,
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_stands_in_a_post_by_other_hands_is_no_link(value: object) -> None:
    """Anyone who writes posts can write anything into their metadata."""
    assert shown_link(value) is None
