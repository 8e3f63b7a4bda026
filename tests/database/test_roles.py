"""The worker's and the reader's roles: what they must be able to do, and what they must not."""

from __future__ import annotations

import signal
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from autopost.database.folders import sql_folder
from autopost.database.sql import dba_statements, query
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import SCHEMAS, Host, Row, open_connection, until
from tests.support.roles import Platform, dsn_of, groups, platform
from tests.support.work import worker_process

FORBIDDEN_TO_WORKER = [
    "delete from auto_post_outbox",
    "insert into auto_post_outbox (id) values (gen_random_uuid())",
    "update auto_post_rules set enabled = false",
    "update auto_post_outbox set tracker_id = 'x'",
    "update auto_post_outbox set operation_type = 'x'",
    "update auto_post_outbox set is_alert = true",
    "select * from auto_post_committed_rows('{op}', 'infinity')",
    "update auto_post_workers set name = 'x'",
    "update auto_post_events set content = 'x'",
    "update auto_post_pauses set value = 'x'",
    "update auto_post_consumers set name = 'x'",
    "update auto_post_control set paused = true",
    "delete from auto_post_pauses",
    "select * from operation_trackers",
    "update operation_trackers set status = 'x'",
    "update agents set maturity = 'AUTONOMOUS'",
    "select * from social_posts",
    "update social_posts set content = 'x'",
    "delete from social_posts",
    "select * from audit_log",
    "update audit_log set action = 'x'",
    "delete from auto_post_rate_limits",
    "update auto_post_alert_windows set posted = 0",
    "truncate auto_post_outbox",
    "select auto_post_purge('ada', p_confirm => true)",
    "select auto_post_retry('op')",
    "drop table auto_post_outbox",
    "create table public.mine ()",
    "create table autopost.mine ()",
]
FORBIDDEN_TO_READER = [
    "select what_explanation from auto_post_outbox",
    "select why_explanation from auto_post_outbox",
    "select next_steps from auto_post_outbox",
    "select draft from auto_post_outbox",
    "select operation_type from auto_post_outbox",
    "select status from auto_post_outbox",
    "select content from auto_post_events",
    "select post_metadata from auto_post_events",
    "select message from auto_post_webhook_dead_letters",
    "select * from operation_trackers",
    "update auto_post_outbox set state = 'dead'",
    "update auto_post_control set paused = true",
    "select auto_post_pause()",
    "select auto_post_skip('op', 'bored')",
    "insert into social_posts (id) values ('x')",
]


FORBIDDEN_TO_APPLICATION = [
    "select * from autopost.auto_post_outbox",
    "update autopost.auto_post_outbox set state = 'pending'",
    "insert into autopost.auto_post_tombstones values (gen_random_uuid())",
    "select * from autopost.auto_post_health",
    "update autopost.auto_post_control set capture_enabled = false",
    "select autopost.auto_post_pause()",
    "select autopost.auto_post_reconcile()",
    "select * from autopost.auto_post_check()",
    "select autopost.auto_post_outbox_id('op', 1)",
    "create trigger mine after insert on agents for each row execute function autopost.auto_post_capture()",
]
# The worker's own statements with arguments that fit them; `id` and `epoch` stand for a row that it has claimed.
CLAIMED = ("id", "epoch")
LONG_AGO, FAR_OFF = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 9000))
NOW = datetime.max.replace(tzinfo=UTC)  # stands for the database's time
SOON = datetime.now(UTC) + timedelta(hours=1)
TO_WORKER: dict[str, tuple[Any, ...]] = {
    "worker/agent_names": (100,),
    "worker/add_digests": (["ada"], ["tenant"], timedelta(minutes=5)),
    "worker/alert_windows": (["ada"], datetime.now(UTC)),
    "worker/write_events": (["p"], ["tenant"], ["ada"], ["status"], ["hello"], ["{}"], [datetime.now(UTC)]),
    "worker/arm": (),
    "worker/claim": ("w", timedelta(seconds=60), True, 10, True),
    "worker/claim_chosen": ("w", timedelta(seconds=60), True, []),
    "worker/count_alerts": ("[]", datetime.now(UTC)),
    "worker/spend": (0.1, 1.0, 0.0, None),
    "worker/defer": (*CLAIMED, ["boom"], [1.0], [True]),
    "worker/crashed": (True,),
    "worker/disarm": (True,),
    "worker/expire": (timedelta(days=7), 10),
    "worker/forget_events": (timedelta(days=1), timedelta(days=7), 10),
    "worker/forget_dead_letters": (timedelta(days=7), 10),
    "broadcast/acquire": ("webhook:out", "w", 60.0),
    "broadcast/advance": ("webhook:out", "w", [1], 60.0, None),
    "broadcast/begin": (["transport"],),
    "broadcast/is_unsequenced": (),
    "broadcast/is_waiting": ("webhook:out",),
    "broadcast/notify": ("feed", ["message"], 0.5),
    "broadcast/read": (0, 10, "webhook:out"),
    "broadcast/read_at": ([1],),
    "broadcast/release": ("webhook:out", "w", False),
    "broadcast/sequence": (10,),
    "webhooks/add_dead_letters": ("out", [1], ["p"], ["tenant"], ["ada"], ["{}"], ["HTTP 400"]),
    "webhooks/dead_letters_to_retry": ("out", 10),
    "webhooks/end_retry": ("out", 1, None),
    "webhooks/begin_summary": ("out", NOW, "w", 60.0, timedelta(hours=12)),
    "webhooks/store_summary": ("out", NOW, "w", "{}", 60.0),
    "webhooks/end_summary": ("out", NOW, "w", "sent", None, 0.0),
    "outbox/summary": (LONG_AGO, FAR_OFF, 100, 100, None, ["tenant"], ["ops"]),
    "outbox/open_approvals": (LONG_AGO, 100, None, ["tenant"], ["ops"]),
    "worker/finish": (
        *(*CLAIMED, ["skipped"], ["r"], [None], ["workflow_execute"], ["{}"], [NOW], NOW, True),
        *([None], [None], [None]),
    ),
    "worker/sign_off": ("w",),
    "worker/heartbeat": ("w", "1", 0, True, 42, None),
    "worker/end_frozen_sessions": (timedelta(seconds=30),),
    "worker/host_problems": (),
    "worker/save_drafts": (*CLAIMED, ["{}"]),
    "worker/lock_agents": (["ada"], [], "200", "2000"),
    "worker/lock_holders": (["ada"],),
    "worker/lock_session": (42, 1),
    "worker/missing_rights": (True,),
    "worker/next_due": (False,),
    "worker/oldest_worker": (),
    "worker/park": (True,),
    "worker/platform_changes": (),
    "worker/post": (
        *(*CLAIMED, ["posted"], [None], [None], ["workflow_execute"], ["{}"], [NOW], NOW, True),
        *(["status"], ["hello"], ["{}"], [1]),
    ),
    "worker/probe": (),
    "outbox/queue": (100_000, 100_000),
    "worker/reconcile": (10, 10),
    "worker/release": (*CLAIMED, 0.0, None),
    "worker/rescue": ("w", True, 5, "w"),
    "worker/renew": (*CLAIMED, timedelta(seconds=60)),
    "worker/revision": (),
    "worker/round_robin": (10, True),
}
# Of these no row comes back.
SILENT = {
    *(
        "worker/write_events",
        "worker/crashed",
        "worker/forget_events",
        "worker/sign_off",
        "worker/end_frozen_sessions",
        "worker/host_problems",
        "worker/park",
        "worker/platform_changes",
    ),
    *(
        "worker/forget_dead_letters",
        "worker/lock_holders",
        "broadcast/advance",
        "broadcast/begin",
        "broadcast/read",
        "broadcast/read_at",
        "broadcast/release",
        "webhooks/add_dead_letters",
        "webhooks/dead_letters_to_retry",
        "webhooks/end_retry",
        "webhooks/begin_summary",
        "webhooks/store_summary",
        "webhooks/end_summary",
        "outbox/open_approvals",
        "outbox/summary",
    ),
    *(
        "worker/alert_windows",
        "worker/save_drafts",
        "worker/count_alerts",
        "worker/missing_rights",
        "worker/renew",
    ),
}
# What the commands that look run, as either group.
TO_BOTH: dict[str, tuple[Any, ...]] = {
    "cli/catalog": ("autopost",),
    "cli/check": (timedelta(days=7),),
    "worker/is_mapped": ("autopost",),
    "worker/missing_rights": (True,),
    "worker/oldest_worker": (),
    "worker/revision": (),
    "cli/session": ("autopost",),
}
TO_READER: dict[str, tuple[Any, ...]] = {
    **TO_BOTH,
    "feed/listens": ("feed",),
    "feed/missed": (0, False, True, ["ada"], 10, 100, None),
    "feed/posts": ("ada", "alert", 10, 100, None, FAR_OFF, ""),
    "feed/stretch": (0, 10),
    "outbox/dead_letters": (10, 100),
    "outbox/latency": (100,),
    "outbox/minutes": (100,),
    "outbox/outcomes": (LONG_AGO, FAR_OFF, "", None, None, True, 10, 100, ["seen"], "t", None, "text"),
    "outbox/pauses": (50,),
    "outbox/queue": (100, 100),
    "outbox/open_approvals": (LONG_AGO, 100, ["ada"], None, None),
    "outbox/reasons": (100,),
    "outbox/summary": (LONG_AGO, FAR_OFF, 100, 100, ["ada"], None, None),
    "outbox/totals": (100,),
    "outbox/workers": (10,),
    "outbox/writers": (100,),
    "worker/host_problems": (),
    "web/agents": (100, 10, None),
    "web/choices": (100, 10, None),
    "web/sessions": (),
    "web/end_session": ("0" * 64, SOON),
    "web/deliveries": ("p", 100),
    "web/horizon": (FAR_OFF, "", 100),
    "web/newer": (LONG_AGO, FAR_OFF, "", None, None, True, 10, 100, ["seen"], "t", None, "text"),
    "web/post": ("p",),
    "web/transport": (),
    "cli/agents_named": ("Ada",),
    "cli/capture_since": (),
    "cli/dead_count": (None,),
    "cli/held": ("ada", None),
    "cli/webhooks": (),
    "cli/rules": (),
    "cli/rules_of_type": ("workflow_execute", "completed"),
    "cli/story": ("op",),
    "cli/story_audit": ("op",),
    "cli/story_rows": ("op",),
    "cli/tracker_of": (uuid4(),),
}
# For the owner, who steers, reconciles and purges by hand; the mapping is there only where tables are mapped.
TO_NEITHER = {
    *(
        "cli/add_rule",
        "cli/foreign_installation",
        "cli/functions",
        "cli/installer",
        "cli/mapping",
        "cli/operation",
        "cli/purge",
        "worker/restart_reconciliation",
        "worker/reconciliation",
    ),
    *("cli/forget_webhook", "cli/retry_webhook", "cli/title_rule"),
    # For the owner before an install, and for a migration.
    *("cli/default_rules", "cli/draft_blocks", "cli/draft_tables", "cli/migration_blockers", "cli/sample_indexes"),
    *("cli/sample_leaves", "cli/sample_nullable", "cli/sample_own_posts", "cli/sample_pauses"),
    *("cli/check_rights", "cli/membership", "cli/platform_tables"),
    *("outbox/pause", "outbox/resume", "outbox/retry", "outbox/skip"),
    *(
        "cli/retry_all",
        "cli/simulate_agents",
        "cli/simulate_clean",
        "cli/simulate_end",
        "cli/simulate_look",
        "cli/simulate_outcomes",
    ),
    *("cli/simulate_problems", "cli/simulate_start", "cli/simulated_agents", "cli/switch_rule"),
    *("cli/simulate_count", "cli/statuses", "cli/unfinished"),
    *("cli/webhook_dead_letters", "cli/not_broadcast"),
}


@pytest.fixture
def logins(host: Host, database: str) -> Iterator[dict[str, str]]:
    """Return the names of two login roles, in the worker's and in the reader's group."""
    with groups(host, database) as names:
        yield names


@pytest.fixture
def installed(empty_database: str) -> Iterator[Platform]:
    """Return a platform whose roles are no superusers."""
    with platform(empty_database) as installed:
        yield installed


def test_every_statement_of_the_worker_is_in_a_list_here() -> None:
    """A new file in sql/queries is run below as whoever is to run it."""
    assert {f"{path.parent.name}/{path.stem}" for path in (sql_folder() / "queries").rglob("*.sql")} == {
        *TO_WORKER,
        *TO_READER,
        *TO_NEITHER,
    }


async def run_as(dsn: str, role: str, name: str, arguments: tuple[Any, ...]) -> list[asyncpg.Record]:
    """Run a statement of sql/queries as a role, on a row that it has claimed, and take it back."""
    connection = await asyncpg.connect(f"postgresql://?{urlencode(conninfo_to_dict(dsn_of(dsn, user=role)))}")
    try:
        transaction = connection.transaction()
        await transaction.start()
        if CLAIMED[0] in arguments:
            row = (await connection.fetch(query("worker/claim", SCHEMAS), *TO_WORKER["worker/claim"]))[0]
            arguments = ([row["id"]], [row["epoch"]], *arguments[2:])
        now = await connection.fetchval("select clock_timestamp()")
        arguments = tuple(now if argument is NOW else argument for argument in arguments)
        rows = await connection.fetch(query(name, SCHEMAS), *arguments)
        await transaction.rollback()
        return list(rows)
    finally:
        await connection.close()


async def problems_of(
    dsn: str, role: str, statements: Mapping[str, tuple[Any, ...]], silent: Collection[str]
) -> dict[str, str]:
    """Run statements of sql/queries as a role, each in a session of its own; return what is wrong, by name."""
    found = {}
    for name, arguments in statements.items():
        try:
            rows = await run_as(dsn, role, name, arguments)
        except asyncpg.PostgresError as error:
            found[name] = str(error)
        else:
            if not rows and name not in silent:
                found[name] = "no row came back"
    return found


async def test_worker_may_run_each_of_its_statements(host: Host, database: str, logins: dict[str, str]) -> None:
    """As its group's rights are, with a row of its own."""
    host.complete(agent=host.agent())
    assert await problems_of(database, logins["worker"], TO_WORKER, SILENT) == {}


async def test_reader_may_run_each_statement_that_looks(database: str, logins: dict[str, str]) -> None:
    """Feed, status and check."""
    assert await problems_of(database, logins["reader"], TO_READER, TO_READER) == {}


async def test_worker_may_check(database: str, logins: dict[str, str]) -> None:
    """From where it runs, with the environment that it has."""
    assert await problems_of(database, logins["worker"], TO_BOTH, TO_BOTH) == {}


def test_application_is_captured_without_any_right_on_what_is_ours(installed: Platform) -> None:
    """It changes its own table; of ours it may do nothing, and neither may a stranger."""
    with installed.as_(installed.application) as application:
        application.complete(agent=application.agent())
        assert application.warnings == []
    assert [row["tracker_id"] for row in installed.host.outbox()] == ["op"]
    for role in (installed.application, installed.stranger):
        assert rights_on_what_is_ours(installed.host, role) == []


def rights_on_what_is_ours(host: Host, role: str) -> list[Row]:
    """Return the tables, views, sequences and functions of ours on which a role has any right."""
    every = "select, insert, update, delete, truncate, references, trigger"
    return host.rows(
        "select relname as name from pg_class where relname like 'auto\\_post\\_%%' and relkind in ('r', 'v', 'S') "
        "and (has_table_privilege(%s, oid, %s) or has_any_column_privilege(%s, oid, 'select, insert, update')) "
        "union all select proname from pg_proc where proname like 'auto\\_post\\_%%' "
        "and has_function_privilege(%s, oid, 'execute')",
        (role, every, role, role),
    )


def test_application_can_neither_read_nor_steer(installed: Platform) -> None:
    """It sees nothing of what others did, and keeps nothing from being posted."""
    with installed.as_(installed.application) as application:
        for statement in FORBIDDEN_TO_APPLICATION:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)


def test_public_has_no_right_on_anything_of_ours(installed: Platform) -> None:
    """Tables, views, sequences, columns and functions; after the grants as before."""
    granted = installed.host.rows(
        "select relname as name from pg_class as c, aclexplode(relacl) as a where relname like 'auto\\_post\\_%' "
        "and a.grantee = 0 union all "
        "select attname from pg_attribute as t, aclexplode(attacl) as a where a.grantee = 0 "
        "and attrelid in (select oid from pg_class where relname like 'auto\\_post\\_%') union all "
        "select proname from pg_proc as p, aclexplode(coalesce(proacl, acldefault('f', proowner))) as a "
        "where proname like 'auto\\_post\\_%' and a.grantee = 0"
    )
    assert granted == []


def test_worker_runs_with_the_rights_of_its_group_alone(
    host: Host, database: str, processes: Crew, logins: dict[str, str]
) -> None:
    """It claims, posts, keeps house and signs off."""
    host.complete("posted", agent=host.agent())
    host.complete("limited")
    fast = {"SOCIAL_POST_LLM_ENABLED": "false"}
    with worker_process(f"{database} user={logins['worker']}", processes, **fast) as worker:
        until(lambda: host.waiting() == 0)
        until(lambda: host.value("select last_run_at is not null from auto_post_reconciliation"))
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
        assert '"level": "error"' not in worker.log
        assert '"level": "warning"' not in worker.log
    assert [row["state"] for row in host.outbox()] == ["posted", "skipped"]


def allowed(dsn: str, role: str, statements: Iterable[str]) -> list[str]:
    """Return the statements for which a role has the right."""
    found = []
    for statement in statements:
        try:
            with open_connection(dsn_of(dsn, user=role)) as connection:
                connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            continue
        found.append(statement)
    return found


def test_worker_may_not(host: Host, database: str, logins: dict[str, str]) -> None:
    """A worker that is taken over can spoil little."""
    host.complete()
    assert allowed(database, logins["worker"], FORBIDDEN_TO_WORKER) == []


def test_reader_may_not(host: Host, database: str, logins: dict[str, str]) -> None:
    """Whoever looks sees no raw text and changes nothing."""
    host.complete()
    assert allowed(database, logins["reader"], FORBIDDEN_TO_READER) == []


def test_reader_may_look(database: str, logins: dict[str, str]) -> None:
    """The commands that look need no more; tests install as a superuser, which is a problem that `check` finds."""
    codes = {"status": 0, "feed": 0, "check": 5, "dead": 0, "rules": 0}
    dsn = dsn_of(database, user=logins["reader"])
    assert {command: autopost(command, dsn=dsn).returncode for command in codes} == codes


def test_reader_may_run_the_statements_of_a_dba(database: str, logins: dict[str, str]) -> None:
    """None of them needs the owner."""
    statements = {name: statement for name, statement in dba_statements(SCHEMAS).items() if name != "grants"}
    dsn = dsn_of(database, user=logins["reader"])
    refused = {}
    for name, statement in statements.items():
        try:
            with open_connection(dsn) as connection:
                connection.execute(statement.encode())
        except psycopg.Error as error:
            refused[name] = str(error)
    assert refused == {}


def test_missing_rights_are_named_before_anything_is_claimed(host: Host, database: str, logins: dict[str, str]) -> None:
    """All of them, in one message, with exit code 4."""
    host.execute("revoke insert on social_posts from auto_post_worker")
    host.execute("revoke update on auto_post_outbox from auto_post_worker")
    result = autopost("run", dsn=f"{database} user={logins['worker']}")
    assert result.returncode == 4
    assert "INSERT on social_posts" in result.stderr
    assert "UPDATE on auto_post_outbox" in result.stderr
    assert "autopost grant --login ROLE" in " ".join(result.stderr.split())


def test_reader_sees_no_operation_type_that_could_be_a_text(host: Host, database: str, logins: dict[str, str]) -> None:
    """Neither in views nor by commands, of which a dead letter and its story show most."""
    secret = "anna" + "@example.com"
    host.complete("op", f"security {secret}", status="failed", agent=host.agent())
    host.execute("update auto_post_outbox set status = %s", (f"failed for {secret}",))
    host.execute("update auto_post_outbox set state = 'dead', last_error = 'boom', finished_at = now()")
    dsn = f"{database} user={logins['reader']}"
    shown = []
    for command in (["dead"], ["why", "op"], ["dead", "--json"], ["sql", "skipped"]):
        result = autopost(*command, dsn=dsn)
        assert result.returncode == 0, result.stderr
        shown.append(result.stdout)
    with open_connection(dsn) as connection:
        for statement in (
            "select * from autopost.auto_post_dead",
            "select * from autopost.auto_post_operations",
            "select * from autopost.auto_post_history('op')",
        ):
            rows = connection.execute(statement.encode()).fetchall()
            assert rows
            shown.append(str(rows))
    assert secret not in "".join(shown)
    assert "(type not shown)" in shown[0]


def test_grants_leave_columns_of_a_later_revision_to_the_next_run(host: Host, logins: dict[str, str]) -> None:
    """A worker that lacks a column of the outbox is told which, before it claims anything."""
    host.execute("alter table auto_post_outbox add column later integer")
    host.execute(f"set role {logins['worker']}")
    missing = [row["missing"] for row in host.rows(query("worker/missing_rights", SCHEMAS).replace("$1", "true"))]
    host.execute("reset role")
    assert missing == ["UPDATE (later) on auto_post_outbox"]
    host.execute(dba_statements(SCHEMAS)["grants"])
    host.execute(f"set role {logins['worker']}")
    assert host.rows(query("worker/missing_rights", SCHEMAS).replace("$1", "true")) == []
    host.execute("reset role")
