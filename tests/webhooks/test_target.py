"""What an answer means, and where a hook's requests do not go."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme

from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.webhooks import resolver as resolver_module
from autopost.webhooks.target import Target
from autopost.webhooks.webhook import Webhook, WebhookKind
from tests.support.webhooks.posts import ADA, post
from tests.support.webhooks.receiver import Answer, Receiver

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))


def hook_to(url: str, **more: Any) -> Webhook:
    """Return a hook that points there."""
    return Webhook("a", WebhookKind.WEBHOOK, url, b"x" * 32, **more)


@pytest.fixture
async def target(receiver: Receiver) -> AsyncIterator[Target]:
    """Return a target that may reach the receiver."""
    made = Target(hook_to(receiver.url), LOOPBACK)
    yield made
    await made.aclose()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_success_is_success(receiver: Receiver, target: Target, status: int) -> None:
    """Any of the 200s."""
    receiver.will(Answer(status, body=b""))
    await target.send(ADA)
    assert [request.path for request in receiver.received] == ["/services/take"]


@pytest.mark.parametrize("status", [400, 413, 415, 422])
async def test_message_that_a_target_will_never_take(receiver: Receiver, target: Target, status: int) -> None:
    """What it says is about this one message."""
    receiver.will(status)
    with pytest.raises(DeliveryRejected, match=f"^HTTP {status}$"):
        await target.send(ADA)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 408, 409, 410, 429, 500, 502, 503, 599])
async def test_answer_that_may_change(receiver: Receiver, target: Target, status: int) -> None:
    """When somebody has mended the target; or the hook, which is paused while each post is answered like this."""
    receiver.will(status)
    with pytest.raises(DeliveryFailed, match=f"^HTTP {status}$") as refused:
        await target.send(ADA)
    assert refused.value.is_misconfigured == (status in (401, 403, 404, 405, 410))


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        *(("7", 7.0), ("100000", 300.0), ("-1", None), ("soon", None), ("nan", None)),
        *(
            ("1e20", 300.0),
            ("inf", 300.0),
            ("-1e20", None),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 300.0),
        ),
        ("Thu, 01 Jan 2020 00:00:00 +9999999999999999", None),
    ],
)
async def test_target_may_ask_for_a_wait(receiver: Receiver, target: Target, given: str, seconds: float | None) -> None:
    """Of five minutes at most."""
    receiver.will(Answer(429, {"Retry-After": given}))
    with pytest.raises(DeliveryFailed) as refused:
        await target.send(ADA)
    assert refused.value.retry_after_seconds == seconds


async def test_redirect_is_not_followed(receiver: Receiver, target: Target) -> None:
    """It could lead anywhere."""
    with Receiver() as elsewhere:
        receiver.will(Answer(307, {"Location": elsewhere.url}))
        with pytest.raises(DeliveryFailed, match="HTTP 307"):
            await target.send(ADA)
        assert elsewhere.received == []


async def test_connection_is_used_again(receiver: Receiver, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an answer of any length that is not absurd."""
    made: list[str] = []
    look_up = resolver_module.look_up

    def counted(host: str, port: int) -> Any:
        made.append(host)
        return look_up(host, port)

    monkeypatch.setattr(resolver_module, "look_up", counted)
    receiver.will(Answer(200, body=b"x" * 10_000))
    for _ in range(5):
        await target.send(ADA)
    assert len(made) == 1


async def test_endless_answer_is_not_read(receiver: Receiver, target: Target) -> None:
    """The status was there, and that is all that counts."""
    receiver.will(Answer(200, body=b"x" * 50_000_000))
    await target.send(ADA)
    await target.send(post(content="another"))
    assert len(receiver.received) == 2


async def test_slow_target(receiver: Receiver) -> None:
    """It has some seconds, and perhaps has taken the post."""
    target = Target(hook_to(receiver.url), LOOPBACK, answer_seconds=0.2)
    receiver.will(Answer(200, after_seconds=2.0))
    with pytest.raises(DeliveryFailed, match="no answer in time"):
        await target.send(ADA)
    await target.aclose()


@contextlib.asynccontextmanager
async def speaking(*parts: bytes, pause: float = 0.0) -> AsyncIterator[str]:
    """Serve anyone who comes with these bytes, a pause after each, and hang up; what it gives is the address."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError):
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        ended.set()

    ended = asyncio.Event()
    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    await ended.wait()
    server.close()


@pytest.mark.long
async def test_target_that_sends_its_answer_in_drops() -> None:
    """Each comes within the time for an answer, and all together do not."""
    drops = [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 200]
    async with speaking(*drops, pause=0.05) as url:
        target = Target(hook_to(url), LOOPBACK, answer_seconds=1.0)
        with pytest.raises(DeliveryFailed, match="no answer in time"):
            await target.send(ADA)
        await target.aclose()


@pytest.mark.parametrize("answer", [b"", b"no HTTP\r\n\r\n", b"\xff" * 99, b"HTTP/1.1 200 OK\r\n"])
async def test_target_that_speaks_no_http(answer: bytes) -> None:
    """Is one that does not take the post."""
    async with speaking(answer) as url:
        target = Target(hook_to(url), LOOPBACK)
        with pytest.raises(DeliveryFailed, match=r"RemoteProtocolError|ReadError"):
            await target.send(ADA)
        await target.aclose()


async def test_nobody_there() -> None:
    """A closed port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    target = Target(hook_to(f"http://127.0.0.1:{port}/"), LOOPBACK)
    with pytest.raises(DeliveryFailed, match="the connection was refused"):
        await target.send(ADA)
    await target.aclose()


async def test_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have one later."""
    target = Target(hook_to("https://nowhere.invalid/"), ())
    with pytest.raises(DeliveryFailed, match=r"nowhere\.invalid has no address"):
        await target.send(ADA)
    await target.aclose()


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name lead to these addresses."""

    def look_up(host: str, port: int) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(resolver_module, "look_up", look_up)


async def test_name_that_leads_to_a_private_address(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused when it is connected to, whatever it led to before."""
    leads_to(monkeypatch, "127.0.0.1")
    target = Target(hook_to(f"https://innocent.example.com:{receiver.port}/"), ())
    with pytest.raises(DeliveryFailed) as refused:
        await target.send(ADA)
    said = "innocent.example.com leads to 127.0.0.1, no public address; SOCIAL_POST_WEBHOOK_NETWORKS allows more"
    assert str(refused.value) == said
    assert receiver.received == []
    await target.aclose()


async def test_only_the_addresses_that_may_be_reached_are_tried(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a name leads to several, and the one after the other until one answers."""
    leads_to(monkeypatch, "169.254.169.254", "127.0.0.2", "127.0.0.1")
    target = Target(hook_to(f"http://several.example.com:{receiver.port}/"), LOOPBACK)
    await target.send(ADA)
    assert [request.headers["host"] for request in receiver.received] == [f"several.example.com:{receiver.port}"]
    await target.aclose()


async def test_public_address_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A post goes over other people's wires in clear nowhere."""
    leads_to(monkeypatch, "1.1.1.1")
    target = Target(hook_to("http://plain.example.com/"), LOOPBACK)
    with pytest.raises(DeliveryFailed, match=r"leads to 1\.1\.1\.1, and webhooks go there over TLS only"):
        await target.send(ADA)
    await target.aclose()


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    """Return an authority of this test's own, and its certificate's file."""
    made = trustme.CA()
    path = tmp_path / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


def context_of(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """Return what a server needs to be this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def test_tls_with_an_authority_of_ones_own(
    authority: tuple[trustme.CA, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is that of the name, though the connection is made to an address."""
    leads_to(monkeypatch, "127.0.0.1")
    with Receiver(context_of(authority[0], "chat.example.com")) as receiver:
        url = f"https://chat.example.com:{receiver.port}/"
        target = Target(hook_to(url, ca_file=authority[1]), LOOPBACK)
        await target.send(ADA)
        assert receiver.contents == ["Sorted the inbox"]
        await target.aclose()


@pytest.mark.parametrize("trusted", [False, True])
async def test_certificate_that_is_not_valid(
    authority: tuple[trustme.CA, Path], monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    """Of an authority that nobody knows, or of another name."""
    leads_to(monkeypatch, "127.0.0.1")
    with Receiver(context_of(authority[0], "other.example.com" if trusted else "chat.example.com")) as receiver:
        hook = hook_to(f"https://chat.example.com:{receiver.port}/", ca_file=authority[1] if trusted else None)
        target = Target(hook, LOOPBACK)
        with pytest.raises(DeliveryFailed, match="its certificate is not valid: "):
            await target.send(ADA)
        assert receiver.received == []
        await target.aclose()


async def test_scheme_in_capitals_is_the_same_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it goes nowhere in clear either."""
    leads_to(monkeypatch, "1.1.1.1")
    target = Target(hook_to("HTTP://plain.example.com/"), LOOPBACK)
    with pytest.raises(DeliveryFailed, match="over TLS only"):
        await target.send(ADA)
    await target.aclose()


async def test_endless_interim_answers_are_not_parsed_for_long() -> None:
    """They would keep the worker's processor busy until the time-out."""
    async with speaking(*[b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000] * 1_000) as url:
        target = Target(hook_to(url), LOOPBACK)
        with pytest.raises(DeliveryFailed, match="ReadError"):
            await target.send(ADA)
        await target.aclose()


async def test_name_is_looked_up_by_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a thread of its own, so that a name server that does not answer holds up nobody else."""
    asked: list[str] = []
    answered = threading.Event()

    def look_up(host: str, port: int) -> list[Any]:
        asked.append(host)
        answered.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 2

    monkeypatch.setattr(resolver_module, "look_up", look_up)
    resolver = resolver_module.Resolver()
    waiting = [asyncio.create_task(resolver.resolve("slow.example.com", 443)) for _ in range(8)]
    await asyncio.sleep(0.05)
    waiting[0].cancel()  # as by a time-out, after which it is tried again
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    waiting[0] = asyncio.create_task(resolver.resolve("slow.example.com", 443))
    await asyncio.sleep(0.05)
    answered.set()
    assert [list(map(str, found)) for found in await asyncio.gather(*waiting)] == [["127.0.0.1"]] * 8
    assert asked == ["slow.example.com"]
