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
from tests.support.host import Host
from tests.support.work import eventually, work_off, working

LEASE = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)


@pytest.fixture
async def outbox(settings: Settings) -> AsyncIterator[Outbox]:
    """Return the outbox as a worker sees it."""
    pool = await create_pool(settings, "test", size=2)
    yield Outbox(pool, "public", "one")
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


def test_rows_go_in_batches_the_oldest_first(host: Host) -> None:
    """At most as many as are asked for."""
    finish(host, *(f"op{number}" for number in range(5)))
    finish(host, "oldest", ago="9 days")
    assert expire(host, 1) == 1
    assert "oldest" not in {row["tracker_id"] for row in host.outbox()}
    assert [expire(host, 3) for _ in range(3)] == [3, 2, 0]


def test_two_removals_at_once_are_one(host: Host, database: str) -> None:
    """The second goes away at once."""
    finish(host, "a", "b")
    with psycopg.connect(database) as first:
        assert first.execute("select auto_post_expire('7 days', 1)").fetchone() == (1,)
        assert expire(host) == 0
    assert expire(host) == 1


async def test_removed_operation_never_counts_again(host: Host, outbox: Outbox) -> None:
    """Flapping and retried inserts are skipped by the claim that meets them; the reconciler finds the id."""
    finish(host, "op")
    assert expire(host) == 1
    for status in ("running", "completed", "failed", "running", "completed"):
        host.move("op", status)
    (claim,) = await outbox.claim(10, LEASE)
    assert claim.operation.status == "failed", "another rule, met for the first time"
    (skipped,) = host.rows("select status, reason, worker from auto_post_outbox where state = 'skipped'")
    assert tuple(skipped.values()) == ("completed", "already_processed", None)
    (audit,) = host.audit()
    assert (audit["action"], audit["details"]["reason"]) == ("auto_post.skipped", "already_processed")
    host.execute("update auto_post_outbox set finished_at = finished_at - interval '8 days'")
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
    with psycopg.connect(database, autocommit=True) as other:
        late = Host(other)
        other.execute("begin isolation level repeatable read")
        late.value("select 1")
        assert expire(host) == 1
        late.move("op", "running")
        late.move("op", "completed")
        other.execute("commit")
    assert await outbox.claim(10, LEASE) == []
    assert [row["reason"] for row in host.outbox()] == ["already_processed"]


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
        ("auto_post_purge('ada')", ["other"], ["bob"]),
        ("auto_post_purge(p_tenant_id => 'tenant')", ["waits"], ["ada"]),
        ("auto_post_purge('nobody')", ["done", "waits", "other"], ["ada", "bob"]),
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
    assert {claim.operation.tracker_id for claim in await outbox.claim(10, LEASE)} == set(left) - {"done"}


async def test_worker_that_holds_a_purged_row_loses_it(host: Host, settings: Settings, outbox: Outbox) -> None:
    """It posts nothing and writes no audit row of its own."""
    host.agent()
    host.complete()
    (claim,) = await outbox.claim(1, LEASE)
    assert host.value("select auto_post_purge('ada')") == 1
    pool = await create_pool(settings, "test", size=1)
    proposal = Posted(claim, Written("text", Generator.TEMPLATE))
    published = await Publication(pool, "public", "one").publish(
        [proposal], lambda group, agents, now: at_publishing(group, agents, now, WINDOW)
    )
    await pool.close()
    assert published.outcomes == [Lost(claim)]
    assert host.posts() == []
    assert [row["action"] for row in host.audit()] == ["auto_post.skipped", "auto_post.purge"]
