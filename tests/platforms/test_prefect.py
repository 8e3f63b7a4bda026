"""Prefect 3.9.1. The statements are those that its server sends (log_statement), in their order within a transaction.

They come from src/prefect/server/models/flow_runs.py (create_flow_run, set_state) and
src/prefect/server/orchestration/core_policy.py, of which a failed state with retries left becomes AwaitingRetry.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.crew import Crew
from tests.support.host import until
from tests.support.known_platforms import KnownPlatform, known_platform
from tests.support.work import worker_process

NEW_FLOW = "insert into flow (name, id) values (%(name)s, %(flow)s) on conflict (name) do nothing"
NEW_RUN = (
    "insert into flow_run (flow_id, id, name, parent_task_run_id) values (%(flow)s, %(run)s, %(run_name)s, %(parent)s)"
)
NEW_STATE = (
    "insert into flow_run_state (flow_run_id, type, timestamp, name, message, id) "
    "values (%(run)s, %(type)s, now(), %(state_name)s, %(message)s, %(state)s)"
)
STATE_AND_ID = (
    "update flow_run set state_id = %(state)s, state_type = %(type)s, state_name = %(state_name)s, "
    "state_timestamp = now(), end_time = case when %(ended)s then start_time + %(lasted)s::interval end, "
    "updated = now() where id = %(run)s"
)
STATE_FIRST = STATE_AND_ID.replace("state_id = %(state)s, ", "")
ID_AFTERWARDS = "update flow_run set state_id = %(state)s, updated = now() where id = %(run)s"
TASK_RUN = (
    "insert into task_run (id, name, task_key, dynamic_key, flow_run_id) values (%(task)s, 'sub', 'sub', '0', %(run)s)"
)
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


class Flows:
    """Runs flows as the server writes them down."""

    def __init__(self, platform: KnownPlatform) -> None:
        self.platform = platform

    def start(self, flow: str, *, run_name: str = "paper-frog", parent: UUID | None = None) -> UUID:
        """Start a run of a flow; return its id."""
        run, found = uuid4(), self.platform.host.rows("select id from flow where name = %s", (flow,))
        flow_id = found[0]["id"] if found else uuid4()
        self.platform.do(NEW_FLOW, name=flow, flow=flow_id)
        self.platform.do(NEW_RUN, flow=flow_id, run=run, run_name=run_name, parent=parent)
        self.state(run, "PENDING")
        self.state(run, "RUNNING")
        self.platform.do("update flow_run set start_time = now() - interval '2 hours' where id = %(run)s", run=run)
        return run

    def state(
        self,
        run: UUID,
        kind: str,
        *,
        name: str = "",
        message: str | None = None,
        lasted: str = "72 s",
        twice: bool = False,
    ) -> None:
        """Set a state: in one UPDATE after it, or `twice`, the type in one before it and the id in one after it."""
        order = (STATE_FIRST, NEW_STATE, ID_AFTERWARDS) if twice else (NEW_STATE, STATE_AND_ID)
        self.platform.do(
            *order,
            run=run,
            type=kind,
            state_name=name or kind.capitalize(),
            message=message,
            state=uuid4(),
            ended=kind in FINAL,
            lasted=lasted,
        )


@pytest.fixture
def prefect(empty_database: str) -> Iterator[KnownPlatform]:
    """Return Prefect's database with autopost beside it."""
    with known_platform("prefect", empty_database) as platform:
        yield platform


def by_flow(platform: KnownPlatform, posts: list[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Return the posts with the flow's name in place of its id."""
    names = {str(row["id"]): row["name"] for row in platform.host.rows("select id, name from flow")}
    return {(names[author], kind, text) for author, kind, text in posts}


async def test_runs_and_pauses_are_posted_once_and_nothing_else(prefect: KnownPlatform, redactor: Redactor) -> None:
    """Completed, failed, retried, crashed, cancelled, paused twice, rerun by hand, and a run of a sub-flow."""
    flows = Flows(prefect)

    flows.state(flows.start("nightly-report"), "COMPLETED")
    flows.state(flows.start("quick-check"), "COMPLETED", message="All states completed.", lasted="0.2 s")

    broken = flows.start("broken-import")
    flows.state(broken, "FAILED", message="Flow run encountered an exception: ValueError: column price is missing")

    retried = flows.start("flaky-sync")
    for _ in range(2):
        flows.state(retried, "SCHEDULED", name="AwaitingRetry", twice=True)
        flows.state(retried, "RUNNING", name="Retrying")
    flows.state(retried, "COMPLETED", lasted="2 h")

    flows.state(flows.start("crashing-crawl"), "CRASHED", message="Execution was aborted by a termination signal.")
    flows.state(flows.start("stopped-early"), "CANCELLED", message="not today")
    flows.start("still-running")

    paused = flows.start("approve-refund")
    for name in ("Paused", "Suspended"):
        flows.state(paused, "PAUSED", name=name, message="Refund of 40 for order 7?" if name == "Paused" else None)
        flows.state(paused, "SCHEDULED", name="Resuming")
        flows.state(paused, "RUNNING")
    flows.state(paused, "COMPLETED")

    parent, task = flows.start("parent"), uuid4()
    prefect.do(TASK_RUN, task=task, run=parent)
    flows.state(flows.start("sub-flow", parent=task), "COMPLETED")
    flows.state(flows.start("sub-flow", parent=task), "FAILED", message="inner")
    flows.state(parent, "COMPLETED")

    # A person runs a completed run again, in Prefect's page: the same run.
    again = flows.start("run-again")
    for _ in range(2):
        flows.state(again, "COMPLETED")
        flows.state(again, "SCHEDULED", name="AwaitingRetry")
        flows.state(again, "RUNNING")

    posts = await prefect.posts(redactor)
    ran = "Just finished workflow_execute! Run paper-frog finished in"
    failed = "hit a problem with workflow_execute: Run paper-frog"
    assert by_flow(prefect, posts) == {
        ("nightly-report", "status", f"{ran} 1 min 12 s #automation"),
        ("quick-check", "status", f"{ran} 1 s: All states completed. #automation"),
        (
            "broken-import",
            "alert",
            f"⚠️ broken-import {failed} failed after 1 min 12 s: ValueError: column price is missing",
        ),
        ("flaky-sync", "status", f"{ran} 2 h 0 min 0 s #automation"),
        (
            "crashing-crawl",
            "alert",
            f"⚠️ crashing-crawl {failed} crashed after 1 min 12 s: Execution was aborted by a termination signal.",
        ),
        (
            "approve-refund",
            "alert",
            "🙋 approve-refund is asking for approval: Run paper-frog waits to be resumed: Refund of 40 for order 7?",
        ),
        ("approve-refund", "alert", "🙋 approve-refund is asking for approval: Run paper-frog waits to be resumed"),
        ("approve-refund", "status", f"{ran} 1 min 12 s #automation"),
        ("parent", "status", f"{ran} 1 min 12 s #automation"),
        ("run-again", "status", f"{ran} 1 min 12 s #automation"),
    }
    assert len(posts) == 10
    assert prefect.warnings() == []


async def test_message_that_is_written_after_the_state_is_posted(prefect: KnownPlatform, redactor: Redactor) -> None:
    """The server writes the type, the state with its message, and the state's id, in this order."""
    flows = Flows(prefect)
    run = flows.start("broken-import")
    flows.state(run, "FAILED", message="Flow run encountered an exception: KeyError: 'price'", twice=True)
    ((_, _, text),) = await prefect.posts(redactor)
    assert text.endswith("Run paper-frog failed after 1 min 12 s: KeyError: 'price'")


def test_worker_process_posts_what_the_server_writes(prefect: KnownPlatform, processes: Crew) -> None:
    """A worker of its own process, with the rights of its role alone, as in a deployment."""
    with worker_process(prefect.settings.dsn, processes, SOCIAL_POST_LLM_ENABLED="false"):
        flows = Flows(prefect)
        flows.state(flows.start("nightly-report"), "COMPLETED")
        (post,) = until(prefect.host.posts)
    assert post["content"] == "Just finished workflow_execute! Run paper-frog finished in 1 min 12 s #automation"
