"""Which tables a draft chooses, and how a person names others."""

from __future__ import annotations

import pytest

from autopost.database.drafting.draft import Wanted, draft
from autopost.database.drafting.snapshot import Snapshot, Table
from autopost.database.mapping_file import parse_mapping
from autopost.errors import ConfigurationError
from tests.support.drafting import AGENTS, drafted, table, text_of

STATUS = "status text"
OF_AGENT = "agent_id text ! ->agents.id"


def chosen(*tables: Table) -> str:
    """Return the table of operations of a draft, without its schema."""
    return str(drafted(AGENTS, *tables)["operation_trackers"]["table"]).removeprefix("public.")


def test_rows_count_more_than_a_name() -> None:
    """The better name is of a table that nobody uses."""
    empty = table("agent_operation_tracker", "id text key", OF_AGENT, "operation_type text", STATUS)
    used = table("tasks", "id text key", OF_AGENT, STATUS, rows=[{"status": "done"}])
    assert (chosen(empty, used), chosen(empty)) == ("tasks", "agent_operation_tracker")


def test_operation_is_chosen_before_its_steps() -> None:
    """The run, and not its tasks, attempts or logs, which have more rows; a run that a task started is a run."""
    run = table(
        "flow_run", "id int key", OF_AGENT, STATUS, "parent_task_id int ->task_run.id", rows=[{"status": "done"}]
    )
    steps = [
        table(
            name,
            "id int key",
            "flow_run_id int ! ->flow_run.id",
            STATUS,
            "error text",
            "ended_at timestamptz",
            rows=[{"status": "done"}] * 9,
        )
        for name in ("task_run", "job_attempts", "flow_run_steps", "run_logs")
    ]
    assert chosen(*steps, run) == "flow_run"


def test_log_with_a_row_for_each_run_is_the_table_of_runs() -> None:
    """Each row has a start and an end; a log of what happened in between has one time, and is no table of runs."""
    times = ("started_at timestamptz !", "ended_at timestamptz")
    log = table("execution_logs", "id text key", OF_AGENT, "level text !", *times, rows=[{"level": "error"}] * 2)
    lines = table("execution_log_lines", "id text key", OF_AGENT, "level text !", "at timestamptz", rows=log.sample)
    paused = table("paused_executions", "id text key", OF_AGENT, STATUS)
    assert chosen(lines, paused, log) == "execution_logs"


def test_what_is_no_work_is_not_chosen() -> None:
    """Settings, versions, webhooks and users have a status too."""
    others = [
        table(name, "id int key", STATUS, "created_at timestamptz")
        for name in ("users", "workflow_versions", "job_settings", "webhooks", "schedules", "invoices")
    ]
    with pytest.raises(ConfigurationError, match=r"no table of platform looks like operations.*--operations schema"):
        draft(Snapshot("platform", (AGENTS, *others)))


def test_tables_that_a_person_names_are_taken() -> None:
    """Several tables of operations have a name each but the first; in any letter case, with the schema or without."""
    first = table("tasks", "id int key", OF_AGENT, STATUS)
    second = table("AgentExecutions", "id int key", OF_AGENT, STATUS)
    text = text_of(AGENTS, first, second, wanted=Wanted(operations=("public.tasks", 'public."AgentExecutions"')))
    mapping = parse_mapping(text, "draft")
    assert [(table.table, table.name) for table in mapping.operations] == [
        ('"public"."tasks"', ""),
        ('"public"."AgentExecutions"', "agent_execution"),
    ]
    for name in ("agentexecutions", "public.AgentExecutions"):
        made = drafted(AGENTS, first, second, wanted=Wanted(operations=(name,)))
        assert made["operation_trackers"]["table"] == 'public."AgentExecutions"'


def test_table_that_is_not_there_is_named_with_those_that_are_alike() -> None:
    """So that a person finds the right one."""
    with pytest.raises(ConfigurationError, match=r"no table public.agent_run .* there are public.agent_runs"):
        draft(Snapshot("platform", (AGENTS, table("agent_runs", "id int key", STATUS))), Wanted(("public.agent_run",)))


def test_agents_that_nothing_refers_to_must_be_decided() -> None:
    """A person named them; only a person knows how an operation leads to them."""
    staff = table("staff", "id text key", "name text")
    made = drafted(staff, table("runs", "id int key", STATUS), wanted=Wanted(agents="public.staff"))
    assert made["agents"]["table"] == "public.staff"
    assert made["operation_trackers"]["columns"]["agent_id"].startswith("DECIDE: which column of public.runs")


def test_undecided_mapping_is_refused_with_what_to_decide() -> None:
    """All of it at once, before anything is asked of the database."""
    text = text_of(AGENTS, table("runs", "no int", OF_AGENT, "state (A,B)"))
    with pytest.raises(ConfigurationError) as caught:
        parse_mapping(text, "platform.toml")
    where = "  [operation_trackers.columns]"
    assert str(caught.value).splitlines() == [
        "platform.toml is invalid:",
        f"{where} id: not decided yet: which columns make a row of public.runs unique: no key says it",
        f"{where} status: not decided yet: which value of state means completed: A, B",
    ]


def test_values_that_could_be_anybodys_text_are_not_shown() -> None:
    """A draft, which people send around, has no more than short plain words of a table."""
    rows = [{"status": value} for value in ("done", "failed: jane.doe@example.com owes 4,000", "failed")]
    text = text_of(AGENTS, table("runs", "id int key", OF_AGENT, STATUS, rows=rows))
    assert "# status: done 1, failed 1" in text
    assert "# CHECK: values of status that are not plain words" in text
    assert "jane" not in text
