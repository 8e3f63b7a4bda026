"""What a draft makes of the table of operations: its status, type, id, times and texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autopost.database.drafting.snapshot import Table
from tests.support.drafting import AGENTS, drafted, operations, table, text_of

ENDED = ("finished_at timestamptz", "created_at timestamptz !")


def runs(*columns: str, rows: Sequence[Mapping[str, str | None]] = ()) -> Table:
    """Return a table of runs of agents with these columns besides."""
    return table("agent_runs", "id int key", "agent_id text ! ->agents.id", *columns, *ENDED, rows=rows)


def values(column: str, *given: str | None) -> list[dict[str, str | None]]:
    """Return a row for each value of a column."""
    return [{column: value} for value in given]


def test_status_that_reads_as_autopost_needs_it_is_taken_as_it_is() -> None:
    """In lower case as the column, in another case by lower()."""
    for rows, expected in (
        (values("status", "completed", "failed", "queued"), "status"),
        (values("status", "COMPLETED", "FAILED", "QUEUED"), "lower(t.status)"),
    ):
        assert operations(AGENTS, runs("status text !", rows=rows))["status"] == expected


def test_labels_of_an_enum_that_have_not_occurred_yet_are_translated() -> None:
    """Any value may come tomorrow."""
    status = operations(AGENTS, runs("state (NEW,DONE,CRASHED,TIMED_OUT)", rows=values("state", "DONE")))["status"]
    assert "when t.state = 'DONE' then 'completed'" in status
    assert "when t.state in ('CRASHED', 'TIMED_OUT') then 'failed'" in status


def test_end_of_a_part_is_no_end_of_the_operation() -> None:
    """Where the whole has a word of its own; with another word beside it, a completion is one."""
    labels = "(init,finish,finish_branch,error,step_error,finish_with_warnings)"
    status = operations(AGENTS, runs(f"state {labels} !", rows=values("state", "finish")))["status"]
    assert "when t.state in ('finish', 'finish_with_warnings') then 'completed'" in status
    assert "when t.state = 'error' then 'failed'" in status
    alone = operations(AGENTS, runs("state (init,task_finished,task_failed) !", rows=values("state", "init")))["status"]
    assert "when t.state = 'task_finished' then 'completed'" in alone


def test_text_that_has_not_failed_yet_is_compared_with_the_usual_words() -> None:
    """In the letter case of the values that occur, and said to be checked."""
    platform = (AGENTS, runs("state text", rows=values("state", "SUCCESS", "RUNNING")))
    assert "t.state in ('FAILED', 'ERROR', 'FAILURE', 'CRASHED', 'TIMED_OUT')" in operations(*platform)["status"]
    assert "# CHECK: no row is failed yet" in text_of(*platform)
    assert "lower(t.state) in ('failed'" in operations(AGENTS, runs("state text"))["status"]


def test_status_that_nobody_can_know_must_be_decided() -> None:
    """An enum in which nothing is a completion, and numbers without names: no guess that posts nothing."""
    for column, rows in (("state (OPEN,CLOSED)", ()), ("status int !", values("status", "1", "2", "2"))):
        assert operations(AGENTS, runs(column, rows=rows))["status"].startswith("DECIDE: which ")


def test_numbers_are_named_by_a_lookup_table() -> None:
    """That a foreign key leads to."""
    names = table(
        "run_states",
        "code int key",
        "label text !",
        rows=[{"code": "7", "label": "Done"}, {"code": "9", "label": "Crashed"}],
    )
    status = operations(AGENTS, names, runs("state_code int ! ->run_states.code"))["status"]
    assert "when t.state_code = 7 then 'completed'" in status
    assert "when t.state_code = 9 then 'failed'" in status


def test_numbers_are_concluded_from_end_times_and_errors() -> None:
    """Where each has enough rows and one alone ends well; with a doubt."""
    rows = [
        {"status": str(code), "error": error, "finished_at": end}
        for code, error, end in ((1, None, None), (2, None, "2026-01-01"), (3, "boom", "2026-01-01"))
        for _ in range(6)
    ]
    platform = (AGENTS, runs("status int !", "error text", rows=rows))
    status = operations(*platform)["status"]
    assert ["when t.status = 2 then 'completed'" in status, "when t.status = 3 then 'failed'" in status] == [True, True]
    assert "# CHECK: what the numbers of status mean" in text_of(*platform)
    cancelled = [{"status": "4", "error": None, "finished_at": "2026-01-01"} for _ in range(6)]
    undecided = operations(AGENTS, runs("status int !", "error text", rows=[*rows, *cancelled]))["status"]
    assert undecided.startswith("DECIDE"), "done or cancelled: two numbers end well"


def test_end_is_seen_without_a_status() -> None:
    """By a flag of success, or by an end time and an error."""
    assert operations(AGENTS, runs("success bool"))["status"] == (
        "case when t.finished_at is null then 'running' when t.success is false then 'failed' else 'completed' end"
    )
    assert operations(AGENTS, runs("error text"))["status"] == (
        "case when t.finished_at is null then 'running' when t.error <> '' then 'failed' else 'completed' end"
    )


def test_row_that_waits_for_a_person_asks_for_approval() -> None:
    """And a pause that could be anything is named with the line to write."""
    kinds = operations(AGENTS, runs("state (DONE,FAILED,AWAITING_APPROVAL)"))["operation_type"]
    assert "when t.state = 'AWAITING_APPROVAL' then 'approval_requested'" in kinds
    assert "if PAUSED means that a person must approve" in text_of(AGENTS, runs("state (DONE,FAILED,PAUSED)"))


def test_kinds_of_work_become_the_types_that_rules_name() -> None:
    """Where they surely mean one; the others stay and are named."""
    rows = values("task_type", "browse", "generate_report", "Security Scan", "connect_integration", "chat")
    platform = (AGENTS, runs("status text", "task_type text", rows=rows))
    kinds = operations(*platform)["operation_type"]
    for value, expected in (
        ("browse", "browser_automate"),
        ("generate_report", "report_generate"),
        ("Security Scan", "security_scan"),
        ("connect_integration", "integration_connect"),
    ):
        assert f"when t.task_type = '{value}' then '{expected}'" in kinds
    assert "else t.task_type" in kinds
    assert "no rule names chat" in text_of(*platform)
    only_others = operations(AGENTS, runs("status text", "task_type text", rows=values("task_type", "chat", "embed")))
    assert only_others["operation_type"] == "'workflow_execute'", "else nothing would ever be posted"


def test_parts_and_tests_are_left_out() -> None:
    """A row with a parent, a flag of a test, a value that says test; not where every row is one."""
    rows = [{"parent_run_id": parent, "mode": mode} for parent, mode in ((None, "live"), ("1", "debug"))]
    kinds = operations(AGENTS, runs("status text", "parent_run_id int", "is_test bool", "mode text", rows=rows))[
        "operation_type"
    ]
    assert kinds.split("\n")[1:4] == [
        "    when t.parent_run_id is not null then null",
        "    when t.is_test then null",
        "    when t.mode = 'debug' then null",
    ]
    every = operations(AGENTS, runs("status text", "parent_run_id int", rows=values("parent_run_id", "1", "2")))
    assert every["operation_type"] == "'workflow_execute'"


def test_key_of_several_columns_is_a_list() -> None:
    """But a time in it, whose text depends on the session, makes it an expression, or is not needed."""
    for columns, expected in (
        (("dag_id text key", "run_id text key"), ["dag_id", "run_id"]),
        (('"threadId" uuid key'.replace('"', ""), "seq int key"), ['"threadId"', "seq"]),
        (("id uuid key", "created_on timestamptz key"), "id"),
        (("no int key", "created_on timestamptz key"), "concat_ws('/', t.no, extract(epoch from t.created_on))"),
    ):
        made = operations(table("agent_runs", *columns, "agent text", "status text"))
        assert made["id"] == expected


def test_table_without_a_key_must_be_decided() -> None:
    """An id that is not unique would lose operations."""
    made = operations(AGENTS, table("agent_runs", "no int", "agent_id text ->agents.id", "status text"))
    assert made["id"].startswith("DECIDE: which columns make a row")


def test_unit_of_a_number_of_time_is_seen_by_its_values() -> None:
    """Seconds, milliseconds, microseconds, nanoseconds; without a value the size of each decides."""
    for value, expected in (
        ("1793491200", "to_timestamp(t.ended_at)"),
        ("1793491200.25", "to_timestamp(t.ended_at)"),
        ("1793491200000", "to_timestamp(t.ended_at / 1000.0)"),
        ("1793491200000000", "to_timestamp(t.ended_at / 1000000.0)"),
        ("1793491200000000000", "to_timestamp(t.ended_at / 1000000000.0)"),
    ):
        run = table(
            "agent_runs",
            "id int key",
            "agent text",
            "status text",
            "ended_at float",
            rows=values("ended_at", value, value),
        )
        assert operations(run)["completed_at"] == expected, value
    empty = operations(table("agent_runs", "id int key", "agent text", "status text", "ended_at int"))
    assert "case when t.ended_at >= 1e17 then 1e9" in empty["completed_at"]


def test_time_without_a_zone_is_taken_as_utc_and_doubted() -> None:
    """And one with a zone is not."""
    platform = table(
        "agent_runs", "id int key", "agent text", "status text", "started_at timestamptz", "ended_at timestamp"
    )
    made = operations(platform)
    assert (made["started_at"], made["completed_at"]) == ("started_at", "(t.ended_at at time zone 'UTC')")
    assert text_of(platform).count("UTC is assumed") == 1


def test_text_is_found_in_columns_and_in_json() -> None:
    """In a column, in JSON, in JSON as text, in JSON in JSON; ids, addresses and hashes are no texts."""
    said = "Compared the prices of ten shops"
    inner = json.dumps({"summary": said})
    for column, value, expected in (
        ("result text", said, "nullif(btrim(t.result), '')"),
        ("output json", json.dumps({"text": said}), "nullif(btrim(t.output ->> 'text'), '')"),
        ("output json", json.dumps({"data": {"answer": said}}), "nullif(btrim(t.output -> 'data' ->> 'answer'), '')"),
        ("output json", json.dumps(said), "nullif(btrim(t.output #>> '{}'), '')"),
        ("outputs text", inner, "nullif(btrim(autopost.auto_post_json(t.outputs) ->> 'summary'), '')"),
        ("output json", json.dumps({"body": inner}), "autopost.auto_post_json(t.output ->> 'body') ->> 'summary'"),
    ):
        rows = values(column.split()[0], *[value] * 3)
        assert expected in operations(AGENTS, runs("status text", column, rows=rows))["what_explanation"], column
    for value in ("4f6d2a9c8e7b", "https://example.com/a", "s3://bucket/key"):
        made = operations(AGENTS, runs("status text", "result text", rows=values("result", value, value)))
        assert "t.result" not in made["what_explanation"], value


def test_failed_operation_is_explained_by_its_error() -> None:
    """By its first line, by the message in JSON, by the last line of a traceback."""
    for column, value, expected in (
        ("error text", "Boom\nat line 3", "split_part(btrim(t.error), chr(10), 1)"),
        ("error json", '{"message": "Boom"}', "t.error ->> 'message'"),
        ("traceback text", "Traceback\n  File x\nValueError: boom", "regexp_replace(btrim(t.traceback), '^.*\\n', '')"),
        ("stats json", '{"error": "Boom"}', "t.stats ->> 'error'"),
    ):
        rows = [{"status": "failed", column.split()[0]: value}, {"status": "completed"}]
        what = operations(AGENTS, runs("status text", column, rows=rows))["what_explanation"]
        assert "case when t.status = 'failed'" in what, column
        assert expected in what, column


def test_text_of_another_table_is_found() -> None:
    """By its name among attributes."""
    attributes = table(
        "agent_run_attributes", "agent_run_id int key ->agent_runs.id", "key text key", "value text",
        rows=[{"key": "summary", "value": "Sold ten"}, {"key": "cpu", "value": "3"}],
    )  # fmt: skip
    what = operations(AGENTS, runs("status text"), attributes)["what_explanation"]
    assert (
        "(select max(a.value) from public.agent_run_attributes as a where a.agent_run_id = t.id and a.key = 'summary')"
        in what
    )


def test_status_may_be_a_row_of_another_table() -> None:
    """Then each such row is an operation, and what it is about is read from the row that it belongs to."""
    goals = values("goal", "Find a cheap flight to Rome")
    changes = values("state", "started", "succeeded", "crashed")
    when = "created_at timestamptz !"
    run = table("agent_runs", "id int key", "agent_id text ! ->agents.id", "goal text", when, rows=goals)
    of_run = "agent_run_id int ! ->agent_runs.id"
    states = table("agent_run_states", "id int key", of_run, "state text !", when, rows=changes)
    made = drafted(AGENTS, run, states)["operation_trackers"]
    assert made["table"] == "public.agent_run_states"
    columns = made["columns"]
    assert columns["agent_id"] == "(select p.agent_id from public.agent_runs as p where p.id = t.agent_run_id limit 1)"
    assert "(select p.goal from public.agent_runs as p" in columns["what_explanation"]
    assert "t.state = 'crashed' then 'failed'" in columns["status"]


def test_numbers_are_named_by_a_comment() -> None:
    """In the ways in which people write that."""
    for comment in (
        "0: running, 1: done, 2: failed",
        "0=running;1=done;2=failed",
        "running=0, done=1, failed=2",
        "state of the job (0 - Running, 1 - Done, 2 - Failed)",
        "0 => running, 1 => done, 2 => failed",
        "0 = 'running', 1 = 'done', 2 = 'timed out'",
        "RUNNING(0) DONE(1) FAILED(2)",
    ):
        plain = runs("state int !")
        columns = tuple(replace(each, comment=comment) if each.name == "state" else each for each in plain.columns)
        status = operations(AGENTS, replace(plain, columns=columns))["status"]
        assert "when t.state = 1 then 'completed'" in status, comment
        assert "when t.state = 2 then 'failed'" in status, comment
