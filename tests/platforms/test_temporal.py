"""Temporal server 1.32.0. Each change is an upsert of the whole row, refused where its version is behind.

From common/persistence/sql/sqlplugin/postgresql/visibility.go (templateInsertWorkflowExecution,
templateUpsertWorkflowExecution).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.known_platforms import KnownPlatform, known_platform

FIELDS = (
    "namespace_id, run_id, start_time, execution_time, workflow_id, workflow_type_name, status, close_time, "
    "encoding, task_queue, "
    "search_attributes, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, _version"
)
VALUES = (
    "%(namespace)s, %(run)s::char(64), %(start)s, %(start)s, %(id)s, %(type)s, %(status)s, %(close)s, 'json', "
    "'default', %(attributes)s, "
    "%(parent)s, %(parent)s, %(id)s, %(run)s::varchar, %(version)s"
)
INSERT = f"insert into executions_visibility ({FIELDS}) values ({VALUES}) on conflict (namespace_id, run_id) do nothing"
UPSERT = (
    f"insert into executions_visibility ({FIELDS}) values ({VALUES}) on conflict (namespace_id, run_id) do update set "
    + ", ".join(f"{field} = excluded.{field}" for field in FIELDS.split(", "))
    + " where executions_visibility._version < excluded._version"
)
RUNNING, COMPLETED, FAILED, CANCELED, TERMINATED, CONTINUED, TIMED_OUT, PAUSED = range(1, 9)


class Workflows:
    """Writes workflow executions as the visibility queue does."""

    def __init__(self, platform: KnownPlatform) -> None:
        self.platform = platform
        self.namespace = str(uuid4())

    def run(
        self,
        kind: str,
        *statuses: int,
        parent: str | None = None,
        attributes: str | None = None,
        run: str = "",
        seen: bool = True,
    ) -> None:
        """Start a run and let it come to these statuses; each is written twice, and after it the start once more.

        `seen` is whether the start was written before.
        """
        row = {
            "namespace": self.namespace,
            "run": run or str(uuid4()),
            "id": f"{kind}-1",
            "type": kind,
            "parent": parent,
            "attributes": attributes,
            "start": "2999-01-01 10:00:00",
        }
        if seen:
            self.platform.do(INSERT, **row, status=RUNNING, close=None, version=1)
        for version, status in enumerate(statuses, 2):
            close = None if status in (RUNNING, PAUSED) else "2999-01-01 10:01:12"
            for sent in (version, version, 1):
                self.platform.do(UPSERT, **row, status=status, close=close, version=sent)


@pytest.fixture
def workflows(empty_database: str) -> Iterator[Workflows]:
    """Return the workflows of a Temporal with autopost beside its visibility store."""
    with known_platform("temporal", empty_database) as platform:
        yield Workflows(platform)


async def test_runs_are_posted_once_and_nothing_else(workflows: Workflows, redactor: Redactor) -> None:
    """Each status, upserts that come twice or late, a retry, a child, a schedule."""
    run = str(uuid4())
    workflows.run("Order", RUNNING, COMPLETED, run=run)
    workflows.run("Unseen", COMPLETED, seen=False)
    workflows.run("Import", FAILED)
    workflows.run("Import", COMPLETED)
    workflows.run("Slow", TIMED_OUT)
    workflows.run("Cancelled", CANCELED)
    workflows.run("Terminated", TERMINATED)
    workflows.run("Continued", CONTINUED)
    workflows.run("Paused", PAUSED, RUNNING, COMPLETED)
    workflows.run("Running", RUNNING)
    workflows.run("Child", COMPLETED, parent="Order-1")
    workflows.run(
        "temporal-sys-scheduler-workflow", COMPLETED, attributes='{"TemporalNamespaceDivision": "TemporalScheduler"}'
    )
    ran = "finished in 1 min 12 s #automation"
    expected = {
        ("Order", "status", f"Just finished workflow_execute! Workflow Order-1 {ran}"),
        (
            "Import",
            "alert",
            "⚠️ Import hit a problem with workflow_execute: Workflow Import-1 failed after 1 min 12 s",
        ),
        ("Import", "status", f"Just finished workflow_execute! Workflow Import-1 {ran}"),
        ("Slow", "alert", "⚠️ Slow hit a problem with workflow_execute: Workflow Slow-1 timed out after 1 min 12 s"),
        ("Unseen", "status", f"Just finished workflow_execute! Workflow Unseen-1 {ran}"),
        ("Paused", "status", f"Just finished workflow_execute! Workflow Paused-1 {ran}"),
    }
    posts = await workflows.platform.posts(redactor)
    assert set(posts) == expected
    assert len(posts) == len(expected)
    assert f"{workflows.namespace}/{run}" in {row["tracker_id"] for row in workflows.platform.host.outbox()}
    assert workflows.platform.warnings() == []
