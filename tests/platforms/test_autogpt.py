"""AutoGPT platform. An execution is inserted as queued, and each change of its status is one UPDATE with its stats.

From autogpt_platform's backend/data/execution.py (create_graph_execution, update_graph_execution_start_time,
update_graph_execution_stats) and backend/data/human_review.py (get_or_create_human_review, process_all_reviews).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.command_line import autopost
from tests.support.known_platforms import KnownPlatform, known_platform

NEW_USER = (
    'insert into platform."User" (id, email, "updatedAt") values (%(user)s, %(user)s || \'@example.com\', now()) '
    "on conflict do nothing"
)
NEW_GRAPH = (
    'insert into platform."AgentGraph" (id, version, name, "isActive", "userId") '
    "values (%(graph)s, %(version)s, %(graph)s, %(active)s, 'owner')"
)
NEW_EXECUTION = (
    'insert into platform."AgentGraphExecution" (id, "executionStatus", "agentGraphId", "agentGraphVersion", "userId", '
    "\"parentGraphExecutionId\") values (%(run)s, 'QUEUED', %(graph)s, %(version)s, 'runner', %(parent)s)"
)
STARTS = (
    'update platform."AgentGraphExecution" set "executionStatus" = \'RUNNING\', '
    "\"startedAt\" = now() at time zone 'UTC' - interval '72 s', \"updatedAt\" = now() where id = %(run)s"
)
CHANGES = (
    'update platform."AgentGraphExecution" set "executionStatus" = %(status)s::platform."AgentExecutionStatus", '
    "stats = %(stats)s, "
    "\"endedAt\" = case when %(status)s in ('COMPLETED', 'FAILED', 'TERMINATED') then \"startedAt\" + interval '72 "
    "s' end, "
    "\"updatedAt\" = now() where id = %(run)s and \"executionStatus\" in ('RUNNING', 'QUEUED', 'REVIEW', 'TERMINATED')"
)
NEW_REVIEW = (
    'insert into platform."PendingHumanReview" ("nodeExecId", "userId", "graphExecId", "graphId", "graphVersion", '
    "payload, "
    "instructions, status, \"updatedAt\") values (%(node)s, 'runner', %(run)s, %(graph)s, 1, '{}', %(text)s, "
    "%(status)s, now()) "
    'on conflict ("nodeExecId") do update set "nodeExecId" = excluded."nodeExecId"'
)
REVIEWED = (
    'update platform."PendingHumanReview" set status = \'APPROVED\', "reviewedAt" = now(), processed = true '
    'where "nodeExecId" = %(node)s'
)


class Graphs:
    """Executes agent graphs as the platform writes it down."""

    def __init__(self, platform: KnownPlatform) -> None:
        self.platform = platform
        for user in ("owner", "runner"):
            platform.do(NEW_USER, user=user)

    def start(self, graph: str, *versions: bool, parent: str | None = None) -> str:
        """Start an execution of a new graph whose versions are active or not; return its id."""
        run = str(uuid4())
        for version, active in enumerate(versions or (True,), 1):
            self.platform.do(NEW_GRAPH, graph=graph, version=version, active=active)
        self.platform.do(NEW_EXECUTION, run=run, graph=graph, version=max(1, len(versions)), parent=parent)
        self.platform.do(STARTS, run=run)
        return run

    def change(self, run: str, status: str, stats: str | None = "{}") -> None:
        """Change the status of an execution."""
        self.platform.do(CHANGES, run=run, status=status, stats=stats)


@pytest.fixture
def graphs(empty_database: str) -> Iterator[Graphs]:
    """Return the graphs of an AutoGPT platform with autopost beside it."""
    with known_platform("autogpt", empty_database) as platform:
        yield Graphs(platform)


async def test_executions_and_reviews_are_posted_once_and_nothing_else(graphs: Graphs, redactor: Redactor) -> None:
    """Completed, failed, reviewed, resumed after a stop, nested, tried out, and of graphs with several versions."""
    done = '{"activity_status": "Looked at 42 hosts.", "error": null}'
    graphs.change(graphs.start("hosts"), "COMPLETED", done)
    graphs.change(graphs.start("silent"), "COMPLETED", None)
    graphs.change(
        graphs.start("broken"), "FAILED", '{"error": "Insufficient balance", "activity_status": "Could not."}'
    )
    stopped = graphs.start("stopped")
    graphs.change(stopped, "TERMINATED")
    resumed = graphs.start("resumed")
    for status in ("TERMINATED", "RUNNING", "COMPLETED", "COMPLETED"):
        graphs.change(resumed, status)
    parent = graphs.start("parent")
    graphs.change(graphs.start("nested", parent=parent), "FAILED", '{"error": "inner"}')
    graphs.change(parent, "COMPLETED")
    graphs.change(graphs.start("tried-out"), "COMPLETED", '{"is_dry_run": true}')
    graphs.change(graphs.start("switched-off", True, False), "COMPLETED")
    graphs.change(graphs.start("switched-on", False, True), "COMPLETED")
    graphs.start("still-running")

    run = graphs.start("refund")
    for node, text in (("node-1", "Refund 40 for order 7?"), ("node-2", None)):
        for _ in range(2):  # the node asks again until it has its answer
            graphs.platform.do(NEW_REVIEW, node=node, run=run, graph="refund", text=text, status="WAITING")
        graphs.change(run, "REVIEW")
        graphs.platform.do(REVIEWED, node=node)
        graphs.change(run, "QUEUED")
        graphs.change(run, "RUNNING")
    graphs.platform.do(NEW_REVIEW, node="auto_approve_1", run=run, graph="refund", text="x", status="APPROVED")
    graphs.change(run, "COMPLETED")

    ran = "Just finished workflow_execute! Finished in 1 min 12 s"
    expected = {
        ("hosts", "status", f"{ran}: Looked at 42 hosts. #automation"),
        ("silent", "status", f"{ran} #automation"),
        (
            "broken",
            "alert",
            "⚠️ broken hit a problem with workflow_execute: Run failed after 1 min 12 s: Insufficient balance",
        ),
        ("resumed", "status", f"{ran} #automation"),
        ("parent", "status", f"{ran} #automation"),
        ("switched-on", "status", f"{ran} #automation"),
        ("refund", "alert", "🙋 refund is asking for approval: Refund 40 for order 7?"),
        ("refund", "alert", "🙋 refund is asking for approval: A step waits for a review"),
        ("refund", "status", f"{ran} #automation"),
    }
    posts = await graphs.platform.posts(redactor)
    assert set(posts) == expected
    assert len(posts) == len(expected)
    assert graphs.platform.warnings() == []


def test_worker_says_what_to_do_when_it_may_not_use_the_schema_of_the_platform(graphs: Graphs) -> None:
    """The platform's tables are not in public, and what the grants give on their schema was taken away."""
    graphs.platform.host.execute("revoke usage on schema platform from auto_post_worker")
    ended = autopost("run", dsn=graphs.platform.settings.dsn, SOCIAL_POST_LLM_ENABLED="false")
    assert ended.returncode == 4
    assert "this role may not look up the platform's tables: permission denied for schema platform" in ended.stderr
    assert "As the role that migrates, run `autopost grant`" in ended.stderr
    assert "Traceback" not in ended.stderr
