"""The checkers find each violation that is planted, and nothing where all is well."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.conftest import Server
from tests.support.chaos.checker import lost, violations
from tests.support.host import Host, open_connection
from tests.support.work import work_off

COPY_OF_AUDIT = (
    "insert into audit_log (id, occurred_at, agent_id, action, tracker_id, post_id, details) "
    "select gen_random_uuid()::text, {at}, agent_id, {action}, tracker_id, post_id, details from audit_log "
    "where tracker_id = 'posted' and action = 'auto_post.posted'"
)
COPY_OF_POST = (
    "insert into social_posts (id, author_type, author_id, post_type, content, post_metadata, auto_generated, "
    "created_at) select gen_random_uuid()::text, author_type, author_id, post_type, content, {metadata}, true, "
    "created_at + interval '{later}' from social_posts where post_metadata ->> 'tracker_id' = 'posted'"
)
SET = "update auto_post_outbox set {change} where tracker_id = '{tracker}'"
MOVE_POST = (
    "update social_posts set created_at = created_at + interval '4 minutes' "
    "where post_metadata ->> 'tracker_id' = 'posted'"
)
FORGET_AUDIT = "delete from audit_log where tracker_id = 'posted'"
FORGET_ROW = "delete from auto_post_outbox where tracker_id = 'posted'"
FORGET_POST = "delete from social_posts where post_metadata ->> 'tracker_id' = '{tracker}'"
# What is planted, and the kinds of violations that must come of it, those alone.
PLANTED = {
    "a post without an outbox row": (
        COPY_OF_POST.format(metadata='\'{"tracker_id": "x"}\'', later="1 hour"),
        {"post_without_row"},
    ),
    "a post whose row is not posted": (
        SET.format(tracker="posted", change="state = 'skipped', reason = 'x', post_id = null"),
        {"post_without_row", "outcome_not_audited", "audit_contradicts_row"},
    ),
    "a posted row without its post": (FORGET_POST.format(tracker="posted"), {"row_without_post"}),
    "an outcome in the audit log whose post and row are gone": (
        FORGET_POST.format(tracker="removed"),
        {"audit_without_post"},
    ),
    "an outcome of a row that never was": (FORGET_ROW, {"audit_without_row", "post_without_row"}),
    "a finished row without audit row": (FORGET_AUDIT, {"outcome_not_audited"}),
    "a skipped row without audit row": (
        "delete from audit_log where tracker_id = 'limited'",
        {"outcome_not_audited"},
    ),
    "an audit row of an earlier outcome alone": (
        "delete from audit_log where tracker_id = 'revived' and action = 'auto_post.posted'",
        {"outcome_not_audited"},
    ),
    "an outcome that was audited twice": (
        COPY_OF_AUDIT.format(at="occurred_at", action="action"),
        {"outcome_audited_twice", "posted_twice", "decided_twice"},
    ),
    "a skip that was audited twice": (
        COPY_OF_AUDIT.replace("'posted' and action = 'auto_post.posted'", "'limited'").format(
            at="occurred_at", action="action"
        ),
        {"outcome_audited_twice", "decided_twice"},
    ),
    "an outcome after another one": (
        COPY_OF_AUDIT.format(at="occurred_at - interval '1 hour'", action="'auto_post.skipped'"),
        {"decided_twice"},
    ),
    "an operation posted again an hour later": (
        COPY_OF_POST.format(metadata="post_metadata", later="1 hour"),
        {"two_posts", "post_without_row"},
    ),
    "a row that was removed before and is posted now": (
        "insert into auto_post_tombstones select id from auto_post_outbox where tracker_id = 'posted'",
        {"counted_twice"},
    ),
    "a second post within the window": (
        "update social_posts set post_type = 'status' where post_metadata ->> 'tracker_id' = 'alert'",
        {"within_window"},
    ),
    "a post within the window after an alert": (
        MOVE_POST,
        {"within_window"},
    ),
    "a row whose lease ran out long ago": (
        SET.format(
            tracker="waiting",
            change="state = 'claimed', worker = 'w', epoch = 1, attempts = 1, claimed_at = now(), "
            "available_at = now() - interval '11 minutes'",
        ),
        {"held_by_nobody"},
    ),
    "a row that is parked and nothing is paused": (
        SET.format(tracker="waiting", change="available_at = 'infinity'"),
        {"parked_for_no_pause"},
    ),
    "more attempts than claims": (SET.format(tracker="posted", change="attempts = 2"), {"impossible_counters"}),
    "an outcome that nobody claimed": (
        SET.format(tracker="posted", change="epoch = 0, attempts = 0"),
        {"impossible_counters"},
    ),
    "a claim without an attempt": (
        SET.format(tracker="waiting", change="state = 'claimed', worker = 'w', epoch = 1, claimed_at = now()"),
        {"impossible_counters"},
    ),
}
LOST = {
    "an operation that was never captured": FORGET_ROW,
    "an operation that waits": SET.format(
        tracker="posted", change="state = 'pending', post_id = null, finished_at = null"
    ),
}


@pytest.fixture(scope="module")
def history(server: Server, template: str, redactor: Redactor) -> Iterator[Host]:
    """Return a database in which every kind of outcome has come about, by itself and by a DBA's hand."""
    name = f"autopost_history_{os.getpid()}"
    with server.janitor(name, template=template):
        settings = load_settings(database_url=server.dsn(name), llm_enabled=False, poll_seconds=0.2, max_attempts=1)
        with open_connection(server.dsn(name), autocommit=True) as connection:
            host = Host(connection)
            _live(host, settings, redactor)
            yield host


def _live(host: Host, settings: Settings, redactor: Redactor) -> None:
    for agent in ("ada", "bob", "cleo", "dora", "eve"):
        host.agent(agent)
    host.agent("kid", maturity="STUDENT")
    host.execute(
        "create function refuse() returns trigger language plpgsql as "
        "$$ begin if new.content like '%zebra%' then raise exception 'no' using errcode = '22000'; end if; "
        "return new; end $$"
    )
    host.execute("create trigger refuse before insert on social_posts for each row execute function refuse()")
    host.complete("removed", agent="eve")
    asyncio.run(work_off(host, settings, redactor))
    host.execute("select auto_post_expire('0')")
    host.complete("posted", agent="ada")
    host.complete("alert", agent="ada", status="failed")
    host.complete("limited", agent="ada")
    host.complete("student", agent="kid")
    host.complete("silent", agent="bob", what=None)
    host.complete("dead", agent="bob", what="Fed the zebra")
    host.complete("revived", agent="cleo", what="Fed the other zebra")
    host.complete("purged", agent="dora")
    asyncio.run(work_off(host, settings, redactor))
    host.execute("drop trigger refuse on social_posts")
    host.execute("select auto_post_purge('dora', p_confirm => true)")
    host.execute("select auto_post_retry('revived')")
    host.agent("kid", maturity="INTERN")
    host.execute("select auto_post_requeue('-infinity', 'infinity', 'maturity_blocked', p_confirm => true)")
    host.complete("again", agent="dora")
    asyncio.run(work_off(host, settings, redactor))
    host.complete("ended by hand", agent="bob")
    host.execute("select auto_post_skip('ended by hand', 'bored')")
    host.complete("waiting", agent="bob")


def test_nothing_is_wrong_where_all_is_well(history: Host) -> None:
    """After posts, skips, a death, a second life, a second chance, retention, a purge and a skip by hand."""
    states = {row["tracker_id"]: row["state"] for row in history.outbox()}
    assert states == {
        **dict.fromkeys(("posted", "alert", "revived", "student", "again"), "posted"),
        **dict.fromkeys(("limited", "silent", "ended by hand"), "skipped"),
        "dead": "dead",
        "waiting": "pending",
    }
    assert violations(history) == []
    assert [row["tracker_id"] for row in lost(history)] == ["waiting"]


@pytest.mark.parametrize("planted", PLANTED)
def test_checker_finds(history: Host, planted: str) -> None:
    """Each, and says no more than that."""
    statement, kinds = PLANTED[planted]
    with history.connection.transaction(force_rollback=True):
        history.execute(statement)
        assert {row["kind"] for row in violations(history)} == kinds


def test_window_is_that_of_the_installation(history: Host) -> None:
    """Two posts four minutes apart are right where the window is three."""
    with history.connection.transaction(force_rollback=True):
        history.execute(MOVE_POST)
        assert violations(history, window_seconds=180) == []
        (row,) = violations(history)
    assert "agent ada had posted 2" in row["detail"]


def test_checker_looks_no_further_back_than_it_is_told(history: Host) -> None:
    """What happened before is not read."""
    with history.connection.transaction(force_rollback=True):
        history.execute(FORGET_AUDIT)
        history.execute("set local autopost.check_since = '0 seconds'")
        assert violations(history) == []


@pytest.mark.parametrize("planted", LOST)
def test_lost_operation_is_found(history: Host, planted: str) -> None:
    """Whether it has a row in the outbox or not."""
    with history.connection.transaction(force_rollback=True):
        history.execute(LOST[planted])
        assert [row["tracker_id"] for row in lost(history)] == ["posted", "waiting"]
