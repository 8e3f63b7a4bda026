"""The HTTP server in the process of a worker or of `autopost serve`: /healthz, /readyz, /metrics, and what is mounted.

It answers from the start, also while the worker waits for its database. The dashboard and the feeds are applications
that are mounted later.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from autopost.errors import ConfigurationError
from autopost.observability.health import Health
from autopost.web.connections import Connections, HttpConnection, WebSocketConnection
from autopost.web.host_guard import HostCheck
from autopost.web.request_body import WholeBody

MOST_CONNECTIONS = 400
MONITORING_CONNECTIONS = 50  # beside those; only /healthz, /readyz and /metrics are answered on them
MOST_SCRAPES = 10  # at once that wait for fresh figures; the others get the previous ones
STOP_SECONDS = 2.0
MOST_MESSAGE_BYTES = 4_096  # from a WebSocket, on which clients send nothing
RESERVED_FILES = 150  # for the database, logs, files, and whatever else the process opens
NOT_FOUND = PlainTextResponse("There is nothing here.\n", 404)
UNGUARDED = PlainTextResponse(
    "The dashboard is off: outside loopback it needs a token, such as SOCIAL_POST_HTTP_TOKEN.\n", 404
)
STARTING = PlainTextResponse("The worker is starting.\n", 503, {"retry-after": "2"})
BUSY = PlainTextResponse("Too many requests at once.\n", 503, {"retry-after": "5"})

log = structlog.get_logger(__name__)


class Serving:
    """A running server. Paths in `mounts` have applications of their own; `fallback`, which may change, has the rest.

    They answer at most `limit` requests at once. Each function of `on_shutdown` is called before the server stops, to
    end streams.
    """

    def __init__(self, fallback: ASGIApp, limit: int, stop: Callable[[], Awaitable[None]]) -> None:
        self.fallback = fallback
        self._limit = limit
        self._running = 0
        self.mounts: dict[str, ASGIApp] = {}
        self.on_shutdown: list[Callable[[], None]] = []
        self._stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if self._running >= self._limit:
            await BUSY(scope, receive, send)
            return
        self._running += 1
        try:
            await self.mounts.get(scope["path"], self.fallback)(scope, receive, send)
        finally:
            self._running -= 1

    async def stop(self) -> None:
        """Stop the server before its context ends, for resources that must outlast the last response."""
        for end_streams in self.on_shutdown:
            end_streams()
        await self._stop()


class _Scrapes:
    """The metrics as text, written once for all who ask at the same time."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._waiting = 0
        self._next: asyncio.Task[bytes] | None = None
        self._last = b""

    async def get(self) -> bytes:
        """Return the metrics as they are after this call; of a flood of calls, as they were a moment ago."""
        if self._waiting >= MOST_SCRAPES and self._last:
            return self._last
        if self._next is None:
            self._next = asyncio.create_task(self._write(), name="metrics")
        self._waiting += 1
        try:
            return await asyncio.shield(self._next)
        finally:
            self._waiting -= 1

    async def _write(self) -> bytes:
        try:
            await self._health.sample()
        finally:
            self._next = None  # later requests need a new sample
        self._last = generate_latest(self._health.registry)
        return self._last


def application(health: Health, fallback: ASGIApp, hosts: HostCheck) -> Starlette:
    """Return the application, which reports the state at the time of the request; `fallback` has all other paths."""
    scrapes = _Scrapes(health)

    async def alive(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(request: Request) -> Response:
        if not hosts.allows_monitoring(request.headers):
            return hosts.refusal
        return JSONResponse(health.report(), status_code=200 if health.ready else 503)

    async def metrics(request: Request) -> Response:
        if not hosts.allows_monitoring(request.headers):
            return hosts.refusal
        return Response(await scrapes.get(), media_type=CONTENT_TYPE_LATEST)

    compressed = [Middleware(GZipMiddleware, compresslevel=1)]  # a tenth of the bytes, for a fraction of a millisecond
    scraped = Route("/metrics", metrics, middleware=compressed)
    return Starlette(routes=[Route("/healthz", alive), Route("/readyz", ready), scraped, Mount("/", fallback)])


class _Server(uvicorn.Server):
    """A server that leaves signals to the worker."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve(
    health: Health,
    host: str,
    port: int,
    *,
    fallback: ASGIApp = NOT_FOUND,
    connections: int = MOST_CONNECTIONS,
    hosts: HostCheck | None = None,
) -> AsyncIterator[Serving]:
    """Serve while the context lasts, with at most this many requests at once, or as many as the system allows.

    `hosts` says under which names /readyz and /metrics are answered, by default any. Raises ConfigurationError when the
    port is not free.
    """
    with _listening(host, port) as listener:
        room = room_for(connections + MONITORING_CONNECTIONS)
        registry = Connections(room)

        async def stop() -> None:
            server.should_exit = True
            if not running.done():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(STOP_SECONDS):
                        await running

        serving = Serving(fallback, max(room - MONITORING_CONNECTIONS, 1), stop)
        protocol: Any = partial(HttpConnection, registry)
        config = uvicorn.Config(
            WholeBody(application(health, serving, hosts or HostCheck(is_local=False))),
            http=protocol,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # anyone with access to the port could set them
            lifespan="off",
            ws=WebSocketConnection,
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
        reason = str(getattr(error, "strerror", None) or "not an address").partition(" (while")[0]
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
