"""An open page in a real browser, and everything that goes wrong in it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.web.browsing import TOKEN

PATIENCE_MILLISECONDS = 60_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)
ENTRIES = "#feed > .entry"


class Visit:
    """An open page, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page = context.new_page()
        self.problems: list[str] = []
        self.loads = 0
        self._address = address
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("console", self._console)
        self.page.on("load", self._load)
        self.page.on("request", self._request)

    def go(self, path: str = "/") -> Page:
        """Open a page of the site."""
        self.page.goto(self._address + path)
        return self.page

    def sign_in(self) -> Page:
        """Give the token on the form."""
        page = self.go()
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Feed", exact=True)).to_be_visible()
        return page

    def live(self, path: str = "/") -> Page:
        """Open a page and wait until it is connected."""
        page = self.go(path)
        expect(page.locator("#live")).to_have_text("Live")
        return page

    def _dialog(self, dialog: Any) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _load(self, _page: Page) -> None:
        self.loads += 1

    def _request(self, request: Any) -> None:
        if not request.url.startswith(self._address):
            self.problems.append(f"request to {request.url}")
