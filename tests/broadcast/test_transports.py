"""What subscribers get of posts on each transport, and that nothing is lost when Redis, a worker or both are away."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis.asyncio

from autopost.broadcast.event import BroadcastEvent
from autopost.broadcast.redis_transports import STREAM_LENGTH
from autopost.broadcast.transport import MAX_NOTIFICATION_BYTES, notification
from autopost.redaction.redactor import Redactor
from autopost.settings import Broadcast, Settings
from autopost.settings.broadcast import BroadcastChannels
from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.listening import Listener, Subscriber, entries_of
from tests.support.redis_server import RedisServer
from tests.support.work import eventually, work_off, worker_process, working

AGENTS = 8
OF_A_PLATFORM: dict[str, object] = {
    "is_public": True,
    "recipient_type": None,
    "recipient_id": None,
    "channel_id": None,
    "channel_name": None,
    "mentioned_agent_ids": [],
    "mentioned_user_ids": [],
    "mentioned_episode_ids": [],
    "mentioned_task_ids": [],
    "reactions": [],
    "reply_count": 0,
}


@pytest.fixture
def listener(database: str) -> Iterator[Listener]:
    """Return a session that listens for notifications."""
    listening = Listener(database)
    yield listening
    listening.close()


@pytest.fixture
def subscriber(redis_server: RedisServer) -> Iterator[Subscriber]:
    """Return a back end that subscribes to all channels."""
    subscribed = Subscriber(redis_server)
    yield subscribed
    subscribed.close()


def with_redis(settings: Settings, server: RedisServer, broadcast: Broadcast = Broadcast.REDIS) -> Settings:
    """Return settings that broadcast through a Redis."""
    return Settings.model_validate(
        {**settings.model_dump(), "broadcast": broadcast, "redis_url": server.url}, by_name=True
    )


def with_notify(settings: Settings) -> Settings:
    """Return settings that broadcast by notifications."""
    return settings.model_copy(update={"broadcast": Broadcast.NOTIFY})


def complete_alerts(host: Host, rounds: int, *, start: int = 0) -> list[tuple[str, str]]:
    """Let each agent do something that is always posted, round by round; return agents and operations in that order."""
    done = []
    for number in range(start, start + rounds):
        for agent in range(AGENTS):
            operation = host.complete(f"op{number:04}-{agent}", "approval_requested", agent=f"agent{agent}")
            done.append((f"agent{agent}", operation))
    return done


def in_order_of_publishing(host: Host, ids: list[str]) -> bool:
    """Return whether each agent's posts are in the order of publishing, repeats of what was before aside."""
    places = {row["post_id"]: row["seq"] for row in host.rows("select post_id, seq from auto_post_events")}
    authors = {row["id"]: row["author_id"] for row in host.posts()}
    furthest: dict[str, int] = {}
    first_times = dict.fromkeys(ids)
    for post in first_times:
        if places[post] <= furthest.get(authors[post], 0):
            return False
        furthest[authors[post]] = places[post]
    return True


async def work_and_broadcast(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Run a worker until every row has its outcome and every post of the log is broadcast: no other worker does it."""
    async with working(settings, redactor):
        await eventually(lambda: host.waiting() == 0)
        await eventually(
            lambda: host.value(
                "select bool_and(position <= (select position from auto_post_consumers where name = 'transport')) "
                "from auto_post_events"
            )
        )


async def test_nothing_is_written_to_the_log_without_a_transport(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """A worker that does not broadcast writes no events."""
    host.complete(agent=host.agent())
    await work_off(host, settings, redactor)
    assert host.value("select count(*) from social_posts") == 1
    assert host.value("select count(*) from auto_post_events") == 0


async def test_post_is_notified_with_all_that_shows_it(
    host: Host, settings: Settings, redactor: Redactor, listener: Listener
) -> None:
    """By PostgreSQL's own notifications, after the post can be seen."""
    host.complete("op", agent=host.agent(maturity="INTERN"))
    await work_and_broadcast(host, with_notify(settings), redactor)
    (data,) = listener.hear(1)
    (post,) = host.posts()
    assert data == {
        "id": post["id"],
        "position": 1,
        "tenant_id": "tenant",
        "sender_type": "agent",
        "sender_id": "ada",
        "sender_name": "Ada",
        "sender_maturity": "INTERN",
        "sender_category": "ops",
        "post_type": "status",
        "content": post["content"],
        "auto_generated": True,
        "created_at": post["created_at"].isoformat(),
        "metadata": post["post_metadata"],
        **OF_A_PLATFORM,
    }
    assert listener.heard[0]["topics"] == ["global", "agent:ada"]
    assert listener.heard[0]["event"]["type"] == "agent_post"


async def test_post_comes_once_to_each_subscriber_of_an_event_bus(
    host: Host, settings: Settings, redactor: Redactor, redis_server: RedisServer
) -> None:
    """Of one that subscribes to all channels and passes messages on by their topics, as AgentEventBus does."""
    wanted = {"all": {"global"}, "adas": {"agent:ada"}, "alerts": {"alerts"}, "each": {"global", "agent:ada", "alerts"}}
    got: dict[str, list[str]] = {name: [] for name in wanted}
    channels: list[str] = []
    client = await redis.asyncio.from_url(redis_server.url, encoding="utf-8", decode_responses=True)
    pubsub = client.pubsub()
    await pubsub.psubscribe("agent_events:*")

    async def pass_on() -> None:
        async for message in pubsub.listen():
            if message["type"] == "pmessage":
                channels.append(message["channel"])
                data = json.loads(message["data"])
                for name, topics in wanted.items():
                    if topics & set(data["topics"]):
                        got[name].append(data["event"]["data"]["id"])

    bus = asyncio.create_task(pass_on())
    try:
        for agent in ("ada", "bea"):
            host.complete(f"status-{agent}", agent=host.agent(agent))
            host.complete(f"alert-{agent}", "approval_requested", agent=agent)
        once = with_redis(settings, redis_server).model_copy(update={"broadcast_channels": BroadcastChannels.GLOBAL})
        await work_and_broadcast(host, once, redactor)
        await client.publish("agent_events:end", json.dumps({"topics": ["end"], "event": {"data": {"id": "end"}}}))
        await eventually(lambda: channels[-1:] == ["agent_events:end"])
    finally:
        bus.cancel()
        await asyncio.gather(bus, return_exceptions=True)
        await pubsub.aclose()
        await client.aclose()
    posts = {row["id"]: row for row in host.posts()}
    assert len(posts) == 4
    assert set(channels) == {"agent_events:global", "agent_events:end"}
    expected = {
        "all": sorted(posts),
        "each": sorted(posts),
        "adas": sorted(post for post, row in posts.items() if row["author_id"] == "ada"),
        "alerts": sorted(post for post, row in posts.items() if row["post_type"] == "alert"),
    }
    assert {name: sorted(ids) for name, ids in got.items()} == expected


async def test_skipped_operation_is_not_broadcast(
    host: Host, settings: Settings, redactor: Redactor, listener: Listener
) -> None:
    """There is no event without a post."""
    host.agent("student", maturity="STUDENT")
    host.complete("skipped", agent="student")
    host.complete("posted", agent=host.agent())
    await work_and_broadcast(host, with_notify(settings), redactor)
    assert [data["sender_id"] for data in listener.hear(1)] == ["ada"]
    assert host.value("select count(*) from auto_post_events") == 1


@pytest.mark.parametrize("name", ["Ada", "A" * 9_000, "\N{SNOWMAN}" * 2_700])
async def test_message_too_long_for_a_notification_names_the_post(
    host: Host, settings: Settings, redactor: Redactor, listener: Listener, name: str
) -> None:
    """PostgreSQL takes less than 8,000 bytes; more would fail the transaction."""
    host.agent()
    host.execute(
        "create function lengthen() returns trigger language plpgsql as "
        f"$$ begin new.agent_name = '{name}'; return new; end $$; "
        "create trigger lengthen before insert on auto_post_events for each row execute function lengthen()"
    )
    host.complete()
    await work_and_broadcast(host, with_notify(settings), redactor)
    (data,) = listener.hear(1)
    (post,) = host.posts()
    assert data["id"] == post["id"]
    assert set(data) == {"id", "position"} if len(name) > 100 else "content" in data


def test_notification_has_the_most_bytes_that_it_may() -> None:
    """One byte more, and it is the short message."""
    row = {
        "position": 1,
        "post_id": "p",
        "tenant_id": None,
        "agent_id": "ada",
        "agent_name": "",
        "agent_maturity": None,
        "agent_category": None,
        "post_type": "status",
        "content": "text",
        "post_metadata": "{}",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }

    def of(name: str) -> BroadcastEvent:
        return BroadcastEvent.from_row({**row, "agent_name": name})  # type: ignore[arg-type]

    room = MAX_NOTIFICATION_BYTES - len(of("").message.encode())
    assert len(notification(of("a" * room)).encode()) == MAX_NOTIFICATION_BYTES
    assert json.loads(notification(of("a" * (room + 1))))["event"]["data"] == {"id": "p", "position": 1}


async def test_redis_has_the_channels_and_the_format_that_platforms_listen_to(
    host: Host, settings: Settings, redactor: Redactor, redis_server: RedisServer, subscriber: Subscriber
) -> None:
    """Everything on :global, an agent's on its own channel, alerts on :alerts."""
    host.complete("calm", agent=host.agent("ada"))
    host.complete("urgent", "security_scan", agent=host.agent("bob", name="Bob"))
    await work_and_broadcast(host, with_redis(settings, redis_server), redactor)
    await eventually(lambda: len(subscriber.heard) == 5)
    posts = {post["author_id"]: post for post in host.posts()}
    assert sorted(subscriber.on("agent_events:global"), key=lambda data: data["sender_id"]) == [
        *subscriber.on("agent_events:agent:ada"),
        *subscriber.on("agent_events:agent:bob"),
    ]
    (alert,) = subscriber.on("agent_events:alerts")
    assert (alert["id"], alert["post_type"], alert["sender_name"]) == (posts["bob"]["id"], "alert", "Bob")
    message = next(message for channel, message in subscriber.heard if channel == "agent_events:alerts")
    assert message["topics"] == ["global", "agent:bob", "alerts"]
    assert set(message) == {"topics", "event"}


async def test_stream_holds_what_a_receiver_missed_and_is_bounded(
    host: Host, settings: Settings, redactor: Redactor, redis_server: RedisServer
) -> None:
    """Entries in the order of publishing; the oldest go."""
    old = {"id": "old", "message": json.dumps({"event": {"data": {"id": "old"}}})}
    with redis_server.client() as client, client.pipeline() as pipeline:
        for _ in range(STREAM_LENGTH):
            pipeline.xadd("agent_events:stream", old)
        pipeline.execute()
    for agent in range(AGENTS):
        host.agent(f"agent{agent}")
    complete_alerts(host, 50)
    await work_and_broadcast(host, with_redis(settings, redis_server, Broadcast.REDIS_STREAM), redactor)
    await eventually(lambda: host.value("select min(position) from auto_post_consumers") == 50 * AGENTS)
    entries = list(entries_of(redis_server))
    assert STREAM_LENGTH <= len(entries) < STREAM_LENGTH + 50 * AGENTS
    new = [entry for entry in entries if entry["id"] != "old"]
    assert new == entries[-len(new) :]
    assert [entry["position"] for entry in new] == list(range(1, 50 * AGENTS + 1))
    assert in_order_of_publishing(host, [entry["id"] for entry in new])


async def test_redis_down_delays_events_and_nothing_else(
    host: Host, settings: Settings, redactor: Redactor, redis_server: RedisServer
) -> None:
    """Publishing goes on; when Redis is back, what was published meanwhile is broadcast, in order."""
    for agent in range(AGENTS):
        host.agent(f"agent{agent}")
    async with working(with_redis(settings, redis_server, Broadcast.REDIS_STREAM), redactor):
        complete_alerts(host, 1)
        await eventually(
            lambda: host.value("select max(position) from auto_post_consumers where name = 'transport'") == 8
        )
        redis_server.kill()
        complete_alerts(host, 5, start=1)
        await eventually(lambda: host.waiting() == 0)
        assert host.value("select count(*) from social_posts") == 6 * AGENTS
        assert host.value("select max(position) from auto_post_consumers where name = 'transport'") == 8
        redis_server.start()
        await eventually(lambda: host.value("select min(position) from auto_post_consumers") == 6 * AGENTS)
    heard = [entry["id"] for entry in entries_of(redis_server)]
    assert len(heard) == 5 * AGENTS
    assert in_order_of_publishing(host, heard)


async def test_redis_that_does_not_answer_holds_nothing_up(
    host: Host, settings: Settings, redactor: Redactor, redis_server: RedisServer, subscriber: Subscriber
) -> None:
    """Frozen, its socket open: posts come, and are broadcast after it continues."""
    host.agent()
    async with working(with_redis(settings, redis_server), redactor):
        redis_server.freeze()
        try:
            host.complete("one", "security_scan")
            host.complete("two", "security_scan")
            await eventually(lambda: host.value("select count(*) from social_posts") == 2)
        finally:
            redis_server.thaw()
        await eventually(lambda: {data["id"] for data in subscriber.on("agent_events:global")} == post_ids(host))
    assert in_order_of_publishing(host, [data["id"] for data in subscriber.on("agent_events:global")])


def post_ids(host: Host) -> set[str]:
    """Return the ids of all posts."""
    return {post["id"] for post in host.posts()}


@pytest.mark.long
def test_events_of_a_worker_killed_after_publishing_are_broadcast_by_another(
    host: Host, database: str, processes: Crew, redis_server: RedisServer
) -> None:
    """In the order of publishing."""
    for agent in range(AGENTS):
        host.agent(f"agent{agent}")
    variables = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_BROADCAST": "redis-stream"}
    with worker_process(database, processes, **variables, REDIS_URL=redis_server.url) as first:
        until(lambda: host.value("select count(*) from auto_post_consumers") == 2)
        redis_server.freeze()  # so that it is surely between the two
        complete_alerts(host, 3)
        until(lambda: host.waiting() == 0)
        first.signal(signal.SIGKILL)
        first.wait()
        redis_server.thaw()
    before = [entry["id"] for entry in entries_of(redis_server)]
    with worker_process(database, processes, **variables, REDIS_URL=redis_server.url):
        until(lambda: host.value("select min(position) from auto_post_consumers") == 3 * AGENTS)
    heard = [entry["id"] for entry in entries_of(redis_server)]
    assert set(heard) == post_ids(host)
    assert in_order_of_publishing(host, heard)
    assert len(heard) - len(set(heard)) <= len(before), "only what may have arrived is repeated"


def test_two_workers_broadcast_each_post_once(
    host: Host, database: str, processes: Crew, redis_server: RedisServer
) -> None:
    """Where nothing fails nothing is repeated, and an agent's posts keep their order anyone who publishes them."""
    for agent in range(AGENTS):
        host.agent(f"agent{agent}")
    variables = {
        "SOCIAL_POST_LLM_ENABLED": "false",
        "SOCIAL_POST_BROADCAST": "redis-stream",
        "SOCIAL_POST_BATCH_SIZE": "5",
        "REDIS_URL": redis_server.url,
    }
    with worker_process(database, processes, **variables), worker_process(database, processes, **variables):
        until(lambda: host.value("select count(*) from auto_post_workers") == 2)
        complete_alerts(host, 40)
        until(lambda: host.value("select min(position) from auto_post_consumers") == 40 * AGENTS)
    heard = [entry["id"] for entry in entries_of(redis_server)]
    assert len(heard) == len(set(heard)) == 40 * AGENTS
    assert in_order_of_publishing(host, heard)


@pytest.mark.long
def test_frozen_worker_delays_broadcasting_only_until_its_lease_expires(
    host: Host, database: str, processes: Crew, redis_server: RedisServer
) -> None:
    """While it holds the lease, which expires."""
    host.agent()
    variables = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_BROADCAST": "redis-stream"}
    with worker_process(database, processes, **variables, REDIS_URL=redis_server.url) as frozen:
        until(lambda: host.value("select count(*) from auto_post_consumers") == 2)
        redis_server.freeze()
        host.complete("one", "security_scan")
        until(lambda: host.waiting() == 0)
        until(
            lambda: host.value(
                "select count(*) from auto_post_consumers where name = 'transport' and holder is not null"
            )
        )
        frozen.signal(signal.SIGSTOP)
        redis_server.thaw()
        with worker_process(database, processes, **variables, REDIS_URL=redis_server.url):
            host.complete("two", "security_scan")
            until(lambda: host.value("select min(position) from auto_post_consumers") == 2)
            frozen.signal(signal.SIGCONT)
            host.complete("three", "security_scan")
            until(lambda: host.value("select min(position) from auto_post_consumers") == 3)
    heard = [entry["id"] for entry in entries_of(redis_server)]
    assert set(heard) == post_ids(host)


async def test_events_are_kept_for_a_day_and_until_all_consumers_have_them(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """What a consumer has not delivered yet stays, however old."""
    host.execute("insert into auto_post_consumers (name, position) values ('transport', 3), ('webhook:slow', 2)")
    host.execute("update auto_post_consumers set position = 4 where name = 'log'")
    host.execute(
        "insert into auto_post_events (position, post_id, post_type, content, created_at) values "
        "(1, 'old', 'status', 't', now() - interval '25 hours'), (2, 'young', 'status', 't', now()), "
        "(3, 'old and unread', 'status', 't', now() - interval '25 hours')"
    )
    async with working(with_notify(settings), redactor):
        await eventually(lambda: host.value("select count(*) from auto_post_events") == 2)
    kept = host.rows("select post_id from auto_post_events order by position")
    assert [row["post_id"] for row in kept] == ["young", "old and unread"]


async def test_last_posts_of_a_worker_that_stops_are_broadcast(
    host: Host, settings: Settings, redactor: Redactor, redis_server: RedisServer
) -> None:
    """It does not leave them to others."""
    host.agent()
    async with working(with_redis(settings, redis_server, Broadcast.REDIS_STREAM), redactor):
        host.complete()
        await eventually(
            lambda: (
                host.value("select count(*) from auto_post_outbox where state = 'claimed'") == 1 or host.waiting() == 0
            )
        )
    assert [entry["id"] for entry in entries_of(redis_server)] == [post["id"] for post in host.posts()]
    assert len(host.posts()) == 1
