"""A claim's commit does not wait for the disk: a server that crashes may forget it, and nothing comes of that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import asyncpg
import pytest

from autopost.database.connection import create_pool
from autopost.model import Claim, Generator, Lost, Posted, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.settings import load_settings
from autopost.worker.publication import Publication
from tests.conftest import EMBEDDED_VERSION
from tests.support.chaos.checker import lost, violations
from tests.support.host import SCHEMAS, Host, open_connection
from tests.support.own_server import OwnServer, install, own_server

LEASE = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)
UNCLAIM = (
    "update auto_post_outbox set state = 'pending', epoch = 0, attempts = 0, worker = null, claimed_at = null, "
    "available_at = now() where tracker_id = %s"
)


@pytest.fixture(scope="module")
def slow_to_write() -> Iterator[OwnServer]:
    """Return a server that writes what was not waited for as late as it may."""
    with own_server(EMBEDDED_VERSION) as server:
        with open_connection(server.dsn(), autocommit=True) as connection:
            connection.execute("alter system set wal_writer_delay = '10s'")
            connection.execute("alter system set autovacuum = off")
        server.restart()
        install(server)
        yield server


@pytest.fixture
async def pool(slow_to_write: OwnServer) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return a pool of a worker's connections."""
    pool = await create_pool(load_settings(database_url=slow_to_write.dsn()), "test", size=2)
    yield pool
    pool.terminate()


async def publish(pool: asyncpg.Pool[asyncpg.Record], worker: str, claim: Claim) -> type:
    """Publish by the real rules; return what came of it."""
    publication = Publication(pool, SCHEMAS, worker)
    posted = Posted(claim, Written(f"by {worker}", Generator.TEMPLATE))
    published = await publication.publish(
        [posted], lambda group, agents, now: at_publishing(group, agents, now, WINDOW)
    )
    return type(published.outcomes[0])


async def claim_and_crash(server: OwnServer, pool: asyncpg.Pool[asyncpg.Record], operation: str) -> Claim:
    """Let worker `one` claim an operation, and the server crash before that is on its disk."""
    with open_connection(server.dsn(), autocommit=True) as connection:
        host = Host(connection)
        host.agent(operation)
        host.complete(operation, agent=operation)
    for _ in range(5):  # the server may come to write it all the same
        (claim,) = await Outbox(pool, SCHEMAS, "one").claim(1, LEASE)
        await asyncio.to_thread(server.restart)
        await pool.expire_connections()
        with open_connection(server.dsn(), autocommit=True) as connection:
            host = Host(connection)
            row = host.rows("select state, epoch from auto_post_outbox where tracker_id = %s", (operation,))
            if row == [{"state": "pending", "epoch": 0}]:
                return claim
            host.execute(UNCLAIM, (operation,))
    pytest.fail("the claim was written in time, each time")


async def test_row_is_posted_once_when_both_hold_it(
    slow_to_write: OwnServer, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """The second claim has the epoch of the forgotten one, and anyone who publishes first has posted it."""
    forgotten = await claim_and_crash(slow_to_write, pool, "both")
    (again,) = await Outbox(pool, SCHEMAS, "two").claim(1, LEASE)
    assert (again.id, again.epoch) == (forgotten.id, forgotten.epoch)
    assert [await publish(pool, "one", forgotten), await publish(pool, "two", again)] == [Posted, Lost]
    posted_once(slow_to_write, "both", "by one")


async def test_row_that_nobody_holds_is_posted_by_the_next(
    slow_to_write: OwnServer, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Who held it by the forgotten claim finds that out."""
    forgotten = await claim_and_crash(slow_to_write, pool, "next")
    assert await publish(pool, "one", forgotten) is Lost
    (again,) = await Outbox(pool, SCHEMAS, "two").claim(1, LEASE)
    assert await publish(pool, "two", again) is Posted
    posted_once(slow_to_write, "next", "by two")


async def test_a_post_is_not_forgotten(slow_to_write: OwnServer, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Its transaction waits for the disk, on the very connection on which the claim did not."""
    with open_connection(slow_to_write.dsn(), autocommit=True) as connection:
        Host(connection).agent("kept")
        Host(connection).complete("kept", agent="kept")
    (claim,) = await Outbox(pool, SCHEMAS, "one").claim(1, LEASE)
    assert await publish(pool, "one", claim) is Posted
    await asyncio.to_thread(slow_to_write.restart)
    posted_once(slow_to_write, "kept", "by one")


def posted_once(server: OwnServer, operation: str, content: str) -> None:
    """See that the agent's one operation has its one post."""
    with open_connection(server.dsn(), autocommit=True) as connection:
        host = Host(connection)
        contents = [row["content"] for row in host.posts() if row["author_id"] == operation]
        assert contents == [content]
        assert violations(host) == lost(host) == []
