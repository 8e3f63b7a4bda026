"""The log of events: what gets into it, in which order it is read, and that no consumer misses anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import psycopg
import pytest

from autopost.broadcast.event import BroadcastEvent
from autopost.broadcast.from_settings import TRANSPORT
from autopost.broadcast.lease import ConsumerLease
from autopost.broadcast.sequencer import Sequencer
from autopost.broadcast.transport import LEASE_SECONDS, TransportConsumer
from autopost.errors import DeliveryFailed
from tests.support.host import SCHEMAS, WAITING_FOR_A_LOCK, Host, open_connection
from tests.support.work import eventually

WRITE = (
    "insert into auto_post_events (post_id, agent_id, post_type, content, created_at) "
    "values (%s, %s, 'status', 'text', now())"
)
PLACE = "select auto_post_sequence_events()"
LAST_ERROR = "select last_error from auto_post_consumers where name = 'transport'"


class Recorder:
    """A transport that notes what it was given, and fails when told to: before anything was sent, or after all was."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.failing: str | None = None
        self.batches = 0
        self.slow = 0.0

    async def send(self, events: Sequence[BroadcastEvent]) -> None:
        """Note them."""
        if self.failing == "before":
            raise DeliveryFailed("down")
        self.sent += [event.post_id for event in events]
        self.batches += 1
        await asyncio.sleep(self.slow)
        if self.failing == "after":
            raise DeliveryFailed("no answer")

    async def aclose(self) -> None:
        """Do nothing."""


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return connections as a worker has them."""
    from autopost.database.connection import create_pool
    from autopost.settings import load_settings

    opened = await create_pool(load_settings(database_url=database), "test", size=4)
    yield opened
    await opened.close()


def consumer_of(
    pool: asyncpg.Pool[asyncpg.Record], transport: Recorder, worker: str = "one", name: str = TRANSPORT
) -> TransportConsumer:
    """Return the transport's consumer as a worker has it."""
    return TransportConsumer(ConsumerLease(pool, SCHEMAS, name, worker, LEASE_SECONDS), transport)


async def flush(pool: asyncpg.Pool[asyncpg.Record], transport: Recorder, worker: str = "one") -> None:
    """Give positions to what was written, and deliver it, or fail."""
    await Sequencer(pool, SCHEMAS).sequence()
    consumer = consumer_of(pool, transport, worker)
    consumer.stop()
    await consumer.run()


def positions(host: Host) -> dict[str, int | None]:
    """Return the position of each event."""
    return {row["post_id"]: row["position"] for row in host.rows("select * from auto_post_events")}


def test_positions_follow_the_order_of_commits(host: Host, database: str) -> None:
    """A consumer at an offset has missed nothing before it."""
    with open_connection(database) as slow:
        slow.execute(WRITE, ("wrote first", "ada"))
        host.execute(WRITE, ("committed first", "bob"))
        assert host.value("select auto_post_sequence_events()") == 1
        assert positions(host) == {"committed first": 1}
        slow.commit()
    assert host.value("select auto_post_sequence_events()") == 1
    assert positions(host) == {"committed first": 1, "wrote first": 2}
    assert host.value("select auto_post_sequence_events()") == 0
    assert host.value("select position from auto_post_consumers where name = 'log'") == 2


def test_positions_follow_the_order_of_writing_and_a_limit(host: Host) -> None:
    """Batch by batch."""
    for number in range(5):
        host.execute(WRITE, (str(number), "ada"))
    assert [host.value("select auto_post_sequence_events(2)") for _ in range(4)] == [2, 2, 1, 0]
    assert positions(host) == {str(number): number + 1 for number in range(5)}


def test_sequencers_wait_for_each_other(host: Host, database: str) -> None:
    """Two at once would give a position twice."""
    host.execute(WRITE, ("a", "ada"))
    with open_connection(database) as other:
        other.execute("select auto_post_sequence_events()")
        host.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            host.execute("select auto_post_sequence_events()")


async def test_consumer_gets_each_once_and_in_order(host: Host, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Over several batches, and nothing again when nothing is new."""
    count = 2 * TransportConsumer.batch_size + 7
    transport = Recorder()
    await pool.execute("insert into autopost.auto_post_consumers values ('transport')")
    host.execute(
        "insert into auto_post_events (post_id, post_type, content, created_at) "
        "select g.n::text, 'status', 'text', now() from generate_series(1, %s) as g (n) order by g.n",
        (count,),
    )
    await flush(pool, transport)
    assert transport.sent == [str(number) for number in range(1, count + 1)]
    assert transport.batches == 3
    await flush(pool, transport)
    assert len(transport.sent) == count


@pytest.mark.parametrize(("failing", "again"), [("before", 0), ("after", 1)])
async def test_what_was_not_carried_is_sent_again(
    host: Host, pool: asyncpg.Pool[asyncpg.Record], failing: str, again: int
) -> None:
    """At least once: what perhaps arrived may come again, and nothing is left out."""
    transport = Recorder()
    await pool.execute("insert into autopost.auto_post_consumers values ('transport')")
    for number in range(3):
        host.execute(WRITE, (str(number), "ada"))
    transport.failing = failing
    await flush(pool, transport)
    assert host.value(LAST_ERROR) == ("down" if failing == "before" else "no answer")
    transport.failing = None
    await flush(pool, transport)
    assert transport.sent == ["0", "1", "2"] * (1 + again)


async def test_new_consumer_begins_with_what_is_published_from_now_on(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """It is not told the past; one that was there before goes on where it was."""
    host.execute(WRITE, ("old", "ada"))
    host.execute("select auto_post_sequence_events()")
    transport = Recorder()
    consumer = consumer_of(pool, transport, name="webhook:new")
    running = asyncio.create_task(consumer.run())
    await eventually(lambda: host.value("select count(*) from auto_post_consumers where name = 'webhook:new'") == 1)
    host.execute(WRITE, ("new", "ada"))
    host.execute(PLACE)
    consumer.wake()
    await eventually(lambda: host.value("select position from auto_post_consumers where name = 'webhook:new'") == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert transport.sent == ["new"]
    host.execute(WRITE, ("while it was away", "ada"))
    host.execute(PLACE)
    consumer = consumer_of(pool, transport, name="webhook:new")
    running = asyncio.create_task(consumer.run())
    consumer.wake()
    await eventually(lambda: len(transport.sent) == 2)
    running.cancel()
    assert transport.sent == ["new", "while it was away"]


async def test_consumers_begin_before_events_get_positions(host: Host, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """What is published while a worker starts is not left out, and what is in the log by then is not delivered."""
    host.execute(WRITE, ("old", "ada"))
    host.execute(PLACE)
    host.execute(WRITE, ("new", "ada"))
    transport = Recorder()
    await Sequencer(pool, SCHEMAS, [consumer_of(pool, transport)]).work()
    assert host.value("select position from auto_post_consumers where name = 'log'") == 2
    await flush(pool, transport)
    assert transport.sent == ["new"]


async def test_two_workers_of_one_consumer_share_a_lease(host: Host, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Anyone who comes while the other sends waits, and then finds what that one had not seen."""
    transport = Recorder()
    transport.slow = 0.2
    await pool.execute("insert into autopost.auto_post_consumers values ('transport')")
    host.execute(WRITE, ("a", "ada"))
    one = asyncio.create_task(flush(pool, transport, "one"))
    await eventually(lambda: transport.sent == ["a"])
    host.execute(WRITE, ("b", "ada"))
    await asyncio.gather(one, flush(pool, transport, "two"))
    assert transport.sent == ["a", "b"]


async def test_broadcasting_continues_after_an_unexpected_error(host: Host, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """A transport's bug ends no worker and loses no post."""

    class Buggy(Recorder):
        async def send(self, events: Sequence[BroadcastEvent]) -> None:
            """Fail at first."""
            if not self.batches:
                self.batches += 1
                raise ZeroDivisionError
            await super().send(events)

    transport = Buggy()
    consumer = consumer_of(pool, transport)
    running = asyncio.create_task(consumer.run())
    await eventually(lambda: host.value("select count(*) from auto_post_consumers") == 2)
    host.execute(WRITE, ("a", "ada"))
    host.execute(PLACE)
    consumer.wake()
    await eventually(lambda: transport.sent)
    running.cancel()
    assert transport.sent == ["a"]


async def test_transport_that_does_not_answer_is_a_failed_delivery(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """No worker waits for it longer than its lease."""
    transport = Recorder()
    transport.slow = 30
    await pool.execute("insert into autopost.auto_post_consumers values ('transport')")
    host.execute(WRITE, ("a", "ada"))
    await flush(pool, transport)
    assert host.value(LAST_ERROR) == "no answer in 4 seconds"
    transport.slow = 0
    await flush(pool, transport)
    assert transport.sent == ["a", "a"]


async def test_cancelled_consumer_ends(host: Host, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Whatever the rollback of what was ended raises."""
    transport = Recorder()
    consumer = consumer_of(pool, transport)
    running = asyncio.create_task(consumer.run())
    await eventually(
        lambda: host.value("select count(*) from auto_post_consumers where name = 'transport' and holder is null")
    )
    host.execute(WRITE, ("a", "ada"))
    host.execute(PLACE)
    host.execute("begin")
    host.execute("select from auto_post_consumers where name = 'transport' for update")
    consumer.wake()
    await eventually(lambda: host.value(WAITING_FOR_A_LOCK))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(60):
            await running
    host.execute("rollback")


async def test_events_of_another_worker_are_found_by_polling(host: Host, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """As after a worker that died between publishing and broadcasting."""
    transport = Recorder()
    tasks = (consumer_of(pool, transport), Sequencer(pool, SCHEMAS))
    for task in tasks:
        task.poll_seconds = 0.1
    running = [asyncio.create_task(task.run()) for task in tasks]
    await eventually(lambda: host.value("select count(*) from auto_post_consumers") == 2)
    host.execute(WRITE, ("a", "ada"))
    await eventually(lambda: transport.sent == ["a"])
    for ended in running:
        ended.cancel()


async def test_lease_of_a_dead_worker_is_taken_over_when_it_expires(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """And not only at the next poll."""
    await ConsumerLease(pool, SCHEMAS, TRANSPORT, "dead", 0.5).acquire()
    host.execute(WRITE, ("a", "ada"))
    host.execute(PLACE)
    transport = Recorder()
    consumer = TransportConsumer(ConsumerLease(pool, SCHEMAS, TRANSPORT, "alive", 0.5), transport)
    consumer.poll_seconds = 600.0
    running = asyncio.create_task(consumer.run())
    await eventually(lambda: transport.sent == ["a"])
    running.cancel()


async def test_worker_that_froze_after_it_acquired_the_lease_sends_nothing(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Another worker may have sent later events by then."""

    class Freezing(ConsumerLease):
        async def read(self, offset: int, limit: int) -> list[BroadcastEvent]:
            """Read, and freeze."""
            events = await super().read(offset, limit)
            await asyncio.sleep(TransportConsumer.send_seconds)
            return events

    await pool.execute("insert into autopost.auto_post_consumers values ('transport')")
    host.execute(WRITE, ("a", "ada"))
    host.execute(PLACE)
    transport = Recorder()
    consumer = TransportConsumer(Freezing(pool, SCHEMAS, TRANSPORT, "one", LEASE_SECONDS), transport)
    consumer.stop()
    await consumer.run()
    assert transport.sent == []
    assert host.value(LAST_ERROR) == "no answer in 4 seconds"


async def test_worker_that_is_cancelled_while_it_advances_causes_no_repeat(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """It advances once more before it ends."""
    began = asyncio.Event()

    class Slow(ConsumerLease):
        async def advance(self, *given: Any, **more: Any) -> Any:
            """Take too long at first."""
            if not began.is_set() and transport.sent:
                began.set()
                await asyncio.sleep(60)
            return await super().advance(*given, **more)

    await pool.execute("insert into autopost.auto_post_consumers values ('transport')")
    host.execute(WRITE, ("a", "ada"))
    host.execute(PLACE)
    transport = Recorder()
    running = asyncio.create_task(
        TransportConsumer(Slow(pool, SCHEMAS, TRANSPORT, "one", LEASE_SECONDS), transport).run()
    )
    await asyncio.wait_for(began.wait(), 60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await flush(pool, transport, "two")
    assert transport.sent == ["a"]
