"""A stream of server-sent events to one browser, which nobody waits for.

Source of the format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from autopost.web.outgoing import Outgoing

KEEP_ALIVE_SECONDS = 15.0
STALLED_SECONDS = 10.0
RETRY_MILLISECONDS = 2_000
# What is on its way to a browser that does not read lies in these.
BUFFER_BYTES = 32_768
_TCP_USER_TIMEOUT_MILLISECONDS = 30_000

KEEP_ALIVE = b": still here\n\n"
BEGINNING = f"retry: {RETRY_MILLISECONDS}\n\n".encode()


def event(kind: str, data: object, *, id_: str | None = None) -> bytes:
    """Return an event of a kind; `data` becomes one line of JSON."""
    place = f"id: {id_}\n" if id_ is not None else ""
    return f"{place}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class EventStream:
    """Sends what a viewer is offered, until it leaves, is dropped, stalls, or the page ends. An ASGI application."""

    def __init__(self, viewer: Outgoing, first: bytes, on_end: Callable[[], None]) -> None:
        self._viewer = viewer
        self._first = first
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream; returns when the connection needs nothing more."""
        transport = scope.get("state", {}).get("transport")
        tasks: list[asyncio.Task[object]] = []
        try:
            narrow(transport)
            writing = asyncio.create_task(self._write(send))
            leaving = asyncio.create_task(_until_gone(receive))
            dropping = asyncio.create_task(self._viewer.dropped.wait())
            tasks += (writing, leaving, dropping)
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            cut_off = not leaving.done() and not (writing.done() and writing.exception() is None)
            if cut_off:
                self._viewer.dropped.set()
            if cut_off and transport is not None:
                transport.abort()  # else it would wait for a browser that does not read
                await asyncio.wait([leaving], timeout=1)
        finally:
            self._on_end()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        """Send until the end. Raises TimeoutError when the browser takes nothing for STALLED_SECONDS."""
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        message: bytes | None = BEGINNING + self._first
        while message is not None:
            async with asyncio.timeout(STALLED_SECONDS):
                await send({"type": "http.response.body", "body": message, "more_body": True})
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    message = await self._viewer.take()
            except TimeoutError:
                message = KEEP_ALIVE
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def narrow(transport: asyncio.Transport | None) -> None:
    """Let little be on its way to this browser, and let the kernel end a connection whose peer has vanished."""
    if transport is None or transport.is_closing():
        return  # the peer has left already, and uvloop would raise
    transport.set_write_buffer_limits(high=BUFFER_BYTES)
    end = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _TCP_USER_TIMEOUT_MILLISECONDS)
