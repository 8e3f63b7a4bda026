"""A small HTTP server in the worker's own process: /healthz, /readyz and /metrics, which read and change nothing.

Whatever else is to be served is another application beneath them.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import h11
import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from autopost.errors import ConfigurationError
from autopost.metrics import REGISTRY
from autopost.monitoring.health import Health

MOST_CONNECTIONS = 400
REQUEST_SECONDS = 10.0  # from the first byte of a request, or from the connection, to the last

log = structlog.get_logger(__name__)


def application(health: Health, beneath: ASGIApp | None = None) -> Starlette:
    """Return the application; what it says is the state at the time of asking. `beneath` answers all other paths."""

    async def alive(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_: Request) -> Response:
        return JSONResponse(health.report(), status_code=200 if health.ready else 503)

    async def metrics(_: Request) -> Response:
        await health.sample()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    routes: list[BaseRoute] = [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
    return Starlette(routes=routes if beneath is None else [*routes, Mount("/", beneath)])


class _Protocol(H11Protocol):
    """HTTP that lets an application end a connection whose peer does not read: its transport is in the scope.

    Nobody holds a connection without asking: it ends when no request has arrived in REQUEST_SECONDS, and there are
    MOST_CONNECTIONS at the most, so that the worker keeps its file descriptors.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Read on; the time ends with the request, and begins with the next."""
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_the_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_the_clock()
        super().connection_lost(exc)

    def _stop_the_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Server(uvicorn.Server):
    """A server that leaves signals to the worker."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve(health: Health, host: str, port: int, *, beneath: ASGIApp | None = None) -> AsyncIterator[None]:
    """Serve while the context lasts. Raises ConfigurationError when the port is not free."""
    with _listening(host, port) as listener:
        app = application(health, beneath)
        config = uvicorn.Config(
            app,
            http=_Protocol,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whoever is let near the port could set them
            lifespan="off",
            ws="none",
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="monitoring")
        log.info("monitoring", address=f"http://{host}:{listener.getsockname()[1]}")
        try:
            yield
        finally:
            server.should_exit = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await serving


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not an address"
        raise ConfigurationError(
            f"SOCIAL_POST_HTTP_HOST, _PORT: cannot listen on {host} port {port}: {reason}"
        ) from None
    with listener:
        yield listener
