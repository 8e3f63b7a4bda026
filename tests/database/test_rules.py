"""Rules: what cannot be evaluated or deleted, who waits for whom, and letters in databases of other languages."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.conftest import Server
from tests.support.host import Host, open_connection
from tests.support.reconciling import reconcile


@pytest.mark.parametrize("pattern", ["%\\", "\\", "%\\\\\\"])
def test_pattern_that_like_cannot_evaluate_is_refused(host: Host, pattern: str) -> None:
    """By the function and in the table: with it, no change of any operation could be compared."""
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="ends with an escape character"):
        host.execute("select auto_post_add_rule(%s, null, 'like')", (pattern,))
    with pytest.raises(psycopg.errors.CheckViolation):
        host.execute("insert into auto_post_rules (operation_type, match) values (%s, 'like')", (pattern,))
    with pytest.raises(psycopg.errors.CheckViolation):
        host.execute("update auto_post_rules set operation_type = %s where match = 'like'", (pattern,))
    host.complete()
    assert (len(host.outbox()), host.warnings) == (1, [])


@pytest.mark.parametrize(("pattern", "met"), [("100\\%\\\\", "100%\\"), ("%_\\_x", "a_x"), ("%\\\\%", "a\\b")])
def test_pattern_with_escaped_characters_is_a_rule(host: Host, pattern: str, met: str) -> None:
    """As an exact one that ends with a backslash, which is no pattern."""
    host.execute("select auto_post_add_rule(%s, 'completed', 'like')", (pattern,))
    host.execute("select auto_post_add_rule('exactly\\', 'completed')")
    host.complete("pattern", met)
    host.complete("exact", "exactly\\")
    assert {row["tracker_id"] for row in host.outbox()} == {"pattern", "exact"}


@pytest.mark.parametrize("statement", ["delete from auto_post_rules where id = 1", "truncate auto_post_rules"])
def test_rule_is_not_deleted(host: Host, statement: str) -> None:
    """So what is dead can be retried or skipped by its id for as long as it is there; switched off is enough."""
    host.complete(agent=host.agent())
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="a rule cannot be deleted"):
        host.execute(statement)
    host.execute("select auto_post_switch_rule(1, false)")
    host.execute("update auto_post_outbox set state = 'dead', last_error = 'e', finished_at = now()")
    assert host.value("select auto_post_retry('op')") == 1


@pytest.mark.long
def test_change_of_a_rule_does_not_wait_for_ever_and_names_the_session_that_blocks_it(
    host: Host, database: str
) -> None:
    """Any role can hold the lock by which changes of rules take turns."""
    with open_connection(database, autocommit=True) as squatter:
        squatter.execute("select pg_advisory_lock(1635087476, hashtext('autopost'))")
        blocker = f"process {squatter.info.backend_pid} of role"
        with pytest.raises(psycopg.errors.LockNotAvailable, match=blocker):
            host.execute("update auto_post_rules set enabled = false where id = 1")
    host.execute("select auto_post_switch_rule(1, false)")
    assert not host.value("select enabled from auto_post_rules where id = 1")


def test_title_of_a_rule_is_one_short_line(host: Host) -> None:
    """By the functions and in the table; NULL or an empty title takes it away, and what is captured does not change."""
    before = host.rows("select id, since, since_xid from auto_post_rules order by id")
    host.execute("select auto_post_title_rule(1, '  a workflow ')")
    assert host.value("select title from auto_post_rules where id = 1") == "a workflow"
    for title in ("x" * 61, "a\nb", "a\tb", "a\x7fb", "a\u2028b", "a\u202eb", "a\u200bb"):
        with pytest.raises(psycopg.errors.InvalidParameterValue, match=r"the title (has|contains)"):
            host.execute("select auto_post_title_rule(1, %s)", (title,))
        with pytest.raises(psycopg.errors.InvalidParameterValue, match=r"the title (has|contains)"):
            host.execute("select auto_post_add_rule('titled', p_title => %s)", (title,))
        with pytest.raises(psycopg.errors.CheckViolation):
            host.execute("update auto_post_rules set title = %s where id = 1", (title,))
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="there is no rule 999"):
        host.execute("select auto_post_title_rule(999, 'x')")
    for title in ("é" * 59 + "😀", "50% of {it}", "日次レポート", "👩\u200d💻 work"):
        host.execute("select auto_post_title_rule(1, %s)", (title,))
        assert host.value("select title from auto_post_rules where id = 1") == title
    for empty in (None, "", "  "):
        host.execute("select auto_post_title_rule(1, %s)", (empty,))
        assert host.value("select title from auto_post_rules where id = 1") is None
    assert host.rows("select id, since, since_xid from auto_post_rules order by id") == before


@pytest.fixture
def turkish(server: Server) -> Iterator[Host]:
    """Return a platform in a database where a capital I is no i, whose types compare without regard to case."""
    name = "autopost_turkish"
    dsn = server.dsn("postgres")
    with open_connection(dsn, autocommit=True) as connection:
        try:
            connection.execute(
                f"create database {name} template template0 encoding 'UTF8' locale_provider icu icu_locale 'tr-TR' "
                "locale 'C'".encode()
            )
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("this server has no ICU")
        try:
            migrate(load_settings(database_url=server.dsn(name)))
            with open_connection(server.dsn(name), autocommit=True) as inside:
                yield Host(inside)
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


def test_letters_of_types_do_not_depend_on_the_databases_language(turkish: Host) -> None:
    """Neither in the trigger nor in the reconciler; a type is exact even where the platform's column is not."""
    host = turkish
    host.execute(
        "create collation no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
        "alter table operation_trackers alter column operation_type type text collate no_case"
    )
    for number, operation_type in enumerate(("SECURITY_AUDIT", "security_audit", "WORKFLOW_EXECUTE")):
        host.complete(f"op{number}", operation_type)
    assert [row["tracker_id"] for row in host.outbox()] == ["op0", "op1"]
    host.execute("set session_replication_role = replica")
    host.execute("update operation_trackers set id = 'missed' || id")
    assert reconcile(host) == 2
    assert host.warnings == []
