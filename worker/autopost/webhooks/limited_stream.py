"""A connection to a server that may answer only so much."""

from __future__ import annotations

import ssl
from typing import Any

import httpcore2

MAX_BYTES = 96 * 1024  # of an answer, interim ones and the part of a body that is read among them


class LimitedStream(httpcore2.AsyncNetworkStream):
    """A stream that raises ReadError when the server sends too much since it was last written to.

    An endless row of interim answers (RFC 9110, 15.2) would otherwise be parsed until the time-out; httpcore limits the
    size of one answer's head only.
    """

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner
        self._left = MAX_BYTES

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - it is httpcore's
        """Return the next bytes. Raises ReadError, and what the stream raises."""
        if self._left <= 0:
            raise httpcore2.ReadError("the answer is too long")
        data = await self._inner.read(min(max_bytes, self._left), timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write; the server may answer as much again."""
        self._left = MAX_BYTES
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        """Return the same with TLS."""
        return LimitedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Return what the stream knows."""
        return self._inner.get_extra_info(info)
