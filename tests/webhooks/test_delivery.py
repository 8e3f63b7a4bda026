"""Delivery to a webhook: each wanted post at least once, an agent's in order, whatever the target and workers do."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from autopost.broadcast.lease import ConsumerLease
from autopost.broadcast.sequencer import Sequencer
from autopost.database.connection import create_pool
from autopost.database.sql import query
from autopost.errors import DeliveryFailed, DeliveryRejected, LeaseLost
from autopost.settings import load_settings
from autopost.webhooks.delivery import LEASE_SECONDS, WebhookConsumer
from autopost.webhooks.kinds import SERVICES
from autopost.webhooks.target import MAX_REQUESTS
from autopost.webhooks.webhook import WebhookFilter, WebhookKind
from tests.support.host import SCHEMAS, WAITING_FOR_A_LOCK, Host
from tests.support.webhooks.delivering import WEBHOOK, WRITE, Hurried, Log, Recorder, deliver, delivering, lease_of
from tests.support.work import eventually


async def test_each_is_delivered_once_and_in_order(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Over several batches, and nothing again when nothing is new."""
    contents = [str(number) for number in range(2 * WebhookConsumer.batch_size + 7)]
    posts.write(*contents)
    target = Recorder()
    await deliver(pool, target)
    assert target.contents == contents
    assert target.most_at_once == 1
    await deliver(pool, target)
    assert target.contents == contents
    assert posts.row["position"] == len(contents)
    assert posts.row["holder"] is None


async def test_agents_do_not_wait_for_each_other(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Each one's posts are in order."""
    for number in range(5):
        for agent in range(20):
            posts.write(f"{agent} {number}", agent=f"agent{agent}")
    target = Recorder()
    target.slow = 0.01
    await deliver(pool, target)
    assert len(target.took) == 100
    assert 1 < target.most_at_once <= MAX_REQUESTS
    for agent in range(20):
        assert [c for a, c in target.took if a == f"agent{agent}"] == [f"{agent} {number}" for number in range(5)]


async def test_slack_is_not_hurried(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at a time, with a pause after each."""
    monkeypatch.setitem(SERVICES, WebhookKind.SLACK, replace(SERVICES[WebhookKind.SLACK], pace_seconds=0.1))
    for agent in range(5):
        posts.write("hello", agent=f"agent{agent}")
    target = Recorder()
    target.slow = 0.01
    began = asyncio.get_running_loop().time()
    async with delivering(pool, target, replace(WEBHOOK, kind=WebhookKind.SLACK)):
        await eventually(lambda: len(target.took) == 5)
        assert asyncio.get_running_loop().time() - began > 0.4
    assert target.most_at_once == 1


async def test_agent_with_many_posts_does_not_hold_up_another(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Though Slack takes one a second: the other's is among the first, and the offset waits for the rest."""
    posts.write(*map(str, range(1_500)))
    posts.write("alarm", agent="bob", kind="alert")
    target = Recorder()
    running = asyncio.create_task(
        Hurried(replace(WEBHOOK, kind=WebhookKind.SLACK), lease_of(pool, "one"), target).run()
    )
    await eventually(lambda: posts.row["position"] >= 1)
    assert sorted(target.contents[:2]) == ["0", "alarm"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert posts.row["ahead"] == Multirange([Range(1_501, 1_502)])
    waiting = await pool.fetch(query("cli/webhooks", SCHEMAS))
    assert waiting[0]["waiting"] == 1_501 - len(target.took)
    rest = Recorder()
    await deliver(pool, rest)
    assert target.contents + rest.contents == ["0", "alarm", *map(str, range(1, 1_500))]
    assert (posts.row["position"], posts.row["ahead"]) == (1_501, Multirange())


@pytest.mark.long
async def test_worker_that_is_killed_repeats_two_posts_at_most(
    host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """To a target that takes one a second, where people see each repeat."""
    for agent in ("ada", "bob"):
        posts.write(*(f"{agent} {number}" for number in range(4)), agent=agent)

    class Dying(ConsumerLease):
        async def advance(self, *given: Any, **more: Any) -> Any:
            """Do it twice, and never return after that."""
            if len(target.took) > 2 * 2:
                await asyncio.sleep(600)
            return await super().advance(*given, **more)

    target = Recorder()
    slack = replace(WEBHOOK, kind=WebhookKind.SLACK)
    dying = Hurried(slack, Dying(pool, SCHEMAS, WEBHOOK.consumer, "dies", LEASE_SECONDS), target)
    running = asyncio.create_task(dying.run())
    await eventually(lambda: len(target.took) == 6)
    host.execute("update auto_post_consumers set held_until = now(), holder = 'dead' where name = 'webhook:out'")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await deliver(pool, target)
    assert len(target.took) == 8 + 2
    assert list(dict.fromkeys(target.contents)) == [f"{agent} {n}" for n in range(4) for agent in ("ada", "bob")]


async def test_what_another_worker_delivered_ahead_is_not_sent_again(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Also when it is the last, and the offset passes it at once with what came before."""
    posts.write("a", "b")
    posts.write("c", agent="bob")
    other = lease_of(pool, "other")
    assert await other.acquire() is not None
    await other.advance([3])
    await other.release()
    target = Recorder()
    async with delivering(pool, target) as consumer:
        await eventually(lambda: posts.row["position"] == 3)
        posts.write("d")
        consumer.wake()
        await eventually(lambda: posts.row["position"] == 4)
    assert target.contents == ["a", "b", "d"]


async def test_post_that_fails_again_and_again_holds_up_its_agent_only(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """The target answers 500 to this one for as long as it is sent."""
    posts.write("poison", "after")
    target = Recorder()
    target.refusing["poison"] = DeliveryFailed("HTTP 500")
    async with delivering(pool, target) as consumer:
        for number in range(20):
            posts.write(str(number), agent=f"agent{number}")
            consumer.wake()
            await eventually(lambda number=number: str(number) in target.contents)  # type: ignore[misc]
        assert posts.row["last_error"] == "HTTP 500"
        assert "after" not in target.contents
        target.refusing.clear()
        await eventually(lambda: "after" in target.contents)
    assert target.contents[-2:] == ["poison", "after"]


async def test_only_what_is_wanted_is_sent(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """The rest is passed over."""
    posts.write("one", "two")
    posts.write("alarm", kind="alert")
    posts.write("three")
    target = Recorder()
    await deliver(pool, target, replace(WEBHOOK, wanted=WebhookFilter(post_types={"alert"})))
    assert target.contents == ["alarm"]
    assert posts.row["position"] == 4


async def test_rule_is_that_of_the_outbox_row(host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """By which the post came to be."""
    host.complete()
    (row,) = host.outbox()
    host.execute(WRITE, (str(row["id"]), "ada", "Ada", "status", "by rule", 0))
    posts.write("by none")
    target = Recorder()
    await deliver(pool, target, replace(WEBHOOK, wanted=WebhookFilter(rules={row["rule_id"]})))
    assert target.contents == ["by rule"]


async def test_new_webhook_begins_with_what_is_published_from_now_on(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """It is not told the past."""
    log = Log(host)
    log.write("old")
    target = Recorder()
    async with delivering(pool, target) as consumer:
        await eventually(lambda: host.value("select count(*) from auto_post_consumers where name = 'webhook:out'"))
        log.write("new")
        consumer.wake()
        await eventually(lambda: target.took)
    assert target.contents == ["new"]


async def test_target_that_is_down_gets_everything_later_and_in_order(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """What is wrong is noted where a DBA sees it, and gone when it is right again."""
    posts.write("first", "second")
    posts.write("other", agent="bob")
    target = Recorder()
    target.down = DeliveryFailed("HTTP 503")
    async with delivering(pool, target) as consumer:
        await eventually(lambda: target.attempts > 3)
        assert posts.row["last_error"] == "HTTP 503"
        assert posts.row["failing_since"] is not None
        posts.write("third")
        consumer.wake()
        target.down = None
        await eventually(lambda: len(target.took) == 4)
    assert [content for agent, content in target.took if agent == "ada"] == ["first", "second", "third"]
    assert sorted(target.contents) == ["first", "other", "second", "third"]
    assert (posts.row["last_error"], posts.row["failing_since"], posts.row["position"]) == (None, None, 4)
    assert posts.dead == []


async def test_others_are_not_sent_again_when_one_is(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """A worker knows what it has delivered beyond the one that fails."""
    posts.write("fails")
    posts.write("passes", agent="bob")
    target = Recorder()
    target.refusing["fails"] = DeliveryFailed("HTTP 429")
    async with delivering(pool, target):
        await eventually(lambda: target.attempts > 5)
        assert posts.row["position"] == 0
        target.refusing.clear()
        await eventually(lambda: len(target.took) == 2)
    assert sorted(target.contents) == ["fails", "passes"]


async def test_message_that_is_never_taken_is_dead_at_once(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """And what comes after it goes on."""
    posts.write("a", "bad", "b")
    target = Recorder()
    target.refusing["bad"] = DeliveryRejected("HTTP 400")
    await deliver(pool, target)
    assert target.contents == ["a", "b"]
    assert posts.dead == [(2, "HTTP 400")]


async def test_target_that_is_down_for_too_long(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """What is older than `give_up_after` is dead after one more attempt; what is younger waits."""
    posts.write("old", "older", age_seconds=7200)
    posts.write("young")
    target = Recorder()
    target.down = DeliveryFailed("HTTP 404")
    async with delivering(pool, target, replace(WEBHOOK, give_up_after=timedelta(hours=1))):
        await eventually(lambda: len(posts.dead) == 2)
        await eventually(lambda: posts.row["position"] == 2)
        target.down = None
        await eventually(lambda: target.took)
    assert target.contents == ["young"]
    assert posts.dead == [(1, "HTTP 404"), (2, "HTTP 404")]


async def test_giving_up_is_no_success(
    host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record], capsys: pytest.CaptureFixture[str]
) -> None:
    """A webhook whose last post was dead-lettered is still failing, until its target takes something."""
    posts.write("old", age_seconds=7200)
    target = Recorder()
    target.down = DeliveryFailed("HTTP 503")
    async with delivering(pool, target, replace(WEBHOOK, give_up_after=timedelta(hours=1))) as consumer:
        await eventually(lambda: posts.row["position"] == 1)
        assert (posts.row["last_error"], posts.row["failing_since"] is None) == ("HTTP 503", False)
        assert "webhook.recovered" not in capsys.readouterr().out
        target.down = None
        host.execute("select auto_post_retry_webhook('out')")
        consumer.wake()
        await eventually(lambda: posts.row["last_error"] is None)
    assert target.contents == ["old"]
    assert "webhook.recovered" in capsys.readouterr().out


async def test_dead_letters_are_sent_again_when_somebody_wants_that(
    host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Those that are taken are gone, the others dead again; without a ring."""
    posts.write("bad", "worse", "good")
    target = Recorder()
    target.refusing = {"bad": DeliveryRejected("HTTP 400"), "worse": DeliveryRejected("HTTP 400")}
    async with delivering(pool, target):
        await eventually(lambda: len(posts.dead) == 2)
        target.refusing = {"worse": DeliveryRejected("HTTP 422")}
        assert host.value("select auto_post_retry_webhook('out')") == 2
        await eventually(lambda: posts.dead == [(2, "HTTP 422")])
    assert target.contents == ["good", "bad"]
    assert host.value("select count(*) from auto_post_webhook_dead_letters where retry") == 0
    audited = [row["details"] for row in host.audit() if row["action"] == "auto_post.retry_hook"]
    assert [(details["hook"], details["rows"]) for details in audited] == [("out", 2)]


async def test_forgotten_webhook_begins_again(host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """If a worker has it after all; what waited is not sent."""
    target = Recorder()
    async with delivering(pool, target) as consumer:
        target.down = DeliveryFailed("HTTP 503")
        posts.write("waits")
        consumer.wake()
        await eventually(lambda: target.attempts)
        host.execute("select auto_post_forget_webhook('out')")
        await eventually(lambda: host.value("select count(*) from auto_post_consumers where name = 'webhook:out'"))
        target.down = None
        posts.write("new")
        consumer.wake()
        await eventually(lambda: "new" in target.contents)
    assert target.contents == ["new"]


async def test_workers_share_a_lease(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Three workers; one that finds the lease taken leaves its post to the worker that holds it."""
    target = Recorder()
    target.slow = 0.002
    async with contextlib.AsyncExitStack() as workers:
        every = [await workers.enter_async_context(delivering(pool, target, worker=f"w{n}")) for n in range(3)]
        for number in range(90):
            posts.write(str(number), agent=f"agent{number % 3}")
            every[number % 3].wake()
            await asyncio.sleep(0.003)
        await eventually(lambda: len(target.took) >= 90)
    assert sorted(map(int, target.contents)) == list(range(90))
    for agent in range(3):
        assert [int(c) for a, c in target.took if a == f"agent{agent}"] == list(range(agent, 90, 3))


async def test_lease_of_a_dead_worker_expires(host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Another takes it over, without a ring; what the dead one does when it was only frozen counts no more."""
    frozen = lease_of(pool, "frozen")
    assert (await frozen.acquire()) is not None
    posts.write("a", "b")
    assert await lease_of(pool, "two").acquire() is None
    left = host.value(
        "select extract(epoch from held_until - now()) from auto_post_consumers where name = 'webhook:out'"
    )
    assert LEASE_SECONDS / 2 < left <= LEASE_SECONDS
    host.execute("update auto_post_consumers set held_until = now() where name = 'webhook:out'")
    target = Recorder()
    async with delivering(pool, target, worker="two"):
        await eventually(lambda: len(target.took) == 2)
        with pytest.raises(LeaseLost):
            await frozen.advance([1])
    assert posts.row["position"] == 2


async def test_lease_is_not_released_while_something_waits(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """So that a post is delivered at once whose worker found the lease taken."""
    one = lease_of(pool, "one")
    assert await one.acquire() is not None
    posts.write("a")
    assert (await one.advance([], release=True))[1] is False
    assert (await one.advance([1], release=True))[1] is True
    with pytest.raises(LeaseLost):  # nobody's
        await one.advance([1])
    two = await lease_of(pool, "two").acquire()
    assert two is not None
    assert two.offset == 1
    with pytest.raises(LeaseLost):  # another's, which keeps it
        await one.advance([2])
    await one.release()
    assert posts.row["holder"] == "two"


async def test_target_with_a_bug_ends_no_worker(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """It goes on when that is mended, and nothing is lost."""
    posts.write("a")
    target = Recorder()
    target.down = ZeroDivisionError()
    async with delivering(pool, target):
        await eventually(lambda: target.attempts > 1)
        target.down = None
        await eventually(lambda: target.took)
    assert target.contents == ["a"]


async def test_sequencer_waits_for_no_consumer(host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Events get their positions while a target answers nothing."""
    target = Recorder()
    target.slow = 30
    consumer = Hurried(WEBHOOK, lease_of(pool, "one"), target)
    sequencer = Sequencer(pool, SCHEMAS, [consumer])
    running = [asyncio.create_task(consumer.run()), asyncio.create_task(sequencer.run())]
    for number in range(3):
        host.execute(WRITE, (str(uuid4()), "ada", "Ada", "status", str(number), 0))
        sequencer.wake()
        placed = "select %s = position from auto_post_consumers where name = 'log'"
        await eventually(partial(host.value, placed, (number + 1,)))
    await eventually(lambda: target.attempts)
    assert target.attempts == 1
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_dead_letter_is_not_lost_with_the_connection(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """It counts as done with only when it is written down."""

    class Failing(ConsumerLease):
        failures = 1

        async def advance(self, *given: Any, **more: Any) -> Any:
            """Fail at first."""
            if self.failures:
                self.failures -= 1
                raise asyncpg.ConnectionDoesNotExistError
            return await super().advance(*given, **more)

    posts.write("bad", "good")
    target = Recorder()
    target.refusing["bad"] = DeliveryRejected("HTTP 400")
    consumer = Hurried(WEBHOOK, Failing(pool, SCHEMAS, WEBHOOK.consumer, "one", LEASE_SECONDS), target)
    running = asyncio.create_task(consumer.run())
    await eventually(lambda: posts.row["position"] == 2)
    consumer.stop()
    await running
    assert posts.dead == [(1, "HTTP 400")]
    assert target.contents == ["good"]  # and that is remembered


async def test_what_has_arrived_when_a_worker_ends_is_not_sent_again(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Though the batch is broken off in the middle."""
    posts.write(*map(str, range(20)))
    target = Recorder()
    target.slow = 0.02
    running = asyncio.create_task(Hurried(WEBHOOK, lease_of(pool, "one"), target).run())
    await eventually(lambda: len(target.took) >= 5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert posts.row["position"] == len(target.took) < 20
    assert posts.row["holder"] is None
    await deliver(pool, target)
    assert target.contents == list(map(str, range(20)))


async def test_webhooks_share_one_connection(host: Host, database: str) -> None:
    """Whatever holds them up: the others of the pool are for publishing."""
    pool = await create_pool(load_settings(database_url=database), "test", size=2)
    one_at_a_time = asyncio.Lock()
    host.execute("insert into auto_post_consumers (name) select 'webhook:h' || n from generate_series(1, 20) as n")
    host.execute("begin")
    host.execute("select from auto_post_consumers where name like 'webhook:%' for update")
    hooks = [replace(WEBHOOK, name=f"h{number}") for number in range(1, 21)]
    running = [
        asyncio.create_task(
            Hurried(
                hook, ConsumerLease(pool, SCHEMAS, hook.consumer, "one", LEASE_SECONDS, one_at_a_time), Recorder()
            ).run()
        )
        for hook in hooks
    ]
    await eventually(lambda: host.value(WAITING_FOR_A_LOCK))
    for _ in range(5):
        async with asyncio.timeout(60):
            assert await pool.fetchval("select 1") == 1
    host.execute("rollback")
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await pool.close()


async def test_lease_is_renewed_during_a_long_wait_and_no_longer(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """So that another worker takes over soon when this one dies in it."""
    posts.write("a")
    target = Recorder()
    target.down = DeliveryFailed("HTTP 429", 300.0)
    lease = ConsumerLease(pool, SCHEMAS, WEBHOOK.consumer, "one", 3.0)
    running = asyncio.create_task(Hurried(WEBHOOK, lease, target).run())
    await eventually(lambda: target.attempts)
    await eventually(lambda: posts.row["last_error"])
    for _ in range(3):
        await eventually(partial(lambda held: posts.row["held_until"] > held, posts.row["held_until"]))
    assert await lease_of(pool, "two").acquire() is None
    assert target.attempts == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_purge_takes_dead_letters_along(host: Host, posts: Log) -> None:
    """They hold the texts of posts."""
    for hook, position, agent in (("out", 1, "ada"), ("out", 2, "bob"), ("other", 1, "ada")):
        host.execute(
            "insert into auto_post_webhook_dead_letters (hook, position, post_id, agent_id, message, error) "
            "values (%s, %s, 'p', %s, '{}', 'e')",
            (hook, position, agent),
        )
    host.execute("select auto_post_purge('ada', p_confirm => true)")
    assert [row["agent_id"] for row in host.rows("select agent_id from auto_post_webhook_dead_letters")] == ["bob"]


@pytest.mark.parametrize("name", ["nobody", ""])
def test_hook_that_is_not_there_is_refused(host: Host, name: str) -> None:
    """By both functions."""
    import psycopg

    for function in ("retry_webhook", "forget_webhook"):
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="hook"):
            host.value(f"select auto_post_{function}(%s)", (name,))
