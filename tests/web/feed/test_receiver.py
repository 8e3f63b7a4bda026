"""What is handed on: each once and in order, whatever the carrier brings, leaves out, repeats or makes up."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

from autopost.broadcast.event import BroadcastEvent
from autopost.database.connection import create_pool
from autopost.database.sql import query
from autopost.settings import Settings
from autopost.web.database import Database
from autopost.web.feed.encoded_post import EncodedPost
from autopost.web.feed.log import BATCH, Log
from autopost.web.feed.receiver import LogRewound, Receiver
from autopost.web.viewer import MOST_QUEUED, Viewer
from tests.support.feed.announcing import Announcer, settings_of
from tests.support.host import SCHEMAS, Host
from tests.support.work import eventually


class Script:
    """A carrier that says what it is told to; None ends a session."""

    def __init__(self) -> None:
        self.says: asyncio.Queue[list[str | bytes] | None] = asyncio.Queue()
        self.sessions = 0
        self.down = False

    async def receive(self) -> AsyncIterator[list[str | bytes]]:
        """Begin a session, and say what is to be said."""
        self.sessions += 1
        if self.down:
            raise ConnectionRefusedError
        yield []
        while (messages := await self.says.get()) is not None:
            yield messages
        raise ConnectionResetError


class Running:
    """A receiver that runs, and what it handed on."""

    def __init__(self, host: Host, dsn: str, log: Log, **options: float) -> None:
        self.announcer = Announcer(host, settings_of(dsn, "notify"))
        self.host = host
        self.script = Script()
        self.handed: list[EncodedPost] = []
        self.receiver = Receiver(log, self.script, self.handed.append, **options)
        self.ready = asyncio.Event()
        self.task = asyncio.create_task(self.receiver.run(self.ready))

    @property
    def contents(self) -> list[str]:
        """Return the texts that were handed on."""
        return [json.loads(post.message)["event"]["data"]["content"] for post in self.handed]

    async def messages(self) -> list[str]:
        """Return the messages of the whole log, as a carrier carries them."""
        statement = query("broadcast/read", SCHEMAS).replace("$1", "0").replace("$2", "10000").replace("$3", "'log'")
        rows = self.host.rows(statement)
        return [
            BroadcastEvent.from_row({**row, "post_metadata": json.dumps(row["post_metadata"])}).message  # type: ignore[arg-type]
            for row in rows
        ]


@pytest.fixture
async def pool(database: str, settings: Settings) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return connections."""
    opened = await create_pool(settings, "test", size=2)
    yield opened
    opened.terminate()


@pytest.fixture
async def running(host: Host, database: str, pool: asyncpg.Pool[asyncpg.Record]) -> AsyncIterator[Running]:
    """Return a receiver that looks by itself only when there is reason to, after one post that is past."""
    never = {"connected_poll_seconds": 600.0, "disconnected_poll_seconds": 600.0}
    begun = Running(host, database, Log(Database(pool, SCHEMAS)), **never)
    begun.task.cancel()
    begun.announcer.write("past")
    begun.task = asyncio.create_task(begun.receiver.run(begun.ready))
    await asyncio.wait_for(begun.ready.wait(), 60)
    await eventually(lambda: begun.script.sessions == 1)
    yield begun
    begun.task.cancel()
    await asyncio.gather(begun.task, return_exceptions=True)


async def test_it_begins_at_the_logs_present_position(running: Running) -> None:
    """What was posted before is not handed on, and what is posted then is, as the carrier brings it."""
    running.announcer.write("a", "b")
    _, a, b = await running.messages()
    await running.script.says.put([a, b.encode()])
    await eventually(lambda: len(running.contents) == 2)
    assert running.contents == ["a", "b"]
    assert running.receiver.position == 3


async def test_repeats_are_dropped(running: Running) -> None:
    """A carrier may bring everything again."""
    running.announcer.write("a", "b", "c")
    past, a, b, c = await running.messages()
    await running.script.says.put([past, a, a, b, a, b, c, b])
    await running.script.says.put([c, a, past])
    running.announcer.write("d")
    await running.script.says.put([(await running.messages())[-1]])
    await eventually(lambda: "d" in running.contents)
    assert running.contents == ["a", "b", "c", "d"]


async def test_what_the_carrier_left_out_is_read_in_the_log(running: Running) -> None:
    """Before what it brought, which comes once."""
    running.announcer.write("a", "b", "c")
    await running.script.says.put([(await running.messages())[-1]])
    await eventually(lambda: len(running.contents) == 3)
    assert running.contents == ["a", "b", "c"]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        "[" * 100_000,
        b"\xff\xfe",
        '{"event": {"data": {"id": "x", "position": 2}}}',
        '{"event": {"data": {"position": Infinity}}}',
    ],
    ids=["empty", "nonsense", "list", "deep", "no-text", "short", "infinite"],
)
async def test_what_is_no_whole_announcement_leads_to_the_log(running: Running, message: str | bytes) -> None:
    """A short message, or what somebody else put onto the channel."""
    running.announcer.write("a")
    await running.script.says.put([message])
    await eventually(lambda: running.contents == ["a"])
    running.announcer.write("b")
    await running.script.says.put([(await running.messages())[-1]])
    await eventually(lambda: running.contents == ["a", "b"])
    assert not running.task.done()


async def test_half_a_character_of_the_carriers_is_read_in_the_log_instead(running: Running) -> None:
    """JSON can spell what no text can hold; it ends no receiver."""
    running.announcer.write("whole")
    message = (await running.messages())[-1].replace("whole", "\\ud83d")
    await running.script.says.put([message])
    await eventually(lambda: running.contents == ["whole"])


async def test_position_that_no_log_has_is_read_in_the_log_instead(running: Running) -> None:
    """The database could not even be asked about it."""
    running.announcer.write("a")
    message = re.sub(r'"position":\d+', f'"position":{2**70}', (await running.messages())[-1])
    await running.script.says.put([message])
    await eventually(lambda: running.contents == ["a"])
    running.announcer.write("b")
    await running.script.says.put([(await running.messages())[-1]])
    await eventually(lambda: running.contents == ["a", "b"])
    assert not running.task.done()


async def test_session_that_is_lost_leads_to_the_log_at_once(running: Running) -> None:
    """And not only when a heard carrier's wait of 15 seconds is over."""
    running.announcer.write("before")
    began = asyncio.get_running_loop().time()
    await running.script.says.put(None)
    await eventually(lambda: running.contents == ["before"])
    assert asyncio.get_running_loop().time() - began < 10
    await eventually(lambda: running.script.sessions == 2)


async def test_session_that_begins_anew_leads_to_the_log(running: Running) -> None:
    """What was posted meanwhile is handed on without a message."""
    running.announcer.write("meanwhile")
    await running.script.says.put([])
    await eventually(lambda: running.contents == ["meanwhile"])


async def test_post_deleted_meanwhile_is_not_handed_on_from_the_log(running: Running) -> None:
    """Moderation: it leaves no hole that anybody would wait at."""
    with running.host.connection.transaction():  # the receiver may still be reading from its session's beginning
        ids = running.announcer.write("a", "deleted", "c")
        running.host.execute("delete from social_posts where id = %s", (ids[1],))
    await running.script.says.put([])
    await eventually(lambda: len(running.contents) == 2)
    with running.host.connection.transaction():
        running.announcer.write("last, and deleted")
        running.host.execute("delete from social_posts where content = 'last, and deleted'")
    await running.script.says.put([])
    await eventually(lambda: running.receiver.position == 5)
    running.announcer.write("d")
    await running.script.says.put([(await running.messages())[-1]])
    await eventually(lambda: "d" in running.contents)
    assert running.contents == ["a", "c", "d"]


async def test_purged_places_are_passed_over(running: Running) -> None:
    """Rows that are gone from the log, in its middle and at its end."""
    with running.host.connection.transaction():
        ids = running.announcer.write("a", "purged", "c", "purged too")
        running.host.execute("delete from auto_post_events where post_id = any(%s)", ([ids[1], ids[3]],))
    await running.script.says.put([])
    await eventually(lambda: running.receiver.position == 5)
    assert running.contents == ["a", "c"]


async def test_log_is_looked_at_while_nothing_is_heard(
    host: Host, database: str, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """With a carrier that never answers, and more than one look takes."""
    running = Running(host, database, Log(Database(pool, SCHEMAS)))

    running.script.down = True
    await asyncio.wait_for(running.ready.wait(), 60)
    written = [str(number) for number in range(BATCH + 10)]
    running.announcer.write(*written)
    await eventually(lambda: len(running.handed) == len(written))
    assert running.contents == written
    running.task.cancel()


async def test_database_that_was_put_back_ends_it(running: Running) -> None:
    """Places would be given a second time; anyone who watches begins again."""
    running.announcer.write("a", "b")
    await running.script.says.put([])
    await eventually(lambda: running.receiver.position == 3)
    running.host.execute("update auto_post_consumers set position = 1 where name = 'log'")
    await running.script.says.put([])
    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(running.task, 60)
    assert ended.value.subgroup(LogRewound) is not None


async def test_many_at_once_are_too_many_for_nobody_who_reads(running: Running) -> None:
    """A viewer has a moment to be sent what it was told, whether it comes from the log or from the carrier."""
    viewer = Viewer([])
    viewer.skip(running.receiver.position)
    running.receiver._publish = lambda post: viewer.offer(post.event, post.position)
    count = 3 * MOST_QUEUED
    taken: list[bytes] = []

    async def take() -> None:
        while len(taken) < 2 * count:
            taken.extend(await viewer.take() or ())

    taking = asyncio.create_task(take())
    running.announcer.write(*("from the log" for _ in range(count)))
    await running.script.says.put([])
    await eventually(lambda: len(taken) == count or viewer.dropped.is_set())
    running.announcer.write(*("from the carrier" for _ in range(count)))
    await running.script.says.put([*(await running.messages())[-count:]])
    await eventually(lambda: taking.done() or viewer.dropped.is_set())
    assert not viewer.dropped.is_set()


async def test_viewer_is_sent_nothing_twice_and_nothing_before_its_position(running: Running) -> None:
    """What comes while its backfill is read is queued, and sent from its position on."""
    running.announcer.write("a", "b", "c")
    await running.script.says.put([])
    await eventually(lambda: len(running.handed) == 3)
    viewer = Viewer([])
    for post in running.handed:
        viewer.offer(post.event, post.position)
    viewer.skip(running.handed[0].position)
    for post in running.handed:
        viewer.offer(post.event, post.position)
    assert await viewer.take() == [post.event for post in running.handed[1:]]
