"""How many connections there is room for, and how long one may last."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any, Self

import pytest
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from autopost.observability.health import Health
from autopost.web import connections, server
from autopost.web.connections import network_of
from autopost.web.server import MONITORING_CONNECTIONS, RESERVED_FILES

CODE = """
import resource, sys
soft, hard, connections = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from autopost.web.server import room_for
print(room_for(connections), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "room", "limit"),
    [
        (1_024, 2_000, 1_400, 1_400 + RESERVED_FILES),
        (1_800, 2_000, 1_400, 1_800),
        (512, 1_024, 1_024 - RESERVED_FILES, 1_024),
        (100, 100, 1, 100),
    ],
    ids=["raised", "enough", "too-few", "next-to-none"],
)
def test_limit_of_file_descriptors_is_raised_as_far_as_it_goes(soft: int, hard: int, room: int, limit: int) -> None:
    """And where that is not far enough, fewer connections are let in."""
    command = [sys.executable, "-c", CODE, str(soft), str(hard), "1400"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1].split() == [str(room), str(limit)]


@contextlib.asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[int]:
    """Run a server and return its port."""
    with structlog.testing.capture_logs() as logs:
        async with server.serve(Health(), "127.0.0.1", 0, **options):
            (line,) = [line for line in logs if line["event"] == "http.listening"]
            yield int(line["address"].rpartition(":")[2])


class Client:
    """A connection that is kept open between requests."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, port: int) -> AsyncIterator[Self]:
        """Connect, and close at the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        yield cls(reader, writer)
        writer.close()

    async def ask(self, path: str = "/healthz") -> str:
        """Return the response to a request, or nothing when the connection is closed."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            self.writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            async with asyncio.timeout(60):
                head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
                await self._reader.readexactly(int(head.partition("content-length: ")[2].partition("\r")[0]))
                return head
        return ""

    async def rest(self) -> str:
        """Return what comes until the server closes the connection."""
        data = b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(60):
                while part := await self._reader.read(10_000):
                    data += part
        return data.decode()

    async def until_closed(self) -> None:
        """Wait until the server closes the connection."""
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(self._reader.read(1_000), 60) == b""


async def test_socket_outlives_the_time_that_a_request_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit of a request ends with the handshake."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)

    async def later(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await asyncio.sleep(0.6)
        await send({"type": "websocket.send", "text": "still here"})

    async with serving(fallback=later) as port, connect(f"ws://127.0.0.1:{port}/any", proxy=None) as opened:
        assert await asyncio.wait_for(opened.recv(), 60) == "still here"


async def test_one_connection_too_many_closes_the_oldest_that_waits() -> None:
    """A complete request always finds a place; what is answered keeps it."""
    answer = asyncio.Event()

    async def when_told(scope: Scope, receive: Receive, send: Send) -> None:
        await answer.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async with serving(connections=2, fallback=when_told) as port, contextlib.AsyncExitStack() as clients:
        working = await clients.enter_async_context(Client.open(port))
        asking = asyncio.create_task(working.ask("/slow"))
        waiting = [await clients.enter_async_context(Client.open(port)) for _ in range(2 + MONITORING_CONNECTIONS)]
        await waiting[0].until_closed()
        assert (await waiting[-1].ask()).startswith("HTTP/1.1 200")
        assert (await waiting[1].ask()).startswith("HTTP/1.1 200"), "only as many as necessary are closed"
        answer.set()
        assert (await asking).startswith("HTTP/1.1 200")


async def test_requests_over_the_limit_are_refused_and_probes_are_not() -> None:
    """Monitoring has connections of its own; when a request ends there is room again."""
    answer = asyncio.Event()

    async def when_told(scope: Scope, receive: Receive, send: Send) -> None:
        await answer.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async with serving(connections=2, fallback=when_told) as port, contextlib.AsyncExitStack() as clients:
        asking = [
            asyncio.create_task((await clients.enter_async_context(Client.open(port))).ask("/slow")) for _ in range(2)
        ]
        another = await clients.enter_async_context(Client.open(port))
        async with asyncio.timeout(60):
            while not (await another.ask("/slow")).startswith("HTTP/1.1 503"):
                await asyncio.sleep(0.05)
        for path in ("/healthz", "/metrics"):
            assert (await another.ask(path)).startswith("HTTP/1.1 200")
        answer.set()
        assert all(reply.startswith("HTTP/1.1 200") for reply in await asyncio.gather(*asking))
        assert (await another.ask("/slow")).startswith("HTTP/1.1 200")


async def test_second_request_before_the_first_response_is_not_answered() -> None:
    """A flood of them would cost the worker more than the sender."""
    async with serving() as port, Client.open(port) as client:
        client.writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        assert (await client.rest()).count("HTTP/1.1 200") == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_client_is_an_address_or_the_network_of_a_host(address: str, network: str) -> None:
    """A host with IPv6 could have another address for every connection."""
    assert network_of(address) == network


@pytest.mark.parametrize("requests", [0, 1], ids=["first", "second"])
async def test_request_that_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch, requests: int) -> None:
    """Also on a connection that had an answer: each byte would end uvicorn's own time limit."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.4)

    async def trickle(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.05)

    async with serving() as port, Client.open(port) as client:
        for _ in range(requests):
            assert (await client.ask()).startswith("HTTP/1.1 200")
        trickling = asyncio.create_task(trickle(client.writer))
        await client.until_closed()
        trickling.cancel()
