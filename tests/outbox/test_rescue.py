"""Rows of crashed workers: when they return to the queue, which attempts count, and what is claimed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from autopost.database.connection import create_pool
from autopost.outbox.outbox import Outbox
from autopost.settings import Settings
from autopost.worker.liveness import is_of_another
from tests.support.crew import Crew
from tests.support.host import SCHEMAS, SWALLOW_AUDIT_ROWS, Host, open_connection, until
from tests.support.work import rescue, worker_process

LEASE = timedelta(hours=1)
KEY = 4711
EXPIRE = "update auto_post_outbox set available_at = now() where state = 'claimed'"


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return a pool."""
    pool = await create_pool(settings, "test", size=2)
    yield pool
    await pool.close()


@pytest.fixture
def one(pool: asyncpg.Pool[asyncpg.Record]) -> Outbox:
    """Return the outbox as worker `one` sees it."""
    return Outbox(pool, SCHEMAS, "one")


@pytest.fixture
def other(pool: asyncpg.Pool[asyncpg.Record]) -> Outbox:
    """Return the outbox as worker `other` sees it."""
    return Outbox(pool, SCHEMAS, "other")


def state(host: Host) -> list[tuple[Any, ...]]:
    """Return state, attempts and crashes of each row, in the order of capture."""
    return [(row["state"], row["attempts"], row["crashes"]) for row in host.outbox()]


async def crash(host: Host, outbox: Outbox, times: int = 1) -> None:
    """Let leases of claimed rows expire, and rescue and claim them again, some times."""
    for _ in range(times):
        host.execute(EXPIRE)
        await rescue(outbox)


async def test_rows_of_a_worker_whose_session_ended_are_due_at_once(
    host: Host, database: str, one: Outbox, other: Outbox
) -> None:
    """Not before it ended, and not the rows of a worker that has no such session."""
    host.complete("op")
    await one.claim(10, LEASE)
    await one.heartbeat("1", 1, first=True, lock_key=KEY)
    with open_connection(database, autocommit=True) as session:
        session.execute("select pg_advisory_lock(%s)", (KEY,))
        assert (await other.rescue(5)).rows == 0
        session.execute("select pg_advisory_unlock(%s)", (KEY,))  # as its end does
    assert (await other.rescue(5)).rows == 1
    assert state(host) == [("pending", 0, 1)]
    await rescue(one)
    await one.heartbeat("1", 1, first=False)
    assert (await other.rescue(5)).rows == 0


async def test_session_of_a_worker_that_froze_inside_a_statement_is_ended(
    host: Host, settings: Settings, one: Outbox
) -> None:
    """Its locks are free then. The server's own time-outs do not end it; a session that only waits is left alone."""
    pool = await create_pool(settings, "worker", size=3)
    async with pool.acquire() as frozen, pool.acquire() as idle, pool.acquire() as working:
        host.complete("op")
        await frozen.execute("begin; set local idle_in_transaction_session_timeout = 50")
        await frozen.fetch("select from autopost.auto_post_outbox for update")
        await frozen.execute("set local statement_timeout = 50")
        await frozen.prepare("select $1::int")  # the parameters, which are the next message, never come
        await idle.execute("begin")
        pid = frozen.get_server_pid()
        sleep = asyncio.create_task(working.execute("select pg_sleep(0.5)"))
        await asyncio.sleep(0.2)
        assert host.value("select count(*) from (select from auto_post_outbox for update skip locked) as o") == 0
        assert await one.end_frozen_sessions(timedelta(seconds=30)) == []
        assert await one.end_frozen_sessions(timedelta(seconds=0.1)) == [pid]
        await sleep
        await idle.execute("rollback")
    until(lambda: host.value("select count(*) from (select from auto_post_outbox for update skip locked) as o"))
    await pool.close()


async def test_worker_rescues_its_own_rows_only_at_its_start(host: Host, one: Outbox) -> None:
    """Then they are those of a worker of the same name before it; later it may have lost its connection."""
    host.complete("op")
    await one.claim(10, LEASE)
    await one.heartbeat("1", 1, first=True, lock_key=KEY)
    assert (await one.rescue(5)).rows == 0
    assert (await one.rescue(5, at_start=True)).rows == 1


async def test_worker_notices_another_of_its_name(one: Outbox) -> None:
    """It finds the key of the other's lock under its name; its own key, or none, is no sign of another."""
    assert not is_of_another(await one.heartbeat("1", 0, first=True, lock_key=KEY), None, KEY)
    assert not is_of_another(await one.heartbeat("1", 0, first=False, lock_key=KEY), KEY, KEY)
    await one.heartbeat("1", 0, first=True, lock_key=KEY + 1)  # as the other does
    assert is_of_another(await one.heartbeat("1", 0, first=False, lock_key=KEY), KEY, KEY)
    await one.sign_off()  # so does the other
    assert not is_of_another(await one.heartbeat("1", 0, first=False, lock_key=KEY), KEY, KEY)


async def test_ended_worker_is_looked_for_for_a_minute(host: Host, one: Outbox, other: Outbox) -> None:
    """A claim that it had sent may be committed after the first rescue."""
    await one.heartbeat("1", 1, first=True, lock_key=KEY)
    await other.rescue(5)
    host.complete("op")
    await one.claim(10, LEASE)
    assert (await other.rescue(5)).rows == 1
    host.execute("update auto_post_workers set last_seen_at = now() - interval '2 minutes'")
    await other.rescue(5)
    assert host.value("select lock_key from auto_post_workers") is None


async def test_rows_that_crashed_together_are_claimed_in_fives_and_then_alone(host: Host, one: Outbox) -> None:
    """An ordinary claim takes none of them."""
    for number in range(12):
        host.complete(f"op{number}", agent=host.agent(f"agent{number}"))
    await one.claim(100, LEASE)
    host.execute(EXPIRE)
    assert (await one.rescue(5)).rows == 12
    for name, round_robin in (("new", True), ("newer", False)):
        host.complete(name)
        claims = await one.claim(100, LEASE, round_robin=round_robin)
        assert [claim.operation.tracker_id for claim in claims] == [name]
    assert [row.alone for row in await one.crashed()] == [False] * 5
    assert len(await rescue(one)) == 5
    host.execute(EXPIRE)
    await one.rescue(5)
    found = await one.crashed()
    assert [row.alone for row in found] == [False] * 5 + [True]
    (alone,) = await one.claim(1, LEASE, chosen=[found[-1].id])
    assert (alone.crashes, alone.attempts) == (2, 1)


async def test_only_crashes_of_a_row_alone_use_up_its_attempts(host: Host, one: Outbox) -> None:
    """The first two do not, as any row can have been the cause."""
    host.complete("op", agent=host.agent())
    await one.claim(1, LEASE)
    seen = []
    for _ in range(4):
        await crash(host, one)
        seen += state(host)
    assert seen == [("claimed", 1, 1), ("claimed", 1, 2), ("claimed", 2, 3), ("claimed", 3, 4)]


async def test_row_that_uses_up_its_attempts_is_dead_without_being_read(host: Host, one: Outbox) -> None:
    """Its audit row is like any other, and holds no text that could be personal data."""
    email = "jane" + "@" + "example.com"
    host.complete("op", f"security check of {email}", agent=host.agent(), status="failed", what="x" * 100)
    await one.claim(1, LEASE)
    await crash(host, one, times=3)
    host.execute(EXPIRE)
    rescued = await one.rescue(2)
    (row,), (audit,) = host.outbox(), host.audit()
    assert (row["state"], row["last_error"], row["attempts"]) == ("dead", "worker_crashed", 2)
    assert list(rescued.dead) == [row["id"]]
    assert (audit["action"], audit["agent_id"], audit["tracker_id"]) == ("auto_post.dead", "ada", "op")
    assert (audit["operation_type"], audit["status"]) == ("(not redacted)", "failed")
    assert audit["occurred_at"] == row["finished_at"]
    assert email not in str(audit)


@pytest.mark.long
async def test_audit_row_of_a_dead_row_that_the_platform_swallows_is_reported(
    host: Host, database: str, one: Outbox, processes: Crew
) -> None:
    """The row is dead all the same; the log says that its audit row is lost, and the heartbeat what to look at."""
    host.complete("op", agent=host.agent())
    await one.claim(1, LEASE)
    await crash(host, one, times=3)
    host.execute(EXPIRE)
    host.execute(SWALLOW_AUDIT_ROWS)
    with worker_process(database, processes, SOCIAL_POST_LLM_ENABLED="false", SOCIAL_POST_MAX_ATTEMPTS="2") as worker:
        until(lambda: '"audit.lost"' in worker.log)
        until(lambda: host.value("select count(problems) from auto_post_workers"))
    (row,) = host.outbox()
    assert (row["state"], host.audit()) == ("dead", [])
    assert host.value("select problems -> 0 ->> 'subject' from auto_post_workers") == "audit log"


async def test_claim_reads_the_beginning_of_a_huge_text_only(host: Host, one: Outbox) -> None:
    """Rows from before the trigger cut them: each text has a limit."""
    host.complete("op", agent=host.agent())
    columns = ("operation_type", "status", "agent_id", "tenant_id", "what_explanation", "why_explanation", "next_steps")
    for column in columns:
        host.execute(f"update auto_post_outbox set {column} = repeat('x', 5000000)")
    host.execute("update auto_post_outbox set tracker_id = repeat('x', 5000000)")
    (claim,) = await one.claim(1, LEASE)
    operation = claim.operation
    assert [len(str(getattr(operation, column))) for column in columns] == [200] * 4 + [4000] * 3
    assert (len(operation.tracker_id), claim.agent) == (1000, None)


async def test_agent_whose_id_is_the_beginning_of_a_longer_one_is_not_its_agent(host: Host, one: Outbox) -> None:
    """A cut id must not become the id of another agent."""
    host.complete("op", agent=host.agent("a" * 200))
    host.execute("update auto_post_outbox set agent_id = agent_id || 'b'")
    (claim,) = await one.claim(1, LEASE)
    assert claim.agent is None
