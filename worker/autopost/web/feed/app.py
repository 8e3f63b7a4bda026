"""The feeds put together, and served beside the page and what monitoring asks for."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from functools import partial

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from autopost.settings import Settings
from autopost.web.access import Access
from autopost.web.database import Database, NoAnswer, database, settings_of_looking
from autopost.web.feed.documents import ATOM_TYPE, JSON_TYPE, Heading, Post, atom_feed, json_feed
from autopost.web.feed.events import Events
from autopost.web.feed.from_settings import source_of
from autopost.web.feed.hub import Hub
from autopost.web.feed.joining import Parts, turned_away
from autopost.web.feed.log import Log
from autopost.web.feed.posts import Posts
from autopost.web.feed.receiver import Receiver
from autopost.web.feed.sockets import Sockets
from autopost.web.filter import FeedFilter
from autopost.web.host_guard import Guard
from autopost.web.server import Serving

PATHS = ("/feed/events", "/feed/ws", "/feed.json", "/feed.atom")

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def serve_feeds(serving: Serving, settings: Settings) -> AsyncIterator[None]:
    """Serve the feeds at PATHS while the context lasts. Its end is that of the server too, and of all streams at once.

    Raises ConfigurationError without the extra that the carrier needs.
    """
    async with database(settings, "feed") as connections:
        parts = parts_of(settings, connections)
        hub = parts.hub
        app = application(settings, parts)
        serving.at |= dict.fromkeys(PATHS, app)
        if hub is not None:
            serving.closing.append(hub.close)
        log.info("feeds", live=hub is not None, asks_for_token=parts.access.has_token)
        try:
            yield
        finally:
            await serving.stop()


def parts_of(settings: Settings, connections: Database) -> Parts:
    """Return what the handlers share."""
    token = settings.http_token.get_secret_value() if settings.http_token is not None else None
    announcements = Log(connections)
    source = source_of(settings_of_looking(settings))
    hub = Hub(partial(Receiver, announcements, source), settings.feed_viewers) if source is not None else None
    return Parts(Access(token), announcements, Posts(connections), hub)


def application(settings: Settings, parts: Parts) -> ASGIApp:
    """Return the feeds as an application of their own."""
    app = Starlette(
        routes=[
            Route("/feed/events", Events(parts).stream),
            Route("/feed/ws", _no_upgrade),
            WebSocketRoute("/feed/ws", Sockets(parts)),
            Route("/feed.json", _document(parts, json_feed, JSON_TYPE)),
            Route("/feed.atom", _document(parts, atom_feed, ATOM_TYPE)),
        ]
    )
    return Guard(app, local=settings.http_is_local, hosts=settings.page_hosts)


def _document(
    parts: Parts, write: Callable[[Heading, Sequence[Post]], bytes], media_type: str
) -> Callable[..., object]:
    async def answer(request: Request) -> Response:
        if (refusal := await turned_away(parts.access, request)) is not None:
            return refusal
        wanted = replace(FeedFilter.read(request.query_params), silent=False)
        try:
            posts = await parts.posts.newest(wanted)
        except NoAnswer:
            return PlainTextResponse("The database does not answer.\n", 503, {"retry-after": "5"})
        body = write(_heading(request, wanted), posts)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "authorization, cookie, host"}
        if tag in (given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=media_type)

    return answer


def _heading(request: Request, wanted: FeedFilter) -> Heading:
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    site = f"{'https' if secure else 'http'}://{request.headers.get('host', 'localhost')}"
    query = wanted.query()
    kind = {"alert": "alerts", "status": "status posts"}.get(wanted.kind or "", "posts")
    title = f"autopost: {kind} of {wanted.agent or 'all agents'}"
    page = f"{site}/?{query}" if query else f"{site}/"
    return Heading(title, f"{site}{request.url.path}{'?' if query else ''}{query}", page)


async def _no_upgrade(_request: Request) -> Response:
    headers = {"upgrade": "websocket", "connection": "Upgrade"}
    return PlainTextResponse("This is an address for WebSockets.\n", 426, headers)
