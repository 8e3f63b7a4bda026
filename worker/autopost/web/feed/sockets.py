"""`/feed/ws`: posts over a WebSocket, on which the client sends nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import asdict

from starlette.websockets import WebSocket

from autopost.web.feed.log import GAP, Backfill
from autopost.web.feed.subscription import FeedContext, Subscription, subscribe
from autopost.web.streams import STALLED_SECONDS, run_stream
from autopost.web.viewer import WEBSOCKET

GOING_AWAY = 1001  # https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
POLICY_VIOLATION = 1008


async def stream_messages(context: FeedContext, websocket: WebSocket) -> None:
    """Send messages of posts and gaps until the client leaves or sends something, is dropped, stalls, or all ends."""
    subscription = await subscribe(context, websocket, WEBSOCKET)
    try:
        await websocket.accept()
    except BaseException:
        subscription.hub.unsubscribe(subscription.viewer)
        raise
    write, listen = _write(websocket, subscription), _until_message(websocket)
    if await run_stream(websocket.scope, subscription.hub, subscription.viewer, write, listen):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STALLED_SECONDS):
                await websocket.close(POLICY_VIOLATION, "clients send nothing on this socket")


async def _write(websocket: WebSocket, subscription: Subscription) -> None:
    """Send until the end. Raises TimeoutError when the client takes nothing for STALLED_SECONDS."""
    messages: list[bytes] | None = first_messages(subscription.backfill)
    while messages is not None:
        for message in messages:
            async with asyncio.timeout(STALLED_SECONDS):
                await websocket.send_text(message.decode())
        messages = await subscription.viewer.take()
    async with asyncio.timeout(STALLED_SECONDS):
        await websocket.close(GOING_AWAY, "reconnect")


async def _until_message(websocket: WebSocket) -> bool:
    """Return whether the client sent something, False when it has left."""
    message = await websocket.receive()
    return bool(message["type"] == "websocket.receive")


def first_messages(backfill: Backfill) -> list[bytes]:
    """Return the messages of what was missed, a gap first if there is one."""
    gap = backfill.gap
    gaps = [json.dumps({"event": {"type": GAP, "data": asdict(gap)}}).encode()] if gap is not None else []
    return [*gaps, *(post.message for post in backfill.posts)]
