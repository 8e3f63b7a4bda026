"""The dashboard put together, and served as the fallback of the HTTP server."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from functools import partial

import structlog
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from autopost.database.sql import Schemas
from autopost.errors import SchemaMismatch
from autopost.outbox.reading import Figures, read_dead_letters, read_figures
from autopost.settings import Settings
from autopost.web.access import Access
from autopost.web.cached import Cached
from autopost.web.database import Database, open_database
from autopost.web.errors import DatabaseUnavailable, RequestRefused, TokenRequired, respond
from autopost.web.host_guard import Guard, host_check
from autopost.web.page.actions import Actions, ask_for_token
from autopost.web.page.choices import CachedChoices
from autopost.web.page.deliveries import read_deliveries
from autopost.web.page.digest import DigestView
from autopost.web.page.feed import Feed
from autopost.web.page.hub import FIGURES_SECONDS, DashboardHub
from autopost.web.page.rendering import Renderer
from autopost.web.page.static_files import static_file
from autopost.web.page.subscribe import show_addresses
from autopost.web.page.views import DashboardContext, Views
from autopost.web.server import Serving

MOST_DEAD_LETTERS = 50

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def serve_page(serving: Serving, settings: Settings, schemas: Schemas, access: Access) -> AsyncIterator[None]:
    """Serve the dashboard while the context lasts; at its end stop the server, and all streams at once.

    No response in progress loses its connection to the database.
    """
    async with open_database(settings, schemas) as database:
        context = context_of(access, database)
        serving.fallback = application(settings, context, database)
        serving.on_shutdown.append(context.hub.close)
        log.info(
            "dashboard.started",
            actions=any(token.identity.may_act for token in context.access.tokens),
            requires_token=context.access.has_token,
        )
        try:
            yield
        finally:
            await serving.stop()


def context_of(access: Access, database: Database) -> DashboardContext:
    """Return what the handlers share."""
    feed = Feed(database)
    acting, reading = Renderer(may_act=True), Renderer(may_act=False)
    figures = Cached(partial(_figures, database), FIGURES_SECONDS)
    dead_letters = Cached(partial(read_dead_letters, database, MOST_DEAD_LETTERS), FIGURES_SECONDS)
    deliveries = Cached(partial(read_deliveries, database), FIGURES_SECONDS)
    hub = DashboardHub(feed, figures, dead_letters, deliveries, acting, reading)
    return DashboardContext(
        access=access,
        database=database,
        feed=feed,
        hub=hub,
        figures=figures,
        dead_letters=dead_letters,
        deliveries=deliveries,
        choices=CachedChoices(database),
        acting=acting,
        reading=reading,
    )


def application(settings: Settings, context: DashboardContext, database: Database) -> ASGIApp:
    """Return the dashboard as an application of its own."""
    views, actions = Views(context), Actions(context, database)
    app = Starlette(
        routes=[
            Route("/", views.feed),
            Route("/outbox", views.outbox),
            Route("/digest", DigestView(context, database).show),
            Route("/events", views.events),
            Route("/post/{id}", views.post),
            Route("/agents", views.agents),
            Route("/unread", views.unread),
            *([Route("/subscribe", partial(show_addresses, context))] if settings.feeds_are_on else []),
            Route("/sign-in", actions.sign_in_form),
            Route("/sign-in", actions.sign_in, methods=["POST"]),
            Route("/sign-out", actions.sign_out, methods=["POST"]),
            Route("/retry", actions.retry, methods=["POST"]),
            Route("/retry-all", actions.retry_all, methods=["POST"]),
            Route("/skip", actions.skip, methods=["POST"]),
            Route("/pause", actions.pause, methods=["POST"]),
            Route("/resume", actions.resume, methods=["POST"]),
            Route("/static/{hash}/{name}", static_file),
        ],
        exception_handlers={RequestRefused: respond, TokenRequired: ask_for_token},
    )
    return Guard(app, host_check(settings))


async def _figures(database: Database) -> Figures:
    """Return the figures. Raises DatabaseUnavailable, also where the database has lost what they are about."""
    try:
        return await read_figures(database)
    except SchemaMismatch as error:
        raise DatabaseUnavailable(str(error)) from None
