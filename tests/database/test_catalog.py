"""What a DBA expects of every object: a comment, a pinned search_path, nothing for PUBLIC."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.host import Host
from tests.support.platforms import HOST_TABLES

OURS = "relnamespace = 'autopost'::regnamespace"


def test_platforms_schema_holds_nothing_of_autopost_but_a_trigger(host: Host) -> None:
    """What the platform's own migrations look at is the platform's."""
    relations = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'S')"
    )
    assert {row["relname"] for row in host.rows(relations)} == {*HOST_TABLES}
    assert host.rows("select proname from pg_proc where pronamespace = 'public'::regnamespace") == []
    assert (
        host.rows(
            "select typname from pg_type where typnamespace = 'public'::regnamespace and typtype <> 'c' and typelem = 0"
        )
        == []
    )
    triggers = (
        "select tgname, tgrelid::regclass::text as on_table from pg_trigger as t inner join pg_class as c "
        "on c.oid = t.tgrelid where c.relnamespace = 'public'::regnamespace"
    )
    assert host.rows(triggers) == [{"tgname": "auto_post_capture", "on_table": "operation_trackers"}]


def test_every_table_has_a_comment(host: Host) -> None:
    """A DBA reads the schema with psql alone; the schema itself has one too."""
    undescribed = f"relkind in ('r', 'v') and {OURS} and obj_description(oid, 'pg_class') is null"
    assert host.rows(f"select relname from pg_class where {undescribed}") == []
    assert host.value("select obj_description('autopost'::regnamespace, 'pg_namespace')")


def test_every_column_of_a_table_has_a_comment(host: Host) -> None:
    """Also those that seem to say it by their name."""
    undescribed = host.rows(
        "select relname, attname from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid "
        f"where {OURS} and relkind = 'r' and attnum > 0 and not attisdropped and col_description(c.oid, attnum) is null"
    )
    assert undescribed == [], (
        "add a `comment on column` to the table's file in sql/tables and to the revision's up script"
    )


def test_every_function_has_a_comment(host: Host) -> None:
    """The same for functions and triggers."""
    ours = "proname like 'auto\\_post\\_%%' and obj_description(oid, 'pg_proc') is null"
    assert host.rows(f"select proname from pg_proc where {ours}") == []
    undescribed = "not tgisinternal and obj_description(oid, 'pg_trigger') is null"
    assert host.rows(f"select tgname from pg_trigger where {undescribed}") == []


def test_every_definer_pins_its_search_path(host: Host) -> None:
    """A function that runs with its owner's rights looks nowhere but where it says."""
    definers = host.rows(
        "select proname, proconfig from pg_proc where prosecdef and pronamespace = 'autopost'::regnamespace"
    )
    assert {row["proname"] for row in definers} == {
        "auto_post_add_digests",
        "auto_post_capture",
        "auto_post_committed",
        "auto_post_compile_change",
        "auto_post_count_alerts",
        "auto_post_end_session",
        "auto_post_expire",
        "auto_post_open_approvals",
        "auto_post_reconcile",
    }
    assert all("search_path=pg_catalog, pg_temp" in row["proconfig"] for row in definers)


def test_no_function_is_for_the_public(host: Host) -> None:
    """PUBLIC may execute none of them, and holds no right on our tables and views."""
    public = "proacl is null or exists (select from aclexplode(proacl) as a where a.grantee = 0)"
    granted = f"proname like 'auto\\_post\\_%%' and ({public})"
    assert host.rows(f"select proname from pg_proc where {granted}") == []
    tables = f"select relname from pg_class, aclexplode(relacl) as a where {OURS} and a.grantee = 0"
    assert host.rows(tables) == []


def test_outbox_has_only_the_indexes_that_the_agents_can_afford(host: Host) -> None:
    """An insert touches two, and no foreign key: each more is paid in every agent's transaction."""
    names = host.rows("select indexname, indexdef from pg_indexes where tablename = 'auto_post_outbox' order by 1")
    touched = [row["indexname"] for row in names if "WHERE (finished_at IS NOT NULL)" not in row["indexdef"]]
    assert touched == ["auto_post_outbox_claim_idx", "auto_post_outbox_pkey"]
    assert len(names) == 3
    assert host.rows("select conname from pg_constraint where contype = 'f' and conname like 'auto\\_post%%'") == []


def test_agents_pay_for_no_check_of_the_outbox(host: Host) -> None:
    """What belongs to a state is checked when a worker changes it: an insert meets neither a CHECK nor a trigger."""
    ours = "'auto_post_outbox'::regclass"
    assert host.rows(f"select conname from pg_constraint where conrelid = {ours} and contype not in ('p', 'n')") == []
    on_insert = f"select tgname from pg_trigger where tgrelid = {ours} and not tgisinternal and tgtype & 4 <> 0"
    assert host.rows(on_insert) == []


def test_constraints_are_named_for_their_rule(host: Host) -> None:
    """With PostgreSQL's suffixes."""
    names = host.rows(
        "select conname from pg_constraint where conrelid::regclass::text like 'auto\\_post\\_%%' "
        "and conname not like '%%schema_version%%' and contype <> 'n'"
    )
    assert names
    assert all(row["conname"].endswith(("_pkey", "_key", "_check")) for row in names)


def test_seven_types_and_security_are_whitelisted(host: Host) -> None:
    """The rules that a new install has."""
    rules = host.rows("select operation_type, match, status, is_alert, enabled from auto_post_rules order by id")
    assert {row["operation_type"] for row in rules} == {
        "workflow_execute",
        "integration_connect",
        "browser_automate",
        "report_generate",
        "human_feedback_received",
        "approval_requested",
        "agent_to_agent_call",
        "%security%",
    }
    assert all(row["enabled"] for row in rules)
    assert len(rules) == 14


ENDED = {"finished_at": "now()"}
SOUND: list[tuple[str, dict[str, str]]] = [
    ("pending", {}),
    ("claimed", {"worker": "'w'"}),
    ("posted", {**ENDED, "post_id": "'p'"}),
    ("skipped", {**ENDED, "reason": "'r'"}),
    ("dead", {**ENDED, "last_error": "'e'"}),
]


@pytest.mark.parametrize(("state", "belongs"), SOUND, ids=[state for state, _ in SOUND])
def test_row_has_what_belongs_to_its_state(host: Host, state: str, belongs: dict[str, str]) -> None:
    """Taking any of it away is refused, and so is a worker, an end or a post where none belongs."""
    host.complete(agent=host.agent())
    change_to(host, state, belongs)
    for name in belongs:
        with pytest.raises(psycopg.errors.CheckViolation):
            change_to(host, state, {**belongs, name: "null"})
    for name, value in {"worker": "'w'", "post_id": "'p'", "finished_at": "now()"}.items():
        if name not in belongs:
            with pytest.raises(psycopg.errors.CheckViolation):
                change_to(host, state, {**belongs, name: value})


def test_there_is_no_other_state(host: Host) -> None:
    """Five, and NULL is none."""
    host.complete(agent=host.agent())
    for state in ("done", "", "Pending"):
        with pytest.raises(psycopg.errors.CheckViolation):
            change_to(host, state, {})


def change_to(host: Host, state: str, belongs: dict[str, str]) -> None:
    """Change the only row to a state with what belongs to it."""
    bare = dict.fromkeys(("worker", "reason", "last_error", "post_id", "finished_at"), "null")
    values = ", ".join(f"{name} = {value}" for name, value in {**bare, **belongs}.items())
    host.execute(f"update auto_post_outbox set state = %s, {values}", (state,))


# Texts without a limit in the table's definition, and what limits them: a CHECK would be paid at each insert.
CUT_WHEN_CAPTURED = "auto_post_capture and auto_post_reconcile_rows cut it"
OF_A_WORKER = "a worker writes it: a name of its settings, a kind of error, or an id that was cut"
OF_A_POST = "copied from a post, which has at most 280 characters, or from an agent, cut by write_events.sql"
UNLIMITED = {
    "auto_post_outbox": {
        **dict.fromkeys(("tracker_id", "tenant_id", "agent_id", "operation_type", "status"), CUT_WHEN_CAPTURED),
        **dict.fromkeys(("what_explanation", "why_explanation", "next_steps"), CUT_WHEN_CAPTURED),
        **dict.fromkeys(("state", "worker", "reason", "last_error", "post_id", "draft"), OF_A_WORKER),
        "summary": "auto_post_count_alerts writes it: a count and times",
    },
    "auto_post_rate_limits": {"agent_id": OF_A_WORKER},
    "auto_post_rate_limited": dict.fromkeys(("agent_id", "tenant_id", "operation_type", "status"), CUT_WHEN_CAPTURED),
    "auto_post_alert_windows": dict.fromkeys(("agent_id", "operation_type"), CUT_WHEN_CAPTURED),
    "auto_post_control": {"lock_salt": "the installation writes it, and nobody later"},
    "auto_post_workers": dict.fromkeys(("name", "version", "problems"), OF_A_WORKER),
    "auto_post_consumers": dict.fromkeys(("name", "holder", "last_error"), OF_A_WORKER),
    "auto_post_webhook_dead_letters": dict.fromkeys(
        ("hook", "post_id", "tenant_id", "agent_id", "message", "error"), OF_A_WORKER
    ),
    "auto_post_webhook_summaries": dict.fromkeys(("hook", "holder", "message", "error"), OF_A_WORKER),
    "auto_post_events": dict.fromkeys(
        (
            *("post_id", "tenant_id", "agent_id", "agent_name", "agent_maturity", "agent_category"),
            *("post_type", "content", "post_metadata", "post_values"),
        ),
        OF_A_POST,
    ),
}


def test_every_text_has_a_limit(host: Host) -> None:
    """By a CHECK, by its type, or by what is said above of it: one row of megabytes must not reach a worker."""
    unlimited = host.rows(
        "select c.relname as table_name, a.attname as column_name from pg_class as c "
        f"inner join pg_attribute as a on a.attrelid = c.oid where {OURS} and c.relkind = 'r' and a.attnum > 0 "
        "and not a.attisdropped and (a.atttypid in ('text'::regtype, 'json'::regtype, 'jsonb'::regtype) "
        "or a.atttypid = 'varchar'::regtype and a.atttypmod < 0) and not exists (select from pg_constraint as k "
        "where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey) "
        "and pg_get_constraintdef(k.oid) ~ ('length\\(' || a.attname || '\\) <=|' || a.attname || ' = ANY'))"
    )
    found: dict[str, set[str]] = {}
    for row in unlimited:
        found.setdefault(row["table_name"], set()).add(row["column_name"])
    how = (
        "make it a varchar(n) (in the outbox, which has no CHECK), add a CHECK (length(column) <= ...) (elsewhere), or "
        "write into UNLIMITED above what limits the column"
    )
    assert found == {table: set(columns) for table, columns in UNLIMITED.items()}, how
