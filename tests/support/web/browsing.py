"""A worker that serves the page, and what a client without a browser sees of it."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from tests.support.crew import Crew
from tests.support.host import until
from tests.support.work import WorkerProcess, worker_process

TOKEN = "a-token-of-tests-only"
FORM = {"Sec-Fetch-Site": "same-origin"}
QUICK = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.2", "SOCIAL_POST_HTTP_PORT": "0"}


@dataclass
class Site:
    """A worker's page: where it is, and a client that keeps cookies and follows nothing."""

    worker: WorkerProcess
    address: str
    client: httpx2.Client

    def get(self, path: str = "/", **headers: str) -> httpx2.Response:
        """Ask for a page."""
        return self.client.get(self.address + path, headers=headers)

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> httpx2.Response:
        """Send a form, as from the page itself unless headers say otherwise."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(self.address + path, data=dict(form or {}), headers=given or FORM)

    def sign_in(self, token: str = TOKEN) -> httpx2.Response:
        """Give a token."""
        return self.post("/sign-in", {"token": token})

    def begin_anew(self) -> Self:
        """Forget the session, and let the page forget what it read a moment ago, as after anything that was done."""
        self.client.cookies.clear()
        self.post("/retry", {"tracker": "nothing"}, Authorization=f"Bearer {TOKEN}")
        return self

    def unasked(self, receive_bytes: int | None = None) -> socket.socket:
        """Return a connection on which nothing was sent."""
        parts = urlsplit(self.address)
        end = socket.socket()
        if receive_bytes is not None:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        end.settimeout(60)
        end.connect((parts.hostname, parts.port))
        return end

    def raw(self, path: str, *, receive_bytes: int | None = None, **headers: str) -> socket.socket:
        """Return a connection on which a request was sent, with the token."""
        end = self.unasked(receive_bytes)
        given = {"Host": urlsplit(self.address).netloc, "Authorization": f"Bearer {TOKEN}", **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
        end.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        return end


@contextlib.contextmanager
def site(dsn: str, crew: Crew | None = None, /, *, token: str | None = TOKEN, **variables: str) -> Iterator[Site]:
    """Run a worker that serves the page, from when it is ready on."""
    given = {"SOCIAL_POST_HTTP_TOKEN": token} if token else {}
    with worker_process(dsn, crew, **QUICK, **given, **variables) as worker:
        found = until(lambda: re.search(r'"address": "http://[^"]*:(\d+)"', worker.log), what=worker.log)
        assert found is not None
        address = f"http://127.0.0.1:{found[1]}"
        with httpx2.Client(timeout=60) as client:
            until(lambda: client.get(address + "/readyz").status_code == 200, what=worker.log)
            yield Site(worker, address, client)


def numbers(page: str) -> list[int]:
    """Return the numbers of the posts on a page, from the top."""
    return [int(number) for number in re.findall(r"Post number (\d+)", page)]


def signed_in(guarded: Site) -> Site:
    """Begin a session."""
    assert guarded.sign_in().status_code == 303
    return guarded


class Events:
    """The events of a stream, as they come."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._text = ""

    def until(self, kind: str, count: int = 1) -> list[Event]:
        """Read until so many events of a kind are there, and return those of the kind."""
        while len(found := [event for event in self.all() if event.kind == kind]) < count:
            data = self._end.recv(65_536)
            assert data, f"the stream ended: {self._text[-500:]}"
            self._text += data.decode("utf-8", "replace")
        return found

    def rest(self) -> str:
        """Read to the end, or to where the server cut it off."""
        with contextlib.suppress(ConnectionResetError):
            while data := self._end.recv(65_536):
                self._text += data.decode("utf-8", "replace")
        return self._text

    def all(self) -> list[Event]:
        """Return what has come so far."""
        pattern = r"(?:id: ([^\n]*)\n)?event: (\w+)\ndata: ([^\n]*)\n\n"
        return [Event(id_, kind, json.loads(data)) for id_, kind, data in re.findall(pattern, self._text)]


@dataclass(frozen=True)
class Event:
    """One event."""

    id: str
    kind: str
    data: Any
