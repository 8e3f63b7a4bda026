"""What the page shows: the feed, the outbox, and the events that keep both up to date."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from autopost.outbox.cursor import Cursor
from autopost.outbox.outcomes import Outcome
from autopost.outbox.reading import DeadLetter, Figures
from autopost.web.access import Access, TooManyWrong, bearer
from autopost.web.cached import Cached
from autopost.web.database import NoAnswer
from autopost.web.filter import FeedFilter
from autopost.web.limits import TooMany
from autopost.web.page.feed import Feed, Page, catch_up
from autopost.web.page.hub import Hub
from autopost.web.page.rendering import Renderer
from autopost.web.page.viewer import Topic, Viewer
from autopost.web.sse import EventStream, event

# What may stand at the top of a page after something was done; addresses name it by its key, and can say nothing else.
SAID = {
    "retried": "It has a new life: a worker takes it up now.",
    "skipped": "It is skipped, and will not be posted.",
    "paused": "Claiming is paused. What workers hold is finished; the rest waits.",
    "resumed": "Claiming goes on.",
    "nothing": "There was nothing to do: somebody was faster, or it is not so any more.",
    "reason": "A reason is 1 to 60 letters, digits, spaces, _ or -.",
    "rights": "The page's role in the database may not do that.",
    "trouble": "The database does not answer. Nothing was changed, as far as is known.",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the handlers share."""

    access: Access
    feed: Feed
    hub: Hub
    figures: Cached[Figures]
    dead_letters: Cached[list[DeadLetter]]
    agents: Cached[list[tuple[str, str]]]
    renderer: Renderer


class Views:
    """Handlers of what only looks."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def feed(self, request: Request) -> Response:
        """Show the newest outcomes, or those before a place."""
        if (refusal := await turned_away(self._parts, request)) is not None:
            return refusal
        wanted = FeedFilter.read(request.query_params)
        before = Cursor.read(request.query_params.get("before"))
        page: Page | None = None
        figures, dead, agents, trouble = None, None, [], None
        try:
            page = await self._parts.feed.page(wanted, before)
            agents = await self._parts.agents.get()
            figures, dead = await self._parts.figures.get(), await self._parts.dead_letters.get()
        except NoAnswer as error:
            trouble = error
        html = self._parts.renderer.page(
            "feed",
            here="feed",
            wanted=wanted,
            before=before,
            page=page,
            figures=figures,
            dead=dead,
            agents=agents,
            stream=None if page is None or before is not None else _stream(wanted, page.entries),
            **self._frame(request, trouble),
        )
        return HTMLResponse(html, 200 if page is not None else 503)

    async def outbox(self, request: Request) -> Response:
        """Show the outbox' health, and what can be done."""
        if (refusal := await turned_away(self._parts, request)) is not None:
            return refusal
        figures, dead, trouble = None, None, None
        try:
            dead, figures = await self._parts.dead_letters.get(), await self._parts.figures.get()
        except NoAnswer as error:
            trouble = error
        html = self._parts.renderer.page(
            "outbox",
            here="outbox",
            figures=figures,
            dead=dead,
            stream=None if trouble else "events?topic=outbox",
            **self._frame(request, trouble),
        )
        return HTMLResponse(html, 200 if trouble is None else 503)

    async def events(self, request: Request) -> ASGIApp:
        """Stream what is new, beginning with what came since the place that the browser knows."""
        if (refusal := await turned_away(self._parts, request)) is not None:
            return refusal
        if request.method != "GET":
            return PlainTextResponse("A stream is for GET.\n", 405, {"allow": "GET"})
        topic = Topic.OUTBOX if request.query_params.get("topic") == Topic.OUTBOX else Topic.FEED
        viewer = Viewer(topic, FeedFilter.read(request.query_params))
        hub = self._parts.hub
        try:
            await hub.join(viewer)
        except TooMany:
            return PlainTextResponse("As many watch as may. Try again later.\n", 503, {"retry-after": "30"})
        except NoAnswer:
            return PlainTextResponse("The database does not answer.\n", 503, {"retry-after": "5"})
        try:
            first = await self._missed(request, viewer)
        except BaseException as error:
            hub.leave(viewer)
            if isinstance(error, NoAnswer):
                return PlainTextResponse("The database does not answer.\n", 503, {"retry-after": "5"})
            raise
        # A stream ends with its session; the browser comes back, and is turned away.
        seconds = self._parts.access.seconds_left(request)
        ending = asyncio.get_running_loop().call_later(seconds, viewer.end) if seconds is not None else None

        def on_end() -> None:
            hub.leave(viewer)
            if ending is not None:
                ending.cancel()

        return EventStream(viewer, event("trouble", hub.trouble) + first, on_end)

    async def _missed(self, request: Request, viewer: Viewer) -> bytes:
        """Return the events since the place that a browser knows. Raises NoAnswer."""
        given = request.headers.get("last-event-id") or request.query_params.get("after")
        place = Cursor.read(given)
        if place is None or viewer.topic is not Topic.FEED:
            return b""
        entries = await self._parts.feed.since(viewer.wanted, place)
        return catch_up(entries, place, self._parts.hub.entry_event)

    def _frame(self, request: Request, trouble: NoAnswer | None) -> dict[str, object]:
        said = SAID.get(request.query_params.get("said", ""))
        return {"said": said, "trouble": trouble, "signed_in": self._parts.access.has_token}


async def turned_away(parts: Parts, request: Request) -> Response | None:
    """Return the answer to whom the page is not for, None to whom it is."""
    try:
        if await parts.access.may_see(request):
            return None
    except TooManyWrong:
        return PlainTextResponse("Too many wrong tokens. Try again later.\n", 429, {"retry-after": "5"})
    is_browser = "text/html" in request.headers.get("accept", "") and bearer(request) is None
    if is_browser and request.method in ("GET", "HEAD"):
        return RedirectResponse("sign-in", 303)
    return PlainTextResponse("The token is missing or wrong.\n", 401, {"www-authenticate": "Bearer"})


def _stream(wanted: FeedFilter, entries: list[Outcome]) -> str:
    """Return the address of what is new after these entries, the newest first."""
    place = str(entries[0].cursor) if entries else "0~"
    return "events?" + wanted.query(after=place)
