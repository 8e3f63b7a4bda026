"""The page in a real browser: live, used by keyboard, read without scripts, and harmless whatever a row holds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.host import Host, until
from tests.support.web.browsing import Site
from tests.support.web.filling import bury, complete, fill
from tests.support.web.visit import ENTRIES, Visit

GOAL_MILLISECONDS = 1_000
TRIES = 5


@pytest.fixture(scope="module")
def database(shared_database: str) -> str:
    """Return where all tests of this module work."""
    return shared_database


def test_post_appears_on_the_open_page_within_a_second(host: Host, visit: Visit) -> None:
    """From a completion made in SQL, without a reload; the best of a few, as the machine may be busy."""
    page = visit.live()
    loads = visit.loads
    page.evaluate(
        "() => { window.arrived = {}; new MutationObserver((changes) => { for (const change of changes) "
        "for (const item of change.addedNodes) if (item.dataset) window.arrived[item.dataset.id] = Date.now(); })"
        ".observe(document.getElementById('feed'), { childList: true }); }"
    )
    delays = []
    for number in range(TRIES):
        what = complete(host, number)
        expect(page.get_by_text(what)).to_be_visible()
        arrived = page.evaluate("window.arrived")
        (row,) = host.rows("select id, occurred_at from audit_log where tracker_id = %s", (f"op{number}",))
        delays.append(arrived[row["id"]] - row["occurred_at"].timestamp() * 1000)
    assert visit.loads == loads
    assert min(delays) <= GOAL_MILLISECONDS, delays
    shown = page.locator("#feed .text").all_inner_texts()
    assert [re.search(r"basket (\d)", text)[1] for text in shown] == ["4", "3", "2", "1", "0"]  # type: ignore[index]


def test_open_page_shows_only_what_was_asked_for(host: Host, visit: Visit) -> None:
    """Filters apply as they are chosen, without a reload; what comes later obeys them, and the address has them."""
    fill(host, 30)
    page = visit.live()
    loads = visit.loads
    page.get_by_label("Kind").select_option("Alerts")
    expect(page.locator(ENTRIES)).to_have_count(6)
    expect(page.locator("#live")).to_have_text("Live")
    complete(host, 100)
    failed = complete(host, 101, status="failed", what="Lost the key")
    expect(page.get_by_text(failed)).to_be_visible()
    expect(page.locator(ENTRIES)).to_have_count(7)
    page.get_by_role("searchbox").fill("the KEY")
    page.keyboard.press("Enter")
    expect(page.locator(ENTRIES)).to_have_count(1)
    assert "kind=alert" in page.url
    assert "q=the+KEY" in page.url
    page.go_back()
    expect(page.locator(ENTRIES)).to_have_count(7)
    expect(page.get_by_role("searchbox")).to_have_value("")
    assert visit.loads == loads
    visit.live("/")
    page.locator("#feed a", has_text="Agent 7").first.click()
    expect(page.locator(ENTRIES)).to_have_count(2)
    expect(page.get_by_label("Agent")).to_have_value("Agent 7")


def test_agent_is_offered_as_one_types(host: Host, visit: Visit) -> None:
    """Any that posted lately, however many there are, the latest first; its name stands for it."""
    fill(host, 20)
    host.execute("insert into agents (id, name) select 'bulk' || n, 'Bulk ' || n from generate_series(1, 300) as n")
    host.execute(
        "insert into audit_log (id, occurred_at, agent_id, action, details) select 'b' || n, now(), 'bulk' || n, "
        "'auto_post.skipped', '{}' from generate_series(1, 300) as n"
    )
    page = visit.live()
    agent = page.get_by_label("Agent")
    agent.press_sequentially("agent 1")
    option = page.locator("#agents option[value='Agent 13']")
    while not option.count():  # the server reads them again after some seconds
        agent.press("Backspace")
        agent.press("1")
        page.wait_for_timeout(500)
    assert (page.locator("#agents option").first.get_attribute("value") or "").startswith("Agent 1")
    page.get_by_label("Agent").fill("Agent 13")
    page.keyboard.press("Enter")
    expect(page.locator(ENTRIES)).to_have_count(1)
    assert "agent=Agent+13" in page.url


def test_what_was_not_posted_is_shown_on_demand(host: Host, visit: Visit) -> None:
    """With its reason, live too."""
    page = visit.live()
    page.get_by_label("Also not posted").check()
    expect(page).to_have_url(re.compile("silent=1"))
    expect(page.locator("#live")).to_have_text("Live")
    host.complete("silent", agent=host.agent("sprout", maturity="STUDENT", name="Sprout"))
    expect(page.locator("#feed")).to_contain_text("Not posted: maturity: a STUDENT may not post")


HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>",
    "\" onmouseover=\"alert(4)\" ' onfocus='alert(5)' autofocus",
    "</li></ol></main><h1>Mine</h1><a href='javascript:alert(6)'>click</a>",
    "{{ 7 * 7 }} {% raw %} ${alert(7)} \u2028 data: {}\n\nevent: entry\ndata: x",
    "\u202egnirts desrever\u202c zero\u200bwidth \u2066isolated",
    "שלום עולם مرحبا بالعالم abc",
]


def test_hostile_texts_are_shown_as_text(host: Host, visit: Visit) -> None:
    """Loaded and live: nothing runs, nothing is loaded, nothing breaks the page; the policy has nothing to forbid."""
    fill(host, len(HOSTILE))
    for number, text in enumerate(HOSTILE, start=1):
        host.execute(
            "update social_posts set content = %s where id = (select post_id from audit_log where id = %s)",
            (text, f"a{number}"),
        )
    host.execute("update agents set name = %s, maturity = %s where id = 'agent1'", (HOSTILE[0], HOSTILE[1]))
    page = visit.live()
    for number, text in enumerate(HOSTILE[:4], start=1):
        words = text.split("\n")[0].split("\u2028")[0].strip()
        expect(page.locator(f'#feed li[data-id="a{number}"] .text')).to_contain_text(words)
    complete(host, 50, what=HOSTILE[0])
    expect(page.locator(ENTRIES)).to_have_count(len(HOSTILE) + 1)
    assert page.locator("h1").all_inner_texts() == ["Feed"]
    assert (
        page.locator(
            "#feed script, #feed img, #feed svg:not(.avatar), #feed [onmouseover], #feed a[href^=javascript]"
        ).count()
        == 0
    )
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069]", page.locator("#feed").inner_text())


def test_post_of_280_emoji_fits(host: Host, visit: Visit) -> None:
    """Wide as it is, on a phone too: it does not push the page aside."""
    fill(host, 2)
    host.execute("update social_posts set content = %s", ("👩‍💻" * 280,))
    host.execute("update agents set name = %s", ("W" * 300,))
    page = visit.live()
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.locator("#feed .text").first.inner_text().count("💻") == 280
    post = host.value("select id from social_posts limit 1")
    for path in ("/", "/outbox", f"/post/{post}"):
        visit.go(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_new_posts_wait_while_somebody_reads_further_down(host: Host, visit: Visit) -> None:
    """A pill and the tab's title say how many; a click shows them."""
    fill(host, 40)
    page = visit.live()
    page.mouse.wheel(0, 600)
    while page.evaluate("window.scrollY") <= 200:  # wait_for_function evaluates in the page, which its policy forbids
        page.wait_for_timeout(20)
    first = complete(host, 1)
    expect(page.get_by_role("button", name="1 new post", exact=True)).to_be_visible()
    complete(host, 2)
    expect(page).to_have_title(re.compile(r"^\(2\) Feed"))
    assert page.get_by_text(first).count() == 0
    page.get_by_role("button", name="2 new posts").click()
    expect(page.get_by_text(first)).to_be_visible()
    expect(page).to_have_title(re.compile("^Feed"))
    assert page.evaluate("window.scrollY") == 0


def test_list_goes_on_in_both_directions(host: Host, visit: Visit) -> None:
    """Down to the first post and up again; each once, and the page stays small."""
    fill(host, 500)
    page = visit.live()
    assert page.locator(ENTRIES).count() == 40
    scroll_until(page, 100_000, "Post number 1")
    shown = page.locator(ENTRIES).count()
    assert shown <= 300
    assert page.evaluate("new Set([...document.querySelectorAll('.entry')].map((e) => e.dataset.id)).size") == shown
    scroll_until(page, -100_000, "Post number 500")
    posts = [int(text.split()[-1]) for text in page.locator("#feed .text").all_inner_texts()]
    assert posts == list(range(500, 500 - len(posts), -1))


@pytest.mark.parametrize("pixels", [0, 100])
def test_address_in_the_middle_shows_its_posts(host: Host, visit: Visit, pixels: int) -> None:
    """Newer ones are loaded above them, and they stay where they are until the reader scrolls up, to the newest."""
    fill(host, 500)
    page = visit.live()
    scroll_until(page, 100_000, "Post number 400")
    entry = page.locator(ENTRIES).filter(has=page.get_by_text("Post number 400", exact=True))
    place = entry.get_attribute("data-place")
    asked: list[Route] = []
    page.route(re.compile("after="), lambda route: asked.append(route), times=1)
    visit.go(f"/?before={place}")
    page.mouse.wheel(0, pixels)
    while not asked or page.evaluate("window.scrollY") != pixels:
        page.wait_for_timeout(50)
    first = page.get_by_text("Post number 399", exact=True)
    before = first.bounding_box()
    asked[0].continue_()
    expect(page.get_by_text("Post number 439", exact=True)).to_be_attached()
    expect(first).to_be_in_viewport()
    assert first.bounding_box() == pytest.approx(before, abs=1)
    to_newest = page.get_by_role("link", name="Back to the newest")
    expect(to_newest).to_be_attached()
    scroll_until(page, -100_000, "Post number 500")
    expect(to_newest).not_to_be_attached()


def test_post_that_comes_late_takes_its_place_in_the_list(host: Host, visit: Visit) -> None:
    """Whoever reads further down, where its place is not loaded, is told of it and meets it on the way up, once."""
    fill(host, 500, gap_seconds=0.015)  # the stream looks ten seconds back
    page = visit.live()
    scroll_until(page, 100_000, "Post number 1")
    host.execute(
        "update audit_log set id = 'late', occurred_at = (select occurred_at - interval '1 millisecond' from audit_log "
        "where id = 'a450') where id = 'a1'"
    )
    expect(page.get_by_role("button", name="1 new post", exact=True)).to_be_visible()
    scroll_until(page, -100_000, "Post number 500")
    posts = [int(text.split()[-1]) for text in page.locator("#feed .text").all_inner_texts()]
    assert posts[:53] == [*range(500, 449, -1), 1, 449]
    expect(page.locator("#release")).to_be_hidden()


def test_older_posts_that_arrive_after_another_filter_was_chosen_are_not_shown(host: Host, visit: Visit) -> None:
    """They are of the filter before."""
    fill(host, 200)
    page = visit.live()
    asked: list[Route] = []
    page.route(re.compile("before="), lambda route: asked.append(route), times=1)
    page.mouse.wheel(0, 100_000)
    while not asked:
        page.wait_for_timeout(50)
    page.get_by_label("Kind").select_option("Alerts")
    expect(page.locator(f"{ENTRIES}:not(.alert)")).to_have_count(0)
    with page.expect_response(re.compile("before=")):
        asked[0].continue_()
    scroll_until(page, 100_000, "Post number 5")
    assert page.locator(ENTRIES).count() == 40
    assert page.locator(f"{ENTRIES}:not(.alert)").count() == 0


def scroll_until(page: Page, pixels: int, text: str) -> None:
    """Turn the wheel until a post is there."""
    for _ in range(300):
        if page.get_by_text(text, exact=True).count():
            return
        page.mouse.wheel(0, pixels)
        page.wait_for_timeout(50)
    raise AssertionError(f"{text} is not reached")


def test_open_page_knows_when_the_day_changes(host: Host, browser: Browser, guarded: Site) -> None:
    """Posts of today are of yesterday after midnight; times say how long ago, with the exact time on hover."""
    fill(host, 3)
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Brussels")
    visit = Visit(context, guarded.address)
    page = visit.sign_in()
    page.clock.install()
    visit.live()
    expect(page.locator(".day")).to_have_text(["Today"])
    expect(page.locator(".entry time").first).to_have_text(re.compile("now|min"))
    assert re.search(r"\d\d:\d\d:\d\d", page.locator(".entry time").first.get_attribute("title") or "")
    page.clock.fast_forward("10:00")
    expect(page.locator(".entry time").first).to_have_text("10 min")
    page.clock.fast_forward("23:50:00")
    expect(page.locator(".day")).to_have_text(["Yesterday"])
    context.close()
    assert visit.problems == []


def test_page_of_a_post_tells_its_history(host: Host, visit: Visit) -> None:
    """An address for each post, with the steps of its operation, and its audit row."""
    what = complete(host, 1)
    page = visit.live()
    expect(page.get_by_text(what)).to_be_visible()
    page.locator(".entry .when").click()
    expect(page).to_have_url(re.compile("/post/[0-9a-f-]{36}$"))
    for text in (what, "captured", "workflow_execute completed by rule", "in the feed"):
        expect(page.get_by_text(text).first).to_be_visible()
    page.get_by_text("Audit row: posted").click()
    expect(page.get_by_text("outbox id")).to_be_visible()
    page.get_by_role("link", name="Operations").click()
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    answer = page.goto(page.url.replace("outbox", "post/nothing"))
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_text("The feed has no post with this id")).to_be_visible()
    visit.problems.clear()  # the browser reports a 404


def test_page_goes_on_by_itself_after_a_break(host: Host, visit: Visit) -> None:
    """What was posted while it was offline is there afterwards, once."""
    page = visit.live()
    first = complete(host, 1)
    expect(page.get_by_text(first)).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    host.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
        "and application_name = 'autopost page'"
    )
    second = complete(host, 2)
    until(lambda: host.waiting() == 0)
    page.context.set_offline(False)
    expect(page.get_by_text(second)).to_be_visible()
    expect(page.locator(ENTRIES)).to_have_count(2)
    visit.problems.clear()  # a browser reports what was offline


def test_dead_letter_is_retried_from_the_page(host: Host, visit: Visit) -> None:
    """A click, and a worker posts it; the page says so."""
    host.execute("select auto_post_pause()")
    complete(host, 1)
    bury(host, "op1", "RedactionFailed")
    host.execute("select auto_post_resume()")
    page = visit.go("/outbox")
    expect(page.get_by_text("RedactionFailed")).to_be_visible()
    page.get_by_role("button", name="Retry op1").click()
    expect(page.get_by_text("It is retried")).to_be_visible()
    expect(page.locator("#dead")).to_have_text(re.compile("None."))
    until(lambda: len(host.posts()) == 1)


def test_all_dead_letters_are_counted_and_retried_at_once(host: Host, visit: Visit) -> None:
    """Also those beyond the list; once that is confirmed."""
    host.execute("select auto_post_pause()")
    agent = host.agent()
    for number in range(60):
        host.start(f"op{number}", agent=agent)
    host.execute("update operation_trackers set status = 'failed'")
    host.execute(
        "update auto_post_outbox set state = 'dead', attempts = 5, last_error = 'RedactionFailed', finished_at = now()"
    )
    page = visit.live()
    expect(page.locator("#glance")).to_contain_text(re.compile(r"Dead letters\s*60"))
    visit.live("/outbox")
    expect(page.get_by_text("60 dead letters; these are the latest 50.")).to_be_visible()
    buttons = page.get_by_role("button", name=re.compile("^Retry op"))
    expect(buttons).to_have_count(10)
    page.get_by_text("40 more").click()
    expect(buttons).to_have_count(50)
    page.get_by_text("Retry all…").click()
    page.get_by_role("button", name="Retry all 60").click()
    expect(page.get_by_text("All dead letters are retried")).to_be_visible()
    assert host.waiting() == 60
    expect(page.locator("#dead")).to_have_text(re.compile("None."))


def test_dead_letter_is_skipped_and_claiming_paused_by_keyboard(host: Host, visit: Visit) -> None:
    """With Tab, Enter and Space alone; the first Tab offers to skip to the content, and focus is always seen."""
    host.execute("select auto_post_pause()")
    complete(host, 1)
    bury(host, "op1")
    host.execute("select auto_post_resume()")
    page = visit.live("/outbox")
    press_until(page, "Skip to the content")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    press_until(page, "Pause claiming…")
    page.keyboard.press("Enter")
    press_until(page, "Pause")
    page.keyboard.press("Space")
    expect(page.get_by_text("What is in progress is finished")).to_be_visible()
    assert host.value("select paused from auto_post_control")
    press_until(page, "Skip… op1")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("not worth it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is skipped, and will not be posted.")).to_be_visible()
    assert host.value("select reason from auto_post_outbox where tracker_id = 'op1'") == "not worth it"


def press_until(page: Page, name: str) -> None:
    """Press Tab until what has this text is focused."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')")
        if focused == name:
            return
    raise AssertionError(f"{name!r} is not reached by keyboard")


@pytest.mark.parametrize(("width", "scheme"), [(1_200, "light"), (380, "dark")])
def test_axe_finds_nothing_serious(host: Host, browser: Browser, guarded: Site, width: int, scheme: Any) -> None:
    """All pages and the form, with everything on them; contrast does not depend on the width."""
    fill(host, 12)
    host.execute("update social_posts set content = 'Told <EMAIL_ADDRESS> so'")
    host.execute("update agents set maturity = 'SUPERVISED'")
    host.execute("select auto_post_pause()")
    complete(host, 1)
    bury(host, "op1")
    host.complete("silent", agent=host.agent("sprout", maturity="STUDENT", name="Sprout"))
    host.execute("select auto_post_skip('silent', 'why not')")
    # Axe itself is a script that the policy forbids; everything else is as it is.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    visit = Visit(context, guarded.address)
    found = findings(visit.go("/sign-in"))
    page = visit.sign_in()
    page.set_viewport_size({"width": width, "height": 900})
    found += findings(visit.live("/?silent=1"))
    for path in (f"/post/{host.value('select id from social_posts limit 1')}", "/digest", "/subscribe"):
        found += findings(visit.go(path))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    found += findings(visit.live("/?q=nothing+at+all"))
    margin = "(text) => { const range = new Range(); range.selectNode(text); return range.getBoundingClientRect().x; }"
    assert page.locator("#nothing").evaluate(f"(element) => ({margin})(element.firstChild)") > 8, "it has a margin"
    visit.live("/outbox")
    for summary in page.locator("summary").all():
        summary.click()
    found += findings(page)
    context.close()
    assert found == []


def findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{page.url} {violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("width", "height", "posts"), [(1_280, 800, 6), (390, 844, 4)])
def test_screen_shows_enough_posts(host: Host, visit: Visit, width: int, height: int, posts: int) -> None:
    """Of usual length, with a name, a badge and a link, and none is cut off at the side."""
    fill(host, 20)
    text = "Filed feedback of 38 customers by topic: delivery 17, price 12. Complaints fell by a third since March."
    host.execute(
        "update social_posts set content = %s, post_metadata = %s", (text, '{"link": "https://platform.example/ops/1"}')
    )
    host.execute("update agents set category = 'research', maturity = 'AUTONOMOUS'")
    visit.page.set_viewport_size({"width": width, "height": height})
    page = visit.live()
    boxes: list[Any] = [entry.bounding_box() for entry in page.locator(ENTRIES).all()[: posts + 1]]
    assert sum(box["y"] + box["height"] <= height for box in boxes) >= posts
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_page_works_without_scripts(host: Host, browser: Browser, guarded: Site) -> None:
    """Signing in, reading, filtering, paging, acting and signing out."""
    fill(host, 60)
    host.execute("select auto_post_pause()")
    complete(host, 100)
    bury(host, "op100")
    context = browser.new_context(java_script_enabled=False)
    visit = Visit(context, guarded.address)
    page = visit.sign_in()
    expect(page.get_by_text("Post number 60", exact=True)).to_be_visible()
    page.get_by_label("Kind").select_option("Status")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Post number 60", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_text("Post number 1", exact=True)).to_be_visible()
    page.get_by_role("link", name="Operations", exact=True).click()
    page.get_by_role("button", name="Retry op100").click()
    expect(page.get_by_text("It is retried")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
    assert visit.problems == []
