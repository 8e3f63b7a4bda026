"""`autopost preview`: what would be posted, before anything is installed and after."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autopost.cli.preview.command import decided_report
from autopost.cli.preview.report import Report
from autopost.cli.preview.write import Texts
from autopost.cli.sampling.platform import find_platform
from autopost.cli.sampling.rules import rules_met
from autopost.cli.sampling.sample import read_sample
from autopost.database.connection import connect
from autopost.database.mapping_file import parse_mapping
from autopost.database.sql import read_object, render
from autopost.errors import SchemaMismatch
from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from tests.conftest import OUTER_URL
from tests.support.command_line import autopost
from tests.support.host import SCHEMAS, Host, open_connection, until
from tests.support.llm_server import LlmServer, says
from tests.support.work import eventually, working

NOW = datetime.now(UTC).replace(microsecond=0)
TEMPLATES = {"SOCIAL_POST_LLM_ENABLED": "false"}


@pytest.fixture
def bare(empty_database: str) -> Iterator[Host]:
    """Return a platform with autopost's names for its tables, where nothing is installed."""
    with open_connection(empty_database, autocommit=True) as connection:
        for table in ("agents", "operation_trackers"):
            connection.execute(render(read_object(f"tables/{table}"), SCHEMAS).encode())
        yield Host(connection)


async def preview(dsn: str, redactor: Redactor, *, newest: int = 200, mapping: str = "", **settings: Any) -> Report:
    """Return the report of a preview, without a process."""
    given = load_settings(database_url=dsn, **{"llm_enabled": False, **settings})
    connection = await connect(given, "preview")
    try:
        platform = await find_platform(connection, given, parse_mapping(mapping, "it") if mapping else None)
        sample = await read_sample(connection, platform, newest)
    finally:
        connection.terminate()
    return await decided_report(given, platform, sample, Texts(given, redactor))


def ended(host: Host, id_: str, minutes_ago: float, **fields: Any) -> None:
    """Insert an operation that ended some time ago."""
    host.start(id_, **{"status": "completed", **fields})
    at = NOW - timedelta(minutes=minutes_ago)
    host.execute(
        "update operation_trackers set started_at = %s, completed_at = %s where id = %s",
        (at - timedelta(minutes=1), at, id_),
    )


def every_outcome(host: Host) -> dict[str, str]:
    """Make operations with every outcome; return the expected one of each, by id."""
    host.agent("ada", name="Ada")
    host.agent("stu", name="Stu", maturity="Student")
    host.agent("grace", name="Grace", maturity="intern")
    ended(host, "posted", 60)
    ended(host, "limited", 58)
    ended(host, "alert", 57, status="failed")
    ended(host, "later", 50)
    ended(host, "silent", 40, what=" \u200b")
    ended(host, "student", 39, agent="stu")
    ended(host, "unknown", 38, agent="nobody")
    ended(host, "other tenant", 37, agent="grace")
    host.execute("update operation_trackers set tenant_id = 'another' where id = 'other tenant'")
    ended(host, "insignificant", 36, operation_type="database_query")
    ended(host, "running", 35, status="running")
    ended(host, "approval", 34, operation_type="approval_requested", status="waiting", agent="grace")
    return {
        **dict.fromkeys(("posted", "alert", "later", "approval"), "posted"),
        "limited": "rate_limited",
        "silent": "missing_explanation",
        "student": "maturity_blocked",
        "unknown": "agent_unknown",
        "other tenant": "tenant_mismatch",
        **dict.fromkeys(("insignificant", "running"), "no rule matches"),
    }


async def test_preview_before_an_install_accounts_for_every_operation(bare: Host, redactor: Redactor) -> None:
    """Each operation is in one line of the totals, and nothing is written: not even a transaction id is used."""
    expected = every_outcome(bare)
    used = []
    for _ in range(3):  # autovacuum may use an id meanwhile, but hardly each time
        before = bare.value("select pg_snapshot_xmax(pg_current_snapshot())::text")
        report = await preview(bare.connection.info.dsn, redactor)
        used.append(bare.value("select pg_snapshot_xmax(pg_current_snapshot())::text") != before)
    assert OUTER_URL or not all(used), "on a server of one's own nobody else uses ids"
    totals = {outcome: [*expected.values()].count(outcome) for outcome in expected.values()}
    assert report.totals == totals
    assert sum(report.totals.values()) == report.operations == len(expected)
    assert {post.tracker_id for post in report.posts} == {id_ for id_, why in expected.items() if why == "posted"}
    assert [post.tracker_id for post in report.posts] == ["approval", "later", "alert", "posted"]
    assert {(agent.agent, agent.reason) for agent in report.blocked} == {
        ("Stu", "maturity_blocked"),
        ("nobody", "agent_unknown"),
        ("Grace", "tenant_mismatch"),
    }
    assert sorted(report.unmatched) == [("database_query", "completed", 1), ("workflow_execute", "running", 1)]
    assert report.problems == []


async def test_preview_is_what_a_worker_then_does(host: Host, database: str, redactor: Redactor) -> None:
    """The same texts and the same reasons as those of the real trigger and the real worker for the same operations."""
    host.agent("ada")
    host.agent("grace", name="Grace O'Brien", maturity="supervised")
    host.agent("stu", name="Stu", maturity="student")
    host.agent("quiet", name="Quiet")
    for number, fields in enumerate(
        [
            {},
            {},
            {"agent": "grace", "what": "Wrote to jane.doe@example.com about {status} and 100 %"},
            {"agent": "grace", "what": "Could not log in", "status": "failed"},
            {"agent": "grace", "operation_type": "security_scan", "what": "Looked at 40 hosts 🔍" * 30},
            {"agent": "stu"},
            {"agent": None},
            {"what": None, "agent": "quiet"},
            {"operation_type": "approval_requested", "status": "waiting", "what": "May I?"},
            {"operation_type": "agent_to_agent_call", "status": "running", "agent": "grace", "what": "Asked"},
            *({"operation_type": "browser_automate", "status": "failed", "what": f"Page {n}"} for n in range(3)),
            {"operation_type": "status_check"},
        ]
    ):
        host.complete(f"op{number}", **fields)  # type: ignore[arg-type]
        host.execute(
            "update operation_trackers set started_at = clock_timestamp(), completed_at = null where id = %s",
            (f"op{number}",),
        )
    limits: dict[str, Any] = {"alert_burst": 2, "rate_limit_minutes": 10}
    report = await preview(database, redactor, **limits)
    async with working(load_settings(database_url=database, llm_enabled=False, **limits), redactor):
        unfinished = "select count(*) from auto_post_outbox where state in ('pending', 'claimed') and summary is null"
        await eventually(lambda: host.value(unfinished) == 0)
    posts = host.rows(
        "select content, post_type, author_id from social_posts where post_metadata ->> 'alert_storm' is null"
    )
    assert sorted((post.content, post.post_type) for post in report.posts if not post.summed) == sorted(
        (row["content"], row["post_type"]) for row in posts
    )
    reasons = host.rows(
        "select reason, count(*)::integer as number from auto_post_outbox where summary is null group by reason"
    )
    found = {row["reason"] or "posted": row["number"] for row in reasons}
    assert report.totals == {**found, "no rule matches": 1}
    (summary,) = [post for post in report.posts if post.summed]
    assert (summary.summed, summary.post_type) == (1, "alert")


async def test_digests_are_carried_and_posted_as_the_setting_says(bare: Host, redactor: Redactor) -> None:
    """Beside the next post, in its text, or in a post at the end of the window; none of it where digests are off."""
    bare.agent()
    for id_, minutes_ago in (("first", 60), ("two", 59), ("three", 58), ("next", 50), ("late", 49)):
        ended(bare, id_, minutes_ago)
    since = NOW - timedelta(minutes=60)

    async def posts(digest: str) -> list[tuple[float, str | None, int, str | None]]:
        report = await preview(bare.connection.info.dsn, redactor, digest=digest)
        assert report.totals == {"posted": 2, "rate_limited": 3}
        return [
            (
                (NOW - post.at).total_seconds() / 60,
                None if post.is_digest else post.tracker_id,
                post.carried,
                post.beside,
            )
            for post in report.posts
            if post.at is not None
        ]

    plain: list[tuple[float, str | None, int, str | None]] = [(50, "next", 0, None), (60, "first", 0, None)]
    assert await posts("off") == plain
    day = "" if since.date() == (NOW - timedelta(minutes=50)).date() else f"{since.day} {since:%b}, "
    assert await posts("metadata") == [(50, "next", 2, f"and 2 more since {day}{since:%H:%M} UTC"), plain[1]]
    assert await posts("text") == [(50, "next", 2, None), plain[1]]
    assert await posts("post") == [(45, None, 1, None), plain[0], (55, None, 2, None), plain[1]]
    contents = {
        digest: (await preview(bare.connection.info.dsn, redactor, digest=digest)).posts[0].content
        for digest in ("text", "post")
    }
    assert contents["text"].endswith(" (+ 2 more since the last post: 2 workflows)")
    assert contents["post"] == "Ada also finished a workflow."


async def test_rules_before_an_install_are_those_of_an_install(host: Host, database: str) -> None:
    """The same rules, and for any type and status the same one as the function of the trigger says."""
    defaults = read_object("queries/cli/default_rules")
    for columns in ("operation_type, match, status, is_alert, enabled",):
        assert host.rows(f"select {columns} from ({defaults}) as r order by id") == host.rows(
            f"select {columns} from auto_post_rules order by id"
        )
    host.execute("insert into auto_post_rules (operation_type, match) values ('%scan', 'like'), ('Deploy_%', 'like')")
    host.execute("update auto_post_rules set enabled = false where operation_type = 'report_generate'")
    types = [
        "workflow_execute",
        "WORKFLOW_EXECUTE",
        "security_scan",
        "x Security x",
        "deploy_1",
        "report_generate",
        "",
        None,
    ]
    types += ["approval_requested", "agent_to_agent_call", "a%b", "scan"]
    changes = [
        (type_, status) for type_ in types for status in ("completed", "failed", "running", "COMPLETED", "", None)
    ]
    given = load_settings(database_url=database)
    connection = await connect(given, "preview")
    try:
        met = await rules_met(connection, await find_platform(connection, given), changes)
    finally:
        connection.terminate()
    for type_, status in changes:
        rows = host.rows("select rule_id, is_alert from auto_post_best_rule(%s, %s)", (type_, status))
        rule = met.get((type_, status))
        found = [{"rule_id": rule.id, "is_alert": rule.is_alert}] if rule else []
        assert found == rows, (type_, status)


async def test_preview_uses_the_rules_and_pauses_of_an_install(host: Host, database: str, redactor: Redactor) -> None:
    """A rule that is off, one that was added with a title, and a pause: seen without waiting for the next operation."""
    host.agent("ada")
    host.agent("grace", name="Grace")
    host.execute("update auto_post_rules set enabled = false where operation_type = 'report_generate'")
    host.execute("insert into auto_post_rules (operation_type, status, title) values ('deploy', 'done', 'a roll-out')")
    host.execute("select auto_post_pause('agent', 'grace')")
    ended(host, "off", 30, operation_type="report_generate")
    ended(host, "added", 20, operation_type="deploy", status="done")
    ended(host, "paused", 10, agent="grace")
    report = await preview(database, redactor)
    assert report.is_installed
    assert report.totals == {"posted": 1, "paused": 1, "no rule matches": 1}
    assert [post.operation_type for post in report.posts] == ["deploy"]
    assert "a roll-out" in report.posts[0].content


def test_preview_shows_the_teams_wording(host: Host, database: str, tmp_path: Path) -> None:
    """That of the option, or else of the setting; what is wrong with it, before anything is read."""
    host.agent("ada", name="Ada")
    ended(host, "one", 30, what="Saw to it")
    file = tmp_path / "wording.toml"
    file.write_text('[[templates]]\nrule = 1\noutcome = "completed"\ntext = "{agent_name}: {what_explanation}"')
    given = {**TEMPLATES, "SOCIAL_POST_WORDING_FILE": str(file)}
    assert "Ada: Saw to it" in autopost("preview", dsn=database, **given).stdout
    other = tmp_path / "other.toml"
    other.write_text('[[templates]]\noutcome = "completed"\ntext = "By option: {what_explanation}"')
    assert "By option: Saw to it" in autopost("preview", "--wording", str(other), dsn=database, **given).stdout
    other.write_text('[[templates]]\noutcome = "completed"\ntext = "{who}"')
    refused = autopost("preview", "--wording", str(other), dsn=database, **given)
    assert (refused.returncode, "line 3: [[templates]] 1 text: character 1: {who} is" in refused.stderr) == (2, True)


MAPPED = """
[agents]
table = "public.apps"
[agents.columns]
tenant_id = "null"
category = "null"
[operation_trackers]
table = "public.runs"
[operation_trackers.columns]
tenant_id = "null"
agent_id = "app"
operation_type = "'workflow_execute'"
status = "case t.state when 'succeeded' then 'completed' else t.state end"
what_explanation = "t.outputs::jsonb ->> 'text'"
why_explanation = "null"
next_steps = "null"
started_at = "t.begun at time zone 'UTC'"
completed_at = "null"
"""
TOLERANT = MAPPED.replace("t.outputs::jsonb", "autopost.auto_post_json(t.outputs)")


@contextlib.contextmanager
def mapped_platform(dsn: str, rows: int = 20) -> Iterator[Host]:
    """Make a platform with names of its own; every fifth run has no JSON in its outputs."""
    with open_connection(dsn, autocommit=True) as connection:
        host = Host(connection)
        host.execute(
            "create table apps (id text primary key, name text, maturity text);"
            "create table runs (id bigint primary key, app text, state text, outputs text, begun timestamp) "
            "with (autovacuum_enabled = false);"
            "insert into apps values ('a', 'Ada', 'autonomous');"
        )
        host.execute(
            "insert into runs select n, 'a', 'succeeded', case when n %% 5 = 0 then 'jane.doe@example.com owes 4,000' "
            "else '{\"text\": \"Run ' || n || '\"}' end, now() at time zone 'UTC' - (%s - n) * interval '10 min' "
            "from generate_series(1, %s) as n",
            (rows, rows),
        )
        yield host


async def test_rows_that_an_expression_cannot_read_are_named_by_id(empty_database: str, redactor: Redactor) -> None:
    """With the expression and the kind of error, never with what is in the row; all others are shown."""
    with mapped_platform(empty_database):
        report = await preview(empty_database, redactor, mapping=MAPPED)
        assert report.totals == {"posted": 16, "cannot be read": 4}
        assert {(failed.id, failed.column) for failed in report.failed} == {
            (str(number), "what_explanation") for number in (5, 10, 15, 20)
        }
        assert {failed.error for failed in report.failed} == {"invalid text representation (22P02)"}
        assert "jane" not in json.dumps(report.as_json())
        tolerant = await preview(empty_database, redactor, mapping=TOLERANT)
        assert tolerant.totals == {"posted": 16, "missing_explanation": 4}


async def test_function_for_json_is_there_before_an_install_for_one_transaction(
    empty_database: str, redactor: Redactor
) -> None:
    """It is gone afterwards; a role that may not make it is told what to do. Without it SELECT is enough."""
    with mapped_platform(empty_database) as host:
        await preview(empty_database, redactor, mapping=TOLERANT)
        assert host.value("select count(*) from pg_proc where proname = 'auto_post_json'") == 0
        role = f"autopost_test_reader_{host.connection.info.backend_pid}"
        database = host.connection.info.dbname
        host.execute(f"create role {role} login; revoke temporary on database {database} from public")
        host.execute(f"grant select on apps, runs to {role}; alter role {role} set default_transaction_read_only = on")
        try:
            report = await preview(f"{empty_database} user={role}", redactor, mapping=MAPPED)
            assert report.totals == {"posted": 16, "cannot be read": 4}
            with pytest.raises(SchemaMismatch, match="grant temporary on the database"):
                await preview(f"{empty_database} user={role}", redactor, mapping=TOLERANT)
        finally:
            host.execute(f"drop owned by {role}; drop role {role}")


async def test_newest_are_found_by_an_index_or_by_place(empty_database: str, redactor: Redactor) -> None:
    """By a time's index, by a serial number, or in the order of the file: the same operations, and few blocks read."""
    with mapped_platform(empty_database, rows=60_000) as host:
        host.execute('update runs set outputs = \'{"text": "x"}\'')
        host.execute("vacuum analyze runs")

        async def looked() -> Report:
            return await preview(empty_database, redactor, newest=30, mapping=MAPPED, rate_limit_minutes=1)

        by_id = await looked()
        assert by_id.tables == {"public.runs": "id"}
        host.execute("alter table runs drop constraint runs_pkey")
        by_place = await looked()
        assert by_place.tables == {"public.runs": "physical order"}
        host.execute("create index on runs (begun)")
        by_time = await looked()
        assert by_time.tables == {"public.runs": "begun"}
        newest = [str(number) for number in range(60_000, 59_970, -1)]
        for report in (by_id, by_place, by_time):
            assert [post.tracker_id for post in report.posts] == newest, report.tables
        read = (
            "select coalesce(sum(heap_blks_read + heap_blks_hit), 0) from pg_statio_user_tables where relname = 'runs'"
        )
        others = "select count(*) from pg_stat_activity where application_name = 'autopost preview'"
        for change, most in (("select 1", 100), ("drop index runs_begun_idx", 400)):
            host.execute(change)
            until(lambda: not host.value(others))  # what a session has read is counted when it ends
            host.execute("select pg_stat_force_next_flush()")  # what this session has read for the index
            host.execute("select pg_stat_reset()")
            await looked()
            until(lambda: not host.value(others))
            assert host.value(read) < most, change


async def test_newest_of_partitions_are_read_from_each(empty_database: str, redactor: Redactor) -> None:
    """Hundred days, the newest rows in the middle of them: time decides, not the partition."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute(
            "create table apps (id text primary key, name text, maturity text);"
            "insert into apps values ('a', 'Ada', 'autonomous');"
            "create table runs (id bigint, app text, state text, outputs text, begun timestamp) partition by list (id)"
        )
        for number in range(100):
            host.execute(f"create table runs_{number} partition of runs for values in ({number})")
        host.execute(
            "insert into runs select n, 'a', 'succeeded', '{\"text\": \"x\"}', "
            "now() at time zone 'UTC' - (abs(n - 50) * 60 + n * 10) * interval '1 min' from generate_series(0, 99) as n"
        )
        report = await preview(empty_database, redactor, newest=3, mapping=MAPPED)
        assert {post.tracker_id for post in report.posts} == {"49", "50", "51"}
        assert report.posts[0].tracker_id == "50"


async def test_agent_id_that_several_agents_have_may_not_post(empty_database: str, redactor: Redactor) -> None:
    """It fails closed, whichever of them may post, and the report says how it is."""
    with mapped_platform(empty_database) as host:
        host.execute("alter table apps drop constraint apps_pkey; insert into apps values ('a', 'Ada', 'student')")
        report = await preview(empty_database, redactor, mapping=TOLERANT)
        assert report.totals == {"agent_ambiguous": 20}
        (problem,) = report.problems
        assert "20 of an id that several agents have" in problem.finding


async def test_times_of_the_wrong_unit_limit_nothing(empty_database: str, redactor: Redactor) -> None:
    """Milliseconds read as seconds: said, and no rate limit is made up of them."""
    with mapped_platform(empty_database) as host:
        host.execute("alter table runs add ms bigint; update runs set ms = extract(epoch from now()) * 1000")
        mapping = TOLERANT.replace("t.begun at time zone 'UTC'", "to_timestamp(t.ms)")
        report = await preview(empty_database, redactor, mapping=mapping)
        assert report.untimed == 20
        assert report.totals == {"posted": 16, "missing_explanation": 4}


def test_command_shows_posts_on_a_terminal_and_for_a_machine(bare: Host, empty_database: str) -> None:
    """Personal data on neither: in texts, names, types and ids."""
    every_outcome(bare)
    bare.agent("mail", name="jane.doe@example.com")
    bare.agent("stu2", name="Bot of jane.doe@example.com", maturity="student")
    ended(bare, "jane.doe@example.com", 5, agent="mail", what="Called +1 415 555 0132 and jane.doe@example.com")
    ended(bare, "b", 4, operation_type="mail jane.doe@example.com", status="jane.doe@example.com")
    ended(bare, "c", 3, agent="stu2")
    ended(bare, "d", 2, agent="jane.doe@example.com")
    screen = autopost("preview", dsn=empty_database, **TEMPLATES)
    assert screen.returncode == 0, screen.stderr
    found = autopost("preview", "--json", dsn=empty_database, **TEMPLATES)
    report = json.loads(found.stdout)
    for text in (screen.stdout, screen.stderr, found.stdout, found.stderr):
        assert "jane" not in text
        assert "555" not in text
    assert "Just finished workflow_execute! Called <PHONE_NUMBER> and <EMAIL_ADDRESS> #automation" in screen.stdout
    assert "Nothing is written" in screen.stdout
    assert sum(report["totals"].values()) == report["operations"] == 15
    assert "15  operations" in screen.stdout


def test_command_without_tables_says_what_to_set(empty_database: str) -> None:
    """No table of that name: the setting and the page."""
    found = autopost("preview", dsn=empty_database, **TEMPLATES)
    assert found.returncode == 4
    assert 'there is no table "public"."operation_trackers"' in found.stderr
    assert "SOCIAL_POST_MAPPING_FILE" in found.stderr


def test_command_of_an_empty_platform_has_no_complaint(bare: Host, empty_database: str) -> None:
    """No operations yet is not a problem."""
    found = autopost("preview", "--json", dsn=empty_database, **TEMPLATES)
    report = json.loads(found.stdout)
    assert (report["operations"], report["totals"], report["problems"]) == (0, {}, [])
    assert bare.value("select count(*) from pg_namespace where nspname = 'autopost'") == 0
    assert autopost("preview", dsn=empty_database, **TEMPLATES).returncode == 0


def test_model_writes_what_would_be_posted(bare: Host, empty_database: str) -> None:
    """With --llm alone: redacted texts go out, and each post shows who wrote it; without a key it refuses."""
    every_outcome(bare)
    with LlmServer() as server:
        server.will(says("Sorted the inbox, nobody waits! 📬"))
        model = {"OPENAI_API_KEY": "k" * 20, "OPENAI_BASE_URL": server.base_url}
        found = autopost("preview", "--llm", "--json", dsn=empty_database, **model)
        posts = json.loads(found.stdout)["posts"]
        # What the model says is true of what was completed, and of nothing else.
        by_model = [post for post in posts if post["generator"] == "llm"]
        assert {post["content"] for post in by_model} == {"Sorted the inbox, nobody waits! 📬"}, found.stderr
        assert {post["post_type"] for post in posts if post not in by_model} <= {"alert"}
        requests = len(server.requests)
        autopost("preview", "--json", dsn=empty_database, **model)
        assert len(server.requests) == requests, "without --llm nobody is asked"
        prices = {"SOCIAL_POST_LLM_INPUT_PRICE": "1", "SOCIAL_POST_LLM_OUTPUT_PRICE": "1"}
        tiny = autopost(
            "preview", "--llm", "--json", dsn=empty_database, SOCIAL_POST_LLM_DAILY_USD="0.000001", **prices, **model
        )
        assert {post["generator"] for post in json.loads(tiny.stdout)["posts"]} == {"template"}, tiny.stderr
        assert len(server.requests) == requests, "a preview spends no more than the budget of a day"
    refused = autopost("preview", "--llm", dsn=empty_database)
    assert (refused.returncode, "OPENAI_API_KEY: not set" in refused.stderr) == (2, True)


SEVERAL = """
[agents]
table = "public.apps"
[agents.columns]
tenant_id = "null"
category = "null"
[[operation_trackers]]
table = "public.runs"
[operation_trackers.columns]
tenant_id = "null"
agent_id = "app"
operation_type = "'workflow_execute'"
status = "case t.state when 'succeeded' then 'completed' else t.state end"
what_explanation = "auto_post_json(t.outputs) ->> 'text'"
why_explanation = "null"
next_steps = "null"
started_at = "t.begun at time zone 'UTC'"
completed_at = "null"
[[operation_trackers]]
name = "jobs"
table = "public.jobs"
[operation_trackers.columns]
id = ["queue", "number"]
tenant_id = "null"
agent_id = "'a'"
operation_type = "'report_generate'"
status = "state"
what_explanation = "'Job ' || t.number"
why_explanation = "null"
next_steps = "null"
started_at = "t.ended"
completed_at = "null"
"""


async def test_newest_of_several_tables_are_those_of_all(empty_database: str, redactor: Redactor) -> None:
    """In the order of their times, with one rate limit, and with the ids that an install gives them."""
    with mapped_platform(empty_database, rows=40) as host:
        host.execute(
            "create table jobs (queue text, number integer, state text, ended timestamptz, "
            "primary key (queue, number));"
            "insert into jobs select 'a/b', n, 'completed', now() - n * interval '10 min' - interval '1 min' "
            "from generate_series(0, 3) as n"
        )
        report = await preview(empty_database, redactor, newest=6, mapping=SEVERAL)
        assert report.tables == {"public.runs": "id", "public.jobs": "physical order"}
        assert report.operations == 6
        assert report.totals == {"posted": 3, "rate_limited": 3}
        assert [post.tracker_id for post in report.posts] == ["jobs/a%2Fb/0", "jobs/a%2Fb/1", "jobs/a%2Fb/2"]
