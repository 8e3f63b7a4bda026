"""Server-sent events: their encoding, and a stream of them to one browser.

Source of the format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
import random

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from autopost.web.hub import Hub
from autopost.web.streams import STALLED_SECONDS, run_stream
from autopost.web.viewer import Viewer

KEEP_ALIVE_SECONDS = 15.0
POSITION = "position"
# After which a browser reconnects by itself, another time for each, so that not all of them come at once.
RETRY_MILLISECONDS = range(1_000, 5_001)

# Many readers end a line at these, though the format does not. In JSON they occur only inside strings.
_ESCAPES = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
# No blank line ends it: some clients take that for an empty event.
KEEP_ALIVE = b": still here\n"
ALIVE = "alive"  # an event instead, for a script that must know whether its connection still carries anything


def event(kind: str, data: object, *, id_: str | None = None) -> bytes:
    """Return an event of a kind; `data` becomes one line of JSON. Raises UnicodeEncodeError for lone surrogates."""
    place = f"id: {id_}\n" if id_ is not None else ""
    return f"{place}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False).translate(_ESCAPES)}\n\n".encode()


def beginning() -> bytes:
    """Return what a stream begins with: after how long to reconnect. It is part of the first event."""
    return f"retry: {random.choice(RETRY_MILLISECONDS)}\n".encode()


def mark(position: int) -> bytes:
    """Return an event that only says a position. A browser remembers its id as its place.

    It has a kind and data, because some clients hand out an event without data as an empty message.
    """
    return event(POSITION, {"position": position}, id_=str(position))


def require_get(request: Request) -> None:
    """Raise HTTPException for HEAD, which routes of GET accept too: its answer would never end."""
    if request.method != "GET":
        raise HTTPException(405, "A stream is for GET.\n", {"allow": "GET"})


class EventStream:
    """An ASGI application that sends `first`, and then what the viewer is offered; when idle, `keep_alive`."""

    def __init__(self, hub: Hub, viewer: Viewer, first: bytes, keep_alive: bytes = KEEP_ALIVE) -> None:
        self._hub = hub
        self._viewer = viewer
        self._first = first
        self._keep_alive = keep_alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the connection needs nothing more."""
        await run_stream(scope, self._hub, self._viewer, self._write(send), _until_disconnected(receive))

    async def _write(self, send: Send) -> None:
        """Send until the end. Raises TimeoutError when the browser takes nothing for STALLED_SECONDS."""
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        messages: list[bytes] | None = [beginning(), self._first]
        while messages is not None:
            async with asyncio.timeout(STALLED_SECONDS):
                await send({"type": "http.response.body", "body": b"".join(messages), "more_body": True})
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    messages = await self._viewer.take()
            except TimeoutError:
                messages = [self._keep_alive]
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_disconnected(receive: Receive) -> bool:
    while (await receive())["type"] != "http.disconnect":
        pass
    return False
