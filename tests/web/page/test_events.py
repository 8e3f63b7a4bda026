"""What is sent to an open page: news, once something happens, to everybody, and to nobody who does not read."""

from __future__ import annotations

import asyncio
import re
import socket
import time

import pytest

from autopost.web.page.feed import MOST_CAUGHT_UP_BYTES
from autopost.web.page.hub import MOST_VIEWERS
from tests.support.host import Host, until
from tests.support.web.browsing import TOKEN, Event, Events, Site
from tests.support.web.filling import fill, looks, post
from tests.support.web.granting import access_to, cookie_of


@pytest.fixture(scope="module")
def database(shared_database: str) -> str:
    """Return where all tests of this module work."""
    return shared_database


def texts(events: list[Event]) -> list[str]:
    """Return the texts of posts."""
    found = [re.search(r'<p class="text"[^>]*>(.*?)</p>', event.data, re.DOTALL) for event in events]
    return [match[1] for match in found if match]


def test_news_arrives_on_an_open_stream(host: Host, guarded: Site) -> None:
    """Each once, in the order of decision, with the place to go on from."""
    with guarded.raw("/events") as end:
        events = Events(end)
        events.until("trouble")  # with which a stream begins
        for number in range(3):
            post(host, number, f"agent{number}")
            until(lambda: host.waiting() == 0)
        found = events.until("entry", 3)
        assert [re.search(r"number (\d)", text)[1] for text in texts(found)] == ["0", "1", "2"]  # type: ignore[index]
        assert all(re.fullmatch(r"\d{17}~[0-9a-f-]{36}", event.id) for event in found)


def test_stream_goes_on_where_it_was_cut(host: Host, guarded: Site) -> None:
    """What came meanwhile is sent at once; by Last-Event-ID as by the address."""
    with guarded.raw("/events") as end:
        events = Events(end)
        events.until("trouble")  # with which a stream begins
        post(host, 0)
        (first,) = events.until("entry")
    for number in (1, 2):
        post(host, number, f"agent{number}")
        until(lambda: host.waiting() == 0)
    for path, place in (("/events", first.id), (f"/events?after={first.id}", "")):
        with guarded.raw(path, Last_Event_ID=place) as end:
            found = Events(end).until("entry", 2)
            assert len(texts(found)) == 2
            assert first.id not in [event.id for event in found]


def test_longer_gap_is_said(host: Host, guarded: Site) -> None:
    """Only the newest are sent; a page that shows them says that there is more."""
    fill(host, 300)
    place = host.value(
        "select lpad((extract(epoch from occurred_at) * 1000000)::bigint::text, 17, '0') || '~a1' from audit_log "
        "where id = 'a1'"
    )
    with guarded.raw(f"/events?after={place}") as end:
        events = Events(end)
        assert texts(events.until("entry", 100))[-1] == "Post number 300"
        assert events.until("gap")


def test_gap_is_as_long_in_bytes_as_it_may_be(host: Host, guarded: Site) -> None:
    """A few long posts are as much as many short ones: the newest come, and the page says that there is more."""
    fill(host, 60)
    host.execute("update social_posts set content = content || repeat('<EMAIL_ADDRESS>', 250)")
    with guarded.raw("/events?after=0~") as end:
        events = Events(end)
        events.until("gap")
        found = events.until("entry", 10)
        while "Post number 60" not in texts(found)[-1]:
            found = events.until("entry", len(found) + 1)
        assert len(found) < 60
        assert sum(len(event.data.encode()) for event in found) < MOST_CAUGHT_UP_BYTES
        assert [event.kind for event in events.all()][1] == "gap"


async def _cookie(dsn: str, ends_at: float) -> str:
    async with access_to(dsn) as access:
        return await cookie_of(access, ends_at)


def test_stream_ends_with_the_session(guarded: Site, shared_database: str) -> None:
    """Anyone who is signed in for five more seconds watches for five more, and is then turned away."""
    ends_at = int(time.time()) + 5
    cookie = asyncio.run(_cookie(shared_database, ends_at))
    with guarded.raw("/events", Authorization="", Cookie=cookie, Connection="close") as end:
        events = Events(end)
        events.until("trouble")  # with which a stream begins
        assert events.rest().endswith("0\r\n\r\n"), "the stream ended as it should"
        assert ends_at - 0.5 < time.time()
    with guarded.raw("/events", Authorization="", Cookie=cookie) as end:
        assert end.recv(1_000).startswith(b"HTTP/1.1 401")


def test_viewer_gets_what_it_asked_for(host: Host, guarded: Site) -> None:
    """By agent, kind, text, operation type and tenant, and what was not posted only on demand."""
    narrow = ("/events?q=NUMBER+5", "/events?q=op5", "/events?type=report_generate&tenant=tenant&q=5")
    paths = ("/events?agent=ben", "/events?kind=alert", "/events?silent=1", "/events", *narrow)
    ends = [guarded.raw(path) for path in paths]
    streams = [Events(end) for end in ends]
    for stream in streams:
        stream.until("trouble")  # with which each begins: nothing of what follows may come by catching up
    post(host, 1, "ada")
    post(host, 2, "ben")
    post(host, 3, "cleo", status="failed")
    until(lambda: host.waiting() == 0)
    host.complete("silent", agent=host.agent("sprout", maturity="STUDENT"))
    streams[2].until("entry", 4)
    post(
        host, 5, "ben", status="failed", operation_type="report_generate"
    )  # which all of them want, and get after whatever was on its way
    for stream, count in zip(streams, (1, 1, 4, 3, 0, 0, 0), strict=True):
        while "number 5" not in texts(found := stream.until("entry", count + 1))[-1]:
            stream.until("entry", len(found) + 1)
        assert len(found) == count + 1
    for end in ends:
        end.close()


def test_outbox_page_gets_figures(host: Host, guarded: Site) -> None:
    """Again and again, from one look for all."""
    with guarded.raw("/events?topic=outbox") as end:
        events = Events(end)
        post(host, 1)
        said = 'aria-label="The last 60 minutes: 1 posted'
        while said not in events.until("figures")[-1].data:
            events.until("figures", len(events.until("figures")) + 1)
        assert events.until("dead")
        assert "Nothing is broadcast" in events.until("deliveries")[0].data
        assert not [event for event in events.all() if event.kind == "entry"]


def test_fifty_viewers_cost_one_look(host: Host, guarded: Site) -> None:
    """Whatever their number, with two connections."""
    ends = [guarded.raw("/events?silent=1") for _ in range(50)]
    streams = [Events(end) for end in ends]
    until(lambda: looks(host))
    for stream in streams:
        stream.until("trouble")  # with which each begins
    post(host, 1)
    for stream in streams:
        assert len(stream.until("entry")) == 1
    assert looks(host) <= 2
    for end in ends:
        end.close()


def test_more_viewers_than_may_are_turned_away(guarded: Site) -> None:
    """With 503, and there is room again when one leaves."""
    ends = [guarded.raw("/events") for _ in range(MOST_VIEWERS)]
    for end in ends:
        assert end.recv(1_000).startswith(b"HTTP/1.1 200")
    headers = {"Authorization": "Bearer a-token-of-tests-only"}
    assert guarded.get("/events", **headers).status_code == 503
    ends.pop().close()

    def has_room() -> bool:
        with guarded.raw("/events") as end:
            return end.recv(1_000).startswith(b"HTTP/1.1 200")

    until(has_room)
    for end in ends:
        end.close()


def test_viewers_that_leave_before_the_stream_begins_leave_nothing_behind(host: Host, guarded: Site) -> None:
    """Neither a place that is taken, nor looks that go on, nor an error."""
    for number in range(60):
        with guarded.raw("/events") as end:
            time.sleep(0.001 * (number % 8))
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closes with a reset
    looked = (
        "select max(query_start) from pg_stat_activity "
        "where application_name = 'autopost page' and datname = current_database()"
    )

    def is_quiet() -> bool:
        before = host.value(looked)
        time.sleep(1.5)
        return bool(host.value(looked) == before)

    until(is_quiet)
    assert "Traceback" not in guarded.worker.log


def test_head_of_a_stream_takes_no_place(guarded: Site) -> None:
    """There is nothing to be sent to it."""
    answer = guarded.client.head(guarded.address + "/events", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 405


@pytest.mark.long
def test_viewer_that_does_not_read_is_dropped(host: Host, guarded: Site) -> None:
    """The others get everything, and the worker goes on posting."""
    host.agent()
    stalled = guarded.raw("/events?silent=1", receive_bytes=4_096)
    with guarded.raw("/events?silent=1") as end:
        events = Events(end)
        events.until("trouble")  # with which a stream begins
        for number in range(20):
            host.execute(
                "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
                "select 'op' || %s || '-' || n, 'ada', 'approval_requested', 'waiting', repeat('So it is. ', 20) || n "
                "from generate_series(1, 40) as n",
                (number,),
            )
            until(lambda: host.waiting() == 0)
            events.until("entry", 40 * (number + 1))
    with stalled:
        rest = Events(stalled)
        assert not rest.rest().endswith("0\r\n\r\n"), "it was cut off"
        assert len(rest.all()) < 800
