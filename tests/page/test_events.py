"""What is sent to an open page: news, once something happens, to everybody, and to nobody who does not read."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from autopost.page.entry import Wanted
from autopost.page.viewer import MOST_WAITING, Topic, Viewer
from tests.host import Host, until
from tests.page.browsing import TOKEN, Event, Events, Site, site
from tests.page.filling import fill, lock_out

AFTER_NOTHING = "/events?after=0~"


@pytest.fixture
def guarded(database: str) -> Iterator[Site]:
    """Return a page."""
    with site(database) as guarded:
        yield guarded


def texts(events: list[Event]) -> list[str]:
    """Return the texts of posts."""
    found = [re.search(r'<p class="text"[^>]*>(.*?)</p>', event.data, re.DOTALL) for event in events]
    return [match[1] for match in found if match]


def post(host: Host, number: int, agent: str = "ada", **fields: str) -> None:
    """Let an agent's operation end; it is posted."""
    host.age_posts("1 hour")
    host.complete(f"op{number}", agent=host.agent(agent, name=agent.title()), what=f"Did number {number}", **fields)


def looks(host: Host) -> int:
    """Return how many statements the page has under way or ran last, by what its connections show."""
    count: int = host.value("select count(*) from pg_stat_activity where application_name = 'autopost page'")
    return count


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


def test_viewer_gets_what_it_asked_for(host: Host, guarded: Site) -> None:
    """By agent, by kind, and what was not posted only on demand."""
    paths = ("/events?agent=ben", "/events?kind=alert", "/events?silent=1", "/events")
    ends = [guarded.raw(path) for path in paths]
    streams = [Events(end) for end in ends]
    for stream in streams:
        stream.until("trouble")  # with which each begins: nothing of what follows may come by catching up
    post(host, 1, "ada")
    post(host, 2, "ben")
    post(host, 3, "cleo", status="failed")
    until(lambda: host.waiting() == 0)
    host.complete("silent", agent=host.agent("sprout", maturity="STUDENT"))
    assert len(streams[2].until("entry", 4)) == 4
    for stream, count in zip(streams, (1, 1, 4, 3), strict=True):
        stream.until("entry", count)
        stream.until("glance", 2)  # and whatever was on its way
        assert len(stream.until("entry", count)) == count
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
        assert not [event for event in events.all() if event.kind == "entry"]


def test_nobody_watching_costs_nothing(host: Host, guarded: Site) -> None:
    """The page looks while somebody watches and stops when the last one has gone, also without a word."""

    def looked() -> object:
        return host.value("select max(query_start) from pg_stat_activity where application_name = 'autopost page'")

    assert looks(host) == 0, "no connection before somebody asks"
    with guarded.raw("/events") as end:
        first = until(looked)
        until(lambda: looked() != first)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closes with a reset
    time.sleep(1)
    last = looked()
    time.sleep(1.5)
    assert looked() == last


def test_fifty_viewers_cost_one_look(host: Host, guarded: Site) -> None:
    """Whatever their number, with two connections."""
    ends = [guarded.raw("/events?silent=1") for _ in range(50)]
    streams = [Events(end) for end in ends]
    until(lambda: looks(host))
    for stream in streams:
        stream.until("glance")
    post(host, 1)
    for stream in streams:
        assert len(stream.until("entry")) == 1
    assert looks(host) <= 2
    for end in ends:
        end.close()


def test_more_viewers_than_may_are_turned_away(guarded: Site) -> None:
    """With 503, and there is room again when one leaves."""
    ends = [guarded.raw("/events") for _ in range(200)]
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
    looked = "select max(query_start) from pg_stat_activity where application_name = 'autopost page'"

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


def test_viewer_that_does_not_read_is_dropped(host: Host, guarded: Site) -> None:
    """The others get everything, and the worker goes on posting."""
    host.agent()
    stalled = guarded.raw("/events?silent=1", receive_bytes=4_096)
    with guarded.raw("/events?silent=1") as end:
        events = Events(end)
        events.until("glance")
        for number in range(20):
            host.execute(
                "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
                "select 'op' || %s || '-' || n, 'ada', 'workflow_execute', 'failed', repeat('So it is. ', 20) || n "
                "from generate_series(1, 40) as n",
                (number,),
            )
            until(lambda: host.waiting() == 0)
            events.until("entry", 40 * (number + 1))
    with stalled:
        rest = Events(stalled)
        assert not rest.rest().endswith("0\r\n\r\n"), "it was cut off"
        assert len(rest.all()) < 800


def test_queue_of_a_viewer_has_an_end() -> None:
    """Nobody who offers something waits, and nothing piles up."""
    viewer = Viewer(Topic.FEED, Wanted())
    for _ in range(MOST_WAITING):
        viewer.offer(b"x")
    assert not viewer.dropped.is_set()
    viewer.offer(b"x")
    assert viewer.dropped.is_set()
    assert not viewer._messages


@pytest.mark.parametrize("reads", [True, False])
def test_stop_does_not_wait_for_viewers(host: Host, guarded: Site, reads: bool) -> None:
    """SIGTERM with open streams: they end, and the worker with them, whether or not the browsers read."""
    ends = [guarded.raw("/events", receive_bytes=None if reads else 4_096) for _ in range(5)]
    for end in ends:
        assert end.recv(500).startswith(b"HTTP/1.1 200")
    if not reads:
        for number in range(10):
            post(host, number, f"agent{number}")
        until(lambda: host.waiting() == 0)
    began = time.monotonic()
    guarded.worker.signal(signal.SIGTERM)
    assert guarded.worker.wait() == 0
    assert time.monotonic() - began < 6
    if reads:
        for end in ends:
            assert Events(end).rest().endswith("0\r\n\r\n"), "the stream ended as it should"
    assert "error" not in {line for line in guarded.worker.log.splitlines() if '"level": "error"' in line}
    assert "Traceback" not in guarded.worker.log
    for end in ends:
        end.close()


def test_trouble_with_the_database_is_told_and_passes(host: Host, guarded: Site, database: str) -> None:
    """An open stream stays open, and what was posted meanwhile comes when it is over."""
    with guarded.raw("/events") as end:
        events = Events(end)
        events.until("glance")
        name = sql.Identifier(host.connection.info.dbname)
        with psycopg.connect(database, dbname="postgres", autocommit=True) as other:
            other.execute(sql.SQL("alter database {} with allow_connections false").format(name))
            lock_out(host)
            assert [event.data for event in events.until("trouble", 2)] == [False, True]
            other.execute(sql.SQL("alter database {} with allow_connections true").format(name))
        post(host, 1)
        assert events.until("trouble", 3)[2].data is False
        assert len(events.until("entry")) == 1
