"""Installing, upgrading and removing the database half."""

from __future__ import annotations

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from autopost.database import folders, sql
from autopost.database.migrate import make_schema, migrate
from autopost.database.revisions import head_revision, known_revisions
from autopost.errors import DatabaseUnreachable, SchemaMismatch
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.host import SCHEMAS, Host, open_connection
from tests.support.programs import postgres_programs

HOST_TABLES = ("agents", "operation_trackers", "social_posts", "audit_log")
ORDER = [
    *(f"tables/{name}" for name in HOST_TABLES),
    "functions/auto_post_json",
    "functions/auto_post_host_problems",
    *(
        f"tables/auto_post_{name}"
        for name in (
            "rules",
            "outbox",
            "rate_limits",
            "rate_limited",
            "alert_windows",
            "llm_days",
            "control",
            "workers",
        )
    ),
    *(f"tables/auto_post_{name}" for name in ("tombstones", "pauses", "reconciliation")),
    *(f"tables/auto_post_{name}" for name in ("not_captured", "compatibility")),
    *(
        f"tables/auto_post_{name}"
        for name in ("events", "consumers", "ended_sessions", "webhook_dead_letters", "webhook_summaries")
    ),
    *(
        f"functions/auto_post_{name}"
        for name in (
            "text",
            "time",
            "outbox_id",
            "matching_rules",
            "best_rule",
            "outbox_is_sound",
            "refuse_outbox_row",
            "log_operator_action",
            "serialize_rule_changes",
            *(f"compiled_{name}" for name in ("rule", "since", "title", "wakeup", "bodies")),
            *("compile", "compile_change"),
            "rules_since",
        )
    ),
    "views/auto_post_operations",
    *(
        f"functions/auto_post_{name}"
        for name in (
            *("capture_since", "capture", "unsafe_policy", "reconcile_rows", "reconcile_block", "reconcile"),
            *("type_of", "agents", "committed_rows", "committed", "open_approvals"),
        )
    ),
    *(
        f"functions/auto_post_{name}"
        for name in ("correct_clock", "expire", "count_alerts", "add_digests", "purge", "history")
    ),
    *(f"functions/auto_post_{name}" for name in ("pause", "resume", "retry", "retry_all", "skip", "requeue")),
    *(f"functions/auto_post_{name}" for name in ("capture_on", "capture_off", "add_rule", "title_rule")),
    "functions/auto_post_end_session",
    "functions/auto_post_switch_rule",
    *(f"functions/auto_post_{name}" for name in ("sequence_events", "retry_webhook", "forget_webhook")),
    "functions/auto_post_platform_changes",
    *(f"functions/auto_post_check_{name}" for name in ("by", "server", "held_back", "schema", "trigger", "functions")),
    "functions/auto_post_column_rights",
    "functions/auto_post_keep_to_clock",
    *(f"functions/auto_post_check_{name}" for name in ("switches", "outbox", "workers", "rights", "row_security")),
    "functions/auto_post_check_webhooks",
    "functions/auto_post_check",
    *(
        f"triggers/auto_post_{name}"
        for name in (
            *("outbox_state", "serialize_rule_changes", "serialize_switch_changes", "rules_since", "capture_since"),
            *("compile_rules", "compile_switches", "capture", "keep_to_clock"),
        )
    ),
    *(f"views/auto_post_{name}" for name in ("health", "dead", "stuck", "skips")),
]

# Bodies of the generated functions auto_post_compiled_*, before and after they are generated, as pg_dump writes them.
COMPILED = tuple(f"    AS $${body}" for body in ("select null::", "select case p_part", "select ('{", "select '"))


def objects(dsn: str) -> list[str]:
    """Return the names of all tables, functions and triggers outside the catalog, and of autopost's schema."""
    with open_connection(dsn) as connection:
        return [
            str(row[0])
            for row in connection.execute(
                "select relname from pg_class where relkind in ('r', 'i', 'S') and relnamespace::regnamespace::text "
                "not like 'pg_%' and relnamespace::regnamespace::text <> 'information_schema' "
                "union all select proname from pg_proc "
                "where pronamespace::regnamespace::text in ('public', 'autopost') "
                "union all select nspname from pg_namespace where nspname = 'autopost' "
                "union all select tgname from pg_trigger where not tgisinternal order by 1"
            ).fetchall()
        ]


def dump(dsn: str, pg_dump: Path) -> list[str]:
    """Return the schema as pg_dump writes it, without what differs from run to run."""
    command = [
        str(pg_dump),
        "--schema-only",
        "--no-owner",
        "--exclude-table=*.auto_post_schema_version",
        f"--dbname={dsn}",
    ]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines() if line and not line.startswith(("--", "\\", "SET "))]
    # What is compiled of rules and switches has the times of the installation in it.
    return [line for line in lines if not line.startswith(COMPILED)]


@pytest.fixture(scope="session")
def pg_dump() -> Path:
    """Return the newest pg_dump at hand, which reads servers of its version and older."""
    return postgres_programs() / "pg_dump"


def test_migrated_database_is_what_sql_says(database: str, empty_database: str, pg_dump: Path) -> None:
    """The frozen migrations and the present truth in sql/ lead to the same database."""
    how = "write the same text into the object's file in sql/ and into the up script of the revision"
    with open_connection(empty_database) as connection:
        connection.execute(make_schema(SCHEMAS).encode())
        for name in ORDER:
            text = (folders.sql_folder() / f"{name}.sql").read_text("utf-8")
            connection.execute(sql.render(text, SCHEMAS).encode())
    assert dump(database, pg_dump) == dump(empty_database, pg_dump), how


def test_revisions_are_those_that_alembic_reads() -> None:
    """They are taken from the names of the files, and the newest has the highest number."""
    script = ScriptDirectory(str(folders.migrations_folder()))
    assert known_revisions() == {revision.revision for revision in script.walk_revisions()}
    assert head_revision() == script.get_current_head()


def test_every_file_of_sql_is_part_of_the_truth() -> None:
    """No table, function or trigger lies in sql/ without being compared."""
    folder = folders.sql_folder()
    found = {
        str(path.relative_to(folder).with_suffix(""))
        for kind in ("tables", "functions", "triggers", "views")
        for path in (folder / kind).glob("*.sql")
    }
    assert found == set(ORDER)


def test_migrating_twice_changes_nothing(database: str) -> None:
    """The second run finds nothing to do."""
    before = objects(database)
    migrate(load_settings(database_url=database))
    assert objects(database) == before


def test_upgrade_keeps_the_rows_that_are_there_and_downgrade_gives_back_the_older_schema(
    empty_database: str, pg_dump: Path
) -> None:
    """From 0001 with rows in every state to the newest and back: the same schema and the same rows."""
    settings = load_settings(database_url=empty_database)
    migrate(settings, "0001_outbox")
    before = dump(empty_database, pg_dump)
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        for state in ("pending", "skipped", "dead", "later"):
            host.complete(state)
        host.execute(
            "update auto_post_outbox set state = tracker_id, reason = 'r', last_error = 'e', finished_at = now() "
            "where tracker_id in ('skipped', 'dead')"
        )
        rows = host.outbox()
        migrate(settings)
        assert [
            row | old for row, old in zip(host.outbox(), rows, strict=True)
        ] == host.outbox()  # new columns may come
        host.execute("insert into auto_post_consumers (name, holder) values ('webhook:out', 'one')")
        migrate(settings, "0001_outbox")
        assert host.outbox() == rows
        assert host.rows("select name from auto_post_consumers") == [{"name": "log"}]
        host.complete("goes on")
        assert len(host.outbox()) == 5
    assert dump(empty_database, pg_dump) == before


@pytest.mark.parametrize("revision", sorted(known_revisions() - {head_revision()}))
def test_every_downgrade_undoes_its_upgrade(empty_database: str, pg_dump: Path, revision: str) -> None:
    """What a revision replaced is back as it was, function bodies and comments included."""
    settings = load_settings(database_url=empty_database)
    migrate(settings, revision)
    before = dump(empty_database, pg_dump)
    migrate(settings)
    migrate(settings, revision)
    assert dump(empty_database, pg_dump) == before


def test_downgrade_to_base_leaves_nothing_of_an_empty_install(database: str) -> None:
    """What autopost made and nobody used goes."""
    migrate(load_settings(database_url=database), "base")
    assert objects(database) == []


def test_downgrade_keeps_host_tables_that_hold_rows(database: str) -> None:
    """A table with rows stays, also one that autopost made."""
    with open_connection(database) as connection:
        connection.execute("insert into agents (id) values ('ada')")
    migrate(load_settings(database_url=database), "base")
    assert "agents" in objects(database)
    assert "social_posts" not in objects(database)


def test_downgrade_keeps_host_tables_that_autopost_did_not_make(empty_database: str) -> None:
    """The platform's own table stays even when it is empty, and the rest comes back."""
    with open_connection(empty_database) as connection:
        connection.execute(
            "create table agents (id text primary key, name text, maturity text, tenant_id text, category text)"
        )
    settings = load_settings(database_url=empty_database)
    migrate(settings)
    migrate(settings, "base")
    assert "agents" in objects(empty_database)
    migrate(settings)
    assert "auto_post_outbox" in objects(empty_database)


def test_missing_columns_are_refused_in_one_message_and_nothing_changes(empty_database: str) -> None:
    """One error names every missing column of every table."""
    with open_connection(empty_database) as connection:
        connection.execute("create table agents (id text, name text)")
        connection.execute("create table operation_trackers (id uuid, status text)")
        connection.execute("create table audit_log (id text, severity text not null)")
        connection.execute("create table social_posts (id uuid, content varchar(140))")
    before = objects(empty_database)
    with pytest.raises(SchemaMismatch) as caught:
        migrate(load_settings(database_url=empty_database))
    message = str(caught.value)
    for expected in (
        "agents: column maturity is missing",
        "agents: column category is missing",
        "agents: column id must be unique by itself: the row is known by it alone",
        "operation_trackers: column started_at is missing",
        "social_posts: column content is character varying(140), must hold 280 characters",
        "social_posts: column id is uuid, must be text",
        "operation_trackers: column what_explanation is missing",
        "audit_log: column details is missing",
        "audit_log: column severity must be given and has no default, and autopost does not know it",
    ):
        assert expected in message
    assert objects(empty_database) == before


def test_platform_that_uses_alembic_itself_keeps_its_version(empty_database: str) -> None:
    """The version table is a table of its own."""
    with open_connection(empty_database) as connection:
        connection.execute("create table alembic_version (version_num text)")
        connection.execute("insert into alembic_version values ('platform')")
    migrate(load_settings(database_url=empty_database))
    with open_connection(empty_database) as connection:
        assert connection.execute("select version_num from alembic_version").fetchall() == [("platform",)]
        assert connection.execute("select version_num from auto_post_schema_version").fetchall() == [(head_revision(),)]


@pytest.mark.usefixtures("processes")  # what they are forked from is there before the threads
def test_two_migrations_at_once_make_one(empty_database: str) -> None:
    """The second waits for the first and finds nothing to do."""
    with ThreadPoolExecutor() as several:
        runs = [several.submit(autopost, "migrate", "--yes", dsn=empty_database) for _ in range(3)]
    assert [run.result().returncode for run in runs] == [0, 0, 0]
    assert "auto_post_outbox" in objects(empty_database)


def test_migration_waits_its_turn_for_a_busy_table(empty_database: str) -> None:
    """A lock that is held for a while delays the migration; nobody queues behind it for long."""
    settings = load_settings(database_url=empty_database)
    migrate(settings)
    migrate(settings, "base")
    with open_connection(empty_database) as connection:
        connection.execute("create table social_posts (like pg_class)")
        connection.commit()
        connection.execute("lock table social_posts")
        thread = threading.Timer(3, connection.rollback)
        thread.start()
        try:
            with pytest.raises(SchemaMismatch, match="social_posts: column"):
                migrate(settings)
        finally:
            thread.join()


def test_no_database_is_a_clear_error() -> None:
    """The message says what could not be reached."""
    with pytest.raises(DatabaseUnreachable, match="cannot connect"):
        migrate(load_settings(database_url="postgresql://nobody@127.0.0.1:1/none"))


@pytest.mark.parametrize(
    ("own", "platform"), [("Posts", "Agent-Platform"), ("Agent-Platform", "Agent-Platform"), ("public", "public")]
)
def test_tables_of_any_schema_are_served(empty_database: str, own: str, platform: str) -> None:
    """The schemas may have names that need quotes, and may be one."""
    with open_connection(empty_database) as connection:
        connection.execute('create schema if not exists "Agent-Platform"')
    settings = load_settings(database_url=empty_database, schema_name=own, platform_schema_name=platform)
    migrate(settings)
    with open_connection(empty_database) as connection:
        connection.execute(f'set search_path = "{own}", "{platform}"'.encode())
        connection.execute(
            "insert into operation_trackers (id, operation_type, status) values ('a', 'workflow_execute', 'completed')"
        )
        assert connection.execute("select tracker_id from auto_post_outbox").fetchall() == [("a",)]
        schemas = "select distinct relnamespace::regnamespace::text from pg_class where relname = any(%s) order by 1"
        assert connection.execute(schemas, (["auto_post_outbox"],)).fetchall() == [(quoted_ident(own),)]
        assert connection.execute(schemas, ([*HOST_TABLES],)).fetchall() == [(quoted_ident(platform),)]
    migrate(settings, "base")
    with open_connection(empty_database) as connection:
        found = connection.execute("select nspname from pg_namespace where nspname in ('Posts', 'autopost')")
        assert found.fetchall() == []


def quoted_ident(name: str) -> str:
    """Return a name as PostgreSQL prints it."""
    return name if name.islower() and name.isidentifier() else f'"{name}"'


def test_drop_of_trigger_and_schema_removes_all(database: str) -> None:
    """What a DBA does without autopost at hand; then it can be installed again."""
    with open_connection(database) as connection:
        connection.execute("drop trigger auto_post_capture on operation_trackers")
        connection.execute("drop schema autopost cascade")
    indexes = {f"{table}_pkey" for table in HOST_TABLES}
    indexes |= {"audit_log_occurred_at_idx", "audit_log_tracker_id_idx", "social_posts_created_at_idx"}
    assert set(objects(database)) == {*HOST_TABLES, *indexes}
    migrate(load_settings(database_url=database))


def test_removal_leaves_a_schema_that_autopost_did_not_make(empty_database: str) -> None:
    """Somebody made it, for a role without the right to make one."""
    with open_connection(empty_database) as connection:
        connection.execute("create schema autopost")
    settings = load_settings(database_url=empty_database)
    migrate(settings)
    migrate(settings, "base")
    assert objects(empty_database) == ["autopost"]


def test_second_installation_beside_the_same_table_is_refused(database: str) -> None:
    """Its trigger would take the place of the first one's, whose outbox would be forgotten."""
    with pytest.raises(SchemaMismatch, match=r"installed already beside public\.operation_trackers") as caught:
        migrate(load_settings(database_url=database, schema_name="another"))
    assert "If it is another one, remove it first" in str(caught.value)


def test_role_that_may_not_make_the_schema_is_told_who_may(empty_database: str) -> None:
    """With the statement that makes it."""
    with open_connection(empty_database, autocommit=True) as connection:
        role = f"autopost_test_poor_{connection.info.backend_pid}"
        connection.execute(f"create role {role} login".encode())
        try:
            with pytest.raises(SchemaMismatch, match=f"create schema autopost authorization {role}"):
                migrate(load_settings(database_url=f"{empty_database} user={role}"))
        finally:
            connection.execute(f"drop role {role}".encode())
