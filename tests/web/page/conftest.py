"""One worker with its page for all tests of this package that share it, and a real browser.

The browser is the system's Chromium, which nothing downloads. Its headless shell needs half of the CPU.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright

from tests.conftest import Server
from tests.support.crew import Crew
from tests.support.host import Host
from tests.support.web.browsing import Site, site
from tests.support.web.filling import begin_anew
from tests.support.web.visit import Visit

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return where Chromium is: AUTOPOST_CHROMIUM, or the first of its usual names that is installed."""
    return os.environ.get("AUTOPOST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="package")
def shared_database(server: Server, template: str) -> Iterator[str]:
    """Return the connection string of a migrated database that tests of several modules use one after the other."""
    name = f"{template}_page"
    with server.janitor(name, template=template):
        yield server.dsn(name)


@pytest.fixture(scope="package")
def shared_site(shared_database: str, processes: Crew) -> Iterator[Site]:
    """Return the page of a worker on it."""
    with site(shared_database, processes) as found:
        yield found


@pytest.fixture
def guarded(host: Host, shared_site: Site) -> Site:
    """Return that page, with a token, on which nothing has happened. The module's database must be shared_database."""
    assert host.connection.info.dbname.endswith("_page")
    begin_anew(host)
    return shared_site.begin_anew()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium. Skips where there is none, but fails where AUTOPOST_REQUIRE_CHROMIUM is 1.

    It ends with its module: while it runs, no test of this process can run an event loop of its own.
    """
    path = chromium()
    if path is None:
        reason = f"no Chromium: none of {', '.join(NAMES)} is installed, and AUTOPOST_CHROMIUM names none"
        if os.environ.get("AUTOPOST_REQUIRE_CHROMIUM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Without its sandbox it also runs as root; all it ever sees is the page under test.
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def session(browser: Browser, shared_site: Site) -> StorageState:
    """Return the cookie of a session that began on the form: loading its two pages takes as long as most tests."""
    context = browser.new_context()
    Visit(context, shared_site.address).sign_in()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(browser: Browser, guarded: Site, session: StorageState) -> Iterator[Visit]:
    """Return a visit that is signed in; whatever goes wrong in it fails the test."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Brussels", storage_state=session)
    visit = Visit(context, guarded.address)
    yield visit
    context.close()
    assert visit.problems == []
