"""Streams to one client over any protocol: written until it leaves, stalls or is dropped."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Coroutine
from typing import Any

from starlette.types import Scope

from autopost.web.hub import Hub
from autopost.web.viewer import Viewer

STALLED_SECONDS = 10.0
SESSION_CHECK_SECONDS = 2.0  # after which a stream ends whose session was signed out
# Holds what is on its way to a client that does not read.
BUFFER_BYTES = 32_768
_TCP_USER_TIMEOUT_MILLISECONDS = 30_000


async def run_stream(
    scope: Scope, hub: Hub, viewer: Viewer, write: Coroutine[Any, Any, None], listen: Coroutine[Any, Any, bool]
) -> bool:
    """Write to a viewer until `write` or `listen` returns, or it is dropped; return what `listen` returned, or False.

    A viewer whose session is over is ended in order: it reconnects, and is refused. One that is dropped, or for which
    `write` raised, is disconnected.
    """
    transport: asyncio.Transport | None = scope.get("state", {}).get("transport")
    writing, listening = asyncio.create_task(write), asyncio.create_task(listen)
    tasks = (writing, listening, asyncio.create_task(viewer.dropped.wait()))
    try:
        limit_buffers(transport)
        done: set[asyncio.Task[Any]] = set()
        while not done:
            left = await viewer.session_left()
            if left is not None and left <= 0:
                viewer.end()
                left = None
            timeout = None if left is None else min(left, SESSION_CHECK_SECONDS)
            done, _ = await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            return listening.result()
        if not writing.done() or writing.exception() is not None:
            viewer.dropped.set()
            if transport is not None:
                transport.abort()  # else it would wait for a client that does not read
                await asyncio.wait([listening], timeout=1)
        return False
    finally:
        hub.unsubscribe(viewer)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def limit_buffers(transport: asyncio.Transport | None) -> None:
    """Buffer little for this client, and let the kernel end a connection whose peer has vanished."""
    if transport is None or transport.is_closing():
        return  # the peer has left already, and uvloop would raise
    transport.set_write_buffer_limits(high=BUFFER_BYTES)
    end = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _TCP_USER_TIMEOUT_MILLISECONDS)
