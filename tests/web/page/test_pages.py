"""What the pages say, as a client without scripts sees it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import autopost.web.page
from autopost.outbox.cursor import Cursor
from autopost.web.page.avatar import avatar
from autopost.web.page.static_files import HASH
from autopost.web.page.texts import Part, post_text, visible
from tests.support.host import Host, open_connection, until
from tests.support.web.browsing import Site, numbers, signed_in
from tests.support.web.filling import bury, fill

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
}


@pytest.fixture(scope="module")
def database(shared_database: str) -> str:
    """Return where all tests of this module work."""
    return shared_database


def test_every_answer_has_the_headers(guarded: Site) -> None:
    """Pages, files, refusals and what is not there: nothing from outside, nothing inline, in no frame, kept nowhere."""
    signed_in(guarded)
    for path in ("/", "/outbox", "/sign-in", "/post/none", "/agents", "/nothing", "/?before=x"):
        answer = guarded.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "server" not in answer.headers
    assert guarded.get("/", Host="evil.example").headers["content-security-policy"] == policy


def test_static_files_are_kept_by_browsers_and_change_their_addresses(guarded: Site) -> None:
    """Each page names files by a hash; modules import each other beside it. A file of another version is not kept."""
    page = signed_in(guarded).get("/").text
    addresses = re.findall(r'(?:href|src)="(static/[^"]*)"', page)
    assert len(addresses) == 3
    for address in addresses:
        answer = guarded.get(f"/{address}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert guarded.get(f"/{address.replace(HASH, 'before')}").headers["cache-control"] == "no-store"
    for module in re.findall(r'from "\./([a-z]+\.js)"', guarded.get(f"/static/{HASH}/page.js").text):
        assert guarded.get(f"/static/{HASH}/{module}").status_code == 200
    assert guarded.get(f"/static/{HASH}/nothing.js").status_code == 404


def test_pages_hold_nothing_inline_and_nothing_from_outside() -> None:
    """What the policy would forbid is not there to begin with."""
    folder = Path(autopost.web.page.__file__).parent
    for path in [*(folder / "templates").iterdir(), *(folder / "static").iterdir()]:
        text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "https://" not in text, path
        assert "http://" not in text, path
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:|\|\s*safe\b|autoescape", text), path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\u2066c\u200fd", "a b c d"),
        ("in\u200bvi\u2060si\ufeffble\u00ad", "invisible"),
        ("a\x00\x1b[31mb\x07\x85c\u2028d", "a [31mb c d"),
        ("👩\u200d💻 👨\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d💻 👨\u200d👩\u200d👧 ❤\ufe0f"),
        ("pay\u200dpal \u200d", "paypal"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x\U000e0041\U000e0042", "x"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
        ("z" + "\u0301" * 50, "z" + "\u0301" * 4),
        ("a" + ("\u0310" * 4 + "\u200d") * 10, "a" + "\u0310" * 4),
        ("\ufe0f", ""),
        ("\U0001f3f4" + "\U000e0067" * 40, "\U0001f3f4" + "\U000e0067" * 6),
        ("\ud800x", "x"),
        ("שלום שלום", "שלום שלום"),
    ],
)
def test_what_cannot_be_seen_is_not_shown(text: str, shown: str) -> None:
    """But for what emoji and scripts are made of."""
    assert visible(text) == shown


def test_placeholders_are_set_apart() -> None:
    """The page marks what the redaction took out."""
    found = post_text("Told <EMAIL_ADDRESS> so")
    assert found.direction == "ltr"
    assert found.parts == [Part("Told "), Part("<EMAIL_ADDRESS>", "placeholder"), Part(" so")]
    assert post_text("").parts == []


@pytest.mark.parametrize(
    ("text", "name", "direction", "apart"),
    [
        ("محمد completed the import", "محمد", "ltr", ["محمد"]),
        ("محمد completed the import", None, "rtl", ["completed the import"]),
        ("Just finished: שלום עולם! #automation", "Ada", "ltr", ["שלום עולם!"]),
        ("Ada: تم التحقق من 12 صفا", "Ada", "rtl", ["Ada"]),
        ("Done", "Ada", "ltr", []),
    ],
)
def test_sentence_has_its_own_direction(text: str, name: str | None, direction: str, apart: list[str]) -> None:
    """Neither the agent's name nor a quoted text turns it; those stand apart."""
    found = post_text(text, name)
    assert found.direction == direction
    assert [part.text for part in found.parts if part.kind == "apart"] == apart
    assert "".join(part.text for part in found.parts) == text


def test_agent_has_a_picture_of_its_own() -> None:
    """Its initials, whole characters of any script, on a colour that stays when it is renamed."""
    initials = {name: avatar(name, "x").initials for name in ("Ada", "Agent 7", "ops.bot-9", "محرك البحث", "👩‍💻", "")}
    assert initials == {"Ada": "AD", "Agent 7": "A7", "ops.bot-9": "O9", "محرك البحث": "ما", "👩‍💻": "👩‍💻", "": "X"}
    assert avatar(None, None).initials == "?"
    assert avatar("Ada", "a1").hue == avatar("Bob", "a1").hue
    assert len({avatar("Ada", f"agent{number}").hue for number in range(50)}) > 8


def test_real_post_is_on_the_page_with_its_placeholders(host: Host, guarded: Site) -> None:
    """Captured, redacted and posted by the worker that serves it; with its agent, maturity, kind and type."""
    signed_in(guarded)
    host.complete(agent=host.agent(maturity="SUPERVISED"), what="Wrote to bob" + "@example.com", status="failed")
    until(lambda: host.waiting() == 0)
    page = guarded.get("/").text
    assert '<mark title="Redacted">&lt;EMAIL_ADDRESS&gt;</mark>' in page
    for words in ("Ada", "ops</bdi> · <bdi>supervised", "Alert", "Workflow</bdi> <bdi>failed"):
        assert words in page


def test_older_posts_are_a_link_away(host: Host, guarded: Site) -> None:
    """Each once, from the newest to the first, also those of one moment."""
    fill(host, 100, gap_seconds=1)
    host.execute("update audit_log set occurred_at = date_trunc('minute', occurred_at)")
    signed_in(guarded)
    path, seen = "/", []
    for _ in range(4):
        page = guarded.get(path).text
        seen += numbers(page)
        older = re.search(r'rel="next" href="\./(\?[^"]*)"', page)
        if older is None:
            break
        path = "/" + older[1].replace("&amp;", "&")
    assert sorted(seen) == list(range(1, 101))
    assert "data-stream" not in guarded.get(path).text, "what is old does not change"


def test_newer_posts_are_a_link_away(host: Host, guarded: Site) -> None:
    """From a page in the middle up to the newest, which has no such link and is live."""
    fill(host, 100)
    signed_in(guarded)
    oldest = re.search(r'rel="next" href="\./(\?[^"]*)"', guarded.get("/").text)
    assert oldest is not None
    page = guarded.get("/" + oldest[1]).text
    assert numbers(page) == list(range(60, 20, -1))
    newer = re.search(r'rel="prev" href="\./(\?[^"]*)"', page)
    assert newer is not None
    page = guarded.get("/" + newer[1]).text
    assert numbers(page) == list(range(100, 60, -1))
    assert 'rel="prev"' not in page
    assert "data-stream" in page


def test_unread_posts_are_counted_for_a_hidden_tab(host: Host, guarded: Site) -> None:
    """After the place that it has, of the posts that its filter shows."""
    fill(host, 30)
    place = host.value(
        "select lpad((extract(epoch from occurred_at) * 1000000)::bigint::text, 17, '0') || '~a20' from audit_log "
        "where id = 'a20'"
    )
    assert guarded.get(f"/unread?after={place}").status_code == 401
    signed_in(guarded)
    assert guarded.get(f"/unread?after={place}").json() == {"unread": 10, "is_all": True}
    assert guarded.get(f"/unread?after={place}&kind=alert").json()["unread"] == 2
    assert guarded.get("/unread?after=x").json() == {"unread": 0}
    assert guarded.get("/agents?q=x").json() == []


def test_filter_offers_feeds_of_what_it_shows(host: Host, guarded: Site) -> None:
    """Readers find them by their links."""
    fill(host, 1)
    page = signed_in(guarded).get("/?kind=alert").text
    for kind, name in (("application/atom+xml", "feed.atom"), ("application/feed+json", "feed.json")):
        assert f'<link rel="alternate" type="{kind}" title="autopost" href="{name}?kind=alert">' in page


def test_rare_agent_is_found_further_back(host: Host, guarded: Site) -> None:
    """A page looks at so many rows and no more; the link goes on from there."""
    fill(host, 6_000, gap_seconds=0.1)
    host.execute("update audit_log set agent_id = 'rare' where id = 'a3'")
    signed_in(guarded)
    page = guarded.get("/?agent=rare").text
    assert numbers(page) == []
    assert "There may be some further back." in page
    older = re.search(r'rel="next" href="\./(\?[^"]*)"', page)
    assert older is not None
    assert numbers(guarded.get("/" + older[1].replace("&amp;", "&")).text) == [3]


@pytest.mark.parametrize("before", ["~", "x~y", "9" * 30 + "~a", "-5~a", "1~%00", "0~", "١~a", "1" * 5_000])
def test_place_that_makes_no_sense_is_no_error(guarded: Site, before: str) -> None:
    """Anyone who made it up."""
    assert signed_in(guarded).get(f"/?before={before}&agent=%00%ff").status_code == 200


def test_place_is_told_and_read() -> None:
    """As an address has it."""
    text = "0001763800000123456~a%20%2F%0A"
    place = Cursor.read(text[2:])
    assert place is not None
    assert place.id == "a /\n"
    assert Cursor.read(str(place)) == place
    assert Cursor.read(None) is None


def test_outbox_page_counts(host: Host, guarded: Site) -> None:
    """Depth, posts and skips a minute, latency, reasons, dead letters with their reason, workers and switches."""
    fill(host, 50)
    host.complete("silent", agent=host.agent("sprout", maturity="STUDENT", name="Sprout"))
    signed_in(guarded)
    until(lambda: host.waiting() == 0)
    host.execute("select auto_post_pause()")
    bury(host, host.complete("lost", agent=host.agent()))
    host.complete("waits", agent=host.agent("ben"))
    until(lambda: "Claiming is paused" in guarded.get("/outbox").text)
    page = guarded.get("/outbox").text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    for said in (
        "Pending 1 ",
        "Posted 50 0 by the model, 50 from templates",
        "Not posted 1 ",
        "maturity: a STUDENT may not post 1",
        "DataError 22P05",
        "Workers alive 1",
        "Woken by doorbell",
        "Resume claiming",
    ):
        assert said in words, said
    assert "Minute by minute" in words
    assert 'role="img" aria-label="The last 60 minutes: 5' in page


def test_post_leads_to_the_platform(host: Host, guarded: Site) -> None:
    """On the feed and on its own page, where its link is one."""
    fill(host, 2)
    for number, link in ((1, "https://platform.example/ops/1?a=1&b=2"), (2, "javascript:alert(1)")):
        host.execute(
            "update social_posts set post_metadata = jsonb_build_object('link', %s::text) "
            "where id = (select post_id from audit_log where id = %s)",
            (link, f"a{number}"),
        )
    signed_in(guarded)
    post = host.value("select post_id from audit_log where id = 'a1'")
    for path in ("/", f"/post/{post}"):
        page = guarded.get(path).text
        links = re.findall(r'<a href="([^"]*)" rel="noreferrer">Open</a>', page)
        assert links == ["https://platform.example/ops/1?a=1&amp;b=2"]
        assert "javascript:" not in page


def test_pages_say_truthfully_that_there_is_nothing(guarded: Site) -> None:
    """Not that all is well."""
    signed_in(guarded)
    assert "No operation has been posted yet." in guarded.get("/").text
    page = guarded.get("/outbox").text
    for said in ("Nothing happened in the last hour.", "There are no webhooks.", '<p class="none">None.</p>'):
        assert said in page
    assert "everything was posted" not in page


def test_pages_show_where_posts_go(host: Host, guarded: Site) -> None:
    """Webhooks and the transport on the operations page; on a post's page whether each has passed it."""
    fill(host, 1)
    (post,) = host.rows("select id, created_at from social_posts")
    host.execute(
        "insert into auto_post_events (position, post_id, post_type, content, created_at) "
        "values (1, %s, 'status', 'text', %s)",
        (post["id"], post["created_at"]),
    )
    host.execute(
        "insert into auto_post_consumers (name, position, failing_since, last_error) values "
        "('transport', 1, null, null), ('webhook:chat', 1, null, null), "
        "('webhook:down', 0, now() - interval '2 minutes', 'HTTP 500'), ('webhook:wrong', 1, null, null)"
    )
    host.execute(
        "insert into auto_post_webhook_dead_letters (hook, position, post_id, message, error) "
        "values ('wrong', 1, %s, '{}', 'HTTP 400')",
        (post["id"],),
    )
    try:
        signed_in(guarded)
        until(lambda: "fails for 2 min: <bdi>HTTP 500" in guarded.get("/outbox").text)
        page = guarded.get(f"/post/{post['id']}").text
        rows = [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in re.findall(r"<tr>.*</tr>", page)]
        assert rows[1:] == [
            "transport delivered",
            "webhook chat passed",
            "webhook down waiting: HTTP 500",
            "webhook wrong dead letter: HTTP 400",
        ]
    finally:
        host.execute("delete from auto_post_events")
        host.execute("delete from auto_post_consumers where name <> 'log'")
        host.execute("delete from auto_post_webhook_dead_letters")


def test_dead_letter_is_retried_and_skipped(host: Host, guarded: Site) -> None:
    """And what cannot be done any more is said, not done; the audit log knows."""
    signed_in(guarded)
    host.agent()
    host.execute("select auto_post_pause()")
    for number in range(2):
        bury(host, host.complete(f"op{number}"))
    assert guarded.post("/retry", {"tracker": "op0"}).headers["location"] == "outbox?said=retried"
    assert guarded.post("/retry", {"tracker": "op0"}).headers["location"] == "outbox?said=nothing"
    form = {"tracker": "op1", "reason": "not worth it"}
    assert guarded.post("/skip", {**form, "reason": "<b>"}).headers["location"] == "outbox?said=reason"
    assert guarded.post("/skip", form).headers["location"] == "outbox?said=skipped"
    assert guarded.post("/skip", form).headers["location"] == "outbox?said=nothing"
    assert "None." in guarded.get("/outbox").text
    assert {row["tracker_id"]: (row["state"], row["reason"]) for row in host.outbox()} == {
        "op0": ("pending", None),
        "op1": ("skipped", "not worth it"),
    }
    assert {row["action"] for row in host.audit()} == {"auto_post.pause", "auto_post.retry", "auto_post.skipped"}


def test_form_that_is_too_long_does_nothing(host: Host, guarded: Site) -> None:
    """Nor one that is no form."""
    signed_in(guarded)
    assert guarded.post("/retry", {"tracker": "x" * 50_000}).status_code == 413
    for form in ({"tracker": "x" * 10_000}, {"tracker": "\0"}, {}):
        assert guarded.post("/retry", form).headers["location"] == "outbox?said=nothing"
    assert guarded.get("/retry").status_code == 405


def test_locked_feed_delays_the_page_and_not_the_worker(host: Host, guarded: Site) -> None:
    """The page gives up after seconds; posts come meanwhile as soon as the tables are free."""
    signed_in(guarded)
    with open_connection(host.connection.info.dsn) as other:
        other.execute("lock table agents in access exclusive mode")
        answer = guarded.get("/")
        assert answer.status_code == 503
    host.complete(agent=host.agent())
    until(lambda: host.waiting() == 0)
    until(lambda: guarded.get("/").status_code == 200)
