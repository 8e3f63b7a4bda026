"""A target that refuses every post pauses its webhook; one that refuses a single post has a dead letter for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from autopost.broadcast.event import BroadcastEvent
from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.observability import metrics
from autopost.webhooks.kinds import SERVICES
from autopost.webhooks.refusals import MAX_IN_A_ROW
from autopost.webhooks.webhook import WebhookKind
from tests.support.host import Host
from tests.support.webhooks.delivering import WEBHOOK, Log, Recorder, deliver, delivering
from tests.support.work import eventually

PAUSED = "paused: it refuses every post: HTTP 400"


class Refusing(Recorder):
    """A target that refuses what a test says, and notes what it was sent."""

    def __init__(self, refuses: Callable[[str], bool]) -> None:
        super().__init__()
        self.refuses = refuses
        self.sent: list[str] = []

    async def send(self, event: BroadcastEvent) -> None:
        """Take it, or not."""
        self.sent.append(event.content)
        if self.refuses(event.content):
            raise DeliveryRejected("HTTP 400")
        await super().send(event)


def paused() -> float:
    """Return what the metric says."""
    return metrics.REGISTRY.get_sample_value("autopost_webhook_paused", {"webhook": "out"}) or 0.0


@pytest.mark.parametrize("kind", [WebhookKind.WEBHOOK, WebhookKind.MATTERMOST])
async def test_target_that_refuses_everything_pauses_the_webhook(
    posts: Log,
    pool: asyncpg.Pool[asyncpg.Record],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: WebhookKind,
) -> None:
    """Nothing is dead, the reason is shown, and all is sent in order when the target is repaired."""
    monkeypatch.setitem(SERVICES, WebhookKind.MATTERMOST, replace(SERVICES[WebhookKind.MATTERMOST], pace_seconds=0.01))
    for number in range(6):
        posts.write(f"ada {number}")
        posts.write(f"bob {number}", agent="bob")
    target = Refusing(lambda content: True)
    async with delivering(pool, target, replace(WEBHOOK, kind=kind)):
        await eventually(lambda: posts.row["last_error"] == PAUSED)
        assert paused() == 1
        assert len(target.sent) <= 8 + MAX_IN_A_ROW  # what was on its way, when it had refused enough
        await eventually(lambda: len(set(target.sent)) == 12)  # each is tried in time
        assert posts.dead == []
        assert posts.row["position"] == 0
        target.refuses = lambda content: False
        await eventually(lambda: len(target.took) == 12)
        await eventually(lambda: posts.row["last_error"] is None)
    assert [content for agent, content in target.took if agent == "ada"] == [f"ada {number}" for number in range(6)]
    assert [content for agent, content in target.took if agent == "bob"] == [f"bob {number}" for number in range(6)]
    assert (posts.dead, posts.row["position"], paused()) == ([], 12, 0)
    logged = capsys.readouterr().out
    assert [logged.count(event) for event in ("webhook.dead_lettered", "webhook.paused", "webhook.recovered")] == [
        0,
        1,
        1,
    ]


async def test_posts_that_are_refused_among_others_are_dead(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """However many in a row, and also the first: the target takes what comes after them."""
    contents = ["bad 0", "good 1", "bad 2", "good 3", *(f"bad {number}" for number in range(4, 12)), "good 12"]
    posts.write(*contents)
    target = Refusing(lambda content: content.startswith("bad"))
    async with delivering(pool, target):
        await eventually(lambda: posts.row["position"] == 13)
    assert target.contents == ["good 1", "good 3", "good 12"]
    assert [position for position, _ in posts.dead] == [1, 3, *range(5, 13)]


async def test_text_that_is_refused_holds_up_no_other_agent(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Though it is the only thing that the target has been sent, and is tried again and again."""
    posts.write("bad")
    target = Refusing(lambda content: content == "bad")
    async with delivering(pool, target) as consumer:
        await eventually(lambda: target.sent.count("bad") > MAX_IN_A_ROW)
        assert posts.row["last_error"] == "HTTP 400"
        assert (posts.dead, paused()) == ([], 0)
        posts.write("good", agent="bob")
        consumer.wake()
        await eventually(lambda: posts.row["position"] == 2)
    assert (target.contents, posts.dead) == (["good"], [(1, "HTTP 400")])


async def test_target_that_begins_to_refuse_costs_one_dead_letter(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """The first, which may be about that post; then the webhook is paused."""
    posts.write("taken", *map(str, range(30)))
    target = Refusing(lambda content: content != "taken")
    async with delivering(pool, target):
        await eventually(lambda: posts.row["last_error"] == PAUSED)
        await eventually(lambda: len(set(target.sent)) == 31)
        target.refuses = lambda content: False
        await eventually(lambda: posts.row["position"] == 31)
    assert posts.dead == [(2, "HTTP 400")]
    assert target.contents == ["taken", *map(str, range(1, 30))]


async def test_posts_are_given_up_in_a_pause_too(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """When they are older than `give_up_hours`: what is younger waits."""
    posts.write("old", "older", "oldest", "of old", age_seconds=7200)
    posts.write("young")
    target = Refusing(lambda content: True)
    async with delivering(pool, target, replace(WEBHOOK, give_up_after=timedelta(hours=1))):
        await eventually(lambda: len(posts.dead) == 4)
        await eventually(lambda: posts.row["position"] == 4)
        assert posts.row["last_error"].endswith("HTTP 400")
        target.refuses = lambda content: False
        await eventually(lambda: target.took)
    assert target.contents == ["young"]


async def test_address_that_is_wrong_pauses_the_webhook(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """A 404 or 410 is about no post: none is dead, whichever was delivered before."""
    posts.write("before")
    target = Recorder()
    async with delivering(pool, target) as consumer:
        await eventually(lambda: target.took)
        target.down = DeliveryFailed("HTTP 410 channel_is_archived", is_misconfigured=True)
        posts.write("a", "b")
        consumer.wake()
        await eventually(
            lambda: posts.row["last_error"] == "paused: it refuses every post: HTTP 410 channel_is_archived"
        )
        assert paused() == 1
        target.down = None
        await eventually(lambda: len(target.took) == 3)
    assert (target.contents, posts.dead, paused()) == (["before", "a", "b"], [], 0)


async def test_pause_ends_with_the_worker(posts: Log, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """What it held is sent by another; nothing is lost with it."""
    posts.write(*map(str, range(5)))
    target = Refusing(lambda content: True)
    async with delivering(pool, target) as consumer:
        await eventually(lambda: paused() == 1)
        consumer.stop()
        await eventually(lambda: posts.row["holder"] is None)
    assert paused() == 0
    target.refuses = lambda content: False
    await deliver(pool, target)
    assert (target.contents, posts.dead) == ([str(number) for number in range(5)], [])


async def test_held_posts_are_not_lost_with_the_connection(
    host: Host, posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Dead letters of what was held before: they are stored, or the posts are sent again."""
    posts.write("bad 0", "bad 1")
    target = Refusing(lambda content: content.startswith("bad"))
    async with delivering(pool, target) as consumer:
        await eventually(lambda: target.sent.count("bad 1") == 1)
        await eventually(lambda: posts.row["last_error"])
        host.execute("alter table auto_post_webhook_dead_letters add constraint none_check check (false) not valid")
        posts.write("good", agent="bob")
        consumer.wake()
        await eventually(lambda: target.took)
        await asyncio.sleep(0.05)
        assert posts.dead == []
        host.execute("alter table auto_post_webhook_dead_letters drop constraint none_check")
        posts.write("more", agent="bob")
        await eventually(lambda: posts.row["position"] == 4)
    assert [position for position, _ in posts.dead] == [1, 2]


async def test_repaired_webhook_sends_what_it_held_though_its_first_post_is_refused(
    posts: Log, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Other agents' posts were refused for the webhook's sake; those of the agent that came through would be late."""
    posts.write("bad")
    for number in range(4):
        posts.write(f"bob {number}", agent="bob")
    posts.write("cleo", agent="cleo")
    target = Refusing(lambda content: True)
    async with delivering(pool, target) as consumer:
        await eventually(lambda: len(set(target.sent)) == 6)
        await eventually(lambda: posts.row["last_error"] == PAUSED)
        target.refuses = lambda content: content == "bad"
        posts.write("cleo again", agent="cleo")
        consumer.wake()
        await eventually(lambda: posts.row["position"] == 7)
    assert target.contents == ["cleo again", *(f"bob {number}" for number in range(4))]
    assert [position for position, _ in posts.dead] == [1, 6]
