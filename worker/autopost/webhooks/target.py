"""A webhook's target over HTTP: where its requests go, and what an answer means.

Addresses are checked when a connection is made, each that the name resolves to at that moment, and the connection goes
to one that was checked. Redirects are not followed, no proxy is used. Of an answer count status and Retry-After, and of
a chat's also whether it is the chat's own, and the reason of a refusal.
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
from autopost.webhooks.chat import CHATS, reason_of
from autopost.webhooks.kinds import SERVICES
from autopost.webhooks.limited_stream import LimitedStream
from autopost.webhooks.request import request_for
from autopost.webhooks.resolver import Gate
from autopost.webhooks.summary_message import SummaryMessage
from autopost.webhooks.webhook import Webhook, WebhookKind

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
IDLE_SECONDS = 30.0
MAX_RETRY_AFTER_SECONDS = 300.0  # that a target may ask for
MAX_ANSWER_BYTES = 64 * 1024
DISCARD_SECONDS = 1.0
MAX_REQUESTS = 8  # at once; an agent's posts go one after another
# The target rejects this message, or every message; any other answer may change when somebody repairs the target.
_REJECTED = frozenset({400, 413, 415, 422})
_MISCONFIGURED = frozenset({*range(300, 400), 401, 403, 404, 405, 410})  # whatever the message is


class Target:
    """Where a webhook's posts go. Keeps connections open for a while."""

    def __init__(
        self, webhook: Webhook, allowed: Collection[Network], *, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._webhook = webhook
        self._chat = CHATS.get(webhook.kind)
        self._url = _with_answer(webhook)
        self._answer_seconds = answer_seconds
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls_context(webhook),
            max_connections=MAX_REQUESTS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=Guarded(allowed, is_plain=urlsplit(webhook.url).scheme == "http"),
        )

    async def send(self, event: BroadcastEvent | SummaryMessage) -> None:
        """Send an event or a summary. Raises DeliveryFailed, also when it perhaps arrived, and DeliveryRejected."""
        headers, body = request_for(self._webhook, event, datetime.now(UTC))
        try:
            async with asyncio.timeout(CONNECT_SECONDS + self._answer_seconds):
                status, wait, answer = await self._post(headers, body)
        except DeliveryFailed:
            raise
        except (httpcore2.TimeoutException, TimeoutError):
            raise DeliveryFailed("no answer in time") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise DeliveryFailed(describe(error)) from None
        self._judge(event, status, wait, answer)

    def _judge(self, event: BroadcastEvent | SummaryMessage, status: int, wait: float | None, answer: bytes) -> None:
        said = f"HTTP {status}"
        if 200 <= status < 300:
            if self._chat is not None and not self._chat.is_taken(answer):
                title = SERVICES[self._webhook.kind].title
                raise DeliveryFailed(f"{said}, but not as {title} answers: check the address", is_misconfigured=True)
            return
        if 300 <= status < 400:
            said += ", and redirects are not followed"
        elif self._chat is not None and (reason := reason_of(self._chat, answer, self._not_to_be_shown(event))):
            said += f" {reason}"
        if status in _REJECTED:
            raise DeliveryRejected(said)
        raise DeliveryFailed(said, wait, is_misconfigured=status in _MISCONFIGURED)

    def _not_to_be_shown(self, event: BroadcastEvent | SummaryMessage) -> str:
        values = (self._webhook.url, *(value for _, value in self._webhook.headers))
        return "\n".join((*values, event.content, event.agent_name or ""))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _post(self, headers: list[tuple[str, str]], body: bytes) -> tuple[int, float | None, bytes]:
        answer = self._answer_seconds
        timeout = {"connect": CONNECT_SECONDS, "write": CONNECT_SECONDS, "read": answer, "pool": answer}
        async with self._pool.stream(
            "POST",
            self._url,
            headers=[(name.encode(), value.encode()) for name, value in headers],
            content=body,
            extensions={"timeout": timeout},
        ) as response:
            text = await _read(response, DISCARD_SECONDS if self._chat is None else answer)
            return response.status, None if 200 <= response.status < 300 else _wait(response), text


class Guarded(httpcore2.AsyncNetworkBackend):
    """Connects only where webhooks may go; without TLS (`is_plain`) only within the networks that are allowed."""

    def __init__(self, allowed: Collection[Network], *, is_plain: bool) -> None:
        self._gate = Gate(allowed, is_plain=is_plain)
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - it is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of a host that answers. Raises DeliveryFailed when none may be reached."""
        reachable = await self._gate.addresses(host, port)
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


async def _read(response: httpcore2.Response, seconds: float) -> bytes:
    """Return an answer, or what came in time; a short one is read to its end: the connection is used again."""
    body = bytearray()
    with contextlib.suppress(httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, TimeoutError):
        async with asyncio.timeout(seconds):
            async for part in response.aiter_stream():
                body += part
                if len(body) > MAX_ANSWER_BYTES:
                    break
    return bytes(body)


def _with_answer(webhook: Webhook) -> str:
    """Return where to send; Discord answers with the message only when it is asked to."""
    if webhook.kind is not WebhookKind.DISCORD:
        return webhook.url
    parts = urlsplit(webhook.url)
    return parts._replace(query=f"{parts.query}&wait=true".removeprefix("&"), fragment="").geturl()


def _wait(response: httpcore2.Response) -> float | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    wait = retry_after_seconds(headers, datetime.now(UTC))
    return None if wait is None else min(wait, MAX_RETRY_AFTER_SECONDS)


@cache
def _public_authorities() -> ssl.SSLContext:
    """Return what most webhooks share: a context takes milliseconds and megabytes."""
    return httpcore2.default_ssl_context()


def tls_context(webhook: Webhook) -> ssl.SSLContext:
    """Return what a certificate is verified with: the public authorities, and the webhook's own."""
    if webhook.ca_file is None:
        return _public_authorities()
    context = httpcore2.default_ssl_context()
    context.load_verify_locations(webhook.ca_file)
    return context


def describe(error: Exception) -> str:
    """Return what went wrong, without anything of what was sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
