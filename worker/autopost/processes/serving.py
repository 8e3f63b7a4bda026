"""What a worker or `autopost serve` serves over HTTP: endpoints for monitoring, the dashboard, and the feeds."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING

import structlog

from autopost.database.sql import Schemas
from autopost.observability.health import Health
from autopost.observability.problems import Problems
from autopost.processes.reloading import RELOAD_SECONDS, meanwhile, reload_file
from autopost.settings import Settings

if TYPE_CHECKING:
    from autopost.web.server import Serving
    from autopost.web.tokens import Tokens

TOKENS = "tokens"

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def monitoring(health: Health, settings: Settings) -> AsyncIterator[Serving | None]:
    """Serve /healthz, /readyz and /metrics, where there is a port. Raises ConfigurationError when it is not free."""
    if settings.http_port is None:
        yield None
        return
    # Imports a web server, which a worker without a port does not need.
    from autopost.web.host_guard import host_check
    from autopost.web.server import MOST_CONNECTIONS, NOT_FOUND, STARTING, serve

    if not settings.page_is_on and settings.page is None:
        log.warning("dashboard.disabled", missing="SOCIAL_POST_HTTP_TOKEN", http_host=settings.http_host)
    fallback = STARTING if settings.page_is_on or settings.feeds_are_on else NOT_FOUND
    connections = MOST_CONNECTIONS + (settings.feed_viewers if settings.feeds_are_on else 0)
    async with serve(
        health,
        settings.http_host,
        settings.http_port,
        fallback=fallback,
        connections=connections,
        hosts=host_check(settings),
    ) as serving:
        yield serving


@contextlib.asynccontextmanager
async def page_and_feeds(
    serving: Serving | None, settings: Settings, schemas: Schemas, problems: Problems | None = None
) -> AsyncIterator[None]:
    """Serve the dashboard and the feeds, where enabled, while the context lasts. Raises ConfigurationError.

    `problems` has what is wrong with the file of tokens.
    """
    async with contextlib.AsyncExitStack() as served:
        if serving is not None:
            from autopost.web.access import open_access
            from autopost.web.server import NOT_FOUND, UNGUARDED

            serving.fallback = NOT_FOUND if settings.page_is_guarded or settings.page is False else UNGUARDED
            access = await served.enter_async_context(open_access(settings, schemas))
            if settings.http_tokens_file is not None:
                work = partial(reload_tokens, settings, access.tokens, problems or Problems())
                await served.enter_async_context(meanwhile(work))
            if settings.feeds_are_on:
                from autopost.web.feed.app import serve_feeds

                await served.enter_async_context(serve_feeds(serving, settings, schemas, access))
            if settings.page_is_on:
                from autopost.web.page.app import serve_page

                await served.enter_async_context(serve_page(serving, settings, schemas, access))
        yield


async def reload_tokens(
    settings: Settings, tokens: Tokens, problems: Problems, *, every_seconds: float = RELOAD_SECONDS
) -> None:
    """Replace the tokens when their file, or one that it names, has changed, until cancelled; see reload_file."""
    from autopost.web.token_file import read_tokens

    def say(problem: str | None) -> None:
        if problem is None:
            log.info("tokens.reloaded")
        else:
            log.warning("tokens.invalid", problem=problem)

    await reload_file(lambda: read_tokens(settings), tokens.replace, problems, TOKENS, say, every_seconds=every_seconds)
