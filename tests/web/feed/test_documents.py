"""`/feed.json` and `/feed.atom`: what readers of feeds make of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from autopost.model.digest import Digest
from autopost.web.feed.documents import Heading, Post, atom_feed, id_of, json_feed
from autopost.web.feed.posts import MOST_POSTS
from tests.support import ROOT
from tests.support.feed.announcing import Announcer
from tests.support.feed.instances import Instance
from tests.support.host import Host, until

HOSTILE = '</content><script>alert("1")</script> & ]]> \x01\x1b\x7f 🙋 \ufffe \u2028'
READABLE = '</content><script>alert("1")</script> & ]]> ��\x7f 🙋 � \u2028'
FEED_ID = "urn:uuid:7f0f4a7e-3c7c-5d8e-9c55-0d6a1f0a6b11"
HEADING = Heading("A <title> & more", "https://feeds.example/feed.atom?agent=a%26b", "https://feeds.example/", FEED_ID)


def post(number: int, **given: object) -> Post:
    """Return a post."""
    fields: dict[str, object] = {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "agent_id": "ada",
        "agent_name": "Ada",
        "post_type": "status",
        "content": f"Post number {number}",
        "created_at": datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC),
    }
    return Post(**{**fields, **given})  # type: ignore[arg-type]


def test_atom_feed_is_as_the_standard_wants_it() -> None:
    """Every feed and entry has an id that is a URI, a title, a time and an author."""
    document = atom_feed(
        HEADING, [post(1), post(2, id="no uuid", agent_name=None), post(3, agent_id=None, agent_name=None)]
    )
    parsed = feedparser.parse(document)
    assert (parsed.bozo, parsed.version) == (False, "atom10")
    assert ET.fromstring(document).findtext("{http://www.w3.org/2005/Atom}title") == HEADING.title
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", parsed.feed.id)
    assert parsed.feed.updated == parsed.entries[0].updated == "2026-01-02T03:04:05.678900Z"
    assert [link.href for link in parsed.feed.links] == [HEADING.address, HEADING.dashboard]
    assert [entry.author for entry in parsed.entries] == ["Ada", "ada", "an agent"]
    assert parsed.entries[0].id == "urn:uuid:00000000-0000-4000-8000-000000000001"
    assert parsed.entries[1].id == id_of("no uuid") != id_of("another")
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", entry.id) for entry in parsed.entries)
    assert [entry.content[0].value for entry in parsed.entries] == [f"Post number {n}" for n in (1, 2, 3)]


def test_atom_feed_is_valid_by_the_schema_of_the_standard() -> None:
    """Without posts, with hostile ones, with links, pages and digests; and the schema refuses what is none."""
    etree: Any = pytest.importorskip("lxml.etree")
    schema = etree.RelaxNG(etree.parse(str(ROOT / "tests" / "data" / "feeds" / "atom.rng")))
    page = replace(HEADING, first="https://feeds.example/", next="https://feeds.example/?before=1", permalink=str)
    posts = [
        post(1, content=HOSTILE, agent_name=HOSTILE),
        post(2, id="no uuid", agent_id=None, agent_name=None, content=""),
        post(3, link="https://platform.example/ops/1", digest=Digest(4, None), operation="A report"),
    ]
    # The rules that the appendix adds: an author in each entry or in the feed, and content or an alternate link.
    names = {"a": "http://www.w3.org/2005/Atom"}
    rules = (
        "not(/a:feed[not(a:author)]/a:entry[not(a:author or a:source/a:author)])",
        "not(//a:entry[not(a:link[@rel='alternate' or not(@rel)] or a:content)])",
    )
    for document in (atom_feed(HEADING, []), atom_feed(HEADING, posts), atom_feed(page, posts)):
        tree = etree.fromstring(document)
        assert schema.validate(tree), schema.error_log
        assert all(tree.xpath(rule, namespaces=names) is True for rule in rules)
    without = etree.fromstring(atom_feed(HEADING, posts).replace(b"author", b"contributor").replace(b"content", b"c"))
    assert not any(without.xpath(rule, namespaces=names) for rule in rules)
    assert not schema.validate(etree.fromstring(atom_feed(HEADING, posts).replace(b"updated", b"changed")))


def test_json_feed_is_as_the_standard_wants_it() -> None:
    """With what it requires, and nothing in HTML."""
    document = json.loads(json_feed(HEADING, [post(1)]))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert (document["title"], document["feed_url"]) == (HEADING.title, HEADING.address)
    assert document["items"] == [
        {
            "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
            "title": "Ada: Post number 1",
            "content_text": "Post number 1",
            "date_published": "2026-01-02T03:04:05.678900Z",
            "authors": [{"name": "Ada"}],
            "tags": ["status"],
            "_autopost": {
                "post_id": "00000000-0000-4000-8000-000000000001",
                "agent_id": "ada",
                "operation": None,
                "permalink": None,
            },
        }
    ]


def test_hostile_text_stays_text() -> None:
    """In Atom what XML cannot say is replaced; nothing of it becomes an element."""
    hostile = post(1, content=HOSTILE, agent_name=HOSTILE, post_type='"><x/>')
    root = ET.fromstring(atom_feed(HEADING, [hostile]))
    name = "{http://www.w3.org/2005/Atom}"
    (entry,) = root.findall(f"{name}entry")
    assert entry.findtext(f"{name}content") == READABLE
    assert entry.findtext(f"{name}author/{name}name") == READABLE
    known = ["feed", "id", "title", "updated", "link", "generator"]
    known += ["entry", "published", "author", "name", "category", "content"]
    assert {child.tag for child in root.iter()} <= {f"{name}{tag}" for tag in known}
    (item,) = json.loads(json_feed(HEADING, [hostile]))["items"]
    assert (item["content_text"], item["authors"]) == (HOSTILE, [{"name": HOSTILE}])


def test_feed_without_posts_is_one() -> None:
    """A reader may subscribe before anything was posted."""
    parsed = feedparser.parse(atom_feed(HEADING, []))
    assert (parsed.bozo, parsed.entries, parsed.feed.updated) == (False, [], "2000-01-01T00:00:00Z")
    assert json.loads(json_feed(HEADING, []))["items"] == []


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["bob status", "bob alert", "ada status", "ada alert"]),
        ("?agent=ada", ["ada status", "ada alert"]),
        ("?kind=alert", ["bob alert", "ada alert"]),
        ("?agent=bob&kind=status", ["bob status"]),
        ("?agent=nobody", []),
    ],
)
def test_newest_posts_come_first(
    feeds: Instance, announcer: Announcer, platform: Host, query: str, wanted: list[str]
) -> None:
    """Of an agent, of a kind; what others wrote is not in it."""
    platform.execute("delete from social_posts")
    platform.execute(
        "insert into social_posts (id, author_type, post_type, content) values ('h', 'user', 'status', 'x')"
    )
    for agent in ("ada", "bob"):
        announcer.write(f"{agent} alert", agent=agent, alert=True)
        announcer.write(f"{agent} status", agent=agent)

    def contents() -> list[str]:
        return [item["content_text"] for item in feeds.get(f"/feed.json{query}").json()["items"]]

    until(lambda: contents() == wanted, what=str(wanted))
    answer = feeds.get(f"/feed.atom{query}")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert [entry.content[0].value for entry in feedparser.parse(answer.content).entries] == wanted
    assert feeds.get("/feed.json").headers["content-type"] == "application/feed+json"


@pytest.mark.parametrize("path", ["/feed.json", "/feed.atom"])
def test_all_posts_are_reached_page_by_page(feeds: Instance, announcer: Announcer, platform: Host, path: str) -> None:
    """Each once, in one order, although many have one time; as a reader follows `next_url` or `rel=next`."""
    platform.execute("delete from social_posts")
    announcer.write(*(f"Post number {number}" for number in range(2 * MOST_POSTS + 7)))
    platform.execute("update social_posts set created_at = date_trunc('day', created_at) where random() < 0.5")
    wanted = [
        row["content"] for row in platform.rows("select content from social_posts order by created_at desc, id desc")
    ]
    found: list[str] = []

    def first_page() -> list[str]:
        return list(dict.fromkeys(re.findall(r"Post number \d+", feeds.get(path).text)))

    until(lambda: first_page() == wanted[:MOST_POSTS])
    address: str | None = f"{feeds.address}{path}"
    pages = 0
    while address is not None:
        assert (pages := pages + 1) <= 4
        answer = feeds.get(address.removeprefix(feeds.address))
        if path == "/feed.json":
            document = answer.json()
            found += [item["content_text"] for item in document["items"]]
            assert document["feed_url"] == address
            address = document.get("next_url")
        else:
            parsed = feedparser.parse(answer.content)
            assert not parsed.bozo
            found += [entry.content[0].value for entry in parsed.entries]
            links = {link.rel: link.href for link in parsed.feed.links}
            assert links["self"] == address
            assert (links.get("first") == f"{feeds.address}{path}") == (pages > 1)
            address = links.get("next")
    assert found == wanted
    refused = feeds.get(f"{path}?before=nowhere")
    assert (refused.status_code, "next_url" in refused.text) == (400, True)


def test_ids_and_links_do_not_depend_on_the_way_to_the_feed(
    feeds: Instance, announcer: Announcer, platform: Host
) -> None:
    """One feed by any host name, scheme and prefix; its addresses are those of the way that was taken."""
    platform.execute("delete from social_posts")
    (post_id,) = announcer.write("one")
    until(lambda: post_id in feeds.get("/feed.json").text)
    ways = [{}, {"Host": "localhost:8443", "X_Forwarded_Proto": "https", "X_Forwarded_Prefix": "/autopost/"}]
    ways += [{"X_Forwarded_Prefix": prefix} for prefix in ("//evil.example", "/a/../b", "/a b", "https://evil.example")]
    ids = set()
    for way in ways:
        parsed = feedparser.parse(feeds.get("/feed.atom", **way).content)
        ids.add((parsed.feed.id, parsed.entries[0].id))
        links = [link.href for link in (*parsed.feed.links, *parsed.entries[0].links)]
        root = "https://localhost:8443/autopost/" if "Host" in way else f"{feeds.address}/"
        assert links == [f"{root}feed.atom", root, f"{root}post/{post_id}"], way
    assert len(ids) == 1
    assert feedparser.parse(feeds.get("/feed.atom?kind=alert").content).feed.id not in {feed for feed, _ in ids}


def test_item_leads_to_the_platform_where_its_post_has_a_link(
    feeds: Instance, announcer: Announcer, platform: Host
) -> None:
    """And to its own page otherwise, also where other hands wrote something else there."""
    platform.execute("delete from social_posts")
    texts = {"good": "https://platform.example/ops/1?a=b&c=d", "bad": "javascript:alert(1)", "none": None}
    for text, link in texts.items():
        (post_id,) = announcer.write(text)
        metadata = "jsonb_build_object('link', %s::text)" if link else "'[]'::jsonb || to_jsonb(%s::text)"
        platform.execute(f"update social_posts set post_metadata = {metadata} where id = %s", (link, post_id))
    until(lambda: all(text in feeds.get("/feed.json").text for text in texts))
    items = {item["content_text"]: item for item in feeds.get("/feed.json").json()["items"]}
    entries = {entry.content[0].value: entry for entry in feedparser.parse(feeds.get("/feed.atom").content).entries}
    for text, link in texts.items():
        permalink = items[text]["_autopost"]["permalink"]
        assert permalink == f"{feeds.address}/post/{items[text]['_autopost']['post_id']}"
        wanted = link if text == "good" else permalink
        assert items[text]["url"] == entries[text].link == wanted


def test_there_are_so_many_posts_at_the_most(feeds: Instance, announcer: Announcer, platform: Host) -> None:
    """The newest."""
    platform.execute("delete from social_posts")
    announcer.write(*(f"Post number {number}" for number in range(MOST_POSTS + 5)))

    def contents() -> list[str]:
        return [item["content_text"] for item in feeds.get("/feed.json").json()["items"]]

    newest = [f"Post number {number}" for number in range(MOST_POSTS + 4, 4, -1)]
    until(lambda: contents() == newest)


@pytest.mark.parametrize("path", ["/feed.json", "/feed.atom"])
def test_what_has_not_changed_is_not_sent_again(
    feeds: Instance, announcer: Announcer, platform: Host, path: str
) -> None:
    """By its tag, until a post comes or goes."""
    platform.execute("delete from social_posts")
    (post_id,) = announcer.write("one")
    until(lambda: feeds.get(path).text.count("one") >= 1)
    first = feeds.get(path)
    tag = first.headers["etag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}'):
        again = feeds.get(path, If_None_Match=given)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert feeds.get(path, If_None_Match='"other"').status_code == 200
    platform.execute("delete from social_posts where id = %s", (post_id,))
    until(lambda: feeds.get(path, If_None_Match=tag).status_code == 200)


def test_addresses_are_those_by_which_it_is_reached(feeds: Instance) -> None:
    """Behind a proxy with TLS too, and with the query quoted."""
    document = feeds.get("/feed.json?agent=a%26b%22%3E", X_Forwarded_Proto="https", Host="localhost:8443").json()
    assert document["feed_url"] == "https://localhost:8443/feed.json?agent=a%26b%22%3E"
    assert document["home_page_url"] == "https://localhost:8443/?agent=a%26b%22%3E"
