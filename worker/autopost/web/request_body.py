"""Passes a request on when all of its body is there: who sends none to its end costs no more than a connection."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16_384
_BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
TOO_LONG = PlainTextResponse("The body is too long.\n", 413, {"connection": "close"})


class WholeBody:
    """An ASGI application that waits for the body, of at most MOST_BYTES; the connection limits the time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; nothing is answered to a client that has left."""
        if scope["type"] != "http" or _BODY_HEADERS.isdisjoint(name for name, _ in scope["headers"]):
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MOST_BYTES:
                await TOO_LONG(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
