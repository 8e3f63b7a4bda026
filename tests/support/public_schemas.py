"""More platforms for drafts, whose public schemas were read when the drafts were done: none was made to fit."""

from __future__ import annotations

from tests.support.drafted_platforms import Platform, at, one_of, rows

PUBLIC = {
    "skyvern": Platform(
        "drafting/skyvern.sql",
        "begin; update workflow_runs set status = 'completed' where workflow_run_id = 'wr_0'; "
        "update workflow_runs set modified_at = created_at where workflow_run_id = 'wr_0'; commit; "
        "update workflow_runs set status = 'failed', failure_reason = 'The site asked for a code' "
        "where workflow_run_id = 'wr_1'; update workflow_runs set status = 'canceled' where workflow_run_id = 'wr_3'; "
        "update tasks set status = 'completed'",
        [
            ("workflow_execute", "completed", "Download invoices 0 finished"),
            ("workflow_execute", "failed", "The site asked for a code"),
        ],
        {
            "organizations": [{"organization_id": "o"}],
            "workflows": rows(2, lambda n: {"workflow_id": f"w{n}", "title": f"Download invoices {n}"}),
            "workflow_runs": rows(
                40,
                lambda n: {
                    "workflow_run_id": f"wr_{n}",
                    "workflow_id": f"w{n % 2}",
                    "organization_id": "o",
                    "status": one_of(n, "completed", "failed", "timed_out", "canceled") if n > 4 else "running",
                    "created_at": at(n, naive=True),
                },
            ),
            "tasks": rows(
                80,
                lambda n: {
                    "task_id": f"t{n}",
                    "status": "completed" if n > 4 else "running",
                    "title": f"Find invoice {n}",
                    "workflow_run_id": f"wr_{n % 40}",
                    "errors": "[]",
                },
            ),
        },
    ),
    "superagi": Platform(
        "drafting/superagi.sql",
        "update agent_executions set status = 'COMPLETED' where id = 1; "
        "update agent_executions set last_execution_time = now() where id = 1; "
        "update agent_executions set status = 'WAITING_FOR_PERMISSION' where id = 2; "
        "update agent_executions set status = 'ITERATION_LIMIT_EXCEEDED' where id = 4; "
        "update agent_executions set status = 'TERMINATED' where id = 5",
        [
            ("workflow_execute", "completed", "Run 0 finished"),
            ("approval_requested", "waiting", "Run 1 waits for approval"),
            ("workflow_execute", "failed", "Run 3 failed"),
        ],
        {
            "agents": rows(2, lambda n: {"name": f"Research bot {n}", "project_id": 1, "is_deleted": False}),
            "agent_executions": rows(
                40,
                lambda n: {
                    "status": one_of(n, "COMPLETED", "TERMINATED", "WAITING_FOR_PERMISSION", "ITERATION_LIMIT_EXCEEDED")
                    if n > 4
                    else "RUNNING",
                    "name": f"Run {n}",
                    "agent_id": n % 2 + 1,
                    "created_at": at(n, naive=True),
                },
            ),
            "agent_execution_feeds": rows(60, lambda n: {"agent_execution_id": n % 40 + 1, "feed": "I think of it"}),
        },
    ),
    "woodpecker": Platform(
        "drafting/woodpecker.sql",
        "update pipelines set status = 'success', finished = started + 45 where id = 1; "
        "update pipelines set updated = 1 where id = 1; "
        "update pipelines set status = 'failure', errors = '[{\"message\": \"No such branch\"}]' where id = 2; "
        "update pipelines set status = 'error', title = null, errors = '[]' where id = 3; "
        "update pipelines set status = 'killed' where id = 4; update workflows set state = 'success'",
        [
            ("workflow_execute", "completed", "Fix the checkout 0"),
            ("workflow_execute", "failed", "Fix the checkout 1: No such branch"),
            ("workflow_execute", "failed", "shop0 failed"),
        ],
        {
            "repos": rows(2, lambda n: {"name": f"shop{n}", "active": True}),
            "agents": [{"name": "runner-1"}],
            "pipelines": rows(
                40,
                lambda n: {
                    "repo_id": n % 2 + 1,
                    "number": n,
                    "parent": 0,
                    "status": one_of(n, "success", "failure", "error", "killed", "blocked") if n > 4 else "running",
                    "started": 1767225600 + n * 60,
                    "finished": 1767225650 + n * 60 if n > 4 else 0,
                    "title": f"Fix the checkout {n}",
                    "errors": one_of(n, "null", "[]", '[{"message": "No such branch"}]'),
                },
            ),
            "workflows": rows(
                60, lambda n: {"pipeline_id": n % 40 + 1, "pid": n, "name": "build", "state": "running", "agent_id": 1}
            ),
        },
    ),
    "dolphinscheduler": Platform(
        "drafting/dolphinscheduler.sql",
        "update t_ds_workflow_instance set state = 7, end_time = start_time + interval '4 s' where id = 1; "
        "update t_ds_workflow_instance set state = 6 where id = 2",
        [
            ("workflow_execute", "completed", "sales-0 ended after 4.0 s"),
            ("workflow_execute", "failed", "sales-1 ended"),
        ],
        {
            "t_ds_workflow_definition": rows(2, lambda n: {"code": 900 + n, "name": f"Load sales {n}"}),
            "t_ds_workflow_instance": rows(
                40,
                lambda n: {
                    "name": f"sales-{n}",
                    "workflow_definition_code": 900 + n % 2,
                    "state": one_of(n, 7, 6, 5) if n > 4 else 1,
                    "start_time": at(n, naive=True),
                    "end_time": at(n, 30, naive=True) if n > 4 else None,
                },
            ),
        },
        {"status": "case t.state when 7 then 'completed' when 6 then 'failed' else 'running' end"},
    ),
}
