"""Several tables of operations: captured and reconciled each by itself, with one rate limit and one feed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.errors import SchemaMismatch
from autopost.redaction.redactor import Redactor
from tests.support.command_line import alembic, autopost
from tests.support.host import open_connection
from tests.support.mapped_platform import AGENTS_AND_POSTS, JOBS, ONE, RUNS, TWO, MappedPlatform, mapped_platform
from tests.support.work import work_off

JOB = "insert into jobs (robot, kind, state, note, tenant) values ('r1', 'workflow_execute', 'running', 'a job', 't')"
RUN = "insert into runs (flow, number, robot, state, note) values ('etl/1%', {}, 'r1', 'running', 'a run')"


@pytest.fixture
def platform(empty_database: str, tmp_path: Path) -> Iterator[MappedPlatform]:
    """Return a platform with the tables jobs and runs, beside which nothing is installed yet."""
    with mapped_platform(empty_database, tmp_path) as platform:
        yield platform


async def test_operations_of_two_tables_share_one_rate_limit_and_one_feed(
    platform: MappedPlatform, redactor: Redactor
) -> None:
    """An agent completes something in both within the window: one post, and one that is rate-limited."""
    platform.install(TWO)
    platform.as_application(JOB, RUN.format(7), "update jobs set state = 'completed'", "update runs set note = 'x'")
    platform.as_application("update runs set state = 'completed', ended = now()")
    assert platform.captured() == ["1", "runs/etl%2F1%25/7"]
    await work_off(platform, platform.settings(role=platform.worker), redactor)
    assert [row["body"] for row in platform.rows("select body from posts")] == [
        "Just finished workflow_execute! a job #automation"
    ]
    outcomes = platform.rows("select tracker_id, state, reason from autopost.auto_post_outbox order by captured_at")
    assert [tuple(row.values()) for row in outcomes] == [
        ("1", "posted", None),
        ("runs/etl%2F1%25/7", "skipped", "rate_limited"),
    ]
    assert platform.warnings == []
    why = autopost("why", "runs/etl%2F1%25/7", dsn=platform.as_role(platform.owner))
    assert "rate_limited" in why.stdout, why.stderr


def test_what_the_triggers_missed_is_reconciled_in_all_tables(platform: MappedPlatform) -> None:
    """By blocks of each table; a window of one block reaches both, and a second round finds nothing."""
    platform.install(TWO)
    platform.execute("alter table jobs disable trigger auto_post_capture")
    platform.execute("alter table runs disable trigger auto_post_capture")
    platform.as_application(JOB, RUN.format(1), RUN.format(2), "update jobs set state = 'failed'")
    platform.as_application("update runs set state = 'completed', ended = now() where number = 2")
    assert platform.value("select autopost.auto_post_reconcile(1, 1)") == 1
    assert platform.value("select autopost.auto_post_reconcile(1, 1)") == 1
    assert sorted(platform.captured()) == ["1", "runs/etl%2F1%25/2"]
    assert platform.value("select autopost.auto_post_reconcile()") == 0
    assert platform.rows("select * from autopost.auto_post_not_captured") == []
    plan = platform.rows(
        "explain select * from autopost.operation_trackers as t where t.ctid >= '(3,0)'::tid and t.ctid < '(9,0)'::tid"
    )
    assert str(plan).count("Tid Range Scan") == 2


def test_table_that_cannot_be_read_does_not_keep_the_reconciler_from_another(platform: MappedPlatform) -> None:
    """Somebody holds a lock on one, or its view was dropped: the others are read, and check names it."""
    platform.install(TWO)
    platform.execute("alter table runs disable trigger auto_post_capture")
    platform.execute("alter function autopost.auto_post_reconcile(integer, integer) set lock_timeout = '50ms'")
    platform.as_application(RUN.format(1), "update runs set state = 'completed', ended = now()")
    with open_connection(platform.dsn) as other:
        other.execute("lock table jobs in access exclusive mode")
        assert platform.value("select autopost.auto_post_reconcile()") == 1
        findings = platform.rows("select finding from autopost.auto_post_check_workers() where level = 'problem'")
        assert any("it cannot read" in row["finding"] and "jobs" in row["finding"] for row in findings), findings
        other.execute("lock table runs in access exclusive mode")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            platform.value("select autopost.auto_post_reconcile()")
    platform.as_owner("alter table jobs drop column note cascade")
    platform.as_application(RUN.format(2), "update runs set state = 'failed' where number = 2")
    assert platform.value("select autopost.auto_post_reconcile()") == 1
    noted = platform.rows("select tracker_id, detail from autopost.auto_post_not_captured order by last_seen_at")
    assert [tuple(row.values()) for row in noted] == [('"public"."jobs"', "42P01")]


def test_unreadable_row_of_one_table_hides_no_row_of_another(platform: MappedPlatform) -> None:
    """It is noted, and what lies in the same blocks of the other table is captured."""
    platform.install(TWO.replace('what_explanation = "note"', "what_explanation = \"(t.note::json ->> 'x')\"", 1))
    for table in ("jobs", "runs"):
        platform.execute(f"alter table {table} disable trigger auto_post_capture")
    platform.as_application(JOB, RUN.format(1), "update jobs set state = 'completed'")
    platform.as_application("update runs set state = 'completed', ended = now()")
    assert platform.value("select autopost.auto_post_reconcile()") == 1
    assert platform.captured() == ["runs/etl%2F1%25/1"]
    assert platform.value("select tracker_id from autopost.auto_post_not_captured") == "1"


def test_table_is_added_and_removed_by_migrating_with_a_changed_file(platform: MappedPlatform) -> None:
    """The ids of the first stay as they were; what belonged to the removed one is gone."""
    platform.install(ONE)
    platform.as_application(JOB, "update jobs set state = 'completed'")
    assert migrate(platform.settings(TWO)) == "mapping applied"
    assert migrate(platform.settings(TWO)) == "nothing to do"
    platform.as_application(RUN.format(1), "update runs set state = 'completed'", "update jobs set state = 'failed'")
    assert platform.captured() == ["1", "runs/etl%2F1%25/1", "1"]
    assert platform.rows("select finding from autopost.auto_post_check_trigger() where level <> 'ok'") == []
    assert migrate(platform.settings(ONE)) == "mapping applied"
    made = "select proname from pg_proc where proname like 'auto\\_post\\_capture\\_of\\_%'"
    assert platform.rows(made) == []
    assert platform.rows("select tgname from pg_trigger where tgrelid = 'runs'::regclass and not tgisinternal") == []
    assert platform.rows("select relname from pg_class where relname like 'operation\\_trackers\\_%'") == []
    assert migrate(platform.settings()) == "nothing to do"


def test_collations_of_the_tables_may_differ(platform: MappedPlatform) -> None:
    """The view of all has one; from one table to two, to none of that and back, it is made again."""
    platform.as_owner('alter table jobs alter state type text collate "C", alter note type text collate "POSIX"')
    platform.install(ONE)
    assert migrate(platform.settings(TWO)) == "mapping applied"
    platform.as_application(JOB, RUN.format(1))
    rows = platform.rows("select id, status, what_explanation from autopost.operation_trackers order by id")
    assert [tuple(row.values()) for row in rows] == [
        ("1", "running", "a job"),
        ("runs/etl%2F1%25/1", "running", "a run"),
    ]
    assert migrate(platform.settings(ONE)) == "mapping applied"
    assert migrate(platform.settings()) == "nothing to do"


def test_order_of_the_sections_means_nothing(platform: MappedPlatform) -> None:
    """Written the other way round, and all with names: functions and triggers are exchanged, captures go on."""
    swapped = f"{AGENTS_AND_POSTS}[[operation_trackers]]\n{RUNS}[[operation_trackers]]\n{JOBS}"
    platform.install(TWO)
    assert migrate(platform.settings(swapped)) == "mapping applied"
    named = f'{AGENTS_AND_POSTS}[[operation_trackers]]\n{RUNS}[[operation_trackers]]\nname = "jobs"\n{JOBS}'
    platform.as_application(JOB, RUN.format(1), "update jobs set state = 'completed'")
    assert migrate(platform.settings(named)) == "mapping applied"
    platform.as_application("update runs set state = 'completed'", "update jobs set state = 'failed'")
    assert platform.captured() == ["1", "runs/etl%2F1%25/1", "jobs/1"]
    assert platform.warnings == []
    assert platform.rows("select finding from autopost.auto_post_check_trigger() where level <> 'ok'") == []
    drift = autopost("check", dsn=platform.as_role(platform.owner)).stdout
    assert "does not do what this version's does" not in drift


def test_removal_leaves_nothing_on_any_table(platform: MappedPlatform) -> None:
    """No trigger, function or view, also after a detach."""
    for is_detached in (False, True):
        platform.install(TWO)
        if is_detached:
            assert autopost("detach", "--yes", dsn=platform.as_role(platform.owner)).returncode == 0
        migrate(platform.settings(), "base")
        assert platform.value("select to_regnamespace('autopost')") is None
        assert platform.rows("select tgname from pg_trigger where not tgisinternal") == []


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (
            "alter table runs drop constraint runs_pkey",
            'operation_trackers runs: the columns flow, number of "public"."runs" must be unique together',
        ),
        (
            "alter table runs drop constraint runs_pkey, alter number drop not null, add unique (flow, number)",
            'column number of "public"."runs" is part of the id and must be NOT NULL',
        ),
        ("alter table runs alter number type timestamptz using now()", "whose text depends on the session"),
        ("alter table runs rename state to phase", "operation_trackers runs.status: column t.state does not exist"),
    ],
)
def test_id_of_several_columns_must_be_one(platform: MappedPlatform, damage: str, expected: str) -> None:
    """Unique, never NULL, and the same text in each session; and the message says which table it is."""
    platform.as_owner(damage)
    with pytest.raises(SchemaMismatch) as caught:
        migrate(platform.settings(TWO))
    assert expected in str(caught.value)


def test_printed_script_installs_all_tables(platform: MappedPlatform) -> None:
    """`alembic upgrade head --sql` holds every trigger, and nothing is left to rebuild."""
    platform.settings(TWO)
    mapping = {"SOCIAL_POST_MAPPING_FILE": str(platform.folder / "platform.toml")}
    script = alembic("upgrade", "head", "--sql", dsn=platform.as_role(platform.owner), **mapping).stdout
    with open_connection(platform.as_role(platform.owner), autocommit=True) as connection:
        connection.execute(script.encode())
    platform.as_application(
        JOB, RUN.format(1), "update jobs set state = 'completed'", "update runs set state = 'failed'"
    )
    assert platform.captured() == ["1", "runs/etl%2F1%25/1"]
    assert migrate(platform.settings()) == "nothing to do"
