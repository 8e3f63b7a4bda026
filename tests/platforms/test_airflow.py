"""Apache Airflow 3.3.2. The statements are those that scheduler, API server and `airflow tasks clear` send.

They come from airflow/models/dagrun.py (set_state), models/taskinstance.py (clear_task_instances,
prepare_db_for_next_try, which gives the task instance another id), jobs/scheduler_job_runner.py, and
api_fastapi/execution_api/routes/{task_instances,hitl}.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from autopost.redaction.redactor import Redactor
from tests.support.known_platforms import KnownPlatform, known_platform

NEW_DAG = (
    "insert into dag (dag_id, dag_display_name, description, is_paused, is_stale, bundle_name, timetable_type, "
    "partition_mapper_info, max_active_tasks, max_consecutive_failed_dag_runs, has_task_concurrency_limits) "
    "values (%(dag)s, %(title)s, 'Counts hosts', false, false, 'dags-folder', 'NullTimetable', '{}', 16, 0, false)"
)
NEW_RUN = (
    "insert into dag_run (dag_id, queued_at, state, run_id, run_type, run_after, clear_number) "
    "values (%(dag)s, now(), 'queued', %(run)s, %(kind)s, now(), 0)"
)
NEW_TASK = (
    "insert into task_instance (id, task_id, dag_id, run_id, map_index, try_number, max_tries, pool, pool_slots) "
    "values (%(id)s, %(task)s, %(dag)s, %(run)s, %(map)s, 0, 1, 'default_pool', 1)"
)
RUN_STARTS = (
    "update dag_run set start_date = now() - interval '72 s', state = 'running', updated_at = now() "
    "where dag_id = %(dag)s and run_id = %(run)s"
)
SCHEDULING_DECISION = (
    "update dag_run set last_scheduling_decision = now(), updated_at = now() "
    "where dag_id = %(dag)s and run_id = %(run)s"
)
RUN_ENDS = (
    "update dag_run set end_date = start_date + interval '72 s', state = %(state)s, last_scheduling_decision = now(), "
    "updated_at = now() where dag_id = %(dag)s and run_id = %(run)s"
)
TASK_IS_SCHEDULED = (
    "update task_instance set state = 'scheduled', try_number = task_instance.try_number + 1 where id = %(id)s"
)
TASK_STATE = "update task_instance set state = %(state)s, end_date = now(), updated_at = now() where id = %(id)s"
NEXT_TRY = "update task_instance set id = %(next)s, updated_at = now() where id = %(id)s"
RUN_IS_CLEARED = (
    "update dag_run set queued_at = now(), start_date = null, end_date = null, state = 'queued', "
    "last_scheduling_decision = null, clear_number = clear_number + 1 where dag_id = %(dag)s and run_id = %(run)s"
)
TASK_IS_CLEARED = "update task_instance set id = %(next)s, state = null, max_tries = 1 where id = %(id)s"
ASKS = (
    "insert into hitl_detail (ti_id, options, subject, body, params, created_at, params_input) "
    "values (%(id)s, '[\"Approve\", \"Reject\"]', %(subject)s, %(body)s, '{}', now(), '{}')"
)
IS_ANSWERED = (
    'update hitl_detail set responded_by = \'{"id": "1"}\', responded_at = now(), chosen_options = \'["Approve"]\' '
    "where ti_id = %(id)s"
)
ASKS_ANEW = (
    "update hitl_detail set responded_by = null, responded_at = null, chosen_options = null, params_input = '{}' "
    "where ti_id = %(id)s"
)


class Dags:
    """Runs DAGs of tasks as scheduler and API server write them down."""

    def __init__(self, platform: KnownPlatform) -> None:
        self.platform = platform
        platform.do("insert into dag_bundle (name, active) values ('dags-folder', true)")

    def start(self, dag: str, run: str = "run1", *, kind: str = "manual", title: str | None = None) -> None:
        """Start a run of a new DAG."""
        self.platform.do(NEW_DAG, dag=dag, title=title)
        self.platform.do(NEW_RUN, dag=dag, run=run, kind=kind)
        self.platform.do(RUN_STARTS, dag=dag, run=run)

    def task(self, dag: str, task: str, *states: str, run: str = "run1", map_index: int = -1) -> UUID:
        """Let a task come to these states, each at another try; return the id that it has in the end."""
        id_ = uuid4()
        self.platform.do(NEW_TASK, id=id_, dag=dag, run=run, task=task, map=map_index)
        for state in states:
            self.platform.do(TASK_IS_SCHEDULED, SCHEDULING_DECISION, id=id_, dag=dag, run=run)
            self.platform.do(TASK_STATE, id=id_, state="running")
            self.platform.do(TASK_STATE, id=id_, state=state)
            if state == "up_for_retry":
                following = uuid4()
                self.platform.do(NEXT_TRY, id=id_, next=following)
                id_ = following
        return id_

    def end(self, dag: str, state: str, run: str = "run1") -> None:
        """Let the scheduler end a run."""
        self.platform.do(RUN_ENDS, dag=dag, run=run, state=state)

    def clear(self, dag: str, task: UUID, run: str = "run1") -> UUID:
        """Clear a task and its run, which then runs again; return the task's new id."""
        following = uuid4()
        self.platform.do(RUN_IS_CLEARED, TASK_IS_CLEARED, dag=dag, run=run, id=task, next=following)
        self.platform.do(RUN_STARTS, dag=dag, run=run)
        return following


@pytest.fixture
def airflow(empty_database: str) -> Iterator[KnownPlatform]:
    """Return Airflow's database with autopost beside it."""
    with known_platform("airflow", empty_database) as platform:
        yield platform


async def test_runs_and_requests_are_posted_once_and_nothing_else(airflow: KnownPlatform, redactor: Redactor) -> None:
    """Succeeded, failed after retries, cleared and run again, a backfill, a mapped task, a request asked twice."""
    dags = Dags(airflow)
    scheduled = "scheduled__2026-11-29T00:00:00+00:00"

    dags.start("nightly_report", title="Nightly report")
    task = dags.task("nightly_report", "count", "success")
    dags.end("nightly_report", "success")
    dags.clear("nightly_report", task)
    dags.end("nightly_report", "success")

    dags.start("broken_import")
    task = dags.task("broken_import", "load", "up_for_retry", "failed")
    dags.task("broken_import", "report", "upstream_failed")
    dags.end("broken_import", "failed")
    dags.clear("broken_import", task)
    dags.end("broken_import", "success")

    dags.start("mapped", run=scheduled, kind="scheduled")
    for index in (0, 1):
        dags.task("mapped", "load", "failed", run=scheduled, map_index=index)
    dags.end("mapped", "failed", run=scheduled)

    dags.start("old_days", kind="backfill")
    dags.end("old_days", "success")
    dags.start("still_running")

    dags.start("refund")
    task = dags.task("refund", "ask", "deferred")
    airflow.do(ASKS, id=task, subject="Refund 40 for order 7?", body="The customer waits")
    airflow.do(IS_ANSWERED, id=task)
    dags.task("refund", "pay", "success")
    dags.end("refund", "success")
    again = dags.clear("refund", task)
    airflow.do(ASKS_ANEW, id=again)
    dags.end("refund", "success")

    posts = await airflow.posts(redactor)
    failed = "hit a problem with workflow_execute:"
    tasks = "task load failed at try 1, task load failed at try 1"
    ran = "Just finished workflow_execute! Run run1 finished in 1 min 12 s #automation"
    asks = "🙋 refund is asking for approval: Refund 40 for order 7?: The customer waits"
    assert posts == [
        (
            "broken_import",
            "alert",
            f"⚠️ broken_import {failed} Run run1 failed after 1 min 12 s: task load failed at try 2",
        ),
        ("broken_import", "status", ran),
        (
            "mapped",
            "alert",
            f"⚠️ mapped {failed} Run {scheduled} failed after 1 min 12 s: {tasks}",
        ),
        ("nightly_report", "status", ran),
        ("refund", "alert", asks),
        ("refund", "alert", asks),
        ("refund", "status", ran),
    ]
    assert airflow.warnings() == []


async def test_run_is_known_by_both_columns_of_its_key(airflow: KnownPlatform, redactor: Redactor) -> None:
    """Runs of two DAGs have the same name, and a slash in one makes no other of it."""
    dags = Dags(airflow)
    for dag, run in (("a", "run1"), ("b", "run1"), ("a/b", "c"), ("a.b", "b/c")):
        dags.start(dag, run)
        dags.end(dag, "success", run)
    await airflow.posts(redactor)
    assert {row["tracker_id"] for row in airflow.host.outbox()} == {"a/run1", "b/run1", "a%2Fb/c", "a.b/b%2Fc"}
