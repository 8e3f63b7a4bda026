"""A webhook's target: where its requests go, and what an answer means.

Addresses are checked when a connection is made, each that the name resolves to at that moment, and the connection goes
to one that was checked. Redirects are not followed, no proxy is used, and an answer is read for status and Retry-After.
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
from autopost.broadcast.event import BroadcastEvent
from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.settings.webhooks import Network
from autopost.webhooks.addresses import Address, is_within, may_be_reached
from autopost.webhooks.limited_stream import LimitedStream
from autopost.webhooks.request import request_for
from autopost.webhooks.resolver import Resolver
from autopost.webhooks.webhook import Webhook

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
IDLE_SECONDS = 30.0
MAX_RETRY_AFTER_SECONDS = 300.0  # that a target may ask for
MAX_ANSWER_BYTES = 64 * 1024
DISCARD_SECONDS = 1.0
MAX_REQUESTS = 8  # at once; an agent's posts go one after another
# The target rejects this message; any other answer may change when somebody repairs the target.
_REJECTED = frozenset({400, 413, 415, 422})


class Target:
    """Where a webhook's posts go. Keeps connections open for a while."""

    def __init__(
        self, webhook: Webhook, allowed: Collection[Network], *, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._webhook = webhook
        self._answer_seconds = answer_seconds
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_tls(webhook),
            max_connections=MAX_REQUESTS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=Guarded(allowed, is_plain=urlsplit(webhook.url).scheme == "http"),
        )

    async def send(self, event: BroadcastEvent) -> None:
        """Send an event. Raises DeliveryFailed, also when it perhaps arrived, and DeliveryRejected."""
        headers, body = request_for(self._webhook, event, datetime.now(UTC))
        try:
            async with asyncio.timeout(CONNECT_SECONDS + self._answer_seconds):
                status, wait = await self._post(headers, body)
        except DeliveryFailed:
            raise
        except (httpcore2.TimeoutException, TimeoutError):
            raise DeliveryFailed("no answer in time") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise DeliveryFailed(_describe(error)) from None
        if status in _REJECTED:
            raise DeliveryRejected(f"HTTP {status}")
        if 300 <= status < 400:
            raise DeliveryFailed(f"HTTP {status}, and redirects are not followed")
        if not 200 <= status < 300:
            raise DeliveryFailed(f"HTTP {status}", wait)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _post(self, headers: list[tuple[str, str]], body: bytes) -> tuple[int, float | None]:
        answer = self._answer_seconds
        timeout = {"connect": CONNECT_SECONDS, "write": CONNECT_SECONDS, "read": answer, "pool": answer}
        async with self._pool.stream(
            "POST",
            self._webhook.url,
            headers=[(name.encode(), value.encode()) for name, value in headers],
            content=body,
            extensions={"timeout": timeout},
        ) as response:
            await _discard(response)
            return response.status, None if 200 <= response.status < 300 else _wait(response)


class Guarded(httpcore2.AsyncNetworkBackend):
    """Connects only where webhooks may go; without TLS (`is_plain`) only within the networks that are allowed."""

    def __init__(self, allowed: Collection[Network], *, is_plain: bool) -> None:
        self._allowed = allowed
        self._is_plain = is_plain
        self._inner = httpcore2.AnyIOBackend()
        self._resolver = Resolver()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - it is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of a host that answers. Raises DeliveryFailed when none may be reached."""
        addresses = await self._resolver.resolve(host, port)
        reachable = [address for address in addresses if self._may_reach(address)]
        if not reachable:
            raise DeliveryFailed(self._refusal(host, addresses[0]))
        for address in reachable[:-1]:
            with contextlib.suppress(httpcore2.NetworkError, httpcore2.TimeoutException):
                return LimitedStream(
                    await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
                )
        last = str(reachable[-1])
        return LimitedStream(await self._inner.connect_tcp(last, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await self._inner.sleep(seconds)

    def _may_reach(self, address: Address) -> bool:
        if self._is_plain:
            return is_within(address, self._allowed)
        return may_be_reached(address, self._allowed)

    def _refusal(self, host: str, address: Address) -> str:
        leads = f"{host} is" if host.strip("[]") == str(address) else f"{host} leads to"
        why = "and webhooks go there over TLS only" if may_be_reached(address, self._allowed) else "no public address"
        return f"{leads} {address}, {why}; SOCIAL_POST_WEBHOOK_NETWORKS allows more"


async def _discard(response: httpcore2.Response) -> None:
    """Read a short answer to its end and discard it, so that the connection can be used again."""
    left = MAX_ANSWER_BYTES
    with contextlib.suppress(httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            async for part in response.aiter_stream():
                left -= len(part)
                if left < 0:
                    return


def _wait(response: httpcore2.Response) -> float | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    wait = retry_after_seconds(headers, datetime.now(UTC))
    return None if wait is None else min(wait, MAX_RETRY_AFTER_SECONDS)


@cache
def _public_authorities() -> ssl.SSLContext:
    """Return what most webhooks share: a context takes milliseconds and megabytes."""
    return httpcore2.default_ssl_context()


def _tls(webhook: Webhook) -> ssl.SSLContext:
    if webhook.ca_file is None:
        return _public_authorities()
    context = httpcore2.default_ssl_context()
    context.load_verify_locations(webhook.ca_file)
    return context


def _describe(error: Exception) -> str:
    """Return what went wrong, without anything of what was sent."""
    cause = error.__cause__ or error.__context__
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
