"""What a DBA expects of every object: a comment, a pinned search_path, nothing for PUBLIC."""

from __future__ import annotations

from tests.host import Host

OURS = "relname like 'auto\\_post\\_%%' and relname <> 'auto_post_schema_version'"


def test_every_table_has_a_comment(host: Host) -> None:
    """A DBA reads the schema with psql alone."""
    undescribed = f"relkind in ('r', 'v') and {OURS} and obj_description(oid, 'pg_class') is null"
    assert host.rows(f"select relname from pg_class where {undescribed}") == []


def test_every_function_has_a_comment(host: Host) -> None:
    """The same for functions and triggers."""
    ours = "proname like 'auto\\_post\\_%%' and obj_description(oid, 'pg_proc') is null"
    assert host.rows(f"select proname from pg_proc where {ours}") == []
    undescribed = "not tgisinternal and obj_description(oid, 'pg_trigger') is null"
    assert host.rows(f"select tgname from pg_trigger where {undescribed}") == []


def test_every_definer_pins_its_search_path(host: Host) -> None:
    """A function that runs with its owner's rights looks nowhere but where it says."""
    definers = host.rows(
        "select proname, proconfig from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    )
    assert {row["proname"] for row in definers} == {"auto_post_capture", "auto_post_reconcile", "auto_post_expire"}
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
