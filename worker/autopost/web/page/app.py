"""The page put together, and served beneath what monitoring asks for."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from autopost.errors import SchemaMismatch
from autopost.outbox.reading import Figures, read_dead_letters, read_figures
from autopost.settings import Settings
from autopost.web.access import Access, TooManyWrong
from autopost.web.cached import Cached
from autopost.web.database import Database, NoAnswer, database
from autopost.web.host_guard import Guard
from autopost.web.page.actions import Actions
from autopost.web.page.feed import Feed
from autopost.web.page.hub import FIGURES_SECONDS, Hub
from autopost.web.page.rendering import Renderer
from autopost.web.page.views import Parts, Views
from autopost.web.server import Serving

STATIC = Path(__file__).parent / "static"
STATIC_TYPES = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
AGENTS_SECONDS = 15.0
MOST_DEAD_LETTERS = 50

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def serve_page(serving: Serving, settings: Settings) -> AsyncIterator[None]:
    """Serve the page beneath what monitoring asks for, while the context lasts. Its end is that of the server too.

    Open streams do not outlast it, and no answer that is under way loses its connection to the database.
    """
    async with database(settings) as connections:
        parts = parts_of(settings, connections)
        serving.beneath = application(settings, parts, connections)
        log.info("page", acts=parts.access.has_token, asks_for_token=parts.access.has_token)
        try:
            yield
        finally:
            parts.hub.close()
            await serving.stop()


def parts_of(settings: Settings, connections: Database) -> Parts:
    """Return what the handlers share."""
    token = settings.http_token.get_secret_value() if settings.http_token is not None else None
    feed = Feed(connections)
    renderer = Renderer(may_act=token is not None)
    figures = Cached(partial(_figures, connections), FIGURES_SECONDS)
    dead_letters = Cached(partial(read_dead_letters, connections, MOST_DEAD_LETTERS), FIGURES_SECONDS)
    hub = Hub(feed, figures, dead_letters, renderer)
    return Parts(Access(token), feed, hub, figures, dead_letters, Cached(feed.agents, AGENTS_SECONDS), renderer)


def application(settings: Settings, parts: Parts, connections: Database) -> ASGIApp:
    """Return the page as an application of its own."""
    views, actions = Views(parts), Actions(parts, connections)
    app = Starlette(
        routes=[
            Route("/", views.feed),
            Route("/outbox", views.outbox),
            Route("/events", views.events),
            Route("/sign-in", actions.sign_in_form),
            Route("/sign-in", actions.sign_in, methods=["POST"]),
            Route("/sign-out", actions.sign_out, methods=["POST"]),
            Route("/retry", actions.retry, methods=["POST"]),
            Route("/skip", actions.skip, methods=["POST"]),
            Route("/pause", actions.pause, methods=["POST"]),
            Route("/resume", actions.resume, methods=["POST"]),
            *(Route(f"/{name}", _file(name)) for name in STATIC_TYPES),
        ],
        exception_handlers={TooManyWrong: _too_many_wrong},
    )
    return Guard(app, local=settings.http_is_local, hosts=settings.page_hosts)


async def _figures(connections: Database) -> Figures:
    """Return the figures. Raises NoAnswer, also where the database has lost what they are about."""
    try:
        return await read_figures(connections)
    except SchemaMismatch as error:
        raise NoAnswer(str(error)) from None


def _file(name: str) -> Response:
    """Return a file of the package as it is always answered."""
    return Response((STATIC / name).read_bytes(), media_type=STATIC_TYPES[name])


async def _too_many_wrong(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("Too many wrong tokens. Try again later.\n", 429, {"retry-after": "5"})
