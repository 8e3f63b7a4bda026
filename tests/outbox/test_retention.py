"""Finished rows go after their time with their text, and their operations never count again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest

from autopost.database.connection import create_pool
from autopost.model import Generator, Lost, Posted, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from autopost.worker.publication import Publication
from tests.support.host import SCHEMAS, SWALLOW_AUDIT_ROWS, Host, open_connection
from tests.support.work import eventually, work_off, working

LEASE = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)


@pytest.fixture
async def outbox(settings: Settings) -> AsyncIterator[Outbox]:
    """Return the outbox as a worker sees it."""
    pool = await create_pool(settings, "test", size=2)
    yield Outbox(pool, SCHEMAS, "one")
    await pool.close()


def finish(host: Host, *ids: str, ago: str = "8 days") -> None:
    """Let operations be skipped some time ago."""
    for id_ in ids:
        host.complete(id_)
    host.execute(
        "update auto_post_outbox set state = 'skipped', reason = 'rate_limited', finished_at = now() - %s::interval "
        "where tracker_id = any(%s)",
        (ago, list(ids)),
    )


def expire(host: Host, limit: int = 1000) -> int:
    """Remove what finished a week ago; return how many rows."""
    removed: int = host.value("select auto_post_expire('7 days', %s)", (limit,))
    return removed


def test_only_rows_that_finished_long_ago_go(host: Host) -> None:
    """What waits, is held or is younger stays."""
    finish(host, "old", "older")
    finish(host, "young", ago="6 days")
    host.complete("waits")
    host.execute("update auto_post_outbox set captured_at = now() - interval '1 year'")
    assert (expire(host), expire(host)) == (2, 0)
    assert {row["tracker_id"] for row in host.outbox()} == {"young", "waits"}


def test_windows_of_alerts_go_with_their_summaries(host: Host) -> None:
    """What is about to be counted in a window that has just ended finds it."""
    finish(host, "summary", ago="6 days")
    for name, ended, summary in (("kept", "2 hours", True), ("gone", "2 hours", False), ("new", "1 minute", False)):
        host.execute(
            "insert into auto_post_alert_windows (agent_id, operation_type, began_at, ends_at, posted, summary_id) "
            "select %s, 'report_generate', now() - interval '1 day', now() - %s::interval, 1, "
            "case when %s then id end from auto_post_outbox",
            (name, ended, summary),
        )
    expire(host)
    assert {row["agent_id"] for row in host.rows("select agent_id from auto_post_alert_windows")} == {"kept", "new"}
    host.execute("update auto_post_outbox set finished_at = now() - interval '8 days'")
    expire(host)
    assert {row["agent_id"] for row in host.rows("select agent_id from auto_post_alert_windows")} == {"new"}
    host.execute("select auto_post_purge('new', p_confirm => true)")
    assert host.rows("select from auto_post_alert_windows") == []


def test_rows_go_in_batches_the_oldest_first(host: Host) -> None:
    """At most as many as are asked for."""
    finish(host, *(f"op{number}" for number in range(5)))
    finish(host, "oldest", ago="9 days")
    assert expire(host, 1) == 1
    assert "oldest" not in {row["tracker_id"] for row in host.outbox()}
    assert [expire(host, 3) for _ in range(3)] == [3, 2, 0]


def test_removals_at_once_remove_different_rows(host: Host, database: str) -> None:
    """Neither waits for the other."""
    finish(host, "a", "b")
    with open_connection(database) as first:
        assert first.execute("select auto_post_expire('7 days', 1)").fetchone() == (1,)
        assert expire(host) == 1
    assert expire(host) == 0


async def test_removed_operation_never_counts_again(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Flapping and retried inserts are skipped by the worker that claims them; the reconciler finds the id."""
    host.agent()
    finish(host, "op")
    assert expire(host) == 1
    for status in ("running", "completed", "failed", "running", "completed"):
        host.move("op", status)
    await work_off(host, settings, redactor)
    assert {row["status"]: (row["state"], row["reason"], row["worker"]) for row in host.outbox()} == {
        "completed": ("skipped", "already_processed", None),
        "failed": ("posted", None, None),
    }, "another rule, met for the first time, is posted"
    (audit,) = [row for row in host.audit() if row["action"] == "auto_post.skipped"]
    assert (audit["status"], audit["details"]["reason"]) == ("completed", "already_processed")
    aged = "update auto_post_outbox set finished_at = finished_at - interval '8 days' where status = 'completed'"
    host.execute(aged)
    assert expire(host) == 1
    host.execute("delete from operation_trackers where id = 'op'")
    host.execute("set session_replication_role = replica")
    host.start("op", status="completed")
    assert host.value("select auto_post_reconcile()") == 0
    assert len(host.outbox()) == 1
    assert host.warnings == []


async def test_operation_that_flaps_at_the_moment_of_its_removal_does_not_count_again(
    host: Host, database: str, outbox: Outbox
) -> None:
    """Whatever the flapping transaction can see: the claim comes after both."""
    finish(host, "op")
    with open_connection(database, autocommit=True) as other:
        late = Host(other)
        other.execute("begin isolation level repeatable read")
        late.value("select 1")
        assert expire(host) == 1
        late.move("op", "running")
        late.move("op", "completed")
        other.execute("commit")
    (claim,) = await outbox.claim(10, LEASE)
    assert claim.already_processed


@pytest.mark.parametrize("removal", ["auto_post_purge('ada', p_confirm => true)", "auto_post_expire('7 days')"])
async def test_claim_on_a_removed_row_does_not_fit_its_successor(
    host: Host, settings: Settings, outbox: Outbox, removal: str
) -> None:
    """A worker froze with a claim; the row was removed, and the operation came up again and was claimed again."""
    host.complete(agent=host.agent())
    (frozen,) = await outbox.claim(1, LEASE)
    if "expire" in removal:
        host.execute(
            "update auto_post_outbox set state = 'skipped', worker = null, reason = 'rate_limited', "
            "finished_at = now() - interval '8 days'"
        )
    assert host.value(f"select {removal}") == 1
    host.move("op", "running")
    host.move("op", "completed")
    (claim,) = await outbox.claim(1, LEASE)
    assert (claim.already_processed, claim.epoch) == (True, 1_000_001)
    assert await outbox.release([frozen]) == 0
    async with await create_pool(settings, "test", size=1) as pool:
        published = await Publication(pool, SCHEMAS, "one").publish(
            [Posted(frozen, Written("late", Generator.TEMPLATE))],
            lambda group, agents, now: at_publishing(group, agents, now, WINDOW),
        )
    assert published.outcomes == [Lost(frozen)]
    assert host.posts() == []


async def test_audit_log_and_feed_are_not_touched(host: Host, settings: Settings, redactor: Redactor) -> None:
    """They are the platform's."""
    host.agent()
    host.complete()
    await work_off(host, settings, redactor)
    audit, posts = host.audit(), host.posts()
    host.execute("update auto_post_outbox set finished_at = now() - interval '8 days'")
    assert expire(host) == 1
    assert (host.audit(), host.posts()) == (audit, posts)


async def test_worker_removes_what_was_kept_long_enough(host: Host, settings: Settings, redactor: Redactor) -> None:
    """By its maintenance, after a time that may be a fraction of a day."""
    finish(host, "a", "b", ago="31 minutes")
    finish(host, "c", ago="20 minutes")
    host.execute("select auto_post_pause()")
    host.complete("waits")
    hasty = settings.model_copy(update={"maintenance_seconds": 0.05, "retention_days": 0.5 / 24})
    async with working(hasty, redactor):
        await eventually(lambda: len(host.outbox()) == 2)
    assert [row["tracker_id"] for row in host.outbox()] == ["c", "waits"]


def purged_setup(host: Host) -> None:
    """Add rows of two agents and two tenants, waiting and finished."""
    finish(host, "done", ago="1 minute")
    host.complete("waits")
    host.complete("other", agent="bob")
    host.execute("update auto_post_outbox set tenant_id = 'second' where tracker_id = 'waits'")
    host.execute("insert into auto_post_rate_limits values ('ada', now()), ('bob', now())")
    host.agent("bob")


@pytest.mark.parametrize(
    ("call", "left", "limits"),
    [
        ("auto_post_purge('ada', p_confirm => true)", ["other"], ["bob"]),
        ("auto_post_purge(p_tenant_id => 'tenant', p_confirm => true)", ["waits"], ["ada"]),
        ("auto_post_purge('nobody', p_confirm => true)", ["done", "waits", "other"], ["ada", "bob"]),
    ],
)
async def test_purge_removes_all_of_an_agent_or_a_tenant(
    host: Host, outbox: Outbox, call: str, left: list[str], limits: list[str]
) -> None:
    """Finished and waiting; each row that had no outcome gets its audit row, and none counts again."""
    purged_setup(host)
    waiting = {row["tracker_id"] for row in host.outbox() if row["state"] == "pending"} - set(left)
    assert host.value(f"select {call}") == 3 - len(left)
    assert [row["tracker_id"] for row in host.outbox()] == left
    kept = host.rows("select agent_id from auto_post_rate_limits order by 1")
    assert [row["agent_id"] for row in kept] == limits
    ended = host.rows("select tracker_id, details from audit_log where action = 'auto_post.skipped'")
    assert {row["tracker_id"] for row in ended} == waiting
    assert {row["details"]["reason"] for row in ended} <= {"purged"}
    (deed,) = host.rows("select details from audit_log where action = 'auto_post.purge'")
    assert deed["details"]["by"] == host.value("select session_user")
    assert deed["details"]["rows"] == 3 - len(left)
    assert host.value("select auto_post_reconcile()") == 0
    host.execute("update operation_trackers set status = 'running'")
    host.execute("update operation_trackers set status = 'completed'")
    claims = await outbox.claim(10, LEASE)
    assert {claim.operation.tracker_id for claim in claims if not claim.already_processed} == set(left) - {"done"}


def test_purge_whose_audit_rows_the_platform_swallows_changes_nothing(host: Host) -> None:
    """What still waited would end without a trace."""
    purged_setup(host)
    before = host.outbox()
    host.execute(SWALLOW_AUDIT_ROWS)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="kept 0 of 1 rows"):
        host.execute("select auto_post_purge('ada', p_confirm => true)")
    assert host.outbox() == before


async def test_worker_that_holds_a_purged_row_loses_it(host: Host, settings: Settings, outbox: Outbox) -> None:
    """It posts nothing and writes no audit row of its own."""
    host.agent()
    host.complete()
    (claim,) = await outbox.claim(1, LEASE)
    assert host.value("select auto_post_purge('ada', p_confirm => true)") == 1
    pool = await create_pool(settings, "test", size=1)
    proposal = Posted(claim, Written("text", Generator.TEMPLATE))
    published = await Publication(pool, SCHEMAS, "one").publish(
        [proposal], lambda group, agents, now: at_publishing(group, agents, now, WINDOW)
    )
    await pool.close()
    assert published.outcomes == [Lost(claim)]
    assert host.posts() == []
    assert [row["action"] for row in host.audit()] == ["auto_post.skipped", "auto_post.purge"]
