"""Workers that crash while they publish: each rate-limited operation is carried by one post."""

from __future__ import annotations

import pytest

from tests.support.chaos.checker import lost, violations
from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.work import process_of

POINTS = ("agents locked", "rows finished", "publish sent", "commit sent", "published")
KEEP = (
    "insert into auto_post_rate_limited (agent_id, skipped_at, tenant_id, rule_id, operation_type, status, operations) "
    "select a.id, now(), 'tenant', 1, 'workflow_execute', 'completed', 2 from agents as a"
)


@pytest.mark.timeout(400)
def test_crash_at_any_point_of_publishing_carries_each_operation_once(
    host: Host, database: str, processes: Crew
) -> None:
    """A worker for each point, which dies there, and another that finishes what it left."""
    variables = {"DATABASE_URL": database, "SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_WORKER_NAME": ""}
    victims = [processes.start(variables, die_at=(point, 1)) for point in POINTS]
    until(lambda: host.value("select count(*) from auto_post_workers") == len(POINTS))
    agents = [host.agent(f"agent{number}") for number in range(len(POINTS))]
    host.execute(KEEP)
    alerts = 0
    while any(victim.poll() is None for victim in victims):
        for agent in agents:  # an alert is never rate-limited: each victim publishes something sooner or later
            alerts += 1
            host.complete(f"op{alerts}", agent=agent, status="failed")
        until(lambda: host.waiting() == 0 or all(victim.poll() is not None for victim in victims))
    with process_of("run", variables, processes):
        until(lambda: host.waiting() == 0)
    counts = [post["post_metadata"].get("digest", {}).get("count") for post in host.posts()]
    assert sorted(filter(None, counts)) == [2] * len(agents)
    assert host.value("select count(*) from auto_post_rate_limited") == 0
    assert violations(host) == lost(host) == []
