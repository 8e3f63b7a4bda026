"""What the dashboard shows: the feed, the outbox, and the events that keep both up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp

from autopost.outbox.cursor import Cursor
from autopost.outbox.outcomes import Outcome
from autopost.outbox.reading import DeadLetter, Figures
from autopost.web.access import Access, Grant
from autopost.web.cached import Cached
from autopost.web.errors import AllTenantsRequired, DatabaseUnavailable
from autopost.web.filter import FeedFilter
from autopost.web.page.feed import Feed, Page, catch_up
from autopost.web.page.hub import DashboardHub, Topic
from autopost.web.page.rendering import Renderer
from autopost.web.sse import EventStream, event, require_get
from autopost.web.viewer import Viewer

# What may stand at the top of a page after an action. Addresses name it by its key, and can show no other text.
NOTICES = {
    "retried": "It is retried: a worker claims it now.",
    "skipped": "It is skipped, and will not be posted.",
    "paused": "Claiming is paused. What is in progress is finished; the rest waits.",
    "resumed": "Claiming is resumed.",
    "nothing": "There was nothing to do: it was done already.",
    "reason": "A reason is 1 to 60 letters, digits, spaces, _ or -.",
    "rights": "The dashboard's database role may not do that.",
    "trouble": "The database does not answer. Check whether the action was done.",
}


@dataclass(frozen=True, slots=True)
class DashboardContext:
    """What the handlers share."""

    access: Access
    feed: Feed
    hub: DashboardHub
    figures: Cached[Figures]
    dead_letters: Cached[list[DeadLetter]]
    agents: Mapping[str | None, Cached[list[tuple[str, str]]]]  # by the tenant that a token is limited to
    acting: Renderer  # with buttons for actions
    reading: Renderer

    def renderer(self, grant: Grant) -> Renderer:
        """Return what renders pages for a request."""
        return self.acting if grant.identity.may_act else self.reading


class Views:
    """Handlers that only read."""

    def __init__(self, context: DashboardContext) -> None:
        self._context = context

    async def feed(self, request: Request) -> Response:
        """Show the newest outcomes, or those before a place."""
        grant = await self._context.access.require(request)
        wanted = _wanted(request, grant)
        before = Cursor.read(request.query_params.get("before"))
        page: Page | None = None
        figures, dead, agents, trouble = None, None, [], None
        try:
            page = await self._context.feed.page(wanted, before)
            agents = await self._context.agents[grant.identity.tenant].get()
            if grant.identity.tenant is None:
                figures, dead = await self._context.figures.get(), await self._context.dead_letters.get()
        except DatabaseUnavailable as error:
            trouble = error
        html = self._context.renderer(grant).page(
            "feed",
            here="feed",
            wanted=wanted,
            before=before,
            page=page,
            figures=figures,
            dead=dead,
            agents=agents,
            stream=None if page is None or before is not None else _stream(wanted, page.entries),
            **self._frame(request, grant, trouble),
        )
        return HTMLResponse(html, 200 if page is not None else 503)

    async def outbox(self, request: Request) -> Response:
        """Show the status of the outbox, and what can be done."""
        grant = await self._context.access.require(request)
        _require_all_tenants(grant)
        figures, dead, trouble = None, None, None
        try:
            dead, figures = await self._context.dead_letters.get(), await self._context.figures.get()
        except DatabaseUnavailable as error:
            trouble = error
        html = self._context.renderer(grant).page(
            "outbox",
            here="outbox",
            figures=figures,
            dead=dead,
            stream=None if trouble else "events?topic=outbox",
            **self._frame(request, grant, trouble),
        )
        return HTMLResponse(html, 200 if trouble is None else 503)

    async def events(self, request: Request) -> ASGIApp:
        """Stream what is new, beginning with what came since the place that the browser gives."""
        grant = await self._context.access.require(request)
        require_get(request)
        topic = Topic.FEED
        if request.query_params.get("topic") == Topic.OUTBOX:
            _require_all_tenants(grant)
            topic = Topic.OUTBOX if grant.identity.may_act else Topic.OUTBOX_TO_READ
        wanted = _wanted(request, grant)
        left = partial(self._context.access.seconds_left, grant)
        viewer = Viewer([topic], wanted=wanted, session_left=left, tenant=grant.identity.tenant)
        hub = self._context.hub

        async def read_missed() -> bytes:
            place = Cursor.read(request.headers.get("last-event-id") or request.query_params.get("after"))
            if place is None or topic is not Topic.FEED:
                return b""
            return catch_up(await self._context.feed.since(wanted, place), place, hub.entry_event)

        missed = await hub.subscribe(viewer, read_missed)
        return EventStream(hub, viewer, event("trouble", hub.trouble) + missed)

    def _frame(self, request: Request, grant: Grant, trouble: DatabaseUnavailable | None) -> dict[str, object]:
        notice = NOTICES.get(request.query_params.get("said", ""))
        return {
            "notice": notice,
            "trouble": trouble,
            "signed_in": self._context.access.has_token,
            "sees_all": grant.identity.tenant is None,
        }


def _wanted(request: Request, grant: Grant) -> FeedFilter:
    """Return what a request asks for, within what it may see. Raises OtherTenant."""
    wanted = FeedFilter.read(request.query_params)
    return replace(wanted, tenant=grant.tenant(wanted.tenant))


def _require_all_tenants(grant: Grant) -> None:
    """Raise AllTenantsRequired for a token that is limited to a tenant."""
    if grant.identity.tenant is not None:
        raise AllTenantsRequired


def _stream(wanted: FeedFilter, entries: list[Outcome]) -> str:
    """Return the address of what is new after these entries, the newest first."""
    place = str(entries[0].cursor) if entries else "0~"
    return "events?" + wanted.query(after=place)
