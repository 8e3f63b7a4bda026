"""Beside a platform whose tables have other names and shapes: that of docs/examples, with a role for each part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from autopost.database.migrate import migrate
from autopost.database.sql import Schemas, dba_statements
from autopost.errors import SchemaMismatch
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support import ROOT
from tests.support.command_line import alembic, autopost
from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.listening import Listener
from tests.support.roles import GROUPS, drop_roles, groups_locked, groups_of
from tests.support.work import work_off, worker_process

EXAMPLE = ROOT / "docs" / "examples" / "agent-registry.toml"
MAPPED = Schemas("autopost", "autopost")
TABLES = ("agent_registry", "agent_operation_tracker", "agent_posts", "audit_trail")


class Platform(Host):
    """The platform of docs/examples; its operations are changed by the application's own role."""

    def __init__(self, connection: psycopg.Connection[object], dsn: str, suffix: str) -> None:
        super().__init__(connection)
        self.dsn = dsn
        self.owner, self.application, self.installer, self.worker = (
            f"autopost_test_{part}_{suffix}" for part in ("owner", "application", "installer", "worker")
        )

    def as_role(self, role: str) -> str:
        """Return the connection string for a role."""
        return f"{self.dsn} user={role}"

    def complete_operation(self, operation_type: str = "workflow_execute", state: str = "DONE") -> str:
        """Start an operation and end it, as the application does; return its id."""
        with open_connection(self.as_role(self.application), autocommit=True) as connection:
            row = connection.execute(
                "insert into agent_operation_tracker (workspace_id, agent_id, operation_type, context) "
                "select workspace_id, id, %s, %s from agent_registry limit 1 returning id",
                (operation_type, '{"what": "Sorted the inbox", "why": "nobody waits", "next": "rest"}'),
            ).fetchone()
            assert row is not None
            connection.execute("update agent_operation_tracker set step = step + 1 where id = %s", row)
            connection.execute("update agent_operation_tracker set state = %s where id = %s", (state, row[0]))
            return str(row[0])

    def waiting(self) -> int:
        """Return how many rows have no outcome yet."""
        count: int = self.value("select count(*) from autopost.auto_post_outbox where state in ('pending', 'claimed')")
        return count


@pytest.fixture
def platform(empty_database: str) -> Iterator[Platform]:
    """Return the platform with its tables, an agent, an operation that ended before, and its roles."""
    with groups_locked(empty_database), open_connection(empty_database, autocommit=True) as connection:
        suffix = str(connection.info.backend_pid)
        platform = Platform(connection, empty_database, suffix)
        before = groups_of(platform)
        for role in (platform.owner, platform.application, platform.installer, platform.worker):
            platform.execute(f"create role {role} login")
        platform.execute("revoke create on schema public from public")
        platform.execute(f"grant create on schema public to {platform.owner}")
        platform.execute(f"set role {platform.owner}")
        platform.execute((ROOT / "docs" / "examples" / "agent-registry.sql").read_text("utf-8"))
        platform.execute(f"grant select, insert, update on {', '.join(TABLES)} to {platform.application}")
        platform.execute("reset role")
        platform.execute(f"grant {platform.owner} to {platform.installer}")
        database = sql.Identifier(connection.info.dbname)
        connection.execute(
            sql.SQL("grant create on database {} to {}").format(database, sql.Identifier(platform.installer))
        )
        platform.execute(
            "insert into agent_registry (id, workspace_id, display_name, status, category) "
            "values ('a-1', gen_random_uuid(), 'Ada', 'intern', 'finance')"
        )
        platform.complete_operation("report_generate")
        try:
            yield platform
        finally:
            roles = (platform.worker, platform.application, platform.installer, platform.owner)
            drop_roles(platform, *roles, cascade=True)
            drop_roles(platform, *(group for group in GROUPS if group not in before))


def settings_of(platform: Platform, role: str, mapping: Path | None = EXAMPLE) -> Settings:
    """Return settings for a role of the platform."""
    return load_settings(database_url=platform.as_role(role), mapping_file=mapping, llm_enabled=False)


def install(platform: Platform) -> None:
    """Install autopost as its own role, and give the worker its rights."""
    migrate(settings_of(platform, platform.installer))
    platform.execute(dba_statements(MAPPED)["grants"])
    platform.execute(f"grant auto_post_worker to {platform.worker}")


def mapping_with(tmp_path: Path, old: str, new: str) -> Path:
    """Return the example's mapping with a change."""
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    path = tmp_path / "platform.toml"
    path.write_text(text.replace(old, new), "utf-8")
    return path


def refused(platform: Platform, mapping: Path) -> str:
    """Return the message with which a mapping is refused; nothing has changed then."""
    with pytest.raises(SchemaMismatch) as caught:
        migrate(settings_of(platform, platform.installer, mapping))
    assert platform.value("select to_regnamespace('autopost')") is None
    return str(caught.value)


def test_completed_operation_is_posted_to_the_platforms_own_table(platform: Platform, processes: Crew) -> None:
    """Their tables, their role, our trigger, a worker process with the worker's rights: a post and an audit row."""
    before = platform.rows(
        "select c.relname, c.relfilenode, c.relacl::text, array(select a.attname from pg_attribute as a "
        "where a.attrelid = c.oid) from pg_class as c where c.relname = any(%s) order by 1",
        ([*TABLES],),
    )
    install(platform)
    variables = {"SOCIAL_POST_LLM_ENABLED": "false"}
    with worker_process(platform.as_role(platform.worker), processes, **variables) as worker:
        until(lambda: platform.value("select count(*) from autopost.auto_post_workers") == 1)
        tracker = platform.complete_operation()
        until(lambda: platform.value("select count(*) from agent_posts") == 1)
        failed = platform.complete_operation("security_scan", "FAILED")
        until(lambda: platform.value("select count(*) from agent_posts") == 2)
        assert '"level": "error"' not in worker.log
        assert '"level": "warning"' not in worker.log
    status, alert = platform.rows("select * from agent_posts order by posted_at")
    assert (status["sender_kind"], status["sender_id"], status["sender_name"]) == ("agent", "a-1", "Ada")
    assert (status["kind"], status["sender_category"], status["is_public"]) == ("STATUS", "finance", True)
    assert status["body"] == "Just finished workflow_execute! Sorted the inbox #automation"
    assert status["workspace_id"] == platform.value("select workspace_id from agent_registry")
    assert alert["kind"] == "ALERT"
    (audit,) = platform.rows("select * from audit_trail where subject_id = %s", (tracker,))
    assert (audit["actor_id"], audit["verb"]) == ("a-1", "auto_post.posted")
    assert (audit["payload"]["operation_type"], audit["payload"]["post_id"]) == ("workflow_execute", str(status["id"]))
    steps = platform.rows("select step from autopost.auto_post_history(%s)", (failed,))
    assert [row["step"] for row in steps] == ["captured", "claimed", "posted", "in the feed"]
    after = platform.rows(
        "select c.relname, c.relfilenode, c.relacl::text, array(select a.attname from pg_attribute as a "
        "where a.attrelid = c.oid) from pg_class as c where c.relname = any(%s) order by 1",
        ([*TABLES],),
    )
    assert after == before, "the platform's tables are as they were, but for the trigger"


def test_messages_hold_what_the_mapping_writes_to_the_platforms_own_columns(
    platform: Platform, processes: Crew
) -> None:
    """As the row has it, in types of JSON; of a type of the platform's its text, without a cast that somebody made."""
    platform.execute(
        "create function kind_as_json(agent_post_kind) returns json language plpgsql as "
        "$$ begin raise exception 'a cast of the platform is called'; end $$; "
        "create cast (agent_post_kind as json) with function kind_as_json(agent_post_kind); "
        "insert into agent_registry (id, workspace_id, display_name, status, category) "
        "select 'a-2', workspace_id, E'Bea \\'\\n{', 'intern', 'sales' from agent_registry"
    )
    install(platform)
    listener = Listener(platform.dsn)
    variables = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_BROADCAST": "notify"}
    with worker_process(platform.as_role(platform.worker), processes, **variables):
        until(lambda: platform.value("select count(*) from autopost.auto_post_workers") == 1)
        with open_connection(platform.as_role(platform.application), autocommit=True) as application:
            application.execute(
                "insert into agent_operation_tracker (workspace_id, agent_id, operation_type, context) "
                "select workspace_id, id, 'approval_requested', '{\"what\": \"pay\"}' from agent_registry order by id"
            )
        heard = {data["sender_id"]: data for data in listener.hear(2)}
    listener.close()
    for agent, name, category in (("a-1", "Ada", "finance"), ("a-2", "Bea '\n{", "sales")):
        data = heard[agent]
        (row,) = platform.rows("select * from agent_posts where sender_id = %s", (agent,))
        assert data["id"] == str(row["id"])
        assert (data["kind"], data["is_public"]) == ("ALERT", True)
        assert (data["sender_name"], data["sender_category"]) == (name, category)
        assert (data["mentioned_agent_ids"], data["reply_count"]) == ([], 0)


def test_application_needs_no_right_on_anything_of_autoposts(platform: Platform) -> None:
    """It completes operations, and may neither see nor touch what comes of it."""
    install(platform)
    platform.complete_operation()
    assert platform.waiting() == 1
    with open_connection(platform.as_role(platform.application), autocommit=True) as connection:
        for statement in (
            "select * from autopost.auto_post_outbox",
            "select * from autopost.agents",
            "insert into autopost.social_posts (id) values ('x')",
            "select autopost.auto_post_pause()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_trigger_fires_on_what_the_status_is_made_of_alone(platform: Platform) -> None:
    """A progress update costs what it did."""
    install(platform)
    definition = platform.value(
        "select pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'agent_operation_tracker'::regclass "
        "and not tgisinternal"
    )
    assert "AFTER INSERT OR UPDATE OF state ON public.agent_operation_tracker" in definition


async def test_missed_operation_is_reconciled(platform: Platform, redactor: Redactor) -> None:
    """Through the view, by blocks of the platform's table; what ended before the install is left alone."""
    install(platform)
    platform.execute("alter table agent_operation_tracker disable trigger auto_post_capture")
    missed = platform.complete_operation()
    assert platform.value("select autopost.auto_post_reconcile(10000)") == 1
    assert platform.value("select tracker_id from autopost.auto_post_outbox") == missed
    await work_off(platform, settings_of(platform, platform.worker), redactor)
    assert platform.value("select count(*) from agent_posts") == 1
    plan = platform.rows(
        "explain select * from autopost.operation_trackers as t where t.ctid >= '(3,0)'::tid and t.ctid < '(9,0)'::tid"
    )
    assert "Tid Range Scan" in str(plan)


def test_student_may_not_post_whatever_the_letter_case(platform: Platform, processes: Crew) -> None:
    """Maturity is read from the platform's column status."""
    install(platform)
    platform.execute("update agent_registry set status = 'student'")
    platform.complete_operation()
    variables = {"SOCIAL_POST_LLM_ENABLED": "false"}
    with worker_process(platform.as_role(platform.worker), processes, **variables):
        until(lambda: platform.waiting() == 0)
    assert platform.value("select reason from autopost.auto_post_outbox") == "maturity_blocked"


def test_commands_serve_a_mapped_platform(platform: Platform, processes: Crew) -> None:
    """Status, feed and why look through the views; a simulation, which would write, refuses."""
    install(platform)
    platform.complete_operation()
    where = {"SOCIAL_POST_LLM_ENABLED": "false"}
    with worker_process(platform.as_role(platform.worker), processes, **where):
        until(lambda: platform.waiting() == 0)
    feed = autopost("feed", dsn=platform.as_role(platform.installer), **where)
    assert "Just finished workflow_execute!" in feed.stdout, feed.stderr
    status = autopost("status", dsn=platform.as_role(platform.installer), **where)
    assert status.returncode == 0, status.stderr
    why = autopost("why", "no such operation", dsn=platform.as_role(platform.installer), **where)
    assert "operation_trackers has no such operation" in why.stdout, why.stderr
    simulate = autopost("simulate", dsn=platform.as_role(platform.installer), **where)
    assert simulate.returncode == 1
    assert "the platform's tables are mapped into schema autopost" in simulate.stderr


def test_everything_that_does_not_fit_is_named_in_one_message(platform: Platform, tmp_path: Path) -> None:
    """Missing tables and columns, bad expressions, columns that must be given: all at once, and nothing has changed."""
    text = EXAMPLE.read_text("utf-8")
    for old, new in (
        ('"public.audit_trail"', '"public.audit"'),
        ('name = "display_name"', 'name = "full_name"'),
        ('maturity = "status"', 'maturity = "upper(t.status"'),
        ('is_public = "true"', "colour = 'blue'"),
        ("t.context ->> 'why'", "reason_of(t.context)"),
        ('id = "t.id::text"\n', 'id = "t.id::text"\n'),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "platform.toml"
    path.write_text(text, "utf-8")
    platform.execute("alter table agent_operation_tracker owner to current_user")
    platform.execute(f"grant select on agent_operation_tracker to {platform.installer}")
    message = refused(platform, path)
    for expected in (
        "the mapping does not fit the platform:",
        "agents.name: column t.full_name does not exist",
        "agents.maturity: syntax error",
        "operation_trackers.why_explanation: function reason_of(jsonb) does not exist",
        f"operation_trackers: {platform.installer} must own",
        'social_posts: "public"."agent_posts" has no column colour',
        'social_posts: column is_public of "public"."agent_posts" must be given and has no default',
        "say in [social_posts.values] what it gets",
        'audit_log: there is no table "public"."audit"',
        "Nothing was changed.",
    ):
        assert expected in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("upper(new.post_type)", "new.post_type"), "a post of type status is refused: invalid input value for enum"),
        (('auto_generated = "t.extra', 'auto_generated = "not t.extra'), ""),
        (('id = "t.id::text"', "id = \"t.id::text || ''\""), ""),
    ],
)
def test_what_the_platform_would_refuse_is_found_at_install(
    platform: Platform, tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    """A post of each type and an audit row are tried, and taken back; a change that fits installs."""
    path = mapping_with(tmp_path, *change)
    if expected:
        assert expected in refused(platform, path)
    else:
        migrate(settings_of(platform, platform.installer, path))
    assert platform.value("select count(*) from agent_posts") == 0
    assert platform.value("select count(*) from audit_trail") == 0


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("alter table agent_posts add check (length(body) <= 140)", "a post of type status is refused: new row"),
        (
            "alter table agent_operation_tracker drop constraint agent_operation_tracker_pkey",
            "must be unique by itself",
        ),
        (
            "alter table audit_trail add column region text not null",
            'column region of "public"."audit_trail" must be given',
        ),
        (
            "drop table agent_operation_tracker; create view agent_operation_tracker as select 1 as id",
            "not a table but a view",
        ),
        (
            """create function swallow() returns trigger language plpgsql as 'begin return null; end';
            create trigger swallow before insert on agent_posts for each row execute function swallow()""",
            "a post of type alert is refused: a trigger of the platform keeps it out",
        ),
    ],
)
def test_platform_that_cannot_be_served_is_refused(platform: Platform, damage: str, expected: str) -> None:
    """With what is wrong, at install."""
    platform.execute(damage)
    platform.execute(f"grant select on all tables in schema public to {platform.installer}")
    assert expected in refused(platform, EXAMPLE)


def test_installing_before_there_is_any_agent_works(platform: Platform) -> None:
    """What only an agent's row could show is not held against the mapping."""
    platform.execute("delete from agent_operation_tracker; delete from agent_registry")
    migrate(settings_of(platform, platform.installer))
    assert platform.value("select to_regclass('autopost.auto_post_outbox')") is not None


def test_mapping_is_given_once(platform: Platform) -> None:
    """It is kept in the database: up, down and up again need no file."""
    install(platform)
    without = settings_of(platform, platform.installer, None)
    migrate(without, "0001_outbox")
    platform.complete_operation()
    assert platform.waiting() == 1
    migrate(without)
    migrate(settings_of(platform, platform.installer))
    platform.complete_operation("integration_connect")
    assert platform.waiting() == 2
    document = platform.value("select document from autopost.auto_post_mapping")
    assert document == EXAMPLE.read_text("utf-8")


def test_removing_leaves_the_platform_as_it_was(platform: Platform) -> None:
    """No view, no function, no trigger; the platform's rows are untouched."""
    install(platform)
    platform.complete_operation()
    migrate(settings_of(platform, platform.installer, None), "base")
    assert platform.value("select to_regnamespace('autopost')") is None
    assert platform.value("select count(*) from pg_trigger where not tgisinternal") == 0
    assert platform.value("select count(*) from agent_operation_tracker") == 2


def test_changed_mapping_is_put_in_the_place_of_the_old_one(platform: Platform, tmp_path: Path) -> None:
    """The platform moved its state to another table and column: the views and the trigger follow, rights stay."""
    install(platform)
    platform.execute(
        "create table work (like agent_operation_tracker including all); alter table work rename state to phase; "
        f"alter table work owner to {platform.owner}"
    )
    path = mapping_with(tmp_path, '"public.agent_operation_tracker"', '"public.work"')
    path.write_text(path.read_text("utf-8").replace("t.state", "t.phase"), "utf-8")
    migrate(settings_of(platform, platform.installer, path))
    platform.complete_operation()
    assert platform.waiting() == 0, "the old table has the trigger no more"
    platform.execute(
        "insert into work (workspace_id, agent_id, operation_type, phase) "
        "select workspace_id, id, 'workflow_execute', 'DONE' from agent_registry"
    )
    assert platform.waiting() == 1
    check = platform.rows("select level, finding from autopost.auto_post_check() where subject = 'trigger'")
    assert [row["level"] for row in check] == ["ok"], check
    worker = f"set role {platform.worker}; select maturity from autopost.agents"
    platform.execute(worker)
    platform.execute("reset role")


def test_changed_mapping_that_does_not_fit_leaves_the_old_one(platform: Platform, tmp_path: Path) -> None:
    """One message, and what is in force goes on."""
    install(platform)
    path = mapping_with(tmp_path, 'name = "display_name"', 'name = "full_name"')
    with pytest.raises(SchemaMismatch, match=r"agents\.name: column t\.full_name does not exist"):
        migrate(settings_of(platform, platform.installer, path))
    platform.complete_operation()
    assert platform.waiting() == 1
    assert platform.value("select document from autopost.auto_post_mapping") == EXAMPLE.read_text("utf-8")


def test_mapping_for_a_schema_that_was_installed_without_one_is_refused(database: str) -> None:
    """Tables do not become views."""
    settings = load_settings(database_url=database, mapping_file=EXAMPLE)
    with pytest.raises(SchemaMismatch, match="installed without a mapping"):
        migrate(settings)


def test_printed_script_installs_a_mapped_platform(platform: Platform) -> None:
    """`alembic upgrade head --sql` holds the mapping, and what it makes is removed online."""
    dsn = platform.as_role(platform.installer)
    script = alembic("upgrade", "head", "--sql", dsn=dsn, SOCIAL_POST_MAPPING_FILE=str(EXAMPLE)).stdout
    with open_connection(platform.as_role(platform.installer), autocommit=True) as connection:
        connection.execute(script.encode())
    platform.complete_operation()
    assert platform.waiting() == 1
    migrate(settings_of(platform, platform.installer, None), "base")


def test_commands_learn_from_the_database_that_it_is_mapped(platform: Platform) -> None:
    """Without the file: what they print, and what they read, is of the platform's tables."""
    install(platform)
    platform.complete_operation()
    printed = autopost("sql", "auto_post_capture", dsn=platform.dsn)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert 'on "public"."agent_operation_tracker"' in printed.stdout
    assert "from autopost.audit_log as l" in autopost("sql", "consistency", dsn=platform.dsn).stdout
    assert "autopost.social_posts" in autopost("sql", "grants", dsn=platform.dsn).stdout
    for command in ("status", "feed"):
        result = autopost(command, dsn=platform.as_role(platform.installer))
        assert result.returncode == 0, result.stderr


def test_unreadable_mapping_is_a_configuration_error(platform: Platform) -> None:
    """Exit code 2, and which file."""
    result = autopost("migrate", dsn=platform.dsn, SOCIAL_POST_MAPPING_FILE="/nowhere/platform.toml")
    assert result.returncode == 2
    assert "SOCIAL_POST_MAPPING_FILE: cannot read /nowhere/platform.toml" in result.stderr
