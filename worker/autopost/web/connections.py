"""The connections to the HTTP server: how many there are, and which one is closed when there is one too many.

uvicorn's limit_concurrency answers requests, and so does not bound connections that send none; its timeout_keep_alive
ends with the first byte of a request.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Mapping
from typing import Any, cast

import h11
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

REQUEST_SECONDS = 10.0  # from the first byte of a request, or from the connection, to the last
STALLED_SECONDS = 15.0  # in which a client reads nothing; streams end sooner by themselves
_IPV6_PREFIX = 64  # what one host may choose from


class Connections:
    """The open connections, at most `limit`.

    A connection is busy while a request that has arrived completely is being answered. Any other one waits: it has sent
    nothing, or a part of a request, or does not read its response. One too many closes the oldest waiting connection
    of the client that has the most of them, so that a flood of half-open connections displaces itself and a complete
    request always finds a place. Where none waits, a client with more connections than the new one's gives one up.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open = _ByClient()
        self._waiting = _ByClient()

    def enter(self, connection: HttpConnection) -> bool:
        """Take a new connection in, as waiting, instead of another if need be; return whether it may stay."""
        if self._open.number >= self._limit:
            of_client = self._open.count(connection.client_network)
            oldest = self._waiting.oldest_of_most() or self._open.oldest_of_most(more_than=of_client + 1)
            if oldest is None:
                return False
            self.leave(oldest)
            oldest.transport.abort()
        self._open.add(connection)
        self._waiting.add(connection)
        return True

    def wait(self, connection: HttpConnection) -> None:
        """Note that a connection waits; it keeps its age if it did already."""
        if connection in self._open:
            self._waiting.add(connection)

    def work(self, connection: HttpConnection) -> None:
        """Note that a connection is busy."""
        self._waiting.remove(connection)

    def leave(self, connection: HttpConnection) -> None:
        """Note that a connection is closed; more than once does no harm."""
        self._waiting.remove(connection)
        self._open.remove(connection)


class _ByClient:
    """A set of connections by client, in the order in which they were added."""

    def __init__(self) -> None:
        self.number = 0
        self._clients: dict[str, dict[HttpConnection, None]] = {}

    def __contains__(self, connection: HttpConnection) -> bool:
        return connection in self._clients.get(connection.client_network, ())

    def add(self, connection: HttpConnection) -> None:
        if connection not in self:
            self._clients.setdefault(connection.client_network, {})[connection] = None
            self.number += 1

    def remove(self, connection: HttpConnection) -> None:
        if connection in self:
            of_client = self._clients[connection.client_network]
            del of_client[connection]
            self.number -= 1
            if not of_client:
                del self._clients[connection.client_network]

    def count(self, client: str) -> int:
        return len(self._clients.get(client, ()))

    def oldest_of_most(self, more_than: int = 0) -> HttpConnection | None:
        """Return the oldest connection of the client that has the most, if those are more than a number."""
        most: Mapping[HttpConnection, None] = max(self._clients.values(), key=len, default={})
        return next(iter(most)) if len(most) > more_than else None


class HttpConnection(H11Protocol):
    """One connection. It is closed if a request is not complete within REQUEST_SECONDS, or the client reads nothing.

    Applications find the transport in the scope's state, to disconnect a client that does not read.
    """

    client_network = ""
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _receives = False

    def __init__(self, registry: Connections, **options: Any) -> None:
        super().__init__(**options)
        self._registry = registry

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a place, or be closed."""
        super().connection_made(cast("asyncio.Transport", transport))
        self.app_state = {**self.app_state, "transport": transport, "connection": self}
        self.client_network = network_of(self.client[0] if self.client else "")
        if self._registry.enter(self):
            self._start_deadline()
        else:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read, within the time that a request may take from its first byte on."""
        if not self._receives:
            self._receives = True
            self._stop_deadline()
        super().data_received(data)
        self._update()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the client to read; close the connection of one that sent more already.

        No browser, probe or proxy does (RFC 9112, 9.3.2), and with few packets it would cause any number of responses.
        """
        self._receives = False
        if self.conn.their_state is h11.DONE and self.conn.trailing_data[0]:
            self.transport.close()
        super().on_response_complete()
        self._update()

    def pause_writing(self) -> None:
        """Give a client that does not read a limited time."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)
        self._update()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._stop_stalled()
        self._update()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Become a WebSocket, which keeps the place."""
        self._stop_deadline()
        self._registry.work(self)
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """Refuse a malformed request; the application learns that its client is gone if it has the request already."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up the place."""
        self.release()
        super().connection_lost(exc)

    def release(self) -> None:
        """Give up the place and the timers."""
        self._registry.leave(self)
        self._stop_deadline()
        self._stop_stalled()

    def _update(self) -> None:
        """Note whether a request is being answered; while none is, the deadline runs."""
        if self.transport.get_protocol() is not self:  # a WebSocket's now
            return
        is_complete = self.conn.their_state not in (h11.IDLE, h11.SEND_BODY)
        is_answered = self.cycle is None or self.cycle.response_complete
        if is_complete and not is_answered and not self.flow.write_paused:
            self._receives = False
            self._stop_deadline()
            self._registry.work(self)
        else:
            self._start_deadline()
            self._registry.wait(self)

    def _start_deadline(self) -> None:
        if self._deadline is None and not self.flow.write_paused:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class WebSocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket, which has the place of the HTTP connection that it was."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up the place."""
        self.app_state["connection"].release()
        super().connection_lost(exc)

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message. A refusal completes the handshake, which uvicorn would log as an error of the application."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the network that an IPv6 host has to itself."""
    with contextlib.suppress(ValueError):
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address):
            if ip.ipv4_mapped is not None:
                return str(ip.ipv4_mapped)
            return str(ipaddress.ip_network((ip, _IPV6_PREFIX), strict=False))
    return address
