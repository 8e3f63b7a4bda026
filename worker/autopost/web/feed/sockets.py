"""`/feed/ws`: posts over a WebSocket, which nobody waits for and which listens to nobody."""

from __future__ import annotations

import asyncio
import contextlib
import json

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from autopost.web.feed.joining import Joined, Parts, join
from autopost.web.feed.log import Missed
from autopost.web.feed.telling import GAP, Telling
from autopost.web.sse import STALLED_SECONDS, narrow

PROTOCOL = "ws"
GOING_AWAY = 1001  # https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
POLICY = 1008


class Sockets:
    """The ASGI application of the address. Each message is that of an announcement, or of a gap."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a handshake, and send until the viewer leaves, says something, is dropped, stalls, or all ends."""
        joined = await join(self._parts, HTTPConnection(scope), _form, PROTOCOL)
        if isinstance(joined, Response):
            await joined(scope, receive, send)
            return
        transport = scope.get("state", {}).get("transport")
        tasks: list[asyncio.Task[object]] = []
        try:
            narrow(transport)
            await receive()  # that it connects
            await send({"type": "websocket.accept"})
            writing = asyncio.create_task(_write(joined, send))
            leaving = asyncio.create_task(_until_left(receive))
            dropping = asyncio.create_task(joined.subscriber.dropped.wait())
            tasks += (writing, leaving, dropping)
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                if leaving.result():
                    writing.cancel()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(STALLED_SECONDS):
                            await send(_close(POLICY, "this socket listens to nobody"))
            elif not writing.done() or writing.exception() is not None:
                joined.subscriber.dropped.set()
                if transport is not None:
                    transport.abort()  # else it would wait for a viewer that does not read
        finally:
            joined.on_end()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _write(joined: Joined, send: Send) -> None:
    """Send until the end. Raises TimeoutError when the viewer takes nothing for STALLED_SECONDS."""
    messages: list[bytes] | None = messages_of(joined.missed)
    while messages is not None:
        for message in messages:
            async with asyncio.timeout(STALLED_SECONDS):
                await send({"type": "websocket.send", "text": message.decode()})
        messages = await joined.subscriber.take_each()
    async with asyncio.timeout(STALLED_SECONDS):
        await send(_close(GOING_AWAY, "come back"))


async def _until_left(receive: Receive) -> bool:
    """Return whether the viewer said something; False when it has gone."""
    message = await receive()
    return bool(message["type"] == "websocket.receive")


def messages_of(missed: Missed) -> list[bytes]:
    """Return the messages of what was missed, a gap first if there is one."""
    told = [json.dumps({"event": {"type": GAP, "data": missed.gap.data}}).encode()] if missed.gap is not None else []
    return [*told, *map(_form, missed.tellings)]


def _close(code: int, reason: str) -> dict[str, object]:
    return {"type": "websocket.close", "code": code, "reason": reason}


def _form(telling: Telling) -> bytes:
    return telling.message
