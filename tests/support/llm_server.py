"""A local HTTP server that speaks OpenAI's chat completions, well or badly, as a test asks.

    with LlmServer() as llm:
        llm.will(status(429, {"retry-after": "0.1"}), says("Done!"))
        ...                                    # the real openai SDK talks to llm.base_url
        assert len(llm.requests) == 2

Each request takes the next reply; the last one is for ever. It runs in threads, so that tests with and without
an event loop, and tests of another process, can use it.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.support.host import PATIENCE_SECONDS

PROMPT_TOKENS = 200
COMPLETION_TOKENS = 40


@dataclass(frozen=True)
class Request:
    """One request as the server saw it; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def system(self) -> str:
        """Return the system message."""
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        """Return the user message."""
        return str(self.body["messages"][1]["content"])


@dataclass
class Exchange:
    """One request and the means to answer it."""

    request: Request
    handler: BaseHTTPRequestHandler
    stopping: threading.Event

    def send(self, code: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send a whole response."""
        self.start(code, len(body), headers)
        self.handler.wfile.write(body)

    def start(self, code: int, length: int, headers: Mapping[str, str] | None = None) -> None:
        """Send a status line and headers; the body is the caller's."""
        self.handler.send_response(code)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.handler.send_header(name, value)
        self.handler.send_header("content-length", str(length))
        self.handler.end_headers()


Reply = Callable[[Exchange], None]


def completion(
    content: str | None,
    *,
    refusal: str | None = None,
    finish_reason: str = "stop",
    usage: tuple[int, int] | None = (PROMPT_TOKENS, COMPLETION_TOKENS),
    model: str = "gpt-4o-mini",
) -> dict[str, Any]:
    """Return the JSON of an answer; `usage` is prompt and completion tokens, None for a server that keeps silent."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    answer: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
    }
    if usage is not None:
        answer["usage"] = {
            "prompt_tokens": usage[0],
            "completion_tokens": usage[1],
            "total_tokens": sum(usage),
        }
    return answer


def says(content: str | None, **options: Any) -> Reply:
    """Answer with `content`; the options are those of completion()."""
    body = json.dumps(completion(content, **options)).encode()
    return lambda exchange: exchange.send(200, body)


def answers(make: Callable[[Request], str]) -> Reply:
    """Answer with what `make` returns for the request."""
    return lambda exchange: says(make(exchange.request))(exchange)


def refuses(text: str = "I'm sorry, but I can't help with that.") -> Reply:
    """Refuse as OpenAI's models do: no content, and the reason in `refusal`."""
    return says(None, refusal=text)


def status(code: int, headers: Mapping[str, str] | None = None, *, error_code: str | None = None) -> Reply:
    """Answer with an error of OpenAI's form."""
    error = {"message": "the test server says no", "type": "test", "param": None, "code": error_code}
    body = json.dumps({"error": error}).encode()
    return lambda exchange: exchange.send(code, body, headers)


def sends_error(code: int, error: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with an error of which the test says all."""
    body = json.dumps({"error": error}).encode()
    return lambda exchange: exchange.send(code, body, headers)


def sends(body: bytes, *, content_type: str = "application/json") -> Reply:
    """Answer 200 with any bytes."""
    return lambda exchange: exchange.send(200, body, {"content-type": content_type})


def hangs() -> Reply:
    """Read the request and never answer."""

    def reply(exchange: Exchange) -> None:
        exchange.handler.close_connection = True
        exchange.stopping.wait()

    return reply


def trickles(content: str, *, seconds_between_bytes: float = 0.05) -> Reply:
    """Send a good answer, but one byte at a time."""
    body = json.dumps(completion(content)).encode()

    def reply(exchange: Exchange) -> None:
        exchange.start(200, len(body))
        for byte in body:
            exchange.handler.wfile.write(bytes([byte]))
            if exchange.stopping.wait(seconds_between_bytes):
                return

    return reply


def hangs_up() -> Reply:
    """Close the connection instead of answering."""

    def reply(exchange: Exchange) -> None:
        exchange.handler.close_connection = True

    return reply


def when(condition: Callable[[], bool], then: Reply) -> Reply:
    """Wait until a condition comes true, then answer as `then` does."""

    def reply(exchange: Exchange) -> None:
        while not condition():
            if exchange.stopping.wait(0.01):
                return
        then(exchange)

    return reply


def after(seconds: float, then: Reply) -> Reply:
    """Wait, then answer as `then` does."""

    def reply(exchange: Exchange) -> None:
        if not exchange.stopping.wait(seconds):
            then(exchange)

    return reply


def one_lane(then: Reply, seconds: Callable[[], float], *, stops: bool) -> Reply:
    """Write one post at a time, each in a given number of seconds.

    `stops`: not those for which nobody waits any more. Servers of both kinds exist.
    """
    lane = threading.Lock()

    def reply(exchange: Exchange) -> None:
        with lane:
            if stops and _is_closed(exchange.handler.connection):
                exchange.handler.close_connection = True
                return
            exchange.stopping.wait(seconds())
        then(exchange)

    return reply


def _is_closed(connection: socket.socket) -> bool:
    """Return whether the other side has closed the connection."""
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""


class LlmServer:
    """The server: `base_url`, the `requests` it got, and what it `will` answer."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._replies: list[Reply] = [says("Wrapped up the weekly report, so everyone starts Monday informed 🎉")]
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._http = _QuietServer(("127.0.0.1", 0), self._handler_class())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        """Return what OPENAI_BASE_URL is to be."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def will(self, *replies: Reply) -> None:
        """Answer with these, one a request, the last one for ever, and forget the requests so far."""
        with self._lock:
            self._replies = list(replies)
            self.requests.clear()

    def wait_for_requests(self, count: int, within_seconds: float = PATIENCE_SECONDS) -> None:
        """Return when `count` requests have come; raise AssertionError if they do not."""
        deadline = time.monotonic() + within_seconds
        while len(self.requests) < count:
            assert time.monotonic() < deadline, f"{len(self.requests)} of {count} requests came"
            time.sleep(0.005)

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop; replies under way are broken off."""
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(handler.path, headers, json.loads(body))
        with self._lock:
            self.requests.append(request)
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply(Exchange(request, handler, self._stopping))
        finally:
            with self._lock:
                self._at_once -= 1

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
                """Say nothing."""

        return Handler


class _QuietServer(ThreadingHTTPServer):
    """Takes a client that leaves for granted, and does not wait for replies that hang."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: many tests break connections."""


def refused_base_url() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}/v1"
