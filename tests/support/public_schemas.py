"""More platforms for drafts, whose public schemas were read when the drafts were done: none was made to fit."""

from __future__ import annotations

from tests.support.drafted_platforms import Platform, at, one_of, rows


def _id(kind: str, number: int) -> str:
    """Return the uuid of a row, with the first digit for the kind of row."""
    return f"{kind}0000000-0000-4000-8000-{number:012}"


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
    "sim": Platform(
        "drafting/sim.sql",
        "update workflow_execution_logs set level = 'info', ended_at = started_at + interval '3 seconds', "
        'execution_data = \'{"finalOutput": {"content": "Qualified three leads"}}\' where id = \'l38\'; '
        "update workflow_execution_logs set level = 'error', ended_at = started_at + interval '9 seconds' "
        "where id = 'l39'; update workflow_execution_logs set files = '[]' where id = 'l0'",
        [
            ("workflow_execute", "completed", "Qualified three leads"),
            ("workflow_execute", "failed", "Qualify leads 1 failed after 9.0 s"),
        ],
        {
            "workflow": rows(2, lambda n: {"id": f"w{n}", "name": f"Qualify leads {n}"}),
            "workflow_execution_logs": rows(
                40,
                lambda n: {
                    "id": f"l{n}",
                    "workflow_id": f"w{n % 2}",
                    "level": one_of(n, "info", "info", "error"),
                    "trigger": one_of(n, "api", "schedule", "chat"),
                    "started_at": at(n, naive=True),
                    "ended_at": at(n, 5, naive=True) if n < 38 else None,
                    "execution_data": '{"finalOutput": {"content": "Answered a mail"}}' if n < 38 else "{}",
                },
            ),
        },
    ),
    "julep": Platform(
        "drafting/julep.sql",
        "insert into transitions (execution_id, transition_id, type, current_step, output) values "
        "('e0000000-0000-4000-8000-000000000038', gen_random_uuid(), 'finish_branch', row('main', 1), '{}'), "
        "('e0000000-0000-4000-8000-000000000038', gen_random_uuid(), 'finish', row('main', 2), "
        '\'{"text": "Wrote a summary"}\'), '
        "('e0000000-0000-4000-8000-000000000039', gen_random_uuid(), 'error', row('main', 1), '\"No model\"')",
        [
            ("workflow_execute", "completed", "Wrote a summary"),
            ("workflow_execute", "failed", "Researcher 1 failed"),
        ],
        {
            "agents": rows(
                2, lambda n: {"developer_id": _id("d", 0), "agent_id": _id("a", n), "name": f"Researcher {n}"}
            ),
            "tasks": rows(
                2,
                lambda n: {
                    "developer_id": _id("d", 0),
                    "agent_id": _id("a", n),
                    "task_id": _id("b", n),
                    "name": "Search",
                },
            ),
            "executions": rows(
                40,
                lambda n: {
                    "developer_id": _id("d", 0),
                    "task_id": _id("b", n % 2),
                    "task_version": 1,
                    "execution_id": _id("e", n),
                    "created_at": at(n),
                },
            ),
            "transitions": rows(
                76,
                lambda n: {
                    "execution_id": _id("e", n // 2),
                    "type": one_of(n, "init", "finish", "init", "error"),
                    "current_step": "(main,0)",
                    "output": '{"text": "Found three papers"}',
                    "created_at": at(n),
                },
            ),
        },
    ),
}
