"""Tokens that only read, and tokens of one tenant: what they see, and that they see nothing else anywhere."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.support.crew import Crew
from tests.support.feed.announcing import Announcer
from tests.support.feed.instances import EventViewer, Instance, SocketViewer, instance, refusal_of
from tests.support.host import Host, until

READING, ACME, GLOBEX, ACTING = (f"token-of-tests-{name}" for name in ("reading", "acme", "globex", "acting"))
ORIGIN = "https://app.example"
SECRET = "Ultramarine"  # stands in all that is of the other tenant


@pytest.fixture(scope="module")
def feeds(shared_database: str, processes: Crew, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Return an instance with a token that acts, one that reads, and two of a tenant each."""
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "acme.token").write_text(f"{ACME}\n", "utf-8")
    digest = hashlib.sha256(GLOBEX.encode()).hexdigest()
    file = folder / "tokens.toml"
    file.write_text(
        f'[acme]\ntoken_file = "acme.token"\ntenant = "acme"\n[globex]\nsha256 = "{digest}"\ntenant = "globex"\n'
        f'[operator]\ntoken = "{ACTING}"\nmay = "act"\n',
        "utf-8",
    )
    variables = {
        "SOCIAL_POST_HTTP_READ_TOKEN": READING,
        "SOCIAL_POST_HTTP_TOKENS_FILE": str(file),
        "SOCIAL_POST_FEED_ORIGINS": ORIGIN,
    }
    with instance(shared_database, processes, **variables) as running:
        yield running


@pytest.fixture
def posts(platform: Host, announcer: Announcer) -> dict[str, str]:
    """Let an agent of each tenant post and be skipped; return the ids of the posts by tenant."""
    platform.execute("delete from social_posts")
    platform.execute("delete from audit_log")
    platform.execute("delete from agents")
    ids = {}
    for tenant, agent, text in (("acme", "ada", "Anvil"), ("globex", "bob", SECRET)):
        name = f"{text} agent"
        platform.execute(
            "insert into agents (id, tenant_id, name, maturity) values (%s, %s, %s, 'INTERN')", (agent, tenant, name)
        )
        (ids[tenant],) = announcer.write(f"{text} post", agent=agent, tenant=tenant)
        for action, post_id, details in (
            ("posted", ids[tenant], {"outcome": "posted", "title": f"{text} title"}),
            ("skipped", None, {"outcome": "skipped", "reason": f"{text} reason"}),
            ("dead", None, {"outcome": "dead", "error": f"{text} error"}),
            ("skipped", None, {"outcome": "skipped", "reason": "tenant_mismatch", "title": f"{text} mismatch"}),
        ):
            platform.execute(
                "insert into audit_log (id, occurred_at, agent_id, action, operation_type, tracker_id, status, "
                "post_id, details) values (gen_random_uuid()::text, now(), %s, %s, %s, %s, 'completed', %s, %s)",
                (agent, f"auto_post.{action}", f"{text}_type", f"{text}-op", post_id, json.dumps(details)),
            )
    return ids


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token}"}


def test_token_of_a_tenant_sees_nothing_of_another(feeds: Instance, posts: dict[str, str]) -> None:
    """Neither posts, skips, names of agents nor figures: on no page, in no document, whatever the address asks for."""
    until(lambda: "Anvil post" in feeds.get("/feed.json", **bearer(ACME)).text)
    until(lambda: "Anvil agent" in feeds.get("/", **bearer(ACME)).text)
    for path in (
        "/",
        "/?silent=1",
        "/?agent=bob&silent=1",
        "/?kind=status",
        "/feed.json",
        "/feed.json?agent=bob",
        "/feed.atom",
        "/feed.atom?kind=status",
        f"/feed.json?before=99999999999999999~{posts['globex']}",
    ):
        answer = feeds.get(path, **bearer(ACME))
        assert answer.status_code == 200, path
        assert SECRET not in answer.text, path
        assert "At a glance" not in answer.text, path
    for path in ("/?q=post", "/?q=AGENT&silent=1", "/agents?q=", "/agents?q=agent"):
        assert SECRET not in feeds.get(path, **bearer(ACME)).text, path
    assert feeds.get(f"/agents?q={SECRET}", **bearer(ACME)).json() == []
    assert feeds.get(f"/post/{posts['globex']}", **bearer(ACME)).status_code == 404
    assert SECRET not in feeds.get(f"/post/{posts['globex']}", **bearer(ACME)).text
    for tenant in posts:
        assert feeds.get(f"/post/{posts[tenant]}", **bearer(READING)).status_code == 200
    assert feeds.get(f"/post/{posts['acme']}", **bearer(ACME)).status_code == 200
    assert feeds.get("/unread?after=0~&silent=1", **bearer(ACME)).json()["unread"] == 3
    assert feeds.get("/unread?after=0~&silent=1", **bearer(READING)).json()["unread"] == 8
    assert feeds.get("/unread?after=0~&tenant=globex", **bearer(ACME)).status_code == 403
    shown = feeds.get("/?silent=1", **bearer(ACME)).text
    assert "Anvil" in shown
    assert "another tenant" not in shown, "it concerns two tenants"
    for path in ("/outbox", "/events?topic=outbox"):
        assert feeds.get(path, **bearer(ACME)).status_code == 403, path
    assert 'href="outbox"' not in shown
    for path in (
        "/?tenant=globex",
        "/feed.json?tenant=globex",
        "/feed.atom?tenant=globex",
        "/feed/events?tenant=globex",
    ):
        assert feeds.get(path, **bearer(ACME)).status_code == 403, path
    assert refusal_of(feeds, "?tenant=globex", **bearer(ACME)).status_code == 403
    for path in ("/", "/feed.json"):
        assert {SECRET, "Anvil"} <= set(re.findall(f"{SECRET}|Anvil", feeds.get(path, **bearer(READING)).text)), path
        of_globex = feeds.get(f"{path}?tenant=globex", **bearer(READING)).text
        assert SECRET in of_globex
        assert "Anvil post" not in of_globex


@pytest.mark.parametrize("viewer", [EventViewer, SocketViewer])
def test_streams_of_a_tenant_carry_its_posts_alone(
    feeds: Instance, announcer: Announcer, viewer: type[EventViewer | SocketViewer]
) -> None:
    """What is new and what is replayed."""
    before = announcer.position
    with viewer(feeds, **bearer(ACME)) as watching:
        announcer.write(f"{SECRET} one", agent="bob", tenant="globex")
        announcer.write("Anvil one", tenant="acme")
        announcer.announce()
        assert [event.data["content"] for event in watching.until(1)] == ["Anvil one"]
    for query in (f"?after={before}", f"?after={before}&topic=agent:bob&topic=agent:ada"):
        with viewer(feeds, query, **bearer(ACME)) as back:
            assert [event.data["content"] for event in back.until(1)] == ["Anvil one"]
    with viewer(feeds, f"?after={before}&tenant=globex", **bearer(READING)) as narrowed:
        assert [event.data["content"] for event in narrowed.until(1)] == [f"{SECRET} one"]


def test_token_that_reads_may_not_act(feeds: Instance, platform: Host) -> None:
    """Neither sees buttons; the one that acts may, and the log names it."""
    for token in (READING, ACME):
        for path in ("/pause", "/resume", "/retry", "/skip"):
            answer = httpx2.post(feeds.address + path, headers=bearer(token), timeout=60)
            assert answer.status_code == 403, path
    assert not platform.value("select paused from auto_post_control")
    assert "<button>Pause" not in feeds.get("/outbox", **bearer(READING)).text
    assert "<button>Pause" in feeds.get("/outbox", **bearer(ACTING)).text
    try:
        assert httpx2.post(feeds.address + "/pause", headers=bearer(ACTING), timeout=60).status_code == 303
        assert platform.value("select paused from auto_post_control")
    finally:
        platform.execute("update auto_post_control set paused = false")
    assert '"token": "operator"' in feeds.log


def test_ticket_opens_a_stream_of_its_tenant(feeds: Instance, announcer: Announcer) -> None:
    """For a browser, which can send no header: it opens streams alone, and no wider than its token."""
    before = announcer.position
    announcer.write(f"{SECRET} two", agent="bob", tenant="globex")
    announcer.write("Anvil two", tenant="acme")
    answer = httpx2.post(f"{feeds.address}/feed/ticket?tenant=acme", headers=bearer(READING), timeout=60)
    assert (answer.status_code, answer.json()["seconds"]) == (200, 60)
    ticket = answer.json()["ticket"]
    assert READING not in ticket
    for viewer in (EventViewer, SocketViewer):
        with viewer(feeds, f"?after={before}&ticket={ticket}", Authorization="") as watching:
            assert [event.data["content"] for event in watching.until(1)] == ["Anvil two"]
    for path in (f"/feed.json?ticket={ticket}", f"/?ticket={ticket}", f"/feed.json?key={ticket}"):
        assert feeds.get(path, Authorization="").status_code == 401, path
    assert feeds.get(f"/feed/events?ticket={ticket}&tenant=globex", Authorization="").status_code == 403
    for changed in (ticket[:-2], ticket.replace("http-read-token", "http-token"), "x"):
        assert feeds.get(f"/feed/events?ticket={changed}", Authorization="").status_code == 401
    refused = httpx2.post(f"{feeds.address}/feed/ticket?tenant=globex", headers=bearer(ACME), timeout=60)
    assert refused.status_code == 403
    assert ticket not in feeds.log


def test_allowed_origin_may_read_feeds_and_nothing_else(feeds: Instance) -> None:
    """As its browser asks for it; any other origin is refused."""
    for origin, status, allowed in ((ORIGIN, 200, ORIGIN), ("https://evil.example", 403, None)):
        headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
        answer = feeds.get("/feed.json", **headers, **bearer(READING))
        assert (answer.status_code, answer.headers.get("access-control-allow-origin")) == (status, allowed)
        assert "access-control-allow-credentials" not in answer.headers
        asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        preflight = httpx2.request("OPTIONS", f"{feeds.address}/feed/events", headers=headers | asked, timeout=60)
        assert (preflight.status_code, preflight.headers.get("access-control-allow-origin")) == (status, allowed)
        assert feeds.get("/", **headers, **bearer(READING)).status_code == 403, "the dashboard is not for them"
    with SocketViewer(feeds, Origin=ORIGIN, **bearer(READING)):
        pass
    form = {"Sec-Fetch-Site": "same-origin"}
    signed_in = httpx2.post(f"{feeds.address}/sign-in", data={"token": READING}, headers=form, timeout=60)
    cookie = signed_in.headers["set-cookie"].partition(";")[0]
    assert refusal_of(feeds, Origin=ORIGIN, Cookie=cookie, Authorization="").status_code == 401, "a cookie of its user"


def at_once(ask: Callable[[Any], httpx2.Response], given: Sequence[Any]) -> set[int]:
    """Return the statuses of requests, as many at the same time as a client may have with a wrong token."""
    with ThreadPoolExecutor(4) as threads:
        return {answer.status_code for answer in threads.map(ask, given)}


def test_feed_readers_use_basic_or_a_key(feeds: Instance, posts: dict[str, str]) -> None:
    """The token as the password of any user, or a key in the address, which opens documents alone and is not logged."""
    (key,) = set(re.findall(r"feed\.atom\?tenant=acme&amp;key=([\w.-]+)", feeds.get("/subscribe", **bearer(ACME)).text))
    until(lambda: "Anvil post" in httpx2.get(f"{feeds.address}/feed.json", auth=("jane", ACME), timeout=60).text)
    asked = httpx2.get(f"{feeds.address}/feed.atom", timeout=60)
    assert (asked.status_code, asked.headers["www-authenticate"]) == (401, 'Basic realm="autopost", charset="UTF-8"')
    wrong = [("jane", "wrong"), (ACME, ""), ("jane", READING[:-1])]
    assert at_once(lambda auth: httpx2.get(f"{feeds.address}/feed.atom", auth=auth, timeout=60), wrong) == {401}
    answer = feeds.get(f"/feed.json?key={key}", Authorization="")
    assert answer.status_code == 200
    assert SECRET not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.json()["feed_url"].endswith(f"/feed.json?tenant=acme&key={key}"), "or a reader would lose it"
    paths = [f"/?key={key}", f"/feed/events?key={key}", f"/feed.json?token={ACME}"]
    paths += [f"/feed.json?key={changed}" for changed in (key[:-1], key.replace("acme", "globex"), "x", f"acme.{ACME}")]
    assert at_once(lambda path: feeds.get(path, Authorization=""), paths) == {401}
    assert feeds.get(f"/feed/ticket?key={key}", Authorization="").status_code == 405
    assert key not in feeds.log
    assert ACME not in feeds.log
