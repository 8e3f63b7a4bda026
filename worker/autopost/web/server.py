"""The HTTP server in the process of a worker or of `autopost serve`: /healthz, /readyz, /metrics, and what is mounted.

It answers from the start, also while the worker waits for its database. The dashboard and the feeds are applications
that are mounted later.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import cast

import h11
import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from autopost.errors import ConfigurationError
from autopost.observability.health import Health
from autopost.observability.metrics import REGISTRY

MOST_CONNECTIONS = 400
REQUEST_SECONDS = 10.0  # from the first byte of a request, or from the connection, to the last
STOP_SECONDS = 2.0
MOST_MESSAGE_BYTES = 4_096  # from a WebSocket, on which clients send nothing
RESERVED_FILES = 150  # for the database, logs, files, and whatever else the process opens
NOT_FOUND = PlainTextResponse("There is nothing here.\n", 404)
STARTING = PlainTextResponse("The worker is starting.\n", 503, {"retry-after": "2"})

log = structlog.get_logger(__name__)


class Serving:
    """A running server. Paths in `mounts` have applications of their own; `fallback`, which may change, has the rest.

    Each function of `on_shutdown` is called before the server stops, to end streams.
    """

    def __init__(self, fallback: ASGIApp, stop: Callable[[], Awaitable[None]]) -> None:
        self.fallback = fallback
        self.mounts: dict[str, ASGIApp] = {}
        self.on_shutdown: list[Callable[[], None]] = []
        self._stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await self.mounts.get(scope["path"], self.fallback)(scope, receive, send)

    async def stop(self) -> None:
        """Stop the server before its context ends, for resources that must outlast the last response."""
        for end_streams in self.on_shutdown:
            end_streams()
        await self._stop()


def application(health: Health, fallback: ASGIApp) -> Starlette:
    """Return the application, which reports the state at the time of the request; `fallback` has all other paths."""

    async def alive(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_: Request) -> Response:
        return JSONResponse(health.report(), status_code=200 if health.ready else 503)

    async def metrics(_: Request) -> Response:
        await health.sample()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics), Mount("/", fallback)]
    return Starlette(routes=routes)


class _Protocol(H11Protocol):
    """HTTP with what uvicorn has no option for: a limit of connections, a time limit for requests, and the transport.

    uvicorn's limit_concurrency answers requests, and so does not bound connections that send none, and its
    timeout_keep_alive ends with the first byte. A connection over the limit is closed before it may use up the
    process's file descriptors; one whose request is not complete in REQUEST_SECONDS is closed. Applications find the
    transport in the scope's state, to disconnect a client that does not read.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self.app_state = {**self.app_state, "transport": transport}
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            self.transport.abort()
        else:
            self._start_deadline()

    def data_received(self, data: bytes) -> None:
        self._start_deadline()
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._clear_deadline()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._clear_deadline()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        super().connection_lost(exc)

    def _start_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Server(uvicorn.Server):
    """A server that leaves signals to the worker."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve(
    health: Health, host: str, port: int, *, fallback: ASGIApp = NOT_FOUND, connections: int = MOST_CONNECTIONS
) -> AsyncIterator[Serving]:
    """Serve while the context lasts, with at most this many connections at once, or as many as the system allows.

    Raises ConfigurationError when the port is not free.
    """
    with _listening(host, port) as listener:

        async def stop() -> None:
            server.should_exit = True
            if not running.done():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(STOP_SECONDS):
                        await running

        serving = Serving(fallback, stop)
        config = uvicorn.Config(
            application(health, serving),
            http=_Protocol,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # anyone with access to the port could set them
            lifespan="off",
            limit_concurrency=room_for(connections) + 1,  # from this one on
            ws="websockets-sansio",
            ws_max_size=MOST_MESSAGE_BYTES,
            ws_per_message_deflate=False,  # it costs 30 kB a connection, and time
        )
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]), name="http")
        log.info("http.listening", address=f"http://{host}:{listener.getsockname()[1]}")
        try:
            yield serving
        finally:
            await stop()


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


def room_for(connections: int) -> int:
    """Return how many of these connections there is room for; raise the process's soft limit of files for them."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + RESERVED_FILES
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited or soft >= needed:
        return connections
    wanted = needed if hard == unlimited else min(needed, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < needed:
        room = max(wanted - RESERVED_FILES, 1)
        log.warning("http.too_few_files", files=wanted, connections=room, wanted_connections=connections)
        return room
    return connections
