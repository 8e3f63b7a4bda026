"""The trigger's rules and switches are compiled: they mean what the tables say, at every moment."""

from __future__ import annotations

import random
import re
import subprocess
import threading
from collections.abc import Iterator

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.conftest import Server
from tests.support.host import Host, open_connection
from tests.support.programs import postgres_programs

# What differs from the look-up in the tables, for all of these types and statuses.
DIFFERS = """
    select t.type, s.status, c.compiled, b.rule_id, b.is_alert
    from unnest(%s::text[]) as t (type)
    cross join unnest(%s::text[]) as s (status)
    cross join lateral (
        select case
            when auto_post_compiled_rule('filter', t.type, s.status) is not null
                then coalesce(
                    auto_post_compiled_rule('exact', t.type, s.status),
                    auto_post_compiled_rule('pattern', t.type, s.status)
                )
        end as compiled
    ) as c
    left join lateral auto_post_best_rule(t.type, s.status) as b on true
    where
        c.compiled is distinct from case when b.is_alert then -b.rule_id else b.rule_id end
        or auto_post_compiled_since(b.rule_id) is distinct from b.since
"""
HOSTILE = (
    "it's", "a\\b", "\\", "$$", "$function$", "'; drop table agents; --", '"quoted"', "{{ schema }}", "%s %L", "a\nb",
    "E'\\''", "\u00e9t\u00e9", "\U0001f600", "null", "{}", "\x01", "100%", "a_b", " ",
)  # fmt: skip
TYPES = (
    "workflow_execute",
    "approval_requested",
    "Workflow_Execute",
    "flow",
    "security_scan",
    "SECURITY",
    "s\u00c9curit\u00e9",
    *HOSTILE,
)
STATUSES = ("completed", "failed", "FAILED", "running", *HOSTILE)
PATTERNS = ("%", "%flow%", "%SECURITY%", "_low", "a\\_b", "100\\%", "\\\\", "%'%", "\u00e9%", "\u00c9%", "$$%", "%{%")
DRIFT = "select problem from auto_post_platform_changes()"


def add(host: Host, operation_type: str, match: str, status: str | None, *, alert: bool, enabled: bool) -> None:
    """Add a rule, by the table alone; one that is there stays."""
    host.execute(
        "insert into auto_post_rules (operation_type, match, status, is_alert, enabled) values (%s, %s, %s, %s, %s) "
        "on conflict do nothing",
        (operation_type, match, status, alert, enabled),
    )


def differences(host: Host) -> list[dict[str, object]]:
    """Return what the compiled rules say otherwise than the tables."""
    return host.rows(DIFFERS, ([*TYPES, None], [*STATUSES, "", None]))


@pytest.fixture
def other(database: str) -> Iterator[Host]:
    """Return a second session of the owner, not in autocommit."""
    with open_connection(database) as connection:
        yield Host(connection)


def test_compiled_rules_mean_what_the_tables_say(host: Host) -> None:
    """Whatever stands in a rule, its order, case, patterns and NULL; and text of a rule is never a statement."""
    assert differences(host) == []
    # The newer one goes first, because it has a status.
    for status in (None, "completed"):
        add(host, "_lo%" if status else "%flow%", "like", status, alert=False, enabled=True)
    assert differences(host) == []
    for seed in range(12):
        choose = random.Random(seed)
        with host.connection.transaction():
            host.execute("update auto_post_rules set enabled = random() < 0.5, is_alert = random() < 0.3")
            for _ in range(choose.randrange(12)):
                match = choose.choice(("exact", "like"))
                add(
                    host,
                    choose.choice(PATTERNS if match == "like" else TYPES),
                    match,
                    choose.choice((None, "completed", "failed", *STATUSES)),
                    alert=choose.random() < 0.3,
                    enabled=choose.random() < 0.8,
                )
        assert differences(host) == [], f"seed {seed}"
        assert host.rows(DRIFT) == []
    for match, texts in (("exact", TYPES), ("like", PATTERNS)):
        for text in texts:
            add(host, text, match, None, alert=False, enabled=True)
    assert differences(host) == []
    host.execute("update auto_post_rules set enabled = false")
    assert differences(host) == []
    assert host.value("select count(*) from agents") == 0


def test_compiled_titles_are_those_of_the_table(host: Host) -> None:
    """Whatever stands in a title, also of a rule that is switched off; and NULL for a rule that has none."""
    differs = "select id, title from auto_post_rules where auto_post_compiled_title(id) is distinct from title"
    assert host.rows(differs) == []
    titles = [text for text in HOSTILE if text.strip() and text.isprintable()]
    host.execute("update auto_post_rules set enabled = false where id = 1")
    for number in range(len(titles) + 1):
        host.execute("update auto_post_rules set title = (%s::text[])[id + %s]", (titles, number))
        assert host.rows(differs) == []
    assert (host.value("select count(title) from auto_post_rules"), host.rows(DRIFT)) == (0, [])
    assert host.value("select auto_post_compiled_title(0)") is None


def test_rules_and_switches_are_not_read_by_an_agent(host: Host, database: str) -> None:
    """A migration that locks their tables delays nobody; a switch without its row stays as it was."""
    host.start("locked")
    host.start("emptied")
    with open_connection(database) as migration:
        migration.execute("lock table auto_post_rules, auto_post_control in access exclusive mode")
        host.move("locked")
    host.execute("delete from auto_post_control")
    host.move("emptied")
    assert ([row["tracker_id"] for row in host.outbox()], host.warnings) == (["locked", "emptied"], [])
    host.execute("insert into auto_post_control (capture_enabled) values (false)")
    host.complete("off")
    assert len(host.outbox()) == 2


def test_change_that_cannot_be_compiled_fails_and_leaves_the_rules_as_they_were(host: Host) -> None:
    """The one who changes them gets the error; agents go on by the rules from before."""
    host.execute("alter function auto_post_compiled_bodies() rename to gone")
    for statement in (
        "select auto_post_switch_rule(id, false) from auto_post_rules where operation_type = 'workflow_execute'",
        "select auto_post_add_rule('other', 'completed')",
        "select auto_post_capture_off()",
    ):
        with pytest.raises(psycopg.errors.UndefinedFunction):
            host.execute(statement)
    host.complete("flow")
    host.complete("other", "other")
    assert ([row["tracker_id"] for row in host.outbox()], host.warnings) == (["flow"], [])
    host.execute("alter function gone() rename to auto_post_compiled_bodies")
    assert host.rows(DRIFT) == []


def test_changes_at_once_take_turns_and_agents_go_on_meanwhile(host: Host, other: Host, database: str) -> None:
    """Neither a rule nor a switch is lost, nobody meets an error, and an agent sees a change once it is committed."""
    other.execute("select auto_post_add_rule('first', 'completed')")
    errors: list[BaseException] = []

    def change() -> None:
        try:
            with open_connection(database, autocommit=True) as connection:
                connection.execute("select auto_post_add_rule('second', 'completed')")
                connection.execute("update auto_post_control set wakeup = 'poll'")
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    thread = threading.Thread(target=change)
    thread.start()
    for number in range(20):
        host.complete(f"flow{number}")
        host.complete(f"early{number}", "first")
    other.connection.commit()
    thread.join(60)
    assert errors == []
    for kind in ("first", "second"):
        host.complete(kind, kind)
    assert {row["tracker_id"] for row in host.outbox()} == {
        *(f"flow{number}" for number in range(20)),
        "first",
        "second",
    }
    assert host.warnings == []
    assert (differences(host), host.rows(DRIFT)) == ([], [])


def test_many_changes_beside_agents_fail_nobody(host: Host, database: str) -> None:
    """Two sessions switch rules while a third completes operations: no error and no warning anywhere."""
    errors: list[BaseException] = []
    stop = threading.Event()

    def switch(rule: int) -> None:
        try:
            with open_connection(database, autocommit=True) as connection:
                while not stop.is_set():
                    connection.execute("update auto_post_rules set enabled = not enabled where id = %s", (rule,))
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=switch, args=(rule,)) for rule in (3, 4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(100):
            host.complete(f"flow{number}")
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert (errors, host.warnings, len(host.outbox())) == ([], [], 100)
    assert (differences(host), host.rows(DRIFT)) == ([], [])


def test_snapshot_from_before_another_change_is_refused(host: Host, other: Host) -> None:
    """It does not see the other change, and would take it out of the trigger again."""
    other.execute("set transaction isolation level repeatable read")
    other.value("select count(*) from auto_post_rules")
    host.execute("select auto_post_add_rule('first', 'completed')")
    with pytest.raises(psycopg.errors.SerializationFailure, match="changed the rules since this one began"):
        other.execute("select auto_post_add_rule('second', 'completed')")
    other.connection.rollback()
    other.execute("set transaction isolation level repeatable read")
    other.execute("select auto_post_add_rule('second', 'completed')")
    other.execute("select auto_post_add_rule('third', 'completed')")
    other.connection.commit()
    assert (differences(host), host.rows(DRIFT)) == ([], [])
    for kind in ("first", "second", "third"):
        host.complete(kind, kind)
    assert len(host.outbox()) == 3


def test_role_that_may_change_rules_needs_no_right_on_the_functions(host: Host, database: str) -> None:
    """The owner's function compiles; the role itself may call none of them."""
    role = f"autopost_rules_{host.connection.info.backend_pid}"
    host.execute(f"create role {role}")
    try:
        host.execute(f"grant usage on schema autopost to {role}")
        host.execute(f"grant select, update on auto_post_rules to {role}")
        with open_connection(database, autocommit=True) as connection:
            connection.execute(f"set role {role}".encode())
            connection.execute("update auto_post_rules set enabled = false where operation_type = 'workflow_execute'")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select auto_post_compile()")
    finally:
        host.execute(f"drop owned by {role}; drop role {role}")
    host.complete()
    assert (host.outbox(), host.rows(DRIFT)) == ([], [])


@pytest.mark.parametrize("drift", ["table", "function"])
def test_drift_is_found_and_compiling_or_migrating_ends_it(host: Host, database: str, drift: str) -> None:
    """A change without triggers, as pg_restore --disable-triggers makes it; and a function that somebody replaced."""
    rule = "update auto_post_rules set enabled = false where operation_type = 'workflow_execute'"
    made = {
        "table": f"set session_replication_role = replica; {rule}; reset session_replication_role",
        "function": "create or replace function autopost.auto_post_compiled_rule(p_part text, p_operation_type text, "
        "p_status text) returns integer language sql immutable as 'select 5'",
    }[drift]
    for mend in (
        lambda: host.execute("select auto_post_compile()"),
        lambda: migrate(load_settings(database_url=database)),
    ):
        host.execute(made)
        (found,) = host.rows("select level, finding, advice from auto_post_check() where finding ~ 'other rules'")
        assert (found["level"], found["advice"]) == ("problem", "select autopost.auto_post_compile();")
        mend()
        assert (host.rows(DRIFT), differences(host)) == ([], [])
        host.execute("update auto_post_rules set enabled = true")


def test_dump_and_restore_keep_rules_and_trigger_in_step(host: Host, database: str, server: Server) -> None:
    """With the functions as they were, and again after a change there."""
    host.execute("select auto_post_add_rule('it''s', 'completed')")
    host.execute("select auto_post_switch_rule(1, false)")
    name = f"autopost_restored_{host.connection.info.backend_pid}"
    with server.janitor(name):
        folder = postgres_programs()
        dump = subprocess.run(
            [folder / "pg_dump", "--no-owner", f"--dbname={database}"], check=True, capture_output=True
        ).stdout
        dump = re.sub(
            rb"(?m)^SET transaction_timeout = .*$", b"", dump
        )  # of pg_dump 17 and later; an older server has none
        subprocess.run(
            [folder / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", server.dsn(name)],
            check=True, input=dump, capture_output=True,
        )  # fmt: skip
        with open_connection(server.dsn(name), autocommit=True) as connection:
            restored = Host(connection)
            assert (differences(restored), restored.rows(DRIFT)) == ([], [])
            restored.execute("select auto_post_switch_rule(id, true) from auto_post_rules")
            restored.complete("own", "it's")
            restored.complete("flow")
            assert (len(restored.outbox()), restored.warnings) == (2, [])
            assert (differences(restored), restored.rows(DRIFT)) == ([], [])
