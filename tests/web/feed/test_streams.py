"""`/feed/events` and `/feed/ws` of one instance: who gets what, from where on, and who is turned away."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from autopost.web.feed.log import MOST_MISSED, MOST_MISSED_BYTES
from tests.support.feed.announcing import Announcer
from tests.support.feed.instances import EventViewer, Instance, SocketViewer, Viewer
from tests.support.host import Host, until

VIEWERS = [EventViewer, SocketViewer]
protocols = pytest.mark.parametrize("watch", VIEWERS, ids=["events", "ws"])
HOSTILE = [
    "</script><script>alert(1)</script>",
    "data: forged\n\nevent: agent_post\nid: 999999999\ndata: {}\n\n",
    'quotes " and \\ and \u2028 and \u2029 and \x00'.replace("\x00", "\x01\x1b[31m\x7f"),
    "\r\r\n\n",
    "🙋‍♀️ Ω \u202e right to left",
]


def contents(viewer: Viewer) -> list[str]:
    """Return the texts so far."""
    return [post["content"] for post in viewer.posts]


@protocols
def test_post_is_seen_by_whoever_watches(
    feeds: Instance, announcer: Announcer, watch: type[EventViewer | SocketViewer]
) -> None:
    """With everything that is needed to show it, and its position as id."""
    with watch(feeds) as viewer:
        (post_id,) = announcer.post("Sorted the inbox")
        (event,) = viewer.until(1)
    assert event.id == str(event.data["position"]) == str(announcer.position)
    data = {name: value for name, value in event.data.items() if name not in ("position", "created_at")}
    assert data == {
        "id": post_id,
        "tenant_id": "tenant",
        "sender_type": "agent",
        "sender_id": "ada",
        "sender_name": "Ada",
        "sender_maturity": "AUTONOMOUS",
        "sender_category": "ops",
        "post_type": "status",
        "content": "Sorted the inbox",
        "auto_generated": True,
        "metadata": {"operation_type": "report_generate"},
    }


@protocols
@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["ada status", "ada alert", "bob status", "bob alert"]),
        ("?topic=global&topic=agent:ada", ["ada status", "ada alert", "bob status", "bob alert"]),
        ("?topic=alerts", ["ada alert", "bob alert"]),
        ("?topic=agent:ada", ["ada status", "ada alert"]),
        ("?topic=agent:ada&topic=alerts", ["ada status", "ada alert", "bob alert"]),
    ],
)
def test_topics_say_what_is_heard(
    feeds: Instance, announcer: Announcer, watch: type[EventViewer | SocketViewer], query: str, wanted: list[str]
) -> None:
    """Live and when coming back, each post once whatever topics it is on."""

    def post() -> None:
        for agent in ("ada", "bob"):
            announcer.post(f"{agent} status", agent=agent)
            announcer.post(f"{agent} alert", agent=agent, alert=True)

    before = announcer.position
    with watch(feeds, query) as viewer, watch(feeds) as all_of_it:
        post()
        all_of_it.until(4)
        viewer.until(len(wanted))
        assert contents(viewer) == wanted
    and_after = f"{query}&after={before}" if query else f"?after={before}"
    with watch(feeds, and_after) as viewer:
        viewer.until(len(wanted))
        announcer.post("the last alert of ada", agent="ada", alert=True)
        viewer.until(len(wanted) + 1)
        assert contents(viewer) == [*wanted, "the last alert of ada"]


@protocols
def test_agents_id_of_any_characters_is_a_topic(
    feeds: Instance, announcer: Announcer, watch: type[EventViewer | SocketViewer]
) -> None:
    """It is quoted in the address, and compared whole."""
    name = "a:b/c d&é🙋"
    with watch(feeds, f"?topic=agent:{quote(name, safe='')}") as viewer:
        announcer.post("no", agent="a:b/c d")
        announcer.post("yes", agent=name)
        viewer.until(1)
        assert contents(viewer) == ["yes"]


@protocols
def test_hostile_text_arrives_as_it_is(
    feeds: Instance, announcer: Announcer, watch: type[EventViewer | SocketViewer]
) -> None:
    """It neither ends an event nor makes one."""
    with watch(feeds) as viewer:
        before = announcer.position
        announcer.post(*HOSTILE, agent='<b>"evil"</b>\n\nevent: x')
        viewer.until(len(HOSTILE))
        assert contents(viewer) == HOSTILE
        assert [event.kind for event in viewer.events] == ["agent_post"] * len(HOSTILE)
        assert viewer.positions == [before + 1 + number for number in range(len(HOSTILE))]


@protocols
def test_whoever_comes_back_gets_what_was_missed(
    feeds: Instance, announcer: Announcer, watch: type[EventViewer | SocketViewer]
) -> None:
    """From the place on, by the header or by the address, without what was deleted meanwhile."""
    with watch(feeds) as viewer:
        announcer.post("seen")
        (seen,) = viewer.until(1)
    ids = announcer.post("missed 1", "deleted", "missed 2")
    announcer._host.execute("delete from social_posts where id = %s", (ids[1],))
    for again in (watch(feeds, f"?after={seen.id}"), watch(feeds, "?after=0", Last_Event_ID=seen.id)):
        with again as viewer:
            viewer.until(2)
            announcer.post("live")
            viewer.until(3)
            assert contents(viewer)[:2] == ["missed 1", "missed 2"]
            assert contents(viewer)[-1] == "live"
            assert [event.kind for event in viewer.events if event.kind == "gap"] == []


@protocols
def test_more_than_the_bound_is_told_as_a_gap(
    feeds: Instance, announcer: Announcer, watch: type[EventViewer | SocketViewer]
) -> None:
    """By number: the newest are sent, and the gap says which are not."""
    before = announcer.position
    announcer.write(*(f"post {number}" for number in range(MOST_MISSED + 20)))
    with watch(feeds, f"?after={before}") as viewer:
        viewer.until(MOST_MISSED)
        assert viewer.events[0].kind == "gap"
        assert viewer.events[0].data == {"after": before, "until": before + 20}
        assert viewer.events[0].id == str(before + 20)
        assert viewer.positions == list(range(before + 21, before + 21 + MOST_MISSED))


def test_more_bytes_than_the_bound_are_told_as_a_gap(feeds: Instance, announcer: Announcer) -> None:
    """Of posts as long as the column takes them."""
    before = announcer.position
    announcer.write(*("x" * 4_000 for _ in range(MOST_MISSED_BYTES // 4_000 + 50)))
    gaps = feeds.metric('autopost_feed_gaps_total{protocol="events"}')
    with EventViewer(feeds, f"?after={before}") as viewer:
        (gap,) = viewer.until(1, kind="gap")
        last = announcer.position
        until(lambda: viewer.positions[-1:] == [last])
        assert viewer.positions == list(range(gap.data["until"] + 1, last + 1))
        assert MOST_MISSED_BYTES * 0.9 < len(json.dumps(viewer.posts)) < MOST_MISSED_BYTES * 1.1
    assert feeds.metric('autopost_feed_gaps_total{protocol="events"}') == gaps + 1


@protocols
def test_what_the_log_has_no_more_is_told_as_a_gap(
    feeds: Instance, announcer: Announcer, platform: Host, watch: type[EventViewer | SocketViewer]
) -> None:
    """Whether some of it is left, or nothing; and who missed nothing is told none."""
    before = announcer.position
    announcer.write("forgotten", "forgotten too", "kept")
    platform.execute("delete from auto_post_events where position <= %s", (before + 2,))
    with watch(feeds, f"?after={before}") as viewer:
        viewer.until(1)
        assert [(event.kind, event.id) for event in viewer.events] == [
            ("gap", str(before + 2)),
            ("agent_post", str(before + 3)),
        ]
    platform.execute("delete from auto_post_events")
    with watch(feeds, f"?after={before}") as viewer, watch(feeds, f"?after={before + 3}") as up_to_date:
        viewer.until(1, kind="gap")
        announcer.post("new")
        viewer.until(1)
        up_to_date.until(1)
        assert [event.kind for event in viewer.events] == ["gap", "agent_post"]
        assert [event.kind for event in up_to_date.events] == ["agent_post"]


@protocols
def test_place_beyond_the_log_is_told_as_a_gap(
    feeds: Instance, announcer: Announcer, watch: type[EventViewer | SocketViewer]
) -> None:
    """That of another database, or of one before it was put back; the viewer goes on from here."""
    place = announcer.position + 1_000
    with watch(feeds, f"?after={place}") as viewer:
        (gap,) = viewer.until(1, kind="gap")
        assert gap.data == {"after": place, "until": announcer.position}
        announcer.post("new")
        viewer.until(1)
        assert contents(viewer) == ["new"]


@pytest.mark.long
def test_quiet_topic_moves_on(feeds: Instance, announcer: Announcer) -> None:
    """A browser that hears nothing of its topic knows how far it was followed, and is shown nothing for it."""
    with EventViewer(feeds, "?topic=agent:nobody") as viewer:
        until(lambda: viewer.place == str(announcer.position))
        announcer.post("of somebody else")
        until(lambda: viewer.place == str(announcer.position))
        assert viewer.events == []


def test_posts_are_counted(feeds: Instance, announcer: Announcer) -> None:
    """Who watches, and what was handed on."""
    until(lambda: feeds.metric('autopost_feed_viewers{protocol="ws"}') == 0)
    until(lambda: feeds.metric('autopost_feed_viewers{protocol="events"}') == 0)
    with SocketViewer(feeds) as viewer, EventViewer(feeds):
        assert feeds.metric('autopost_feed_viewers{protocol="ws"}') == 1
        assert feeds.metric('autopost_feed_viewers{protocol="events"}') == 1
        until(lambda: feeds.metric("autopost_feed_source_up") == 1)
        received = feeds.metric('autopost_feed_events_total{source="log"}')
        announcer.post("counted")
        viewer.until(1)
        assert feeds.metric('autopost_feed_events_total{source="log"}') == received + 1
    until(lambda: feeds.metric('autopost_feed_viewers{protocol="ws"}') == 0)
    until(lambda: feeds.metric("autopost_feed_source_up") == 0)
