"""Shapes of platforms that nobody had in mind: each was met in a public schema, and gave a wrong draft once."""

from __future__ import annotations

import json
from dataclasses import replace

from autopost.database.drafting.draft import draft
from autopost.database.drafting.snapshot import Reference, Snapshot
from autopost.database.drafting.words import words
from tests.support.drafting import AGENTS, drafted, operations, table, text_of

STATUS = "status text"
DONE = {"status": "done"}


def test_names_without_marks_are_split() -> None:
    """PostgreSQL folds a camelCase name that is not quoted; a word that only looks like two stays one."""
    for name, expected in {
        "startedat": ("started", "at"),
        "workflowid": ("workflow", "id"),
        "unifiedjob": ("unified", "job"),
        "tenantid": ("tenant", "id"),
        "format": ("format",),
        "candidate": ("candidate",),
        "runtime": ("runtime",),
        "rerun": ("rerun",),
    }.items():
        assert words(name) == expected
    made = operations(
        table("agents", "id text key", "name text"),
        table("agentruns", "id int key", "agentid text !", "jobstatus text", "startedat timestamptz"),
    )
    assert [made["agent_id"], made["started_at"]] == ["agentid", "startedat"]


def test_number_that_is_zero_until_it_is_known_is_no_time() -> None:
    """Else an operation that runs ended in 1970."""
    rows = [{"status": "done", "started": "1793491200", "finished": end} for end in ("0", "1793491260")]
    run = table("pipelines", "id int key", "agent text", STATUS, "started int !", "finished int", rows=rows)
    made = operations(run)
    assert made["completed_at"] == "to_timestamp(nullif(t.finished, 0))"
    assert "(nullif(t.finished, 0) - nullif(t.started, 0))" in made["what_explanation"]
    no_status = table("agent_runs", "id int key", "agent text", "error text", "ended_at int", rows=[{"ended_at": "0"}])
    assert "when coalesce(t.ended_at, 0) = 0 then 'running'" in operations(no_status)["status"]


def test_empty_json_and_empty_text_are_no_error() -> None:
    """An empty list is not shown, and a failed operation without a reason has a text all the same."""
    listed = [{"status": "failed", "errors": value} for value in ("[]", json.dumps([{"message": "No page"}]))]
    made = operations(AGENTS, table("agent_runs", "id int key", "agent_id text", STATUS, "errors json", rows=listed))
    assert "t.errors -> -1 ->> 'message'" in made["what_explanation"]
    assert "'[]'), '{}')" in made["what_explanation"]
    unsaid = table("agent_runs", "id int key", "agent text", "errors json !", "finished_at timestamptz")
    assert "not in ('', 'null', '[]', '{}'" in operations(unsaid)["status"], "an error by which a row failed"
    traced = table("agent_runs", "id int key", "agent text", STATUS, "result_traceback text !", rows=[DONE])
    assert "nullif(regexp_replace(btrim(t.result_traceback)" in operations(traced)["what_explanation"]


def test_error_of_something_else_and_word_of_a_program_are_not_taken() -> None:
    """A callback that failed says nothing of the run; end_turn is no reason that people read."""
    rows = [{"status": "failed", "stop_reason": "end_turn", "metadata": '{"error": {"message": "No credits left"}}'}]
    made = operations(
        AGENTS,
        table(
            "agent_runs",
            "id int key",
            "agent_id text",
            STATUS,
            "callback_error text",
            "stop_reason text",
            "metadata json",
            rows=rows,
        ),
    )
    assert "callback_error" not in made["what_explanation"]
    assert "t.metadata -> 'error' ->> 'message'" in made["what_explanation"]
    assert made["why_explanation"] == "null"


def test_who_works_is_found_where_nothing_is_called_an_agent() -> None:
    """A kind of agent, a class of jobs, what the runs are of; never the user who asked for it."""
    users = table("users", "id int key", "name text !")
    repos = table("repos", "id int key", "name text !", "active bool")
    kinds = table("agent_runs", "id int key", "agent_type (DEV,QA)", STATUS, "user_id int ->users.id", rows=[DONE])
    assert (
        "select unnest(enum_range(null::(DEV,QA)))::text as id" in draft(Snapshot("p", (users, kinds))).report.first[0]
    )
    for column, values in (("worker", ("Acme.Writer",)), ("agent_role", ("tester", "writer"))):
        rows = [{"status": "done", column: value} for value in values * 4]
        made = operations(users, table("agent_jobs", "id int key", f"{column} text", STATUS, "user_id int", rows=rows))
        assert made["agent_id"] == column
    rows = [{"status": "done", "repo_id": "1", "user_id": "1"}] * 3
    builds = table("pipelines", "id int key", "repo_id int !", "user_id int ! ->users.id", STATUS, rows=rows)
    made = drafted(users, repos, builds)
    assert (made["agents"]["table"], made["operation_trackers"]["columns"]["agent_id"]) == ("public.repos", "repo_id")
    assert "# CHECK: nothing is called an agent: public.repos is taken" in text_of(users, repos, builds)
    alone = drafted(users, table("pipelines", "id int key", "user_id int ! ->users.id", STATUS, rows=rows))
    assert alone["agents"]["table"] == "public.autopost_agents"


def test_code_of_another_table_leads_to_it() -> None:
    """Not to its id, which is a number too."""
    flow = table("t_flow_definition", "id int key", "code int !", "name text")
    flow = replace(flow, keys=(("id",), ("code",)))
    run = table("t_flow_run", "id int key", "flow_definition_code int", STATUS, rows=[DONE])
    made = drafted(flow, run)
    assert (made["agents"]["table"], made["agents"]["columns"]["id"]) == ("public.t_flow_definition", "code")


def test_executions_of_jobs_are_attempts() -> None:
    """The job is what is done once; of a workflow, which never ends, the execution is."""
    ended = ("finished_at timestamptz", "error text")
    job = table("good_jobs", "id int key", "job_class text", *ended, rows=[{}] * 3)
    tries = table("good_job_executions", "id int key", "job_class text", *ended, rows=[{}] * 9)
    assert drafted(job, tries)["operation_trackers"]["table"] == "public.good_jobs"
    archived = table(
        "archived_workflows", "uid text key", "phase text", "finishedat timestamptz", rows=[{"phase": "Failed"}]
    )
    assert drafted(archived)["operation_trackers"]["table"] == "public.archived_workflows"


def test_agents_of_a_council_work_and_not_the_council() -> None:
    """Runs of agents that are parts of another run, which has no agent."""
    council = table("council_runs", "id int key", STATUS, "created_at timestamptz", rows=[DONE] * 2)
    member = table(
        "agent_runs", "id int key", "council_run_id int ! ->council_runs.id", "agent (a,b)", STATUS, rows=[DONE] * 5
    )
    assert drafted(council, member)["operation_trackers"]["table"] == "public.agent_runs"


def test_tenant_that_is_part_of_the_agents_key_agrees() -> None:
    """Robot 1 of one tenant is not robot 1 of another."""
    robots = table(
        "robots",
        "tenant_id int key",
        "no int key",
        "name text",
        rows=[{"tenant_id": "1", "no": "1"}, {"tenant_id": "2", "no": "1"}],
    )
    runs = table(
        "robot_runs",
        "id int key",
        "tenant_id int !",
        "robot_no int !",
        STATUS,
        rows=[{"tenant_id": "2", "robot_no": "1", "status": "done"}],
    )
    key = Reference(("tenant_id", "robot_no"), "public.robots", ("tenant_id", "no"))
    runs = replace(runs, references=(key,))
    assert operations(robots, runs)["tenant_id"] == "tenant_id"


def test_id_of_another_row_is_never_made_up() -> None:
    """A workspace that nobody knows, with a foreign key or without: autopost makes its own audit log instead."""
    for column in ("workspace_id uuid !", "channel_id int !", "tenant text !"):
        log = table("audit_logs", "id uuid key", "action text !", "created_at timestamptz !", "metadata json", column)
        runs = table("agent_runs", "id int key", "agent_id text ! ->agents.id", STATUS)
        assert "audit_log" not in drafted(AGENTS, runs, log), column
        assert "must be given" in draft(Snapshot("p", (AGENTS, runs, log))).report.others[-1]


def test_kinds_that_no_rule_names_are_reported() -> None:
    """With their counts: most of the work could be left out."""
    rows = [{"status": "done", "job_type": kind} for kind in ("SecurityAudit", "ClaimCheck", "ClaimCheck")]
    run = table("agent_runs", "id int key", "agent_id text ! ->agents.id", STATUS, "job_type text", rows=rows)
    assert "# CHECK: no rule names ClaimCheck 2" in text_of(AGENTS, run)


def test_levels_that_no_agent_has_yet_are_asked_for() -> None:
    """A table without a row does not say what its status holds; with rows it does."""
    runs = table("agent_runs", "id int key", "agent_id text ! ->agents.id", STATUS)
    agents = ("agents", "id text key", "name text", "enabled bool", "status text")
    assert "# CHECK: no agent is there yet: if status will hold levels, write status" in text_of(table(*agents), runs)
    rows = [{"id": "a", "enabled": "true", "status": "INTERN"}]
    made = drafted(table(*agents, rows=rows), runs)
    assert made["agents"]["columns"]["maturity"] == "status"
    assert "will hold levels" not in text_of(table(*agents, rows=rows), runs)


def test_task_that_is_done_is_no_agent_and_agent_that_runs_is_no_operation() -> None:
    """An agent for each task would never be limited; instances of agents have a status too."""
    task = table("tasks", "id text key", "title text", STATUS, rows=[DONE, {"status": "open"}])
    rows = [{"status": "done", "task_id": str(n % 4), "agent_type": ("scripted", "library")[n % 2]} for n in range(8)]
    run = table("agent_runs", "id int key", "task_id text ! ->tasks.id", "agent_type text !", STATUS, rows=rows)
    assert operations(task, run)["agent_id"] == "agent_type"
    agents = table("agent_instances", "id text key", "display_name text", STATUS, rows=[{"status": "idle"}])
    whole = table("workflow_executions", "id text key", STATUS, rows=[{"status": "RUNNING"}] * 2)
    part = ("workflow_execution_id text ! ->workflow_executions.id", "agent_id text ->agent_instances.id")
    made = drafted(agents, whole, table("tasks", "id text key", "title text", STATUS, *part, rows=[DONE] * 4))
    assert (made["operation_trackers"]["table"], made["agents"]["table"]) == ("public.tasks", "public.agent_instances")


def test_kind_of_result_is_no_text() -> None:
    """The same few words again and again, and what stands in an error."""
    rows = [{"status": "failed", "outcome": "changes_requested", "error": '{"message": "Node broke"}'}] * 6
    made = operations(
        AGENTS, table("agent_runs", "id int key", "agent_id text", STATUS, "outcome text", "error json", rows=rows)
    )
    assert "outcome" not in made["what_explanation"]
    assert made["what_explanation"].count("t.error ->> 'message'") == 1
