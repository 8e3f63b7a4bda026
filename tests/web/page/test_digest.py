"""The summary page, and what is shown beside a post that carries rate-limited operations."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.host import Host, until
from tests.support.web.browsing import Site, signed_in
from tests.support.web.filling import fill


@pytest.fixture(scope="module")
def database(shared_database: str) -> str:
    """Return where all tests of this module work."""
    return shared_database


def test_summary_shows_what_agents_did(host: Host, guarded: Site) -> None:
    """Behind the token like every page; names and numbers, escaped; another span is a link away."""
    assert guarded.get("/digest").status_code in (303, 401)
    signed_in(guarded)
    fill(host, 100, gap_seconds=10)
    host.execute("update agents set name = '<b>Ada</b>' where id = 'agent1'")
    page = guarded.get("/digest?hours=24").text
    for number, what in ((80, "by 16 agents"), (20, "without approval requests"), (0, "100 posted")):
        assert re.search(rf"<dd[^>]*>{number}</dd><dd class=\"more\">{what}</dd>", page), what
    ada = '<a href="./?agent=agent1&amp;kind="><bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi></a> <bdi>5 reports</bdi>'
    assert ada in page
    assert page.count("<summary>4 more agents</summary>") == 1, "12 of 16 are seen at once"
    assert len(set(re.findall(r"agent=(agent\d+)", page))) == 20, "and all can be unfolded"
    assert '<a href="digest?hours=24" aria-current="page">24 hours</a>' in page
    assert '<a href="digest?hours=168">7 days</a>' in page
    assert guarded.get("/digest?hours=x").status_code == 200


def test_summary_leads_to_open_approvals_and_says_that_nothing_happened(host: Host, guarded: Site) -> None:
    """A request that waits has a link to its post, where the link to the platform is."""
    signed_in(guarded)
    assert "Nothing happened in this time." in guarded.get("/digest?hours=1").text
    host.agent()
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
        "values ('ask', 'tenant', 'ada', 'approval_requested', 'waiting', 'May I?')"
    )
    until(lambda: host.waiting() == 0)
    page = guarded.get("/digest?hours=168").text
    assert f'<a href="post/{host.posts()[0]["id"]}">Open<span' in page
    assert "asks for <bdi>an approval</bdi>" in page


def test_post_shows_how_much_it_carries(host: Host, guarded: Site) -> None:
    """On the dashboard and in both documents of the feed, of a post that a worker published."""
    signed_in(guarded)
    host.agent()
    host.execute(
        "insert into auto_post_rate_limits values ('ada', '2026-03-01 14:05Z'); "
        "insert into auto_post_rate_limited (agent_id, skipped_at, tenant_id, rule_id, operation_type, status, "
        "operations) "
        "values ('ada', now(), 'tenant', 1, 'workflow_execute', 'completed', 4)"
    )
    host.complete(agent="ada")
    until(lambda: host.waiting() == 0)
    more = "and 4 more since 1 Mar, 14:05 UTC"
    page = guarded.get("/").text
    assert more in re.sub(r"<time[^>]*>|</time>", "", page)
    assert '<p class="beside">and 4 more since <time datetime="2026-03-01T14:05:00.000+00:00"' in page
    alone = guarded.get(f"/post/{host.posts()[0]['id']}").text
    assert '<p class="beside">and 4 more since <time' in alone
    assert "<bdi>4 workflows</bdi>" in alone
    assert "<bdi>count 4, since 2026-03-01T14:05:00+00:00, in text no</bdi>" in alone
    (item,) = json.loads(guarded.get("/feed.json").text)["items"]
    assert item["content_text"].endswith(f"\n({more})")
    assert item["_autopost"]["digest"]["count"] == 4
    assert f"({more})</content>" in guarded.get("/feed.atom").text
