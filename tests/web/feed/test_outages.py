"""Nothing is lost and nothing repeated, whatever is killed, frozen, put back, or does not read."""

from __future__ import annotations

import contextlib
import json

import pytest
from psycopg import sql

from tests.support.feed.instances import EventViewer, SocketViewer
from tests.support.feed.several import Several, in_order, slow, whole, work
from tests.support.host import Host, open_connection, until

carriers = pytest.mark.parametrize("carrier", ["notify", "redis", "redis-stream"])


@carriers
def test_viewer_goes_on_at_another_instance_when_one_is_killed(host: Host, several: Several) -> None:
    """With Last-Event-ID: nothing is lost, nothing comes twice."""
    with several.worker(), several.instance() as two:
        with several.instance() as one, EventViewer(one) as events, SocketViewer(one) as messages:
            work(host, 10)
            events.until(5)
            messages.until(5)
            one.kill()
            until(lambda: events.ended and messages.ended)
        work(host, 10, begin=10)
        until(lambda: host.waiting() == 0)
        for before, again in (
            (events, EventViewer(two, Last_Event_ID=events.place)),
            (messages, SocketViewer(two, f"?after={messages.place}")),
        ):
            with again:
                again.until(20 - len(before.posts))
                work(host, 5, begin=len(host.outbox()))
                until(lambda: host.waiting() == 0)
                last = len(host.posts())
                until(lambda again=again, last=last: again.positions[-1:] == [last])  # type: ignore[misc]
                posts = before.posts + again.posts
                assert [post["position"] for post in posts] == list(range(1, last + 1))
                assert in_order(posts)


@pytest.mark.long
@pytest.mark.parametrize("carrier", ["redis", "redis-stream"])
@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_outage_of_redis_loses_nothing(host: Host, several: Several, how: str) -> None:
    """Killed and started again without its memory, or silent: meanwhile the log is looked at, and it is said once."""
    assert several.redis is not None
    with several.worker(), several.instance() as one, EventViewer(one) as events, SocketViewer(one) as messages:
        work(host, 10)
        whole(events, 1, 10)
        getattr(several.redis, how)()
        work(host, 10, begin=10)
        until(lambda: host.waiting() == 0)
        whole(events, 1, 20)
        whole(messages, 1, 20)
        until(lambda: one.metric("autopost_feed_source_up") == 0)
        several.redis.start() if how == "kill" else several.redis.thaw()
        work(host, 10, begin=20)
        until(lambda: one.metric("autopost_feed_source_up") == 1)
        work(host, 10, begin=30)
        whole(events, 1, 40)
        whole(messages, 1, 40)
        ends = ("feed.source_lost", "feed.source_connected")
        said = [event for line in one.log.splitlines() if (event := json.loads(line)["event"]) in ends]
        assert said
        assert said == [*ends] * (len(said) // 2), "a machine that stalls may lose it once more"


@carriers
def test_lost_connections_lose_nothing(host: Host, several: Several) -> None:
    """Each connection of an instance is ended, again and again, while a worker posts."""
    with several.worker(), several.instance() as one, EventViewer(one) as viewer:
        for turn in range(5):
            work(host, 10, begin=10 * turn)
            host.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                "and application_name like 'autopost feed%%' and %s",
                (True,),
            )
            if several.redis is not None:
                with several.redis.client() as client:
                    client.client_kill_filter(_type="normal", skipme=True)
                    client.client_kill_filter(_type="pubsub", skipme=True)
        until(lambda: host.waiting() == 0)
        whole(viewer, 1, 50)


@pytest.mark.long
@pytest.mark.parametrize("carrier", ["notify"])
def test_outage_of_the_database_ends_no_stream(host: Host, several: Several) -> None:
    """New viewers are turned away meanwhile; the others get what was posted afterwards. Readiness tells."""
    announcer = several.announcer(host)
    with several.instance() as one, EventViewer(one) as viewer:
        announcer.post("before")
        viewer.until(1)
        name = sql.Identifier(host.connection.info.dbname)
        with open_connection(several.dsn, dbname="postgres", autocommit=True) as other:
            other.execute(sql.SQL("alter database {} with allow_connections false").format(name))
            host.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                "and application_name like 'autopost%%' and %s",
                (True,),
            )
            until(lambda: one.get("/readyz").status_code == 503)
            assert one.get("/healthz").status_code == 200
            assert one.get("/feed/events?after=0").status_code == 503
            assert one.get("/feed.json").status_code == 503
            assert not viewer.ended
            other.execute(sql.SQL("alter database {} with allow_connections true").format(name))
        announcer.post("after")
        whole(viewer, 1, 2)
        until(lambda: one.get("/readyz").status_code == 200)


@pytest.mark.parametrize("carrier", ["notify"])
def test_database_put_back_lets_viewers_come_back(host: Host, several: Several) -> None:
    """They are told a gap, and go on."""
    announcer = several.announcer(host)
    with several.instance() as one:
        with EventViewer(one) as viewer:
            announcer.post("a", "b", "c")
            viewer.until(3)
            host.execute("delete from auto_post_events where position > 1")
            host.execute("update auto_post_consumers set position = 1")
            host.execute("select pg_notify('auto_post_feed', %s)", ("look",))
            until(lambda: viewer.ended)
        with EventViewer(one, Last_Event_ID=viewer.place) as again:
            again.until(1, kind="gap")
            announcer.post("b again")
            again.until(1)
            assert again.positions == [2]
        assert "Traceback" not in one.log


@pytest.mark.parametrize("carrier", ["notify"])
@pytest.mark.parametrize("path", ["/feed/events", "/feed/ws"])
def test_viewer_that_does_not_read_is_dropped(host: Host, several: Several, path: str) -> None:
    """And keeps nobody else waiting."""
    announcer = several.announcer(host)
    protocol = path.rpartition("/")[2]
    with several.instance() as one, EventViewer(one) as reads, slow(one, path) as end:
        end.recv(1)
        for turn in range(1, 21):
            announcer.post(*("x" * 4_000 for _ in range(50)))
            reads.until(50 * turn)
        whole(reads, 1, 1_000)
        until(lambda: one.metric(f'autopost_feed_viewers_dropped_total{{protocol="{protocol}"}}') == 1)
        until(lambda: one.metric(f'autopost_feed_viewers{{protocol="{protocol}"}}') == (protocol == "events"))


@pytest.mark.parametrize("carrier", ["notify"])
def test_sigterm_ends_open_streams_at_once(host: Host, several: Several) -> None:
    """Whether or not viewers read; the exit code is 0."""
    announcer = several.announcer(host)
    with contextlib.ExitStack() as open_:
        one = open_.enter_context(several.instance())
        events, messages = open_.enter_context(EventViewer(one)), open_.enter_context(SocketViewer(one))
        for path in ("/feed/events", "/feed/ws", "/events"):
            open_.enter_context(slow(one, path)).recv(1)
        announcer.post(*("x" * 4_000 for _ in range(50)))
        events.until(50)
        messages.until(50)
        assert one.stop() == 0
        until(lambda: events.ended and messages.ended)
        assert messages.code in (1001, 1012)
        assert "Traceback" not in one.log
        assert '"level": "error"' not in one.log
