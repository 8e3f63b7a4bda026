"""Instances beside workers, each fed by the carrier: who sees what, and what it takes to run one."""

from __future__ import annotations

import contextlib
import signal
import time
from dataclasses import replace

import pytest

from autopost.broadcast.event import BroadcastEvent
from autopost.web.feed.receiver import CONNECTED_POLL_SECONDS
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.feed.instances import TOKEN, EventViewer, Instance, SocketViewer, instance
from tests.support.feed.several import Several, whole, work
from tests.support.host import Host, until
from tests.support.roles import dsn_of, groups

carriers = pytest.mark.parametrize("carrier", ["notify", "redis", "redis-stream"])


@carriers
def test_viewers_of_every_instance_see_what_any_worker_posts(host: Host, several: Several) -> None:
    """Two workers, two instances beside them, both protocols: everything, once, at once, in order."""
    with several.worker(), several.worker(), several.instance() as one, several.instance() as two:
        with (
            EventViewer(one) as a,
            SocketViewer(one) as b,
            EventViewer(two) as c,
            SocketViewer(two, "?topic=alerts") as d,
        ):
            work(host, 60)
            until(lambda: host.waiting() == 0)
            count = len(host.posts())
            assert count == 60
            for viewer in (a, b, c, d):
                whole(viewer, 1, count)
            assert {post["id"] for post in a.posts} == {post["id"] for post in host.posts()}
        assert one.metric('autopost_feed_gaps_total{protocol="events"}') == 0


@pytest.mark.parametrize("carrier", ["notify"])
def test_forged_notification_is_not_shown_and_hides_nothing(host: Host, several: Several) -> None:
    """Any role may notify: what it says is not believed, neither the text nor the place."""
    announcer = several.announcer(host)
    with several.instance() as one, EventViewer(one) as viewer:
        announcer.post("first")
        viewer.until(1)
        row = {**host.rows("select * from auto_post_events")[0], "post_metadata": "{}"}
        forged = BroadcastEvent.from_row(row)  # type: ignore[arg-type]
        message = replace(forged, position=forged.position + 1, post_id="forged", content="forged").message
        host.execute("select pg_notify('auto_post_feed', %s)", (message,))
        announcer.post("second")
        viewer.until(2)
        assert [post["content"] for post in viewer.posts] == ["first", "second"]


@carriers
def test_carrier_is_what_brings_it(host: Host, several: Several) -> None:
    """Not the slow looks into the log: it is heard, and posts come from there."""
    announcer = several.announcer(host)
    with several.instance() as one, SocketViewer(one) as viewer:
        until(lambda: one.metric("autopost_feed_source_up") == 1)
        source = "log" if several.carrier == "notify" else "transport"  # what is notified is not believed
        before = one.metric(f'autopost_feed_events_total{{source="{source}"}}')
        began = time.monotonic()
        for number in range(1, 6):
            announcer.post(f"post {number}")
            whole(viewer, 1, number)
        assert time.monotonic() - began < 2 * CONNECTED_POLL_SECONDS, "by looking, each takes one of these"
        assert one.metric(f'autopost_feed_events_total{{source="{source}"}}') > before


@pytest.mark.parametrize("carrier", ["notify"])
def test_nobody_watching_costs_nothing(host: Host, several: Several) -> None:
    """The instance listens while somebody watches, and stops when the last one has gone."""

    def connections() -> int:
        count: int = host.value(
            "select count(*) from pg_stat_activity where datname = current_database() "
            "and application_name = 'autopost feed listening'"
        )
        return count

    with several.instance() as one:
        assert connections() == 0
        with EventViewer(one), SocketViewer(one):
            until(lambda: connections() == 1)
        until(lambda: connections() == 0)
        assert one.metric("autopost_feed_source_up") == 0


@pytest.mark.parametrize("carrier", ["notify"])
def test_readers_rights_are_enough(host: Host, several: Several) -> None:
    """For an instance's feeds and page; a worker's are not needed."""
    announcer = several.announcer(host)
    with contextlib.ExitStack() as open_:
        names = open_.enter_context(groups(host, several.dsn))
        with several.instance(SOCIAL_POST_PAGE_DATABASE_URL=dsn_of(several.dsn, user=names["reader"])) as one:
            with EventViewer(one, "?after=0") as viewer:
                announcer.post("seen")
                viewer.until(1)
            assert one.get("/feed.json").json()["items"][0]["content_text"] == "seen"
            assert (
                one.get("/feed.atom").status_code == one.get("/").status_code == one.get("/outbox").status_code == 200
            )
            assert (
                host.value(
                    "select count(*) from pg_stat_activity where datname = current_database() "
                    "and application_name like 'autopost%%' and usename <> %s",
                    (names["reader"],),
                )
                == 0
            )


@pytest.mark.parametrize("carrier", ["notify"])
def test_worker_with_a_port_serves_the_feeds_too(host: Host, several: Several) -> None:
    """And its SIGTERM ends their streams at once."""
    variables = {"SOCIAL_POST_HTTP_PORT": "0", "SOCIAL_POST_HTTP_TOKEN": TOKEN}
    with several.worker(**variables) as worker:
        one = Instance(worker.process, worker._log)
        until(lambda: one.get("/readyz").status_code == 200)
        with EventViewer(one) as viewer, SocketViewer(one) as messages:
            work(host, 3)
            whole(viewer, 1, 3)
            whole(messages, 1, 3)
            worker.signal(signal.SIGTERM)
            assert worker.wait(60) == 0
            until(lambda: viewer.ended and messages.ended)
        assert "Traceback" not in one.log


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({}, 2, "SOCIAL_POST_HTTP_PORT: not set"),
        ({"SOCIAL_POST_HTTP_PORT": "0", "SOCIAL_POST_PAGE": "false"}, 2, "neither dashboard nor feeds are on"),
        ({"SOCIAL_POST_HTTP_PORT": "0", "SOCIAL_POST_HTTP_HOST": "0.0.0.0"}, 2, "SOCIAL_POST_HTTP_TOKEN"),
        (
            {"SOCIAL_POST_HTTP_PORT": "0", "SOCIAL_POST_HTTP_HOST": "0.0.0.0", "SOCIAL_POST_FEEDS": "true"},
            2,
            "SOCIAL_POST_FEEDS: got True",
        ),
    ],
    ids=["no-port", "nothing", "beyond", "beyond-with-feeds"],
)
def test_instance_with_nothing_to_serve_does_not_start(
    database: str, variables: dict[str, str], code: int, said: str
) -> None:
    """It says what is missing."""
    result = autopost("serve", dsn=database, **variables)
    assert (result.returncode, said in result.stderr) == (code, True), result.stderr


def test_instance_without_a_migrated_schema_does_not_start(empty_database: str) -> None:
    """As a worker."""
    result = autopost("serve", dsn=empty_database, SOCIAL_POST_HTTP_PORT="0")
    assert (result.returncode, "autopost migrate" in result.stderr) == (4, True), result.stderr


def test_page_may_be_off_and_feeds_on(database: str, processes: Crew) -> None:
    """And the other way round."""
    with instance(database, processes, SOCIAL_POST_PAGE="false", SOCIAL_POST_FEEDS="true") as one:
        assert (one.get("/").status_code, one.get("/feed.json").status_code) == (404, 200)
    with instance(database, processes, SOCIAL_POST_FEEDS="false") as one:
        assert (one.get("/").status_code, one.get("/feed.json").status_code) == (200, 404)
