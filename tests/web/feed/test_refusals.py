"""Who is turned away from the feeds: by token, origin, name, number, or for what was asked."""

from __future__ import annotations

import os
import socket
from urllib.parse import quote, urlsplit

import httpx2
import pytest

from autopost.web.server import MOST_MESSAGE_BYTES
from tests.support.crew import Crew
from tests.support.feed.announcing import Announcer
from tests.support.feed.instances import BEARER, TOKEN, EventViewer, Instance, SocketViewer, instance, refusal_of
from tests.support.host import until


@pytest.mark.parametrize("query", ["topic=", "topic=agent:", "topic=alert", "topic=global&topic=x", "topic=agent:%00"])
def test_what_is_no_topic_is_refused(feeds: Instance, query: str) -> None:
    """With the topics that there are."""
    answer = feeds.get(f"/feed/events?{query}")
    assert (answer.status_code, "topic is global, alerts or agent:<id>" in answer.text) == (400, True)
    assert refusal_of(feeds, f"?{query}").status_code == 400


def test_too_many_topics_are_refused(feeds: Instance) -> None:
    """A hundred are enough."""
    assert feeds.get("/feed/events?" + "&".join(f"topic=agent:{n}" for n in range(101))).status_code == 400


@pytest.mark.parametrize("place", ["x", "-1", "1.5", "²", "9" * 19, "1;drop"])
def test_place_that_is_none_is_refused(feeds: Instance, place: str) -> None:
    """Whether in the address or, where a header can hold it, in Last-Event-ID."""
    assert feeds.get(f"/feed/events?after={quote(place)}").status_code == 400
    if place.isascii():
        assert feeds.get("/feed/events", Last_Event_ID=place).status_code == 400


@pytest.mark.long
def test_wrong_or_missing_token_is_refused(feeds: Instance) -> None:
    """On every address."""
    for given in ("", "Bearer wrong", f"Basic {TOKEN}"):
        for path in ("/feed/events", "/feed.json", "/feed.atom"):
            assert feeds.get(path, Authorization=given).status_code == 401
        assert refusal_of(feeds, Authorization=given).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=str,
)
def test_socket_of_another_site_is_refused(feeds: Instance, headers: dict[str, str]) -> None:
    """Even with the token or a cookie: a browser sends those for anyone who asks."""
    refused = refusal_of(feeds, **headers)
    assert refused.status_code == 403
    assert refused.headers["x-content-type-options"] == "nosniff"


def test_fetch_of_another_site_is_refused(feeds: Instance) -> None:
    """As for the page."""
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "cors"}
    for path in ("/feed/events", "/feed.json", "/feed.atom"):
        answer = feeds.get(path, Origin="https://evil.example", **headers)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_strange_name_is_refused(feeds: Instance) -> None:
    """So that no site can have its own name lead here."""
    for path in ("/feed/events", "/feed.json", "/feed.atom"):
        assert feeds.get(path, Host="evil.example").status_code == 421
    parts = urlsplit(feeds.address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as end:
        lines = (
            "GET /feed/ws HTTP/1.1",
            "Host: evil.example",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            f"Authorization: Bearer {TOKEN}",
        )
        end.sendall("\r\n".join([*lines, "", ""]).encode())
        assert end.recv(1_000).startswith(b"HTTP/1.1 421")


def test_browser_with_a_session_may_open_a_socket(feeds: Instance, announcer: Announcer) -> None:
    """From the page itself, with the cookie alone."""
    host = urlsplit(feeds.address).netloc
    answer = httpx2.post(
        f"{feeds.address}/sign-in", data={"token": TOKEN}, headers={"Sec-Fetch-Site": "same-origin"}, timeout=60
    )
    cookie = answer.headers["set-cookie"].partition(";")[0]
    given = {"Authorization": "", "Cookie": cookie, "Origin": f"http://{host}"}
    with SocketViewer(feeds, **given) as viewer:
        announcer.post("seen")
        viewer.until(1)


@pytest.mark.parametrize("said", ["hello", "x" * (MOST_MESSAGE_BYTES + 1)], ids=["short", "long"])
def test_socket_that_says_something_is_closed(feeds: Instance, said: str) -> None:
    """It listens to nobody, and reads no more than a bound."""
    with SocketViewer(feeds) as viewer:
        viewer.say(said)
        until(lambda: viewer.ended)
        assert viewer.code == (1008 if said == "hello" else 1009)


def test_other_addresses_have_no_sockets(feeds: Instance) -> None:
    """Neither the page's nor monitoring's, and no plain request opens one."""
    assert feeds.get("/feed/ws").status_code == 426
    for path in ("/", "/events", "/healthz", "/metrics", "/nothing"):
        assert refusal_of(feeds, path=path).status_code in (403, 404)


@pytest.mark.parametrize("hooks", [False, True])
def test_without_a_carrier_the_streams_say_what_switches_them_on(database: str, processes: Crew, hooks: bool) -> None:
    """The documents are there all the same; and hooks, for which the log is written too, are no carrier."""
    more = {"SOCIAL_POST_WEBHOOKS_FILE": os.devnull} if hooks else {}
    with instance(database, processes, carrier="none", **more) as feeds:
        answer = feeds.get("/feed/events")
        assert answer.status_code == 404
        assert answer.text.count("\n") == 1
        assert "SOCIAL_POST_BROADCAST" in answer.text
        refused = refusal_of(feeds)
        assert (refused.status_code, bytes(refused.body or b"").decode()) == (404, answer.text)
        assert feeds.get("/feed.json").status_code == feeds.get("/feed.atom").status_code == 200


def test_no_more_watch_than_may(database: str, processes: Crew) -> None:
    """Who comes then is told to come later, and comes in when somebody has left."""
    with instance(database, processes, SOCIAL_POST_FEED_VIEWERS="2") as feeds:
        with EventViewer(feeds), SocketViewer(feeds):
            answer = httpx2.get(f"{feeds.address}/feed/events", headers=BEARER, timeout=60)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        until(lambda: feeds.metric('autopost_feed_viewers{protocol="ws"}') == 0)
        until(lambda: feeds.metric('autopost_feed_viewers{protocol="events"}') == 0)
        with EventViewer(feeds), SocketViewer(feeds):
            pass


def test_without_a_token_this_machine_may_watch(database: str, processes: Crew) -> None:
    """As the page; and still no other site's browser."""
    with instance(database, processes, token=None) as feeds:
        with SocketViewer(feeds, Authorization=""):
            pass
        assert refusal_of(feeds, Authorization="", Origin="https://evil.example").status_code == 403
