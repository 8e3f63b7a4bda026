"""Clients that others wrote: Node's `eventsource` and `ws`, httpx-sse and aiosseclient."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from autopost.observability.health import Health
from autopost.web import sse
from autopost.web.server import serve
from autopost.web.sse import EventStream, event, mark
from autopost.web.viewer import Viewer
from tests.support.crew import Crew
from tests.support.feed.announcing import Announcer
from tests.support.feed.instances import BEARER, Instance, instance
from tests.support.feed.node import NodeClient
from tests.web.feed.test_reconnecting import free_port
from tests.web.test_hub import Ticker, nothing_missed

SEVERAL_LINES = "A first line\nand a second\r\n\r\ndata: and a fourth 🙋\u2028"


def ticket_of(at: Instance) -> str:
    """Return a ticket, as a front end's server gets it for a browser."""
    ticket: str = httpx2.post(f"{at.address}/feed/ticket", headers=BEARER, timeout=60).json()["ticket"]
    return ticket


@pytest.mark.long
def test_eventsource_of_node_misses_nothing_when_the_server_is_replaced(
    shared_database: str, processes: Crew, announcer: Announcer
) -> None:
    """It comes back by itself with its place in Last-Event-ID, and is handed each post once and no empty message."""
    port = str(free_port())
    address = f"http://127.0.0.1:{port}/feed/events"
    with contextlib.ExitStack() as ends:
        first = ends.enter_context(instance(shared_database, processes, SOCIAL_POST_HTTP_PORT=port))
        client = ends.enter_context(NodeClient("eventsource", address))
        client.until(1, "position")
        announcer.post(SEVERAL_LINES)
        (post,) = client.until(1, "agent_post")
        assert post["id"] == str(announcer.position)
        first.stop()
        client.until(1, "error")
        announcer.post("While it was away", SEVERAL_LINES)
        ends.enter_context(instance(shared_database, processes, SOCIAL_POST_HTTP_PORT=port))
        client.until(2, "open")
        client.until(3, "agent_post")
        announcer.post("Afterwards")
        client.until(4, "agent_post")
        assert client.contents() == [SEVERAL_LINES, "While it was away", SEVERAL_LINES, "Afterwards"]
        assert client.of("message", "gap") == []


def test_ws_of_node_goes_on_at_its_place_when_the_server_is_replaced(
    shared_database: str, processes: Crew, announcer: Announcer
) -> None:
    """A socket ends with 1001, and another instance sends what came after the last message."""
    with contextlib.ExitStack() as ends:
        first = ends.enter_context(instance(shared_database, processes))
        client = ends.enter_context(NodeClient("ws", socket_of(first)))
        client.until(1, "open")
        announcer.post(SEVERAL_LINES)
        (message,) = client.until(1, "message")
        place = json.loads(message["data"])["event"]["data"]["position"]
        first.stop()
        assert client.until(1, "close")[0]["code"] == 1001
        announcer.post("While it was away")
        second = ends.enter_context(instance(shared_database, processes))
        again = ends.enter_context(NodeClient("ws", f"{socket_of(second)}?after={place}"))
        again.until(1, "message")
        announcer.post("Afterwards")
        again.until(2, "message")
        assert client.contents() + again.contents() == [SEVERAL_LINES, "While it was away", "Afterwards"]


def socket_of(at: Instance) -> str:
    """Return the address of its socket."""
    return f"{at.address.replace('http', 'ws')}/feed/ws"


@pytest.mark.parametrize("kind", ["eventsource", "ws"])
def test_ticket_opens_a_stream_and_nothing_does_without(feeds: Instance, announcer: Announcer, kind: str) -> None:
    """As a browser gives it, which sends no header of its own."""
    address = f"{feeds.address}/feed/events" if kind == "eventsource" else socket_of(feeds)
    before = announcer.position
    announcer.post("Hello")
    with NodeClient(kind, f"{address}?after={before}&ticket={ticket_of(feeds)}", {}) as client:
        client.until(1, "agent_post", "message")
        assert client.contents() == ["Hello"]
    with NodeClient(kind, f"{address}?after={before}", {}) as stranger:
        assert stranger.until(1, "error", "refused")[0]["code"] == 401
        assert stranger.of("open", "agent_post", "message") == []


def test_socket_of_node_that_says_something_is_closed(feeds: Instance) -> None:
    """With the code for it, 1008."""
    with NodeClient("ws", socket_of(feeds)) as client:
        client.until(1, "open")
        client.say("Hello")
        assert client.until(1, "close")[0]["code"] == 1008


class Idle:
    """An application with one quiet stream, which counts what it sends to keep it alive."""

    def __init__(self) -> None:
        self.hub = Ticker()
        self.kept_alive = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream a position, and then what the hub publishes."""

        async def counted(message: Message) -> None:
            self.kept_alive += message.get("body", b"").startswith(b":")
            await send(message)

        viewer = Viewer("a")
        await self.hub.subscribe(viewer, nothing_missed)
        await EventStream(self.hub, viewer, mark(1))(scope, receive, counted)


@contextlib.asynccontextmanager
async def idle_stream(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Idle, str]]:
    """Serve a stream that is kept alive often; return it and its address."""
    monkeypatch.setattr(sse, "KEEP_ALIVE_SECONDS", 0.02)
    port = free_port()
    idle = Idle()
    async with serve(Health(), "127.0.0.1", port, fallback=idle) as serving:
        serving.on_shutdown.append(idle.hub.close)
        yield idle, f"http://127.0.0.1:{port}/events"
        await serving.stop()


def handed_to_httpx_sse(address: str) -> Iterator[str]:
    """Yield the kinds of events that it is handed; all of them have data."""
    httpx_sse = pytest.importorskip("httpx_sse")
    with (
        httpx.Client(timeout=60, trust_env=False) as client,
        httpx_sse.connect_sse(client, "GET", address) as source,
    ):
        for found in source.iter_sse():
            assert found.json() is not None
            yield found.event
            if found.event == "agent_post":
                return


def handed_to_aiosseclient(address: str) -> Iterator[str]:
    """Yield the kinds of events that it is handed; all of them have data."""
    aiosseclient = pytest.importorskip("aiosseclient")

    async def handed() -> list[str]:
        kinds = []
        async for found in aiosseclient.aiosseclient(address):
            assert json.loads(found.data) is not None
            kinds.append(found.event)
            if found.event == "agent_post":
                break
        return kinds

    yield from asyncio.run(handed())


def handed_to_eventsource(address: str) -> Iterator[str]:
    """Yield the kinds of events that it is handed."""
    with NodeClient("eventsource", address) as client:
        client.until(1, "agent_post")
        yield from (line["type"] for line in client.lines if line["type"] != "open")


@pytest.mark.parametrize(
    "handed",
    [handed_to_httpx_sse, handed_to_aiosseclient, handed_to_eventsource],
    ids=["httpx-sse", "aiosseclient", "eventsource"],
)
async def test_what_keeps_a_stream_alive_is_no_event(monkeypatch: pytest.MonkeyPatch, handed: object) -> None:
    """Neither by itself nor before the next event."""
    async with idle_stream(monkeypatch) as (idle, address):
        with ThreadPoolExecutor(1) as thread:
            reading = asyncio.get_running_loop().run_in_executor(thread, lambda: list(handed(address)))  # type: ignore[operator]
            async with asyncio.timeout(60):
                while idle.kept_alive < 5 and not reading.done():
                    await asyncio.sleep(0.01)
                idle.hub.publish("a", lambda: event("agent_post", {}, id_="2"))
                assert await reading == ["position", "agent_post"]
