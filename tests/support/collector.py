"""A local collector of traces that speaks OTLP over HTTP, well or badly, as a test asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.host import PATIENCE_SECONDS

Reply = Callable[[BaseHTTPRequestHandler, threading.Event], None]


def takes(handler: BaseHTTPRequestHandler, _stopping: threading.Event) -> None:
    """Answer as a collector that took it all."""
    handler.send_response(200)
    handler.send_header("content-type", "application/x-protobuf")
    handler.send_header("content-length", "0")
    handler.end_headers()


def refuses(handler: BaseHTTPRequestHandler, _stopping: threading.Event) -> None:
    """Answer that it is not authorised."""
    handler.send_response(401)
    handler.send_header("content-length", "0")
    handler.end_headers()


def hangs(handler: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
    """Never answer."""
    handler.close_connection = True
    stopping.wait()


def answers_garbage(handler: BaseHTTPRequestHandler, _stopping: threading.Event) -> None:
    """Answer what is no HTTP."""
    handler.close_connection = True
    handler.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n")


class Collector:
    """The server: its `endpoint`, how many `requests` it got, and the `spans` in them."""

    def __init__(self, reply: Reply = takes) -> None:
        self.reply = reply
        self.bodies: list[bytes] = []
        self.paths: set[str] = set()
        self._stopping = threading.Event()
        self._http = _Server(("127.0.0.1", 0), self._handler_class())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def endpoint(self) -> str:
        """Return what OTEL_EXPORTER_OTLP_ENDPOINT is to be."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def resources(self) -> list[Any]:
        """Return what came, decoded, by resource."""
        return [part for body in self.bodies for part in ExportTraceServiceRequest.FromString(body).resource_spans]

    @property
    def spans(self) -> list[Any]:
        """Return the spans that came, decoded."""
        return [span for part in self.resources for scope in part.scope_spans for span in scope.spans]

    def wait_for(self, condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
        """Return when the condition is true; raise AssertionError if it never is."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{len(self.bodies)} requests came"
            time.sleep(0.01)

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                collector.paths.add(self.path)
                collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                collector.reply(self, collector._stopping)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
                """Say nothing."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients leave."""
