"""The feeds put together, and served beside the dashboard and the endpoints for monitoring."""

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

from autopost.database.sql import Schemas
from autopost.settings import Settings
from autopost.web.access import Access, is_https
from autopost.web.database import Database, open_database, reader_settings
from autopost.web.errors import RequestRefused, respond
from autopost.web.feed.documents import ATOM_TYPE, JSON_TYPE, Heading, Post, atom_feed, json_feed
from autopost.web.feed.events import stream_events
from autopost.web.feed.from_settings import source_of
from autopost.web.feed.hub import FeedHub
from autopost.web.feed.log import Log
from autopost.web.feed.posts import Posts
from autopost.web.feed.receiver import Receiver
from autopost.web.feed.sockets import stream_messages
from autopost.web.feed.subscription import FeedContext
from autopost.web.filter import FeedFilter
from autopost.web.host_guard import Guard, HostCheck
from autopost.web.server import Serving

PATHS = ("/feed/events", "/feed/ws", "/feed.json", "/feed.atom")

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def serve_feeds(serving: Serving, settings: Settings, schemas: Schemas, access: Access) -> AsyncIterator[None]:
    """Serve the feeds at PATHS while the context lasts; at its end stop the server, and all streams at once.

    Raises ConfigurationError without the extra that the transport needs.
    """
    async with open_database(settings, schemas, "feed") as database:
        context = context_of(settings, access, database)
        serving.mounts |= dict.fromkeys(PATHS, application(settings, context))
        if context.hub is not None:
            serving.on_shutdown.append(context.hub.close)
        log.info("feed.started", live=context.hub is not None, requires_token=context.access.has_token)
        try:
            yield
        finally:
            await serving.stop()


def context_of(settings: Settings, access: Access, database: Database) -> FeedContext:
    """Return what the handlers share."""
    posts = Log(database)
    source = source_of(reader_settings(settings))
    hub = FeedHub(partial(Receiver, posts, source), settings.feed_viewers) if source is not None else None
    return FeedContext(access, posts, Posts(database), hub)


def application(settings: Settings, context: FeedContext) -> ASGIApp:
    """Return the feeds as an application of their own."""
    app = Starlette(
        routes=[
            Route("/feed/events", partial(stream_events, context)),
            Route("/feed/ws", _require_upgrade),
            WebSocketRoute("/feed/ws", partial(stream_messages, context)),
            Route("/feed.json", partial(_document, context, json_feed, JSON_TYPE)),
            Route("/feed.atom", partial(_document, context, atom_feed, ATOM_TYPE)),
        ],
        exception_handlers={RequestRefused: respond},
    )
    return Guard(app, HostCheck(is_local=settings.http_is_local, hosts=settings.page_hosts))


async def _document(
    context: FeedContext, write: Callable[[Heading, Sequence[Post]], bytes], media_type: str, request: Request
) -> Response:
    await context.access.require(request)
    wanted = replace(FeedFilter.read(request.query_params), silent=False)
    body = write(_heading(request, wanted), await context.posts.newest(wanted))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "authorization, cookie, host"}
    if tag in (given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _heading(request: Request, wanted: FeedFilter) -> Heading:
    site = f"{'https' if is_https(request) else 'http'}://{request.headers.get('host', 'localhost')}"
    query = wanted.query()
    kind = {"alert": "alerts", "status": "status posts"}.get(wanted.kind or "", "posts")
    title = f"autopost: {kind} of {wanted.agent or 'all agents'}"
    suffix = f"?{query}" if query else ""
    return Heading(title, f"{site}{request.url.path}{suffix}", f"{site}/{suffix}")


async def _require_upgrade(_request: Request) -> Response:
    headers = {"upgrade": "websocket", "connection": "Upgrade"}
    return PlainTextResponse("This is an address for WebSockets.\n", 426, headers)
