"""The platform's own migrations beside autopost: what they are kept from, what they do to it, and what mends that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from autopost.database.migrate import detach, migrate
from autopost.database.sql import Schemas, query, read_object, render
from autopost.errors import SchemaMismatch
from autopost.observability.metrics import REGISTRY
from autopost.redaction.redactor import Redactor
from tests.support.command_line import alembic, autopost
from tests.support.host import SCHEMAS, open_connection, until
from tests.support.mapped_platform import ONE, TABLES, TWO, MappedPlatform, mapped_platform
from tests.support.work import eventually, work_off, working

JOB = "insert into jobs (robot, kind, state, note, tenant) values ('r1', 'workflow_execute', '{}', 'a job', 't')"
OPERATION = (
    "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
    "values (gen_random_uuid()::text, 'r1', 'workflow_execute', '{}', 'an operation')"
)
PARTITIONED = TABLES.replace("identity primary key, robot", "identity, robot").replace(
    "ended timestamptz\n);\ncreate table runs",
    "ended timestamptz, primary key (id, kind)\n) partition by list (kind);\n"
    "create table jobs_1 partition of jobs for values in ('workflow_execute');\ncreate table runs",
)
OWN_TABLES = "\n".join(
    render(read_object(f"tables/{name}"), SCHEMAS)
    for name in ("agents", "operation_trackers", "social_posts", "audit_log")
).replace("Created by autopost.", "Of the platform.")

ENUM = "create type phase as enum ('DONE', 'it''s off', 'WORKING');" + TABLES.replace(
    "kind text, state varchar(30)", "kind text, state phase"
)
BY_LABELS = (
    "case when t.state = 'DONE' then 'completed' when t.state in ('it''s off', 'WORKING') then 'failed' end",
    "case t.state when 'it''s off' then 'failed' when 'DONE' then 'completed' else 'running' end",
    "case when t.state <> 'WORKING' and t.state NOT IN ('it''s off', 'DONE') then 'failed' else 'completed' end",
)

BY_A_VIEW = "cannot alter type of a column used by a view or rule"
BY_A_TRIGGER = "cannot alter type of a column used in a trigger definition"
DEPENDS = "because other objects depend on it"
APPLIED = "mapping applied"
ALL_OF_IT = "rebuilt 3 views and 1 trigger"


@dataclass(frozen=True, slots=True)
class Change:
    """A migration of the platform.

    `refused` is what PostgreSQL says of it before a detach, and `named` the tables and columns that autopost names
    after it; `mapping` is the file to migrate with then (None: without a file, as in a plain deployment), and `done`
    what that says. `job` is how an agent inserts an operation afterwards.
    """

    name: str
    statement: str
    refused: str | None = None
    named: tuple[tuple[str, str | None], ...] = ()
    mapping: str | None = None
    done: str = ALL_OF_IT
    job: str = JOB


SWAP = (
    "alter table {0} rename to {0}_before; create table {0} (like {0}_before including all); "
    "insert into {0} overriding system value select * from {0}_before; grant all on {0} to public"
)
NO_NOTE = "insert into jobs (robot, kind, state, remark, tenant) values ('r1', 'workflow_execute', '{}', 'a job', 't')"
REMARK = ONE.replace('what_explanation = "note"', 'what_explanation = "remark"')

MAPPED = [
    Change("type of a status", "alter table jobs alter state type varchar(60)", refused=BY_A_VIEW),
    Change("type of an agent's column", "alter table robots alter label type varchar(60)", refused=BY_A_VIEW),
    Change("collation", 'alter table robots alter label type text collate "POSIX"', refused=BY_A_VIEW),
    Change("type of a post's column", "alter table posts alter body type text", refused=BY_A_VIEW),
    Change(
        "column dropped",
        "alter table jobs drop column note, add remark text",
        refused=DEPENDS,
        mapping=REMARK,
        done=APPLIED,
        job=NO_NOTE,
    ),
    Change(
        "column renamed",
        "alter table jobs rename note to remark",
        named=(("public.jobs", "note"),),
        mapping=REMARK,
        done=APPLIED,
        job=NO_NOTE,
    ),
    Change(
        "column dropped with cascade",
        "alter table jobs drop column note cascade, add remark text",
        named=(("public.jobs", None), ("public.jobs", "note")),
        mapping=REMARK,
        done=APPLIED,
        job=NO_NOTE,
    ),
    Change(
        "table swapped",
        f"{SWAP.format('jobs')}; alter table jobs alter id restart with 100",
        named=(("public.jobs", None), ("public.jobs", None)),
        done="rebuilt 1 view and 2 triggers",
    ),
    Change("agents swapped", SWAP.format("robots"), named=(("public.robots", None),), done="rebuilt 1 view"),
    Change(
        "posts made again",
        "drop table posts cascade; "
        "create table posts (id text, author text, body text, at timestamptz, kind text, more text default 'x')",
        named=(("public.posts", None),),
        done="rebuilt 1 view and 1 trigger",
    ),
    Change(
        "table moved",
        "create schema work; grant usage on schema work to public; alter table jobs set schema work",
        named=(('"public"."jobs"', None),),
        mapping=ONE.replace("public.jobs", "work.jobs"),
        done=APPLIED,
        job=JOB.replace("jobs", "work.jobs"),
    ),
    Change(
        "columns, keys and indexes added",
        "alter table jobs add more text default 'x', add size int generated always as (length(note)) stored, "
        "alter robot set not null; create index on jobs (robot); alter table robots add more text",
        done="nothing to do",
    ),
]
UNMAPPED = [
    Change(
        "type of the status",
        "alter table operation_trackers alter status type varchar(60)",
        refused=BY_A_TRIGGER,
        done="rebuilt 1 trigger",
        job=OPERATION,
    ),
    Change(
        "status dropped with cascade and made again",
        "alter table operation_trackers drop column status cascade, add status text",
        named=(("public.operation_trackers", None),),
        done="rebuilt 1 trigger",
        job=OPERATION,
    ),
    Change(
        "type of a text",
        "alter table operation_trackers alter what_explanation type varchar(9000), alter next_steps type json "
        "using to_json(next_steps)",
        done="nothing to do",
        job=OPERATION,
    ),
    Change(
        "table swapped",
        SWAP.format("operation_trackers"),
        named=(("public.operation_trackers", None),),
        done="rebuilt 2 triggers",
        job=OPERATION,
    ),
]


@pytest.fixture
def platform(empty_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MappedPlatform]:
    """Return a platform with names of its own, or with autopost's names, beside which nothing is installed yet."""
    with mapped_platform(empty_database, tmp_path, getattr(request, "param", TABLES)) as platform:
        yield platform


@pytest.mark.parametrize("change", MAPPED, ids=lambda change: change.name)
def test_migration_of_a_mapped_platform(platform: MappedPlatform, change: Change) -> None:
    """It goes through, at once or after a detach; what is wrong is named, and `migrate` puts it right."""
    assert platform.install(ONE) == ""
    _goes_through(platform, change)


@pytest.mark.parametrize("platform", [OWN_TABLES], indirect=True, ids=["own tables"])
@pytest.mark.parametrize("change", UNMAPPED, ids=lambda change: change.name)
def test_migration_of_a_platform_with_autoposts_names(platform: MappedPlatform, change: Change) -> None:
    """Only the trigger depends on a column there, the status."""
    platform.install(None)
    _goes_through(platform, change)


def _goes_through(platform: MappedPlatform, change: Change) -> None:
    """Try a migration, with an operation completed before, in between and after it: none is lost."""
    first = OPERATION if change.job == OPERATION else JOB
    platform.as_application(first.format("completed"))
    if change.refused is not None:
        with pytest.raises(psycopg.Error, match=change.refused):
            platform.as_owner(change.statement)
        assert detach(platform.settings())
    platform.as_owner(change.statement)
    changes = platform.rows("select table_name, column_name, problem from autopost.auto_post_platform_changes()")
    if change.refused is None:
        assert sorted((row["table_name"], row["column_name"] or "") for row in changes) == sorted(
            (table, column or "") for table, column in change.named
        ), changes
    else:
        assert [row["problem"] for row in changes] == [
            "autopost is detached from the platform's tables: nothing is captured"
        ]
    platform.as_application(change.job.format("failed"))
    assert migrate(platform.settings(change.mapping)) == change.done
    platform.as_application(change.job.format("completed"))
    assert platform.rows("select * from autopost.auto_post_platform_changes()") == []
    assert platform.rows("select finding from autopost.auto_post_check_trigger() where level <> 'ok'") == []
    platform.value("select autopost.auto_post_reconcile()")
    counts = platform.rows("select status, count(*) as number from autopost.auto_post_outbox group by 1 order by 1")
    assert [tuple(row.values()) for row in counts] == [("completed", 2), ("failed", 1)], platform.warnings
    own = Schemas("autopost", "public" if change.job == OPERATION else "autopost")
    with open_connection(platform.as_role(platform.worker)) as connection:
        missing = (
            psycopg.RawCursor(connection).execute(query("worker/missing_rights", own).encode(), [False]).fetchall()
        )
    assert missing == [], "the worker has lost no right"
    assert migrate(platform.settings()) == "nothing to do"


async def test_worker_names_what_changed_and_goes_on_with_what_is_captured(
    platform: MappedPlatform, redactor: Redactor
) -> None:
    """A renamed column: one event and a metric with table and column; what was captured before is posted."""
    platform.install(ONE)
    platform.as_application(JOB.format("failed"))
    platform.as_owner("alter table jobs rename note to remark")
    platform.as_application(NO_NOTE.format("failed"))
    assert any("did not capture" in warning for warning in platform.warnings), "the agent has a warning, and goes on"
    settings = platform.settings(role=platform.worker).model_copy(update={"maintenance_seconds": 0.1})
    name, labels = "autopost_platform_changes", {"table": "public.jobs", "column": "note"}
    with capture_logs() as logged:
        async with working(settings, redactor):
            await eventually(lambda: platform.value("select count(*) from posts") == 2)
            await eventually(lambda: REGISTRY.get_sample_value(name, labels) == 1)
            found = [entry for entry in logged if entry["event"] == "platform.changed"]
            assert [(entry["table"], entry["column"], entry["log_level"]) for entry in found] == [
                ("public.jobs", "note", "error")
            ]
            findings = platform.rows("select finding from autopost.auto_post_check() where level <> 'ok'")
            said = " ".join(row["finding"] for row in findings)
            assert "public.jobs: the trigger reads column note, which is not there" in said
            assert "it found 1 in the last hour" in said, "the reconciler reads by the view, which follows"
            assert migrate(platform.settings(REMARK)) == APPLIED
            await eventually(lambda: REGISTRY.get_sample_value(name, labels) is None)
            await eventually(lambda: any(entry["event"] == "platform.restored" for entry in logged))
    assert len([entry for entry in logged if entry["event"] == "platform.changed"]) == 1


@pytest.mark.parametrize("platform", [PARTITIONED], indirect=True, ids=["partitioned"])
def test_partitions_come_and_go(platform: MappedPlatform) -> None:
    """A partition that is attached has the trigger at once, one that is detached has it no more; nothing to rebuild."""
    platform.install(ONE)
    platform.as_owner(
        "create table later (like jobs including all excluding identity)",
        "grant insert on later to public",
        "alter table jobs attach partition later for values in ('report_generate')",
    )
    report = JOB.replace("workflow_execute", "report_generate")
    platform.as_application(JOB.format("completed"), report.format("completed"))
    assert len(platform.captured()) == 2
    assert platform.rows("select * from autopost.auto_post_platform_changes()") == []
    platform.as_owner("alter table jobs detach partition later")
    platform.as_application("insert into later (id, kind, state, note) values (9, 'report_generate', 'failed', 'x')")
    assert len(platform.captured()) == 2
    with pytest.raises(psycopg.Error, match=BY_A_VIEW):
        platform.as_owner("alter table jobs alter state type varchar(60)")
    detach(platform.settings())
    platform.as_owner("alter table jobs alter state type varchar(60)")
    assert migrate(platform.settings()) == ALL_OF_IT
    platform.as_application(JOB.format("failed"))
    assert len(platform.captured()) == 3


async def test_workers_wait_while_autopost_is_detached(platform: MappedPlatform, redactor: Redactor) -> None:
    """Nothing is captured, posted, skipped or given up; afterwards all of it is posted, once."""
    platform.install(ONE)
    platform.as_application(JOB.format("failed"))
    said = autopost("detach", "--yes", dsn=platform.as_role(platform.owner))
    assert said.stdout.startswith("autopost is detached from the platform's tables."), said.stderr
    platform.as_application(JOB.format("failed"))
    worker = platform.settings(role=platform.worker)
    with capture_logs() as logged:
        async with working(worker, redactor):
            await eventually(lambda: any("InvalidObjectDefinition" in str(entry) for entry in logged))
            await eventually(lambda: any(entry["event"] == "platform.changed" for entry in logged))
    assert platform.value("select autopost.auto_post_reconcile()") == 0
    assert platform.rows("select state, attempts from autopost.auto_post_outbox") == [
        {"state": "pending", "attempts": 0}
    ]
    check = autopost("check", dsn=platform.as_role(platform.owner))
    assert (check.returncode, "autopost is detached from the platform's tables" in check.stdout) == (5, True)
    said = autopost("migrate", dsn=platform.as_role(platform.owner))
    assert ALL_OF_IT in said.stdout, said.stderr
    assert platform.value("select autopost.auto_post_reconcile()") == 1
    await work_off(platform, worker, redactor)
    assert platform.value("select count(*) from posts") == 2


@pytest.mark.parametrize("platform", [ENUM], indirect=True, ids=["enum"])
@pytest.mark.parametrize("status", BY_LABELS)
def test_label_of_an_enum_that_is_renamed_is_named(platform: MappedPlatform, status: str) -> None:
    """PostgreSQL lets it pass, and the trigger compares with the old one: change, check and a new mapping."""
    mapping = ONE.replace('status = "state"', f'status = "{status}"')
    platform.install(mapping)
    assert platform.rows("select * from autopost.auto_post_platform_changes()") == []
    platform.as_owner("alter type phase rename value 'DONE' to 'READY'")
    platform.as_application(JOB.format("READY"))
    assert platform.captured() == []
    (found,) = platform.rows("select * from autopost.auto_post_platform_changes()")
    assert (found["table_name"], found["column_name"]) == ("public.jobs", "state")
    assert "compares column state with 'DONE', which its type does not have" in found["problem"]
    check = autopost("check", dsn=platform.as_role(platform.owner), SOCIAL_POST_LLM_ENABLED="false")
    assert "an expression of the mapping cannot be used any more (SQLSTATE 22P02)" in check.stdout
    assert migrate(platform.settings(mapping.replace("DONE", "READY"))) == APPLIED
    assert platform.rows("select * from autopost.auto_post_platform_changes()") == []


def test_alembic_alone_attaches_again_after_a_detach(platform: MappedPlatform) -> None:
    """A pipeline that runs `alembic upgrade head` in the checkout needs no second command, and sees what was made."""
    platform.install(ONE)
    detach(platform.settings())
    ran = alembic("upgrade", "head", dsn=platform.as_role(platform.owner))
    assert (ran.returncode, ran.stdout.strip()) == (0, f"autopost: {ALL_OF_IT}"), ran.stderr
    assert platform.rows("select * from autopost.auto_post_platform_changes()") == []
    assert migrate(platform.settings()) == "nothing to do"


def test_agents_at_work_lose_nothing_to_a_detach(platform: MappedPlatform) -> None:
    """They complete operations all the time; each is captured once, by the trigger or the reconciler."""
    platform.install(TWO)
    done = threading.Event()
    counts: list[int] = []

    def agents() -> None:
        with open_connection(platform.as_role(platform.application), autocommit=True) as connection:
            number = 0
            while not done.is_set():
                number += 1
                connection.execute(JOB.format("running").encode())
                connection.execute(b"update jobs set state = 'completed', ended = now() where state = 'running'")
            counts.append(number)

    working = threading.Thread(target=agents)
    working.start()
    try:
        until(lambda: len(platform.captured()) > 10)
        detach(platform.settings())
        platform.as_owner("alter table jobs alter state type varchar(99)")
        before = platform.value("select count(*) from jobs")
        until(lambda: platform.value("select count(*) from jobs") > before + 10)
        migrate(platform.settings())
        captured = len(platform.captured())
        until(lambda: len(platform.captured()) > captured + 10)
    finally:
        done.set()
        working.join()
    platform.value("select autopost.auto_post_reconcile(100000, 100000)")
    assert platform.warnings == []
    assert len(platform.captured()) == len(set(platform.captured())) == counts[0]


def test_detach_gives_up_its_locks_and_says_so(platform: MappedPlatform) -> None:
    """A long transaction on a table of the platform: nothing has changed, and nobody has queued behind it for long."""
    platform.install(ONE)
    with open_connection(platform.as_role(platform.application)) as agent:
        agent.execute(JOB.format("running").encode())
        with pytest.raises(SchemaMismatch, match="did not get its locks"):
            detach(platform.settings(), patience_seconds=0)
    platform.as_application(JOB.format("completed"))
    assert platform.rows("select * from autopost.auto_post_platform_changes()") == []
    assert len(platform.captured()) == 1


def test_detach_without_an_installation_says_so(platform: MappedPlatform) -> None:
    """Exit code 4."""
    said = autopost("detach", "--yes", dsn=platform.as_role(platform.owner))
    assert (said.returncode, "autopost is not installed in schema autopost" in said.stderr) == (4, True)
