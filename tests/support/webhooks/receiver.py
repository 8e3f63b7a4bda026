"""A real HTTP server that posts are sent to, and that answers as a test asks.

    with Receiver() as receiver:
        receiver.will(503, 503, 200)   # the last answer is for ever
        receiver.judge(discord)        # or as a service answers (services.py)
        ...                            # somebody posts to receiver.url
        assert receiver.contents == ["hello"]

It runs in threads, so that tests with and without an event loop, and tests of another process, can use it.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.support.host import PATIENCE_SECONDS, until


@dataclass(frozen=True)
class Received:
    """One request; header names are in lower case. `status` is what was answered, None when nothing was."""

    path: str
    headers: Mapping[str, str]
    raw: bytes
    status: int | None
    at: float

    @property
    def body(self) -> Any:
        """Return the body, read as JSON."""
        return json.loads(self.raw)

    @property
    def content(self) -> str:
        """Return the text of the post."""
        body = self.body
        return str(body["text"] if "text" in body else body["data"]["content"])


@dataclass(frozen=True)
class Answer:
    """What to answer: a status after a while, with headers and a body. Status None: hang up without a word."""

    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    after_seconds: float = 0.0


class Receiver:
    """Takes posts on a port of loopback."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self._answers: list[Answer] = [Answer()]
        self._judge: Callable[[str, Any], Answer] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Say nothing: clients hang up in tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "http" if tls is None else "https"
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Return the address that takes posts."""
        return f"{self.scheme}://127.0.0.1:{self.port}/services/take"

    @property
    def taken(self) -> list[Received]:
        """Return the requests that were answered with success."""
        return [request for request in self.received if request.status is not None and 200 <= request.status < 300]

    @property
    def contents(self) -> list[str]:
        """Return the texts of the posts that it took, in the order of their coming."""
        return [request.content for request in self.taken]

    def will(self, *answers: int | Answer) -> None:
        """Answer the next requests so; the last answer is for ever."""
        with self._lock:
            self._answers = [Answer(answer) if isinstance(answer, int) else answer for answer in answers]
            self._judge = None

    def judge(self, answer_to: Callable[[str, Any], Answer]) -> None:
        """Answer each request by its path and body."""
        with self._lock:
            self._judge = answer_to

    def wait(self, count: int, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it took so many."""
        until(lambda: len(self.taken) >= count, seconds=seconds, what=f"{count} posts, of which came {self.contents}")

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers["content-length"]))
        with self._lock:
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if self._judge is not None:
                answer = self._judge(handler.path, json.loads(raw))
        self._stopping.wait(answer.after_seconds)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._lock:
            self.received.append(Received(handler.path, headers, raw, answer.status, time.monotonic()))
        if answer.status is None:
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)
