"""Behind a real nginx with TLS, with the configurations of docs/how-to/access.md, read by a real feed parser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import httpx2
import pytest
from websockets.sync.client import connect

from tests.support.crew import Crew
from tests.support.feed.announcing import Announcer
from tests.support.feed.instances import TOKEN, Instance, instance
from tests.support.host import Host, until
from tests.support.web.nginx import Proxy, nginx

READING = "token-of-tests-reading"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def feeds(shared_database: str, processes: Crew) -> Iterator[Instance]:
    """Return an instance with a token that reads, beside that of tests."""
    with instance(shared_database, processes, SOCIAL_POST_HTTP_READ_TOKEN=READING) as running:
        yield running


def client_of(proxy: Proxy) -> httpx2.Client:
    """Return a browser that follows no redirects."""
    return httpx2.Client(verify=proxy.trust, timeout=60)


def test_dashboard_and_feeds_work_under_a_path(
    feeds: Instance, announcer: Announcer, platform: Host, tmp_path: Path
) -> None:
    """Signing in and back, addresses of feeds, streams, permalinks and keys, none of which the proxy logs."""
    platform.execute("delete from social_posts")
    (post_id,) = announcer.write("Behind a proxy")
    until(lambda: post_id in feeds.get("/feed.json").text)
    with (
        nginx(tmp_path, "The dashboard and the feeds under a path", feeds.address) as proxy,
        client_of(proxy) as client,
    ):
        root = f"{proxy.address}/autopost/"
        asked = client.get(f"{root}outbox?x=1", headers=HTML)
        form = urljoin(f"{root}outbox", asked.headers["location"])
        assert form == f"{root}sign-in?next=outbox%3Fx%3D1"
        given = {"token": READING, "next": "outbox?x=1"}
        answer = client.post(f"{root}sign-in", data=given, headers={"Sec-Fetch-Site": "same-origin"})
        assert urljoin(f"{root}sign-in", answer.headers["location"]) == f"{root}outbox?x=1"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Secure-autopost_")
        assert "Path=/autopost/;" in cookie
        shown = client.get(f"{root}subscribe").text
        (address,) = set(re.findall(r"https://[^<]*feed\.atom\?key=[\w.-]+", shown))
        client.cookies.clear()
        parsed = feedparser.parse(client.get(address).content)
        assert not parsed.bozo
        assert parsed.feed.links[0].href == address
        assert parsed.feed.links[1].href == root
        assert parsed.entries[0].link == f"{root}post/{post_id}"
        assert client.get(f"{root}feed.json", auth=("any", READING)).json()["feed_url"] == f"{root}feed.json"
        ticket = client.post(f"{root}feed/ticket", headers={"Authorization": f"Bearer {READING}"}).json()["ticket"]
        stream = f"{root.replace('https', 'wss')}feed/ws?after={announcer.position - 1}&ticket={ticket}"
        with connect(stream, ssl=proxy.trust, open_timeout=60, proxy=None) as socket:
            assert json.loads(socket.recv())["event"]["data"]["id"] == post_id
        until(lambda: "/autopost/feed.json" in proxy.log)
        assert "key=" not in proxy.log
        assert "ticket=" not in proxy.log


def test_users_of_an_application_reach_the_feeds_alone(
    feeds: Instance, announcer: Announcer, platform: Host, tmp_path: Path
) -> None:
    """With the token that the proxy adds; nothing else of autopost, and nothing for those who are not signed in."""
    announcer.write("For users")
    with_upstream = feeds.address.removeprefix("http://")
    for session, status in (("/healthz", 200), ("/outbox", 401)):  # what an application might answer
        folder = tmp_path / session.strip("/")
        folder.mkdir()
        name = "Only the feeds, for the users of an application"
        replaced = {"127.0.0.1:3000/session": f"{with_upstream}{session}", "READ_TOKEN": READING}
        with nginx(folder, name, feeds.address, replaced) as proxy, client_of(proxy) as client:
            with client.stream("GET", f"{proxy.address}/feed/events?after={announcer.position - 1}") as stream:
                assert stream.status_code == status
                if status == 200:
                    assert any("For users" in line for line in stream.iter_lines())
            for path in ("/", "/outbox", "/sign-in", "/metrics", "/feed.json", "/feed/ticket"):
                assert client.get(f"{proxy.address}{path}").status_code == 404, path
            posted = client.post(f"{proxy.address}/pause", headers={"Authorization": f"Bearer {TOKEN}"})
            assert posted.status_code in (404, 405)


def test_refused_handshakes_leave_no_line_in_the_log(feeds: Instance) -> None:
    """Whatever they are refused for: anyone who reaches the port could fill the log."""
    head = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    head |= {"Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==", "Authorization": f"Bearer {TOKEN}"}
    before = len(feeds.log)
    for headers, query, status in (
        ({"Authorization": "Bearer wrong"}, "", 401),
        ({"Authorization": ""}, "?ticket=wrong", 401),
        ({}, "?topic=wrong", 400),
        ({}, "?after=wrong", 400),
        ({"Origin": "https://evil.example"}, "", 403),
        ({"Host": "evil.example"}, "", 421),
    ):
        answer = httpx2.get(f"{feeds.address}/feed/ws{query}", headers=head | headers, timeout=60)
        assert answer.status_code == status, (headers, query)
    answer = httpx2.get(f"{feeds.address}/nothing", headers=head, timeout=60)
    assert answer.status_code in (403, 404)
    assert feeds.log[before:] == ""
