"""An HTTP transport that reads at most 64 kB of a response, so that no server can fill the worker's memory."""

from __future__ import annotations

import contextlib
import ssl

import httpx2

from autopost.errors import AutopostError, ConfigurationError

MAX_BYTES = 64 * 1024  # of a body, as it is sent and after decompression
# Decoded in pieces of at most 1 MB each. A chain of encodings could multiply without giving any piece.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


class ResponseTooLong(AutopostError):
    """The response is longer than allowed."""


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Reads each response as a whole, and closes the connection of one that is too long.

    Raises ResponseTooLong for a successful response that is too long; of an error only the status and headers count.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response with its decoded body, which is empty for an error that is too long."""
        response = await self._inner.handle_async_request(request)
        response.request = request
        async with contextlib.aclosing(response):
            body = await _bounded_body(response)
        if body is None:
            if response.is_success:
                raise ResponseTooLong
            body = b""
        headers = [
            (name, value)
            for name, value in response.headers.multi_items()
            if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        return httpx2.Response(response.status_code, headers=headers, content=body, extensions=response.extensions)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


async def _bounded_body(response: httpx2.Response) -> bytes | None:
    """Return the decoded body, None if it is too long. Raises httpx2.DecodingError."""
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise httpx2.DecodingError("not an encoding that was asked for", request=response.request)
    body = b""
    async with contextlib.aclosing(response.aiter_bytes()) as parts:
        async for part in parts:
            body += part
            if len(body) > MAX_BYTES or response.num_bytes_downloaded > MAX_BYTES:
                return None
    return body


def certificates() -> ssl.SSLContext:
    """Return the trusted certificates. Raises ConfigurationError if they cannot be read."""
    try:
        return httpx2.create_ssl_context()
    except OSError as error:  # an SSLError is one too
        raise ConfigurationError(
            f"SSL_CERT_FILE, SSL_CERT_DIR: {error.strerror or 'not readable'}; expected: certificates in PEM form"
        ) from None


def http_client(trusted: ssl.SSLContext, connections: int) -> httpx2.AsyncClient:
    """Return a client that asks for uncompressed responses and reads a bounded part of them."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx2.AsyncClient(
        transport=BoundedTransport(httpx2.AsyncHTTPTransport(verify=trusted, trust_env=False, limits=limits)),
        headers={"accept-encoding": "identity"},
        trust_env=False,
        follow_redirects=False,
    )
