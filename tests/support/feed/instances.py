"""Instances that serve the feeds as processes of their own, and viewers of both protocols that note what they get."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import httpx2
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import ClientConnection, connect

from tests.support.crew import Crew
from tests.support.host import until
from tests.support.work import Process, process_of

TOKEN = "a-token-of-tests-only"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Served(Protocol):
    """A process that serves feeds."""

    address: str


class Instance:
    """A process of `autopost serve`."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self._log = log
        found = until(self._address, what=f"an address; {self.log}")
        assert found is not None
        self.address = f"http://127.0.0.1:{found[1]}"

    def _address(self) -> re.Match[str] | None:
        assert self.process.poll() is None, self.log
        return re.search(r'"address": "http://[^"]*:(\d+)"', self.log)

    @property
    def log(self) -> str:
        """Return what it logged so far."""
        return self._log.read_text("utf-8")

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask for something, with the token unless headers say otherwise."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.get(self.address + path, headers=BEARER | given, timeout=60)

    def metric(self, name: str) -> float:
        """Return what it counts."""
        (found,) = re.findall(rf"^{re.escape(name)} (\S+)$", self.get("/metrics").text, re.MULTILINE)
        return float(found)

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextlib.contextmanager
def instance(
    dsn: str, crew: Crew | None = None, /, *, carrier: str = "notify", token: str | None = TOKEN, **more: str
) -> Iterator[Instance]:
    """Run `autopost serve` from when it is ready on; kill it at the end if it still runs."""
    variables = {
        "DATABASE_URL": dsn,
        "SOCIAL_POST_HTTP_PORT": "0",
        "SOCIAL_POST_BROADCAST": carrier,
        **({"SOCIAL_POST_HTTP_TOKEN": token} if token else {}),
        **more,
    }
    with process_of("serve", variables, crew) as (process, log):
        running = Instance(process, log)
        until(lambda: running.get("/readyz").status_code == 200, what=running.log)
        yield running


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream; a message of a socket has its position as id."""

    id: str
    kind: str
    data: Any


class Viewer:
    """Watches in a thread, and notes what comes until the end."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.place = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        self._thread.join(30)

    @property
    def ended(self) -> bool:
        """Return whether the stream has ended."""
        return self._ended.is_set()

    @property
    def posts(self) -> list[dict[str, Any]]:
        """Return the posts so far."""
        return [event.data for event in list(self.events) if event.kind == "agent_post"]

    @property
    def positions(self) -> list[int]:
        """Return the positions of the posts so far."""
        return [post["position"] for post in self.posts]

    def until(self, count: int, *, kind: str = "agent_post", seconds: float = 60) -> list[Event]:
        """Wait until so many events of a kind are there, and return them."""

        def found() -> list[Event]:
            events = [event for event in list(self.events) if event.kind == kind]
            return events if len(events) >= count else []

        return until(found, seconds=seconds, what=f"{count} events of kind {kind}") if count else []

    def leave(self) -> None:
        """Watch no more."""

    def _watch(self) -> None:
        try:
            self._read()
        finally:
            self._ended.set()

    def _read(self) -> None:
        raise NotImplementedError


class EventViewer(Viewer):
    """Watches `/feed/events`."""

    def __init__(self, at: Served, query: str = "", **headers: str) -> None:
        super().__init__()
        self._client = httpx2.Client(timeout=httpx2.Timeout(60))
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = self._client.build_request("GET", f"{at.address}/feed/events{query}", headers=BEARER | given)
        self.response = self._client.send(request, stream=True)

    def __enter__(self) -> Self:
        assert self.response.status_code == 200, self.response.read()
        return super().__enter__()

    def leave(self) -> None:
        """Close the connection, from under a read that waits."""
        with contextlib.suppress(OSError, httpx2.HTTPError, RuntimeError):
            stream = self.response.extensions.get("network_stream")
            end = stream.get_extra_info("socket") if stream is not None else None
            if end is not None:
                end.shutdown(2)

    def _read(self) -> None:
        fields: dict[str, str] = {}
        with contextlib.suppress(httpx2.HTTPError, OSError), contextlib.closing(self._client):
            for line in self.response.iter_lines():
                if line.startswith(":"):
                    continue
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                self.place = fields.get("id", self.place)  # as browsers do, also for an event without data
                if "data" in fields and fields.get("event") != "position":  # which only moves the place
                    self.events.append(Event(self.place, fields.get("event", ""), json.loads(fields["data"])))
                fields = {}


class SocketViewer(Viewer):
    """Watches `/feed/ws`."""

    def __init__(self, at: Served, query: str = "", **headers: str) -> None:
        super().__init__()
        self.code: int | None = None
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(socket_of(at, query, **headers))

    def leave(self) -> None:
        """Close the connection."""
        self._open.close()

    def say(self, text: str) -> None:
        """Send a message."""
        self._socket.send(text)

    def _read(self) -> None:
        try:
            while True:
                event = json.loads(self._socket.recv())["event"]
                data = event["data"]
                self.place = str(data.get("position", data.get("until")))
                self.events.append(Event(self.place, event["type"], data))
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd is not None else None


@contextlib.contextmanager
def socket_of(at: Served, query: str = "", *, path: str = "/feed/ws", **headers: str) -> Iterator[ClientConnection]:
    """Open a WebSocket. Raises InvalidStatus when it is turned away."""
    given = BEARER | {name.replace("_", "-"): value for name, value in headers.items()}
    address = at.address.replace("http://", "ws://")
    present = {name: value for name, value in given.items() if value}
    with connect(f"{address}{path}{query}", additional_headers=present, open_timeout=60, proxy=None) as opened:
        yield opened


def refusal_of(at: Instance, query: str = "", *, path: str = "/feed/ws", **headers: str) -> Response:
    """Return the answer that turns a WebSocket away. Fails when none does."""
    try:
        with socket_of(at, query, path=path, **headers):
            raise AssertionError("it was let in")
    except InvalidStatus as refused:
        return refused.response
