"""What a process serves over HTTP, a worker's or an instance's own: monitoring, the page, and the feeds."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import structlog

from autopost.observability.health import Health
from autopost.settings import Settings

if TYPE_CHECKING:
    from autopost.web.server import Serving

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def monitoring(health: Health, settings: Settings) -> AsyncIterator[Serving | None]:
    """Answer what monitoring asks for, where there is a port. Raises ConfigurationError when it is not free."""
    if settings.http_port is None:
        yield None
        return
    # A web server, which a worker without a port does without.
    from autopost.web.server import COMING, MOST_CONNECTIONS, NOTHING, serve

    if not settings.page_is_on and settings.page is None:
        log.warning("dashboard.disabled", missing="SOCIAL_POST_HTTP_TOKEN", http_host=settings.http_host)
    beneath = COMING if settings.page_is_on or settings.feeds_are_on else NOTHING
    connections = MOST_CONNECTIONS + (settings.feed_viewers if settings.feeds_are_on else 0)
    async with serve(
        health, settings.http_host, settings.http_port, beneath=beneath, connections=connections
    ) as serving:
        yield serving


@contextlib.asynccontextmanager
async def page_and_feeds(serving: Serving | None, settings: Settings) -> AsyncIterator[None]:
    """Serve the page and the feeds, where they are on, while the context lasts. Raises ConfigurationError."""
    async with contextlib.AsyncExitStack() as served:
        if serving is not None:
            from autopost.web.server import NOTHING

            serving.beneath = NOTHING
            if settings.feeds_are_on:
                from autopost.web.feed.app import serve_feeds

                await served.enter_async_context(serve_feeds(serving, settings))
            if settings.page_is_on:
                from autopost.web.page.app import serve_page

                await served.enter_async_context(serve_page(serving, settings))
        yield
