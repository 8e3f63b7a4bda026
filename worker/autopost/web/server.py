"""A small HTTP server in the worker's own process: /healthz, /readyz and /metrics, which read and change nothing.

It answers from the start, also while the worker waits for its database. Whatever else is to be served is another
application beneath them, and may come later.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any

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
MOST_MESSAGE_BYTES = 4_096  # from a WebSocket, which has nothing to say
NOTHING = PlainTextResponse("There is nothing here.\n", 404)
COMING = PlainTextResponse("The worker is starting.\n", 503, {"retry-after": "2"})

log = structlog.get_logger(__name__)


class Serving:
    """A server that runs. `beneath` answers what it does not answer itself, and may be another one from now on.

    At some paths others answer (`at`). Each of `closing` is called before the end, for streams that are to end then.
    """

    def __init__(self, beneath: ASGIApp, stop: Callable[[], Awaitable[None]]) -> None:
        self.beneath = beneath
        self.at: dict[str, ASGIApp] = {}
        self.closing: list[Callable[[], None]] = []
        self._stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered."""
        await self.at.get(scope["path"], self.beneath)(scope, receive, send)

    async def stop(self) -> None:
        """End it before its context ends, for whoever must outlast the last answer."""
        for close in self.closing:
            close()
        await self._stop()


def application(health: Health, beneath: ASGIApp) -> Starlette:
    """Return the application; what it says is the state at the time of asking. `beneath` answers all other paths."""

    async def alive(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_: Request) -> Response:
        return JSONResponse(health.report(), status_code=200 if health.ready else 503)

    async def metrics(_: Request) -> Response:
        await health.sample()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics), Mount("/", beneath)]
    return Starlette(routes=routes)


class _Protocol(H11Protocol):
    """HTTP that lets an application end a connection whose peer does not read: its transport is in the scope.

    Nobody holds a connection without asking: it ends when no request has arrived in REQUEST_SECONDS, and there are
    `most` of them, so that the worker keeps its file descriptors. A WebSocket counts as the connection that it was.
    """

    _deadline: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, most: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._most = most
        self._is_left = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        if len(self.connections) > self._most:
            transport.abort()
        else:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Read on; the time ends with the request, and begins with the next."""
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)
        super().data_received(data)
        if self._is_left or self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_the_clock()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to another protocol."""
        self._is_left = True
        super().handle_websocket_upgrade(event)

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
async def serve(
    health: Health, host: str, port: int, *, beneath: ASGIApp = NOTHING, connections: int = MOST_CONNECTIONS
) -> AsyncIterator[Serving]:
    """Serve while the context lasts, so many connections at once or what the system allows.

    Raises ConfigurationError when the port is not free.
    """
    with _listening(host, port) as listener:

        async def stop() -> None:
            server.should_exit = True
            if not running.done():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(STOP_SECONDS):
                        await running

        serving = Serving(beneath, stop)
        config = uvicorn.Config(
            application(health, serving),
            http=partial(_Protocol, most=room_for(connections)),  # type: ignore[arg-type]
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whoever is let near the port could set them
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=MOST_MESSAGE_BYTES,
            ws_per_message_deflate=False,  # it costs 30 kB a connection, and time
        )
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]), name="monitoring")
        log.info("monitoring", address=f"http://{host}:{listener.getsockname()[1]}")
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


RESERVED = 150  # for the database, logs, files, and whatever else the process opens

log = structlog.get_logger(__name__)


def room_for(connections: int) -> int:
    """Return for how many connections there is room, at most so many; raises the process' soft limit for that."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + RESERVED
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited or soft >= needed:
        return connections
    wanted = needed if hard == unlimited else min(needed, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < needed:
        room = max(wanted - RESERVED, 1)
        log.warning(
            "too few file descriptors for all connections", allowed=wanted, connections=room, wanted=connections
        )
        return room
    return connections
