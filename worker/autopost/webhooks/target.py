"""A hook's target: where its requests go, and what an answer means.

Addresses are judged when a connection is made, each that the name leads to at that moment, and the connection goes to
one that was judged. Redirects are not followed, proxies not asked, and of an answer only status and Retry-After count.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

import httpcore2

from autopost.backoff import retry_after_seconds
from autopost.broadcast.announcement import Announcement
from autopost.settings.webhooks import Network
from autopost.webhooks.addresses import Address, is_within, may_be_reached
from autopost.webhooks.brief import Brief
from autopost.webhooks.hook import Hook
from autopost.webhooks.names import Names
from autopost.webhooks.refusals import NotDelivered, Rejected
from autopost.webhooks.request import request_for

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
IDLE_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 300.0  # that a target may ask for
MOST_ANSWER_BYTES = 64 * 1024
READ_AWAY_SECONDS = 1.0
AT_ONCE = 8  # requests; an agent's posts go one after another
# What says that this very message is not taken; any other answer may change when somebody mends the target.
_ABOUT_THE_MESSAGE = frozenset({400, 413, 415, 422})


class Target:
    """Where a hook's posts go. Its connections are kept for a while and made anew when needed."""

    def __init__(self, hook: Hook, allowed: Collection[Network]) -> None:
        self._hook = hook
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_tls(hook),
            max_connections=AT_ONCE,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=Guarded(allowed, is_plain=urlsplit(hook.url).scheme == "http"),
        )

    async def send(self, announcement: Announcement) -> None:
        """Send a post. Raises NotDelivered, also when it perhaps arrived, and Rejected."""
        headers, body = request_for(self._hook, announcement, datetime.now(UTC))
        try:
            async with asyncio.timeout(CONNECT_SECONDS + ANSWER_SECONDS):
                status, wait = await self._post(headers, body)
        except NotDelivered:
            raise
        except (httpcore2.TimeoutException, TimeoutError):
            raise NotDelivered("no answer in time") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise NotDelivered(_said(error)) from None
        if status in _ABOUT_THE_MESSAGE:
            raise Rejected(f"HTTP {status}")
        if 300 <= status < 400:
            raise NotDelivered(f"HTTP {status}, and redirects are not followed")
        if not 200 <= status < 300:
            raise NotDelivered(f"HTTP {status}", wait)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _post(self, headers: list[tuple[str, str]], body: bytes) -> tuple[int, float | None]:
        timeout = {"connect": CONNECT_SECONDS, "write": CONNECT_SECONDS, "read": ANSWER_SECONDS, "pool": ANSWER_SECONDS}
        async with self._pool.stream(
            "POST",
            self._hook.url,
            headers=[(name.encode(), value.encode()) for name, value in headers],
            content=body,
            extensions={"timeout": timeout},
        ) as response:
            await _read_away(response)
            return response.status, None if 200 <= response.status < 300 else _wait(response)


class Guarded(httpcore2.AsyncNetworkBackend):
    """Connects only to where hooks may go; without TLS (`is_plain`) only within the networks that are allowed."""

    def __init__(self, allowed: Collection[Network], *, is_plain: bool) -> None:
        self._allowed = allowed
        self._is_plain = is_plain
        self._inner = httpcore2.AnyIOBackend()
        self._names = Names()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - it is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of a host that answers. Raises NotDelivered when none may be reached."""
        addresses = await self._names.addresses_of(host, port)
        reachable = [address for address in addresses if self._may(address)]
        if not reachable:
            raise NotDelivered(self._refusal(host, addresses[0]))
        for address in reachable[:-1]:
            with contextlib.suppress(httpcore2.NetworkError, httpcore2.TimeoutException):
                return Brief(await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options))
        last = str(reachable[-1])
        return Brief(await self._inner.connect_tcp(last, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await self._inner.sleep(seconds)

    def _may(self, address: Address) -> bool:
        if self._is_plain:
            return is_within(address, self._allowed)
        return may_be_reached(address, self._allowed)

    def _refusal(self, host: str, address: Address) -> str:
        leads = f"{host} is" if host.strip("[]") == str(address) else f"{host} leads to"
        why = "and hooks go there over TLS only" if may_be_reached(address, self._allowed) else "no public address"
        return f"{leads} {address}, {why}; SOCIAL_POST_WEBHOOK_NETWORKS allows more"


async def _read_away(response: httpcore2.Response) -> None:
    """Read a short answer to its end, so that the connection can be used again. What it says counts for nothing."""
    left = MOST_ANSWER_BYTES
    with contextlib.suppress(httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, TimeoutError):
        async with asyncio.timeout(READ_AWAY_SECONDS):
            async for part in response.aiter_stream():
                left -= len(part)
                if left < 0:
                    return


def _wait(response: httpcore2.Response) -> float | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    wait = retry_after_seconds(headers, datetime.now(UTC))
    return None if wait is None else min(wait, LONGEST_WAIT_SECONDS)


@cache
def _public_authorities() -> ssl.SSLContext:
    """Return what most hooks share: a context takes milliseconds and megabytes."""
    return httpcore2.default_ssl_context()


def _tls(hook: Hook) -> ssl.SSLContext:
    if hook.ca_file is None:
        return _public_authorities()
    context = httpcore2.default_ssl_context()
    context.load_verify_locations(hook.ca_file)
    return context


def _said(error: Exception) -> str:
    """Return what went wrong, in words that hold nothing of what was sent."""
    cause = error.__cause__ or error.__context__
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
