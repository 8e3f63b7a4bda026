"""Who sees the page and who may act on it."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from starlette.requests import HTTPConnection

from autopost.errors import ConfigurationError
from autopost.settings import load_settings
from autopost.web.access import InAddress
from autopost.web.page.static_files import HASH
from autopost.web.signed import STREAM_SECONDS, TICKET_SECONDS, sign_ticket
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import Host
from tests.support.web.browsing import FORM, QUICK, TOKEN, Events, Site, site
from tests.support.web.filling import bury
from tests.support.web.granting import access_to, cookie_of, request
from tests.support.work import worker_process

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def guarded(shared_site: Site) -> Site:
    """Return a page with a token, for the tests of this module that only ask."""
    return shared_site


@pytest.fixture(autouse=True)
def strangers(request: pytest.FixtureRequest) -> None:
    """Begin without a session."""
    if "guarded" in request.fixturenames:
        request.getfixturevalue("guarded").client.cookies.clear()


def test_with_a_token_nothing_is_seen_without_it(guarded: Site) -> None:
    """A browser is led to the form, anything else is told; probes and metrics, which hold no data, are open."""
    for path in ("/", "/outbox"):
        answer = guarded.get(path, **HTML)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "sign-in")
        assert guarded.get(path).status_code == 401
    assert guarded.get("/events").status_code == 401
    assert guarded.post("/retry", {"tracker": "op"}).status_code == 401
    for path in ("/healthz", "/metrics", "/sign-in", f"/static/{HASH}/page.css", f"/static/{HASH}/icon.svg"):
        assert guarded.get(path).status_code == 200


def test_bearer_token_sees_the_page(guarded: Site) -> None:
    """As programs give it; a wrong one is answered late."""
    assert guarded.get("/", Authorization=f"Bearer {TOKEN}").status_code == 200
    began = time.monotonic()
    assert guarded.get("/", Authorization="Bearer wrong").status_code == 401
    assert time.monotonic() - began >= 0.9


def test_sign_in_gives_a_cookie_that_is_not_the_token(guarded: Site) -> None:
    """Kept from scripts and from other sites, and it opens the page; signing out ends it."""
    answer = guarded.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert TOKEN not in cookie
    assert "Secure" not in cookie, "this is http"
    assert guarded.get("/").status_code == 200
    copy = cookie.partition(";")[0]
    assert guarded.post("/sign-out").status_code == 303
    assert guarded.get("/").status_code == 401
    assert guarded.get("/", Cookie=copy).status_code == 401, "a copy of the cookie"


@pytest.mark.long
def test_signing_out_ends_open_streams_and_no_other_session(guarded: Site) -> None:
    """On the dashboard and in the feeds, which share their sessions."""
    other, cookie = (guarded.sign_in().headers["set-cookie"].partition(";")[0] for _ in range(2))
    with guarded.raw("/events", Authorization="", Cookie=cookie) as stream:
        assert stream.recv(15) == b"HTTP/1.1 200 OK"
        assert guarded.get("/feed.json", Cookie=cookie).status_code == 200
        guarded.post("/sign-out")
        Events(stream).rest()
    assert guarded.get("/feed.json", Cookie=cookie).status_code == 401
    assert guarded.get("/", Cookie=other).status_code == 200


def test_cookie_over_tls_is_for_tls_alone(guarded: Site) -> None:
    """As a proxy before the worker says."""
    answer = guarded.post("/sign-in", {"token": TOKEN}, **FORM, X_Forwarded_Proto="https")
    name, _, rest = answer.headers["set-cookie"].partition("=")
    cookie = f"{name}={rest.partition(';')[0]}"
    assert name.startswith("__Host-autopost_"), "which no other host of the domain can set"
    assert "Secure" in rest
    assert "Path=/;" in rest
    for proto in ("https", "wss", "https, http"):
        assert guarded.get("/", Cookie=cookie, **{"X-Forwarded-Proto": proto}).status_code == 200
        plain = cookie.removeprefix("__Host-")
        assert guarded.get("/", Cookie=plain, **{"X-Forwarded-Proto": proto}).status_code == 401


@pytest.mark.parametrize(
    "cookie", ["", "x", "99999999999.", "99999999999.00", f"99999999999.{TOKEN}", "9" * 400 + ".x"]
)
def test_made_up_cookie_opens_nothing(guarded: Site, cookie: str) -> None:
    """Whatever its form."""
    name = guarded.sign_in().headers["set-cookie"].partition("=")[0]
    guarded.client.cookies.clear()
    for given in (cookie, f"http-token.{cookie}", f"other.{cookie}"):
        assert guarded.get("/", Cookie=f"{name}={given}").status_code == 401


def test_changed_cookie_opens_nothing(guarded: Site) -> None:
    """Its end is signed."""
    cookie = guarded.sign_in().headers["set-cookie"].partition(";")[0]
    guarded.client.cookies.clear()
    begin, end, rest = re.fullmatch(r"(.*\.)(\d{10})(-.*)", cookie).groups()  # type: ignore[union-attr]
    assert guarded.get("/", Cookie=f"{begin}{int(end) + 1}{rest}").status_code == 401
    assert guarded.get("/", Cookie=f"{begin}{end}{rest}").status_code == 200


async def test_session_ends_by_itself_and_with_a_new_token(
    shared_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one whose cookie a browser does not forget."""
    end = int(time.time()) + 100
    async with access_to(shared_database) as access:
        asked = request(Cookie=await cookie_of(access, end))
        assert await access.grant(asked) is not None
        async with access_to(shared_database, http_token="another-token-of-tests") as renewed:
            assert await renewed.grant(asked) is None
        monkeypatch.setattr(time, "time", lambda: end + 1)
        assert await access.grant(asked) is None


async def test_ticket_opens_streams_for_a_minute_which_end_after_an_hour(shared_database: str) -> None:
    """And nothing else, at any time."""
    async with access_to(shared_database) as access:
        token = access.tokens.find(TOKEN)
        assert token is not None
        for age, opens in ((0, True), (TICKET_SECONDS - 5, True), (TICKET_SECONDS + 1, False)):
            began = time.time() - age
            query = f"ticket={sign_ticket(token, 'acme', began)}".encode()
            asked = HTTPConnection({**request().scope, "query_string": query})
            grant = await access.grant(asked, InAddress.TICKET)
            assert (grant is not None) == opens, age
            assert grant is None or grant.ends_at == pytest.approx(began + STREAM_SECONDS, abs=2)
            assert grant is None or (grant.identity.tenant, grant.identity.may_act) == ("acme", False)
            assert await access.grant(asked, InAddress.KEY) is None
            assert await access.grant(asked) is None


def test_wrong_sign_in_is_slow_and_logged_without_the_token(guarded: Site) -> None:
    """And says so on the form."""
    began = time.monotonic()
    answer = guarded.sign_in("wrong-token-of-somebody")
    assert time.monotonic() - began >= 0.9
    assert answer.status_code == 401
    assert "This is not the token." in answer.text
    assert "dashboard.sign_in_refused" in guarded.worker.log
    assert "wrong-token-of-somebody" not in guarded.worker.log


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Referer": "http://127.0.0.1/"},
    ],
)
def test_form_of_another_site_is_refused(guarded: Site, headers: dict[str, str]) -> None:
    """Although the browser would send the cookie along; nothing is done."""
    guarded.sign_in()
    for path in ("/pause", "/retry", "/skip", "/resume", "/sign-in", "/sign-out"):
        assert guarded.post(path, {"tracker": "op"}, **headers).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_link_to_the_page_and_fetch_nothing(guarded: Site, site: str) -> None:
    """Or any web site could have the browsers of its readers ask the worker for streams."""
    guarded.sign_in()
    given = {"Sec-Fetch-Site": site}
    assert guarded.get("/events", **given, **{"Sec-Fetch-Mode": "no-cors"}).status_code == 403
    assert guarded.get("/", **given, **{"Sec-Fetch-Mode": "cors"}).status_code == 403
    assert guarded.get("/", **given, **{"Sec-Fetch-Mode": "navigate"}).status_code == 200


def test_address_that_a_stranger_makes_up_is_not_logged(guarded: Site) -> None:
    """Nor does it move the cursor of a terminal."""
    guarded.post("/sign-in", {"token": "wrong"}, X_Forwarded_For="\x1b[31mFAKE", Sec_Fetch_Site="same-origin")
    assert "dashboard.sign_in_refused" in guarded.worker.log
    assert "FAKE" not in guarded.worker.log


FORM_HEAD = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.long
def test_who_does_not_finish_a_request_is_cut_off(guarded: Site) -> None:
    """Soon enough that strangers do not use up what the worker may open; others are served meanwhile."""
    parts = urlsplit(guarded.address)
    with contextlib.ExitStack() as ends:
        opened = {
            what: ends.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60))
            for what in (b"", b"GET / HTTP/1.1\r\nHost:", FORM_HEAD + b"t")
        }
        for sent, end in opened.items():
            end.sendall(sent)
        assert guarded.get("/healthz").status_code == 200
        for end in opened.values():
            with contextlib.suppress(ConnectionResetError):
                while end.recv(1_000):
                    pass
    assert "Traceback" not in guarded.worker.log


def test_form_whose_sender_is_gone_is_no_error(guarded: Site) -> None:
    """It changes nothing, and the log stays silent."""
    parts = urlsplit(guarded.address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as end:
        end.sendall(FORM_HEAD + b"t")
    assert guarded.sign_in("wrong").status_code == 401
    assert "Traceback" not in guarded.worker.log


def test_programs_and_old_browsers_may_act(host: Host, database: str, processes: Crew) -> None:
    """With the token in a header, or with the page's own origin."""
    with site(database, processes) as guarded:
        answer = guarded.post("/pause", Authorization=f"Bearer {TOKEN}")
        assert answer.headers["location"] == "outbox?said=paused"
        assert host.value("select paused from auto_post_control")
        guarded.sign_in()
        answer = guarded.post("/resume", Origin=guarded.address)
        assert answer.headers["location"] == "outbox?said=resumed"
        assert not host.value("select paused from auto_post_control")
        assert "Claiming is resumed." in guarded.get("/outbox?said=resumed").text


def test_without_a_token_the_page_only_shows(host: Host, database: str, processes: Crew) -> None:
    """On this machine, to anyone who is there; no button, and no action."""
    host.execute("update auto_post_control set paused = true")
    host.complete(agent=host.agent())
    bury(host)
    with site(database, processes, token=None) as bare:
        page = bare.get("/outbox")
        assert "DataError 22P05" in page.text
        assert "<button" not in page.text
        for path in ("/retry", "/skip", "/pause", "/resume"):
            assert bare.post(path, {"tracker": "op", "reason": "bored"}).status_code == 403
    assert host.value("select state from auto_post_outbox") == "dead"


@pytest.mark.parametrize(
    "name", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "localhost.evil", "localhost:80@evil"]
)
def test_strange_name_of_this_machine_is_refused(guarded: Site, name: str) -> None:
    """A web site whose name leads here could read the page, or names of webhooks in the metrics."""
    assert guarded.get("/", Host=name, Authorization=f"Bearer {TOKEN}").status_code == 421
    assert guarded.get("/sign-in", Host=f"{name}:80").status_code == 421
    is_address = name == "10.0.0.1"
    for path in ("/readyz", "/metrics"):
        assert guarded.get(path, Host=f"{name}:80").status_code == (200 if is_address else 421)
    if name:
        assert guarded.get("/healthz", Host=name).status_code == 200, "it says nothing"


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:9", "127.0.0.1:80", "[::1]:80", "127.1.2.3"])
def test_names_of_this_machine_are_served(guarded: Site, name: str) -> None:
    """With any port, as a forwarded one is another."""
    assert guarded.get("/sign-in", Host=name).status_code == 200


def test_configured_names_are_served(database: str, processes: Crew) -> None:
    """Beyond loopback they alone."""
    with site(database, processes, SOCIAL_POST_PAGE_HOSTS="feed.example, other.example") as local:
        assert local.get("/sign-in", Host="feed.example:8443").status_code == 200
        assert local.get("/sign-in", Host="localhost").status_code == 200
    with site(database, processes, SOCIAL_POST_HTTP_HOST="0.0.0.0", SOCIAL_POST_PAGE_HOSTS="feed.example") as wide:
        assert wide.get("/sign-in", Host="feed.example").status_code == 200
        assert wide.get("/sign-in", Host="10.0.0.1").status_code == 421
        for host, status in {
            "10.0.0.1:8080": 200,
            "[fd00::7]:8080": 200,
            "feed.example": 200,
            "x.example": 421,
        }.items():
            assert wide.get("/metrics", Host=host).status_code == status, "probes go by the address of a pod"
        with wide.unasked() as end:
            end.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
            assert end.recv(15) == b"HTTP/1.1 200 OK"


def test_beyond_loopback_without_a_token_there_are_probes_and_no_page(database: str, processes: Crew) -> None:
    """As an install has it that set only the host, for Kubernetes; the log says what is missing."""
    with site(database, processes, token=None, SOCIAL_POST_HTTP_HOST="0.0.0.0") as wide:
        for path in ("/healthz", "/metrics"):
            assert wide.get(path, Host="10.0.0.1").status_code == 200
        for path in ("/", "/outbox", "/events", "/sign-in"):
            answer = wide.get(path)
            assert (answer.status_code, "needs a token, such as SOCIAL_POST_HTTP_TOKEN" in answer.text) == (404, True)
        assert (
            '"missing": "SOCIAL_POST_HTTP_TOKEN", "http_host": "0.0.0.0", "event": "dashboard.disabled"'
            in wide.worker.log
        )


def test_page_that_is_asked_for_beyond_loopback_needs_a_token(database: str) -> None:
    """Exit code 2, and what to set."""
    variables = {**QUICK, "SOCIAL_POST_HTTP_HOST": "0.0.0.0", "SOCIAL_POST_PAGE": "true"}
    result = autopost("run", dsn=database, **variables)
    assert result.returncode == 2
    assert "SOCIAL_POST_PAGE: got True; expected: SOCIAL_POST_HTTP_TOKEN set as well" in result.stderr


def test_short_token_is_refused_without_showing_it() -> None:
    """It could be guessed."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(require_database=False, http_token="tooshort")
    assert "SOCIAL_POST_HTTP_TOKEN" in str(caught.value)
    assert "tooshort" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.9.9.9", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback_is_told_from_other_addresses(host: str, is_local: bool) -> None:
    """What is not surely loopback counts as beyond it."""
    settings = load_settings(require_database=False, http_host=host, http_port=0)
    assert settings.page_is_on is is_local
    assert settings.model_copy(update={"http_token": SecretStr(TOKEN)}).page_is_on
    assert not settings.model_copy(update={"page": False}).page_is_on


def test_page_can_be_switched_off(database: str, processes: Crew) -> None:
    """And the rest stays."""
    with worker_process(database, processes, **QUICK, SOCIAL_POST_PAGE="false") as worker:
        pattern = r'"address": "(http://[^"]*)"'
        from tests.support.host import until

        found = until(lambda: re.search(pattern, worker.log))
        assert found is not None
        import httpx2

        assert httpx2.get(found[1] + "/healthz").status_code == 200
        assert httpx2.get(found[1] + "/").status_code == 404
        assert "dashboard.disabled" not in worker.log
