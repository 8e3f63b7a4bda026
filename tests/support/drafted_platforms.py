"""Platforms for drafts: their schema, rows, what their agents do, and what should be captured of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)
Rows = Sequence[Mapping[str, object]]


def rows(count: int, row: Callable[[int], dict[str, object]]) -> Rows:
    """Return this number of rows, the oldest first."""
    return [row(number) for number in range(count)]


def at(minute: int, second: int = 0, *, naive: bool = False) -> datetime:
    """Return a time in a platform's past."""
    time = START + timedelta(minutes=minute, seconds=second)
    return time.replace(tzinfo=None) if naive else time


def one_of(number: int, *values: object) -> object:
    """Return one value after the other."""
    return values[number % len(values)]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: its schema, rows, what its agents do then, and the operations that are captured.

    `decided` has the lines that a person writes, by what they replace.
    """

    schema: str
    does: str
    captured: Sequence[tuple[str, str, str]]
    seeds: Mapping[str, Rows] | None = None
    decided: Mapping[str, str] | None = None


PLATFORMS = {
    "n8n": Platform(
        "platforms/n8n.sql",
        "update execution_entity set status = 'success', \"stoppedAt\" = \"startedAt\" + interval '12 seconds' "
        "where id in (1, 4); update execution_entity set status = 'error' where id = 3",
        [
            ("workflow_execute", "completed", "Sync invoices 0 finished after 12.0 s"),
            ("workflow_execute", "failed", "Sync invoices 0 failed"),
        ],
        {
            "workflow_entity": rows(2, lambda n: {"id": f"w{n}", "name": f"Sync invoices {n}", "active": True}),
            "execution_entity": rows(
                40,
                lambda n: {
                    "workflowId": f"w{n % 2}",
                    "finished": n > 4,
                    "mode": one_of(n, "trigger", "webhook", "manual", "evaluation"),
                    "status": one_of(n, "success", "error", "crashed", "canceled") if n > 4 else "running",
                    "startedAt": at(n),
                    "stoppedAt": at(n, 12) if n > 4 else None,
                },
            ),
        },
    ),
    "dify": Platform(
        "platforms/dify.sql",
        "update workflow_runs set status = 'succeeded', outputs = '{\"text\": \"Answered a ticket\"}' "
        "where version = 'v0'; "
        "update workflow_runs set status = 'failed', error = E'No model\\nat line 1' where version = 'v2'; "
        "update workflow_runs set status = 'succeeded', outputs = 'no JSON', finished_at = null where version = 'v4'",
        [
            ("workflow_execute", "completed", "Answered a ticket"),
            ("workflow_execute", "failed", "No model"),
            ("workflow_execute", "completed", "Support bot finished"),
        ],
        {
            "apps": [
                {"id": "00000000-0000-0000-0000-000000000001", "tenant_id": "00000000-0000-0000-0000-00000000000a",
                 "name": "Support bot", "mode": "workflow", "status": "normal"}
            ],
            "workflow_runs": rows(
                40,
                lambda n: {
                    "app_id": "00000000-0000-0000-0000-000000000001",
                    "tenant_id": "00000000-0000-0000-0000-00000000000a",
                    "version": f"v{n}",
                    "type": "workflow",
                    "triggered_from": one_of(n, "app-run", "debugging"),
                    "status": one_of(n, "succeeded", "failed", "stopped", "partial-succeeded") if n > 4 else "running",
                    "outputs": '{"text": "Answered a ticket"}' if n > 4 else None,
                    "created_at": at(n, naive=True),
                    "finished_at": at(n, 9, naive=True) if n > 4 else None,
                },
            ),
        },
    ),
    "prefect": Platform(
        "platforms/prefect.sql",
        "update flow_run set state_type = 'COMPLETED', end_time = start_time + interval '5 seconds' "
        "where name = 'fox-0'; "
        "update flow_run set state_type = 'COMPLETED' where name = 'fox-7'; "
        "update flow_run set state_type = 'CRASHED', state_id = (select id from flow_run_state limit 1) "
        "where name = 'fox-1'; "
        "update task_run set state_type = 'COMPLETED'",
        [
            ("workflow_execute", "completed", "fox-0 finished after 5.0 s"),
            ("workflow_execute", "failed", "fox-1: The flow raised a ValueError"),
        ],
        {
            "flow": [{"id": "00000000-0000-0000-0000-000000000001", "name": "etl"}],
            "flow_run_state": [{"type": "CRASHED", "name": "Crashed", "message": "The flow raised a ValueError"}],
            "flow_run": rows(
                40,
                lambda n: {
                    "flow_id": "00000000-0000-0000-0000-000000000001",
                    "name": f"fox-{n}",
                    "state_type": one_of(n, "COMPLETED", "FAILED") if n > 8 else "RUNNING",
                    "start_time": at(n),
                    "parent_task_run_id": "00000000-0000-0000-0000-000000000009" if n == 7 else None,
                },
            ),
            "task_run": rows(80, lambda n: {"name": f"extract-{n}", "dynamic_key": str(n), "state_type": "RUNNING"}),
        },
    ),
    "airflow": Platform(
        "platforms/airflow.sql",
        "update dag_run set state = 'success', end_date = start_date + interval '30 seconds' where id = 1; "
        "update dag_run set state = 'failed' where id = 2",
        [
            ("workflow_execute", "completed", "Daily sales finished after 30.0 s"),
            ("workflow_execute", "failed", "Daily sales failed"),
        ],
        {
            "dag": [{"dag_id": "sales", "dag_display_name": "Daily sales"}],
            "dag_run": rows(
                40,
                lambda n: {
                    "id": n + 1,
                    "dag_id": "sales",
                    "run_type": "scheduled",
                    "state": one_of(n, "success", "failed") if n > 4 else "running",
                    "start_date": at(n),
                },
            ),
            "task_instance": rows(90, lambda n: {"dag_id": "sales", "map_index": -1, "state": "success"}),
        },
    ),
    "autogpt": Platform(
        "platforms/autogpt.sql",
        "update platform.\"AgentGraphExecution\" set \"executionStatus\" = 'COMPLETED', "
        "stats = '{\"activity_status\": \"Sent the newsletter to the team\"}' where id = 'x0'; "
        "update platform.\"AgentGraphExecution\" set \"executionStatus\" = 'FAILED', "
        "stats = '{\"error\": \"Rate limit\"}' where id = 'x1'; "
        "update platform.\"AgentGraphExecution\" set \"executionStatus\" = 'REVIEW' where id = 'x2'",
        [
            ("workflow_execute", "completed", "Sent the newsletter to the team"),
            ("workflow_execute", "failed", "Rate limit"),
            ("approval_requested", "review", "Newsletter waits for approval"),
        ],
        {
            'platform."AgentGraph"': rows(
                2, lambda n: {"id": "g", "version": n + 1, "name": "Newsletter", "isActive": n == 1}
            ),
            'platform."AgentGraphExecution"': rows(
                40,
                lambda n: {
                    "id": f"x{n}",
                    "agentGraphId": "g",
                    "agentGraphVersion": 2,
                    "executionStatus": one_of(n, "COMPLETED", "FAILED") if n > 4 else "RUNNING",
                    "stats": one_of(n, '{"activity_status": "Sent it"}', '{"error": "Limit"}') if n > 4 else None,
                },
            ),
        },
    ),
    "temporal": Platform(
        "platforms/temporal.sql",
        "update executions_visibility set status = 2, close_time = start_time + interval '3 seconds' "
        "where run_id = 'r0'; "
        "update executions_visibility set status = 3 where run_id = 'r1'",
        [
            ("workflow_execute", "completed", "OrderWorkflow ended after 3.0 s"),
            ("workflow_execute", "failed", "OrderWorkflow ended"),
        ],
        {
            "executions_visibility": rows(
                40,
                lambda n: {
                    "namespace_id": "ns",
                    "run_id": f"r{n}",
                    "workflow_id": f"order-{n}",
                    "workflow_type_name": "OrderWorkflow",
                    "status": one_of(n, 2, 3, 7) if n > 4 else 1,
                    "start_time": at(n, naive=True),
                },
            )
        },
        {"status": "case when t.status = 2 then 'completed' when t.status in (3, 7) then 'failed' else 'running' end"},
    ),
    "atom": Platform(
        "platforms/atom.sql",
        "update agent_operation_tracker set status = 'completed' where id in ('op0', 'op1'); "
        "update agent_operation_tracker set status = 'failed' where id = 'op3'",
        [
            ("browser_automate", "completed", "Looked at 0 hosts"),
            ("integration_connect", "failed", "Looked at 3 hosts"),
        ],
        {
            "tenants": [{"id": "acme"}],
            "agent_registry": rows(
                2,
                lambda n: {
                    "id": f"a{n}",
                    "name": f"Ada {n}",
                    "tenant_id": "acme",
                    "status": one_of(n, "supervised", "student"),
                },
            ),
            "agent_operation_tracker": rows(
                40,
                lambda n: {
                    "id": f"op{n}",
                    "agent_id": f"a{n % 2}",
                    "operation_type": one_of(
                        n, "browser_automate", "query_database", "workflow_execute", "integration_connect"
                    ),
                    "status": "completed" if n > 4 else "running",
                    "what_explanation": f"Looked at {n} hosts",
                },
            ),
        },
    ),
    "atom_old": Platform(
        "platforms/atom_old.sql",
        "update agent_operation_tracker set status = 'completed' where id = 'op0'",
        [("report_generate", "completed", "Wrote the report")],
        {
            "agent_registry": [{"id": "a", "name": "Ada", "status": "autonomous"}],
            "agent_operation_tracker": rows(
                20,
                lambda n: {
                    "id": f"op{n}",
                    "agent_id": "a",
                    "operation_type": "report_generate",
                    "status": one_of(n, "completed", "failed") if n > 4 else "running",
                    "what_explanation": "Wrote the report",
                },
            ),
        },
    ),
    "langfuse": Platform(
        "platforms/langfuse.sql",
        "update observations set end_time = start_time where id in ('o0', 'o1'); "
        "update observations set end_time = start_time, level = 'ERROR', status_message = 'Timeout' where id = 'o2'",
        [
            ("workflow_execute", "completed", "Found three flights to Rome"),
            ("workflow_execute", "failed", "agent: Timeout"),
        ],
        {
            "projects": [{"id": "p", "name": "Travel"}],
            "observations": rows(
                40,
                lambda n: {
                    "id": f"o{n}",
                    "name": "agent",
                    "project_id": "p",
                    "parent_observation_id": f"o{n - 1}" if n % 2 else None,
                    "start_time": at(n, naive=True),
                    "end_time": at(n, 4, naive=True) if n > 4 else None,
                    "output": '{"text": "Found three flights to Rome"}',
                },
            ),
        },
    ),
    "bots": Platform(
        "drafting/bots.sql",
        "insert into bot_run_statuses (bot_run_id, status, message) values (40, 'started', null), "
        "(40, 'succeeded', null), (39, 'errored', 'The site was down for maintenance')",
        [
            ("workflow_execute", "completed", "Find a cheap flight to city 40"),
            ("workflow_execute", "failed", "The site was down for maintenance"),
        ],
    ),
    "robots": Platform(
        "drafting/robots.sql",
        "update jobs set state_code = 2 where id = 2; update jobs set state_code = 3 where id = 7; "
        "update jobs set state_code = 5 where id = 4",
        [
            ("workflow_execute", "completed", "Moved 2 boxes to the dock"),
            ("workflow_execute", "failed", "Moved 7 boxes to the dock"),
            ("approval_requested", "waiting", "Moved 4 boxes to the dock"),
        ],
    ),
    "assistants": Platform(
        "drafting/assistants.sql",
        "update \"Core\".\"AssistantRun\" set \"State\" = 'COMPLETED_SUCCESSFULLY', \"Result\" = "
        "'{\"body\": \"{\\\"summary\\\": \\\"Answered the customer\\\"}\"}' "
        "where \"State\" = 'WORKING' and \"CreatedAt\" < '2026-01-01 00:04'; "
        "update \"Core\".\"AssistantRun\" set \"State\" = 'COMPLETED_WITH_ERRORS' "
        "where \"CreatedAt\" = '2026-01-01 00:03'",
        [
            ("workflow_execute", "completed", "Answered the customer"),
            ("workflow_execute", "failed", "No credits are left"),
        ],
    ),
    "shops": Platform(
        "drafting/shops.sql",
        "update tasks set status = 'done', result = 'Saved much' where title = 'Compare the prices of 2 shops'; "
        "update tasks set status = 'failed', error_message = 'Blocked' where title = 'Compare the prices of 10 shops'; "
        "update tasks set status = 'done' where title = 'Compare the prices of 11 shops'",
        [
            ("report_generate", "completed", "Saved much"),
            ("security_scan", "failed", "Compare the prices of 10 shops: Blocked"),
        ],
    ),
    "two_kinds": Platform(
        "drafting/two_kinds.sql",
        "update executions set state = 'Finished', output = '\"Sent a mail\"' where id = 3; "
        "update executions set state = 'Error', failure_reason = 'Refused' where id = 7; "
        "update executions set state = 'Finished' where id = 4",
        [
            ("workflow_execute", "completed", "Sent a mail"),
            ("workflow_execute", "failed", "Refused"),
            ("workflow_execute", "completed", "Weekly report finished after 3.3 s"),
        ],
    ),
}  # fmt: skip
