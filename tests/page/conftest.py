"""A real browser for every test that wants one: the system's Chromium, which nothing downloads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return where Chromium is: AUTOPOST_CHROMIUM, or the first of its usual names that is installed."""
    return os.environ.get("AUTOPOST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


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
