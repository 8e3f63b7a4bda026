"""autopost check: what it prints and how it exits, on installations that are well and on others."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from autopost.cli.checking import Finding, check_screen, require_health, run_check
from autopost.cli.checking.objects import catalog_of, expected_catalog, without_bodies
from autopost.database.migrate import migrate
from autopost.database.sql import query
from autopost.errors import Unhealthy
from autopost.settings import load_settings
from tests.support import ROOT
from tests.support.command_line import autopost
from tests.support.crew import Crew, with_forked_program
from tests.support.host import SCHEMAS, Host, open_connection, until
from tests.support.pooler import needs_pgbouncer, pgbouncer
from tests.support.programs import postgres_programs
from tests.support.roles import Platform, platform
from tests.support.servers import private_server
from tests.support.standby import standby
from tests.support.troubles import TROUBLES, Trouble
from tests.support.work import worker_process

EXAMPLES = ROOT / "docs" / "examples"
TEMPLATES = {"SOCIAL_POST_LLM_ENABLED": "false"}


def check(dsn: str, *options: str, **variables: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code of `autopost check --json`, and its findings."""
    result = autopost("check", "--json", *options, dsn=dsn, **{**TEMPLATES, **variables})
    assert "Traceback" not in result.stderr
    report = json.loads(result.stdout)
    found = {finding["level"] for finding in report["findings"]}
    assert report["level"] == next(level for level in ("problem", "warning", "ok") if level in found)
    return result.returncode, report["findings"]


def finding(dsn: str, subject: str, **variables: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code, and the one finding about a subject."""
    code, findings = check(dsn, **variables)
    (found,) = [row for row in findings if row["subject"] == subject]
    return code, found


def look(dsn: str, **settings: Any) -> tuple[int, list[Finding], str]:
    """Do what the command does, in this process: return its exit code, its findings and what it prints."""
    findings = asyncio.run(run_check(load_settings(database_url=dsn, llm_enabled=False, **settings)))
    findings = [found for found in findings if "is a superuser" not in found.finding]  # as the tests' databases have it
    try:
        require_health(findings, strict=False)
    except Unhealthy as unhealthy:
        return unhealthy.exit_code, findings, check_screen(findings).plain
    return 0, findings, check_screen(findings).plain


def wrong(dsn: str, **settings: str) -> list[str]:
    """Return what is neither well nor of no matter here: tests install without workers."""
    of_tests = ("none is alive", "workers run with the rights of others")
    return [
        found.finding
        for found in look(dsn, **settings)[1]
        if found.level != "ok" and not any(text in found.finding for text in of_tests)
    ]


def follow(advice: str, host: Host, dsn: str) -> None:
    """Do what is advised: a command by bash, a statement as it stands."""
    if advice.startswith(("autopost", "SOCIAL_POST")):
        path = with_forked_program(f"{postgres_programs()}:{os.environ['PATH']}")
        environment = {**os.environ, "PATH": path, "DATABASE_URL": dsn}
        subprocess.run(
            ["bash", "-c", f"set -e -o pipefail; {advice}"], env=environment, check=True, capture_output=True
        )
    else:
        host.execute(advice)


@pytest.fixture
def installed(empty_database: str) -> Iterator[Platform]:
    """Return a platform with autopost, installed as the pages say."""
    with platform(empty_database) as installed:
        yield installed


def test_good_installation_with_a_worker_is_well(installed: Platform, processes: Crew) -> None:
    """Nothing but ok for the owner, the worker's role and the reader's, even where warnings count."""
    with worker_process(installed.dsn_for(installed.worker), processes, **TEMPLATES):
        until(lambda: installed.host.value("select count(*) from auto_post_workers") == 1)
        for role in (installed.owner, installed.worker, installed.reader):
            code, findings = check(installed.dsn_for(role), "--strict")
            assert [row for row in findings if row["level"] != "ok"] == []
            assert code == 0
        result = autopost("check", dsn=installed.dsn_for(installed.owner), **TEMPLATES)
        assert result.returncode == 0
        assert result.stderr == ""
        assert all(line.startswith("ok ") for line in result.stdout.splitlines())
        assert len(result.stdout.splitlines()) > 30


def test_warnings_alone_exit_with_0_unless_they_are_to_count(installed: Platform) -> None:
    """For a pipeline that wants to know of everything there is --strict."""
    dsn = installed.dsn_for(installed.owner)
    lax = autopost("check", dsn=dsn, **TEMPLATES)
    strict = autopost("check", "--strict", dsn=dsn, **TEMPLATES)
    assert (lax.returncode, strict.returncode) == (0, 5)
    assert strict.stdout.count("warning ") == 1
    assert strict.stderr == "autopost: 0 problems, 1 warning\n"


def test_problem_exits_with_5(host: Host, database: str) -> None:
    """And says on stderr how many there are."""
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    host.execute("drop table auto_post_outbox cascade")
    result = autopost("check", dsn=database, **TEMPLATES)
    assert result.returncode == 5
    assert "problem  trigger " in result.stdout
    assert "problem  outbox " in result.stdout
    assert result.stderr.startswith("autopost: ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "trouble", [each for each in TROUBLES if each.name != "superuser"], ids=lambda trouble: trouble.name
)
def test_trouble_has_its_line_and_its_exit_code(host: Host, database: str, trouble: Trouble) -> None:
    """With what to do under it."""
    host.execute(trouble.cause)
    code, _, printed = look(database)
    lines = printed.splitlines()
    (number,) = [
        number
        for number, line in enumerate(lines)
        if line.startswith(f"{trouble.level:7}  {trouble.subject} ") and trouble.finding in line
    ]
    assert lines[number + 1].startswith(" " * 9)
    assert code == 5 if trouble.level == "problem" else code in (0, 5)


def test_unreachable_database_is_an_error_of_its_own() -> None:
    """Exit code 3, and nothing on stdout."""
    result = autopost("check", dsn="postgresql://nobody@127.0.0.1:1/none")
    assert (result.returncode, result.stdout) == (3, "")
    assert "cannot connect" in result.stderr


def test_database_that_was_never_migrated_is_an_error_of_its_own(empty_database: str, database: str) -> None:
    """Exit code 4: there is nothing to check. The same after autopost was removed."""
    migrate(load_settings(database_url=database), "base")
    for dsn in (empty_database, database):
        result = autopost("check", dsn=dsn)
        assert (result.returncode, result.stdout) == (4, "")
        assert "not migrated: run `autopost migrate`" in result.stderr


def test_older_revision_is_a_problem(database: str) -> None:
    """The rest that can be seen is seen; to migrate is advised, and helps."""
    migrate(load_settings(database_url=database), "0001_outbox")
    code, versions = finding(database, "versions")
    assert (code, versions["level"], versions["advice"]) == (5, "problem", "autopost migrate")
    assert "0001_outbox" in versions["finding"]
    with open_connection(database, autocommit=True) as connection:
        follow(f"{versions['advice']} --yes", Host(connection), database)
    assert finding(database, "versions")[1]["level"] == "ok"


def test_newer_revision_is_a_problem_unless_it_serves_this_version(host: Host, database: str) -> None:
    """Objects are compared only where this version knows what should be there."""
    host.execute("update auto_post_schema_version set version_num = '9999_future'")
    assert finding(database, "versions")[1]["level"] == "ok"
    assert "not compared" in finding(database, "objects")[1]["finding"]
    host.execute("update auto_post_compatibility set oldest_worker = '9998_far'")
    code, versions = finding(database, "versions")
    assert (code, versions["level"], versions["advice"]) == (5, "problem", "install a newer autopost")


def test_stranger_is_told_what_it_lacks(installed: Platform) -> None:
    """And by which command it gets it."""
    code, findings = check(installed.dsn_for(installed.stranger))
    assert code == 5
    problems = {row["subject"]: row for row in findings if row["level"] == "problem"}
    assert set(problems) == {"versions", "self-check", "this role"}
    assert "UPDATE on auto_post_outbox" in problems["this role"]["finding"]
    assert all("autopost grant --" in row["advice"] for row in problems.values())


def test_worker_that_lacks_a_right_is_told_which(installed: Platform) -> None:
    """The worker itself would not start."""
    installed.host.execute("revoke insert on social_posts from auto_post_worker")
    code, role = finding(installed.dsn_for(installed.worker), "this role")
    assert (code, role["level"]) == (5, "problem")
    assert "INSERT on social_posts" in role["finding"]


CHANGES = [
    ("drop index auto_post_outbox_claim_idx", "index auto_post_outbox_claim_idx of auto_post_outbox is missing"),
    (
        "drop index auto_post_outbox_claim_idx; create index auto_post_outbox_claim_idx on auto_post_outbox (state)",
        "index auto_post_outbox_claim_idx of auto_post_outbox is CREATE INDEX",
    ),
    ("create index mine on auto_post_outbox (agent_id)", "index mine of auto_post_outbox is not autopost's"),
    (
        "alter table auto_post_control drop constraint auto_post_control_wakeup_check",
        "constraint auto_post_control_wakeup_check of auto_post_control is missing",
    ),
    (
        (
            "alter table auto_post_control drop constraint auto_post_control_wakeup_check; "
            "alter table auto_post_control add constraint auto_post_control_wakeup_check check "
            "(wakeup in ('doorbell', 'notify', 'poll')) not valid"
        ),
        "constraint auto_post_control_wakeup_check of auto_post_control holds for what is written from now on",
    ),
    (
        (
            "alter table auto_post_control drop constraint auto_post_control_wakeup_check; "
            "alter table auto_post_control add constraint auto_post_control_wakeup_check check (wakeup <> '')"
        ),
        "constraint auto_post_control_wakeup_check of auto_post_control is CHECK ((wakeup <> ''::text)), should be",
    ),
    (
        "alter table auto_post_rate_limits add constraint mine foreign key (agent_id) references agents",
        "constraint mine of auto_post_rate_limits is not autopost's",
    ),
    (
        "alter table auto_post_webhook_dead_letters drop column tenant_id",
        "column tenant_id of auto_post_webhook_dead_letters is missing",
    ),
    ("alter table auto_post_outbox add mine text", "column mine of auto_post_outbox is not autopost's"),
    ("drop table auto_post_tombstones", "table auto_post_tombstones is missing"),
    ("drop view auto_post_stuck", "view auto_post_stuck is missing"),
    (
        (
            "create or replace view autopost.auto_post_dead with (security_invoker = true) as "
            "select o.tracker_id, o.agent_id, o.operation_type, o.status, o.attempts, o.last_error, o.captured_at, "
            "o.finished_at from auto_post_outbox as o where o.state = 'dead'"
        ),
        "definition of auto_post_dead is",
    ),
    ("alter view auto_post_dead set (security_invoker = false)", "view of auto_post_dead is security_invoker=false"),
    ("drop function auto_post_pause(text, text)", "function auto_post_pause(text, text) is missing"),
    (
        (
            "create or replace function autopost.auto_post_capture_off() returns bigint language plpgsql "
            "set search_path = pg_catalog, pg_temp as $$ begin return 0; end $$"
        ),
        "function auto_post_capture_off() does not do what this version's does",
    ),
    (
        (
            "create or replace function autopost.auto_post_outbox_id(p_tracker_id text, p_rule_id integer) "
            "returns uuid language sql stable strict parallel safe return gen_random_uuid()"
        ),
        "expression of auto_post_outbox_id(text, integer) is RETURN gen_random_uuid(), should be",
    ),
    (
        "alter function auto_post_reconcile(integer, integer) reset lock_timeout",
        "function of auto_post_reconcile(integer, integer) is returns integer",
    ),
    ("drop trigger auto_post_rules_since on auto_post_rules", "trigger auto_post_rules_since of auto_post_rules"),
    (
        "create trigger mine after update on auto_post_outbox for each row execute function auto_post_rules_since()",
        "trigger mine of auto_post_outbox is not autopost's",
    ),
]


@pytest.mark.parametrize("number", range(4))
def test_drift_is_named_and_what_is_advised_mends_it(host: Host, database: str, number: int) -> None:
    """Every kind of object, missing, changed or too many; one of four does not touch what another of them does."""
    changes = dict(CHANGES[number::4])
    for change in changes:
        host.execute(change)
    code, findings, _ = look(database)
    rows = [row for row in findings if row.subject == "objects"]
    found = {text: [row for row in rows if row.finding.startswith(text)] for text in changes.values()}
    assert {text: len(named) for text, named in found.items()} == dict.fromkeys(found, 1)
    assert len(rows) == len(changes)
    for text, (row,) in found.items():
        mild = "not autopost's" in text or "from now on" in text
        assert row.level == ("warning" if mild else "problem"), text
    assert code == 5
    for advice in dict.fromkeys(row.advice for row in rows):
        assert advice is not None
        follow(advice, host, database)
    assert wrong(database) == []


def test_expected_catalog_is_what_a_migration_makes(host: Host) -> None:
    """scripts/expected-catalog writes it again."""
    with psycopg.RawCursor(host.connection, row_factory=psycopg.rows.dict_row) as cursor:
        rows = cursor.execute(query("cli/catalog", SCHEMAS).encode(), ["autopost"]).fetchall()
    assert without_bodies(catalog_of(rows)) == expected_catalog(), "write it again: scripts/expected-catalog"


def test_quoted_names_are_no_drift(host: Host, database: str) -> None:
    """Where the database quotes every name that it prints, nothing else is different."""
    host.execute(f"alter database {host.value('select current_database()')} set quote_all_identifiers = on")
    assert wrong(database) == []


def test_schema_of_another_name_shows_no_drift(empty_database: str) -> None:
    """Also one that must be quoted."""
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute('create schema "Agent-Platform"')
        migrate(load_settings(database_url=empty_database, schema_name="Agent-Platform"))
        code, findings = check(empty_database, SOCIAL_POST_SCHEMA="Agent-Platform")
        assert [row["level"] for row in findings if row["subject"] in ("objects", "trigger")] == ["ok", "ok"]
        connection.execute('drop index "Agent-Platform".auto_post_outbox_finished_idx')
        code, drift = finding(empty_database, "objects", SOCIAL_POST_SCHEMA="Agent-Platform")
        assert code == 5
        connection.execute(drift["advice"])
        assert finding(empty_database, "objects", SOCIAL_POST_SCHEMA="Agent-Platform")[1]["level"] == "ok"


@pytest.fixture
def mapped(empty_database: str) -> Iterator[Host]:
    """Return a platform whose tables have other names and shapes."""
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute((EXAMPLES / "agent-registry.sql").read_text("utf-8"))
        migrate(load_settings(database_url=empty_database, mapping_file=EXAMPLES / "agent-registry.toml"))
        yield host


def test_mapped_platform_is_well(mapped: Host, empty_database: str) -> None:
    """The trigger is on the platform's own table, whose name and columns it checks."""
    assert wrong(empty_database) == []
    _, trigger = finding(empty_database, "trigger")
    assert trigger["finding"] == "on public.agent_operation_tracker, enabled"
    mapped.execute("drop trigger auto_post_capture on agent_operation_tracker")
    code, trigger = finding(empty_database, "trigger")
    assert (code, trigger["level"]) == (5, "problem")
    mapped.execute(trigger["advice"])
    assert wrong(empty_database) == []


@pytest.mark.parametrize(
    ("function", "mended_by"), [("auto_post_capture", "autopost sql"), ("auto_post_insert_social_posts", "migrate")]
)
def test_drift_of_what_a_mapping_made_is_named(
    mapped: Host, empty_database: str, function: str, mended_by: str
) -> None:
    """Its functions are compared with the mapping that is in force filled in, and created again with it."""
    mapped.execute(
        f"create or replace function autopost.{function}() returns trigger language plpgsql security definer "
        "set search_path = pg_catalog, pg_temp set lock_timeout = '20ms' as $$ begin return null; end $$"
    )
    (drift,) = [found for found in look(empty_database)[1] if found.subject == "objects"]
    assert drift.finding == f"function {function}() does not do what this version's does"
    assert drift.advice is not None
    assert drift.advice.startswith("SOCIAL_POST_MAPPING_FILE=platform.toml autopost ")
    assert mended_by in drift.advice


@needs_pgbouncer
@pytest.mark.parametrize(("mode", "level"), [("session", "ok"), ("transaction", "warning")])
def test_notifications_that_a_pooler_does_not_let_through_are_named(database: str, mode: str, level: str) -> None:
    """In session mode they come through; in transaction mode workers would only poll."""
    with pgbouncer(database, mode) as pooled:
        found = {row["subject"]: row for row in check(pooled)[1]}
    notifications = found["notifications"]
    assert found["connection"]["finding"].endswith(f", through a pooler in {mode} mode")
    assert notifications["level"] == level
    assert ("a pooler in transaction mode is in between" in notifications["finding"]) is (mode == "transaction")


def test_missing_key_is_a_warning(database: str) -> None:
    """Of this environment; the key itself is shown nowhere."""
    _, model = finding(database, "language model", SOCIAL_POST_LLM_ENABLED="true")
    assert model["level"] == "warning"
    key = "sk-" + "secret"
    result = autopost("check", dsn=database, OPENAI_API_KEY=key, OPENAI_BASE_URL="https://llm.example:8080/v1")
    assert "gpt-4o-mini at llm.example, with a key" in result.stdout
    assert key not in result.stdout + result.stderr


def test_retention_is_held_against_the_settings(host: Host, database: str) -> None:
    """Who keeps rows for 30 days is not told to keep them for 7."""
    host.complete()
    host.execute(
        "update auto_post_outbox set state = 'skipped', reason = 'r', finished_at = now() - interval '20 days'"
    )
    assert finding(database, "retention")[1]["level"] == "warning"
    assert finding(database, "retention", SOCIAL_POST_RETENTION_DAYS="30")[1]["level"] == "ok"


def test_reader_that_has_seen_enough_is_no_error(database: str) -> None:
    """`autopost check | head -1`."""
    command = "set -o pipefail; autopost check | head -c 10"
    path = with_forked_program(os.environ["PATH"])
    environment = {**os.environ, **TEMPLATES, "PATH": path, "DATABASE_URL": database}
    result = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, "Traceback" in result.stderr) == (5, False), "as a superuser installed it"


def test_standby_is_named() -> None:
    """Nothing is captured or posted there; everything is looked at all the same."""
    with private_server(18) as server:
        migrate(load_settings(database_url=server.dsn()))
        with standby(server) as second:
            code, writable = finding(second.dsn, "writable")
            assert (code, writable["level"]) == (5, "problem")
            assert "in recovery: this is a standby" in writable["finding"]


def test_help_has_an_example() -> None:
    """To copy."""
    result = autopost("check", "--help")
    assert "Example: autopost check --strict" in result.stdout
