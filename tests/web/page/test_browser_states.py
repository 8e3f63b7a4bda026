"""The page in a real browser in states that are rare: hidden, cut off, in forced colours, in two directions at once."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.host import Host, until
from tests.support.web.browsing import Site
from tests.support.web.filling import complete, fill
from tests.support.web.visit import ENTRIES, Visit


@pytest.fixture(scope="module")
def database(shared_database: str) -> str:
    """Return where all tests of this module work."""
    return shared_database


def hide(page: Page, *, is_hidden: bool) -> None:
    """Let the page believe that its tab is hidden, or seen again."""
    page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); "
        "document.dispatchEvent(new Event('visibilitychange')); }",
        is_hidden,
    )


def test_hidden_tab_closes_its_stream_and_counts_what_is_unread(host: Host, visit: Visit, guarded: Site) -> None:
    """In its title; when it is seen again the posts are there, once, and nothing is unread."""
    fill(host, 3)
    page = visit.page
    page.clock.install()
    visit.live()
    hide(page, is_hidden=True)
    expect(page.locator("#live")).to_have_text("Paused")
    first, second = complete(host, 1), complete(host, 2)
    until(lambda: host.waiting() == 0)

    def says(title: str) -> bool:
        page.clock.fast_forward("01:00")
        page.wait_for_timeout(200)
        return page.title().startswith(title)

    until(lambda: says("(2) Feed"))
    assert page.get_by_text(first).count() == 0
    hide(page, is_hidden=False)
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.get_by_text(second)).to_be_visible()
    expect(page.locator(ENTRIES)).to_have_count(5)
    expect(page).to_have_title(re.compile("^Feed"))


def test_page_that_is_opened_in_a_burst_has_each_post_once(host: Host, visit: Visit) -> None:
    """What the stream sends again of the last seconds does not appear below the list."""
    fill(host, 130, gap_seconds=0.01)
    page = visit.live()
    assert page.locator(ENTRIES).count() == 40
    for _ in range(20):
        page.mouse.wheel(0, 100_000)
        page.wait_for_timeout(100)
    texts = page.locator("#feed .text").all_inner_texts()
    assert texts == [f"Post number {number}" for number in range(130, 0, -1)]


def test_connection_that_carries_nothing_is_not_live(host: Host, visit: Visit, guarded: Site) -> None:
    """As when a machine is gone without a word; the page connects again, and misses nothing."""
    page = visit.page
    page.clock.install()
    visit.live()
    page.clock.fast_forward("00:30")
    expect(page.locator("#live")).to_have_text("Live")
    guarded.worker.signal(signal.SIGSTOP)
    try:
        page.clock.fast_forward("01:00")
        expect(page.locator("#live")).to_have_text("Connecting…")
    finally:
        guarded.worker.signal(signal.SIGCONT)
    what = complete(host, 1)
    expect(page.get_by_text(what)).to_be_visible()
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.locator(ENTRIES)).to_have_count(1)


def test_page_that_is_turned_away_tries_again(host: Host, visit: Visit) -> None:
    """As by a proxy while an instance is replaced: a browser gives up its stream for any other answer than 200."""
    page = visit.page
    page.clock.install()
    page.route("**/events?*", lambda route: route.fulfill(status=502))
    visit.go()
    expect(page.locator("#live")).to_have_text("Not live")
    page.unroute("**/events?*")
    page.clock.fast_forward("00:10")
    expect(page.locator("#live")).to_have_text("Live")
    visit.problems.clear()  # the browser reports the 502


def test_forced_colours_keep_what_colours_say(host: Host, browser: Browser, guarded: Site) -> None:
    """Which page this is, whether it is live, what is an alert, and which colour of the chart is what."""
    fill(host, 5)
    context = browser.new_context(forced_colors="active")
    visit = Visit(context, guarded.address)
    visit.sign_in()
    page = visit.live()
    width = "(element) => parseFloat(getComputedStyle(element).borderBottomWidth)"
    borders = [link.evaluate(width) for link in page.locator("nav a").all()]
    assert [border > 0 for border in borders] == [True, False, False]
    assert page.locator("#live").evaluate("(element) => getComputedStyle(element, '::before').content") == '"● "'
    for alert, is_marked in ((".alert article", True), (".entry:not(.alert) article", False)):
        left = page.locator(alert).first.evaluate("(element) => parseFloat(getComputedStyle(element).borderLeftWidth)")
        assert (left > 0) == is_marked
    fill_of = "(element) => getComputedStyle(element).fill"
    assert len({circle.evaluate(fill_of) for circle in page.locator(".avatar circle").all()}) > 1
    visit.go("/outbox")
    colour = "(element) => getComputedStyle(element, '::before').backgroundColor"
    assert len({key.evaluate(colour) for key in page.locator(".key").all()}) == 3
    context.close()


def test_sentence_of_an_agent_with_a_name_of_the_other_direction_is_not_turned(host: Host, visit: Visit) -> None:
    """Nor is a text turned by the page around it."""
    fill(host, 3)
    host.execute("update agents set name = 'محمد'")
    for number, text in enumerate(("محمد completed the import", "اكتمل التقرير", "Completed"), start=1):
        host.execute(
            "update social_posts set content = %s where id = (select post_id from audit_log where id = %s)",
            (text, f"a{number}"),
        )
    page = visit.live()
    directions = [
        text.evaluate("(element) => getComputedStyle(element).direction") for text in page.locator(".text").all()
    ]
    assert directions == ["ltr", "rtl", "ltr"]


def test_every_page_can_be_read_without_scripts(host: Host, browser: Browser, guarded: Site) -> None:
    """Days, exact times, pictures, links to feeds; a post's history, the summary, operations and addresses of feeds."""
    fill(host, 3)
    what = complete(host, 1)
    until(lambda: host.waiting() == 0)
    context = browser.new_context(java_script_enabled=False)
    visit = Visit(context, guarded.address)
    page = visit.sign_in()
    expect(page.locator(".day h2").first).to_have_text(re.compile(r"\d+ \w+ \d{4}"))
    assert page.locator(".entry .avatar").count() == page.locator(ENTRIES).count() == 4
    assert re.search(r"\d\d:\d\d:\d\d UTC", page.locator(".entry time").first.get_attribute("title") or "")
    for name, address in (("Atom", "feed.atom"), ("JSON Feed", "feed.json")):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("href", address)
    page.get_by_role("link", name="Addresses for feed readers").click()
    expect(page.get_by_text("feed.atom?key=")).to_be_visible()
    for path, texts in {
        f"/post/{host.posts()[-1]['id']}": (what, "captured", "in the feed", "Audit row: posted", "op1"),
        "/digest": ("Completed", "by 3 agents"),
        "/outbox": ("Posted", "Broadcast and webhooks", "Dead letters", "None."),
    }.items():
        visit.go(path)
        for text in texts:
            expect(page.get_by_text(text).first).to_be_visible()
    context.close()
    assert visit.problems == []
