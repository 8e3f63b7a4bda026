"""The feeds put together, and served beside the dashboard and the endpoints for monitoring."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from functools import partial

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from autopost.database.sql import Schemas
from autopost.settings import Settings
from autopost.web.access import Access
from autopost.web.database import Database, open_database, reader_settings
from autopost.web.errors import RequestRefused, respond
from autopost.web.feed.document_views import show_document
from autopost.web.feed.documents import ATOM_TYPE, JSON_TYPE, atom_feed, json_feed
from autopost.web.feed.events import stream_events
from autopost.web.feed.from_settings import source_of
from autopost.web.feed.hub import FeedHub
from autopost.web.feed.log import Log
from autopost.web.feed.posts import Posts
from autopost.web.feed.receiver import Receiver
from autopost.web.feed.sockets import stream_messages
from autopost.web.feed.subscription import FeedContext
from autopost.web.filter import tenant_in
from autopost.web.host_guard import Guard, host_check
from autopost.web.server import Serving
from autopost.web.signed import TICKET_SECONDS, sign_ticket

PATHS = ("/feed/events", "/feed/ws", "/feed/ticket", "/feed.json", "/feed.atom")
CORS_HEADERS = ("authorization", "last-event-id", "if-none-match")

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
    return FeedContext(access, posts, Posts(database), hub, settings.page_is_on)


def application(settings: Settings, context: FeedContext) -> ASGIApp:
    """Return the feeds as an application of their own."""
    app = Starlette(
        routes=[
            Route("/feed/events", partial(stream_events, context)),
            Route("/feed/ws", _require_upgrade),
            Route("/feed/ticket", partial(_ticket, context), methods=["POST"]),
            WebSocketRoute("/feed/ws", partial(stream_messages, context)),
            Route("/feed.json", partial(show_document, context, json_feed, JSON_TYPE)),
            Route("/feed.atom", partial(show_document, context, atom_feed, ATOM_TYPE)),
        ],
        exception_handlers={RequestRefused: respond},
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=settings.feed_origins,
                allow_methods=("GET", "POST"),
                allow_headers=CORS_HEADERS,
                expose_headers=("etag",),
            )
        ],
    )
    return Guard(app, host_check(settings), settings.feed_origins)


async def _ticket(context: FeedContext, request: Request) -> Response:
    """Return a ticket for streams, of the tenant that the address names. Raises TokenRequired and OtherTenant."""
    grant = await context.access.require(request)
    tenant = grant.tenant(tenant_in(request.query_params))
    if grant.token is None:
        return PlainTextResponse("Without a token streams are open, and need no ticket.\n", 404)
    ticket = sign_ticket(grant.token, tenant, time.time())
    return JSONResponse({"ticket": ticket, "seconds": TICKET_SECONDS}, headers={"cache-control": "no-store"})


async def _require_upgrade(_request: Request) -> Response:
    headers = {"upgrade": "websocket", "connection": "Upgrade"}
    return PlainTextResponse("This is an address for WebSockets.\n", 426, headers)
