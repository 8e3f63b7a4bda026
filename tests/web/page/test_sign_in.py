"""Signing in and out: back to the page that was asked for, never elsewhere, and out in every process."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from autopost.web.page.return_to import page_of
from tests.support.crew import Crew
from tests.support.feed.instances import Instance, instance
from tests.support.host import until
from tests.support.web.browsing import TOKEN, Site
from tests.support.web.granting import access_to, request

HTML = {"Accept": "text/html"}
ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "..//evil.example",
    "./..//evil.example",
    "../../evil",
    "a/../../evil",
    ".",
    "x@evil.example:80/",
    "%2f%2fevil.example",
    "\t//evil.example",
    "\n//evil.example",
    " //evil.example",
    "outbox\r\nX: y",
    "?next=1\\",
    "http:/evil.example",
    "@evil.example",
    "a" * 2_000,
]


def test_signing_in_leads_back_to_the_page_that_was_asked_for(shared_site: Site) -> None:
    """With its query, also below the root; a wrong token does not lose it."""
    shared_site.client.cookies.clear()
    for path, back in {
        "/outbox": "/outbox",
        "/?agent=a%26b&kind=alert": "/?agent=a%26b&kind=alert",
        "/post/00000000-0000-4000-8000-000000000001": None,
        "/": "/",
    }.items():
        if back is None and shared_site.get(path, **HTML).status_code == 404:
            continue
        asked = shared_site.get(path, **HTML)
        assert asked.status_code == 303
        form = urljoin(shared_site.address + path, asked.headers["location"])
        assert urlsplit(form).path == "/sign-in"
        shown = shared_site.client.get(form).text
        query = urlsplit(form).query
        page = page_of(path.lstrip("/"))
        assert ('name="next"' in shown) == bool(page)
        for token, status in (("wrong-token-of-tests", 401), (TOKEN, 303)):
            answer = shared_site.post(f"/sign-in?{query}", {"token": token, "next": page})
            assert answer.status_code == status
        assert urljoin(shared_site.address + "/sign-in", answer.headers["location"]) == shared_site.address + (
            back or path
        )
        shared_site.client.cookies.clear()


def test_signing_in_leads_nowhere_else(shared_site: Site) -> None:
    """Whatever a link to the form says, by the rules with which browsers resolve addresses."""
    for page in ELSEWHERE:
        assert page_of(page) == "", page
    for page in ("//evil.example", "https:evil.example", "\\\\evil.example"):
        shared_site.client.cookies.clear()
        answer = shared_site.post("/sign-in", {"token": TOKEN, "next": page})
        assert (answer.status_code, answer.headers["location"]) == (303, "./")
        again = shared_site.get(f"/sign-in?next={quote(page, safe='')}")
        assert (again.status_code, again.headers["location"]) == (303, "./"), "who is signed in already"


def test_signing_out_ends_the_session_in_every_process(
    shared_site: Site, shared_database: str, processes: Crew
) -> None:
    """Also for one that starts later: a copy of the cookie opens nothing."""
    with instance(shared_database, processes) as first:
        shared_site.client.cookies.clear()
        cookie = shared_site.sign_in().headers["set-cookie"].partition(";")[0]
        for at in (first, shared_site):
            assert _status(at, cookie) == 200
        form = {"Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        assert shared_site.client.post(first.address + "/sign-out", headers=form).headers["location"] == "sign-in"
        assert _status(first, cookie) == 401, "where it was told, at once"
        until(lambda: _status(shared_site, cookie) == 401)
        first.stop()
    with instance(shared_database, processes) as later:
        assert _status(later, cookie) == 401


async def test_installations_on_one_host_name_do_not_sign_each_other_out(database: str, shared_database: str) -> None:
    """Cookies know no ports: each installation's has a name of its own, and opens no other with the same token."""
    cookies = []
    async with access_to(database) as one, access_to(shared_database) as other:
        for access in (one, other):
            token = access.tokens.find(TOKEN)
            assert token is not None
            response = Response()
            await access.start_session(token, Request(request().scope), response)
            cookies.append(response.headers["set-cookie"].partition(";")[0])
        names = [cookie.partition("=")[0] for cookie in cookies]
        assert names[0] != names[1]
        both = request(Cookie="; ".join(cookies))
        assert await one.grant(both) is not None
        assert await other.grant(both) is not None
        swapped = f"{names[1]}={cookies[0].partition('=')[2]}"
        assert await other.grant(request(Cookie=swapped)) is None


def _status(at: Site | Instance, cookie: str) -> int:
    if isinstance(at, Site):
        at.client.cookies.clear()
        return at.get("/", Cookie=cookie).status_code
    return at.get("/", Cookie=cookie, Authorization="").status_code
