"""What the dashboard shows: the feed, one post, operations, and the events that keep open pages up to date."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from autopost.outbox.cursor import START, Cursor
from autopost.outbox.outcomes import Outcome
from autopost.outbox.reading import DeadLetter, Figures
from autopost.outbox.summary import Summary
from autopost.web.access import Access, Grant
from autopost.web.cached import Cached
from autopost.web.database import Database
from autopost.web.errors import AllTenantsRequired, DatabaseUnavailable
from autopost.web.filter import FeedFilter
from autopost.web.page.choices import CachedChoices, Choices
from autopost.web.page.deliveries import Deliveries
from autopost.web.page.feed import MOST_CAUGHT_UP, Feed, Page, catch_up
from autopost.web.page.hub import DashboardHub, Topic
from autopost.web.page.permalink import read_permalink
from autopost.web.page.rendering import Renderer
from autopost.web.sse import ALIVE, EventStream, event, require_get
from autopost.web.viewer import Viewer

# What may stand at the top of a page after an action. Addresses name it by its key, and can show no other text.
NOTICES = {
    "retried": "It is retried: a worker claims it now.",
    "all-retried": "All dead letters are retried: workers claim them now.",
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
    database: Database
    feed: Feed
    hub: DashboardHub
    figures: Cached[Figures]
    dead_letters: Cached[list[DeadLetter]]
    deliveries: Cached[Deliveries]
    choices: CachedChoices
    acting: Renderer  # with buttons for actions
    reading: Renderer
    summaries: dict[tuple[int, str | None], Cached[Summary]] = field(default_factory=dict)  # by hours and tenant

    def forget(self) -> None:
        """Read everything again that an action may have changed."""
        self.figures.invalidate()
        self.dead_letters.invalidate()
        self.summaries.clear()

    def renderer(self, grant: Grant) -> Renderer:
        """Return what renders pages for a request."""
        return self.acting if grant.identity.may_act else self.reading

    async def choices_for(self, grant: Grant) -> Choices:
        """Return what the filter may choose from, of what a request may see. Raises DatabaseUnavailable."""
        return await self.choices.of(grant.identity.tenant)


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
        figures, dead, choices, trouble = None, None, Choices(), None
        try:
            choices = await self._context.choices_for(grant)
            wanted = choices.resolved(wanted)
            if before is None and (after := Cursor.read(request.query_params.get("after"))) is not None:
                before = await self._context.feed.end_of_page_after(wanted, after)
            page = await self._context.feed.page(wanted, before)
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
            choices=choices,
            agent_word=_agent_word(wanted, choices, page),
            stream=None if page is None or before is not None else _stream(wanted, page.entries),
            **frame(self._context, request, grant, trouble),
        )
        return HTMLResponse(html, 200 if page is not None else 503)

    async def post(self, request: Request) -> Response:
        """Show one post with the history of its operation, unless it is of a tenant that the token may not see."""
        grant = await self._context.access.require(request)
        found, trouble = None, None
        try:
            found = await read_permalink(
                self._context.database, request.path_params["id"].replace("\0", ""), grant.identity.tenant
            )
        except DatabaseUnavailable as error:
            trouble = error
        html = self._context.renderer(grant).page(
            "post", here="post", root="../", found=found, stream=None, **frame(self._context, request, grant, trouble)
        )
        return HTMLResponse(html, 503 if trouble else 200 if found else 404)

    async def agents(self, request: Request) -> Response:
        """Return the agents that have what was typed, for the filter's list."""
        grant = await self._context.access.require(request)
        found = (await self._context.choices_for(grant)).offered(request.query_params.get("q", "")[:200])
        return JSONResponse([{"value": agent.word, "label": agent.name, "id": agent.id} for agent in found])

    async def unread(self, request: Request) -> Response:
        """Return how many outcomes came after a place, at most MOST_CAUGHT_UP: for pages that nobody looks at."""
        grant = await self._context.access.require(request)
        place = Cursor.read(request.query_params.get("after"))
        if place is None:
            return JSONResponse({"unread": 0})
        entries = await self._context.feed.since(_wanted(request, grant), place)
        unread = sum(entry.cursor > place for entry in entries)
        return JSONResponse({"unread": unread, "is_all": len(entries) < MOST_CAUGHT_UP})

    async def outbox(self, request: Request) -> Response:
        """Show the status of the outbox and of deliveries, and what can be done."""
        grant = await self._context.access.require(request)
        _require_all_tenants(grant)
        figures, dead, deliveries, trouble = None, None, None, None
        try:
            dead, figures = await self._context.dead_letters.get(), await self._context.figures.get()
            deliveries = await self._context.deliveries.get()
        except DatabaseUnavailable as error:
            trouble = error
        html = self._context.renderer(grant).page(
            "outbox",
            here="outbox",
            figures=figures,
            dead=dead,
            deliveries=deliveries,
            stream=None if trouble else "events?topic=outbox",
            **frame(self._context, request, grant, trouble),
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
        return EventStream(hub, viewer, event("trouble", hub.trouble) + missed, event(ALIVE, True))


def frame(
    context: DashboardContext, request: Request, grant: Grant, trouble: DatabaseUnavailable | None
) -> dict[str, object]:
    """Return what every page shows."""
    return {
        "notice": NOTICES.get(request.query_params.get("said", "")),
        "trouble": trouble,
        "signed_in": context.access.has_token,
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


def _agent_word(wanted: FeedFilter, choices: Choices, page: Page | None) -> str:
    """Return what the filter calls the agent, also one whose first post is newer than the choices."""
    word = choices.word_for(wanted.agent)
    if word and word == wanted.agent and page is not None and page.entries:
        return page.entries[0].agent_name or word
    return word


def _stream(wanted: FeedFilter, entries: list[Outcome]) -> str:
    """Return the address of what is new after these entries, the newest first."""
    place = entries[0].cursor if entries else START
    return "events?" + wanted.query(after=str(place))
