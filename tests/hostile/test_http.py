"""Attacks on the HTTP port by anyone who reaches it, from real sockets on a real process."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.conftest import Server
from tests.support.crew import Crew
from tests.support.feed.instances import BEARER, TOKEN, Instance, instance, refusal_of
from tests.support.host import until
from tests.support.web.attack import KINDS, attack

PROBES = ("/healthz", "/readyz", "/metrics")
VIEWERS = 100
CONNECTIONS = 800  # more than the process allows: 400, one for each viewer, and 50 for monitoring


@pytest.fixture(scope="module")
def served(server: Server, template: str, processes: Crew) -> Iterator[Instance]:
    """Run `autopost serve` with a token."""
    name = f"{template}_hostile_http"
    with (
        server.janitor(name, template=template),
        instance(server.dsn(name), processes, SOCIAL_POST_FEED_VIEWERS=str(VIEWERS)) as running,
    ):
        yield running


def ask(address: str, path: str, headers: dict[str, str]) -> tuple[int, float]:
    """Return the status of an answer on a connection of its own, and how long it took."""
    parts = urlsplit(address)
    began = time.monotonic()
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as end:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        end.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}Connection: close\r\n\r\n".encode())
        status = int(end.recv(1_000).split()[1])
        while end.recv(1 << 16):
            pass
    return status, time.monotonic() - began


@pytest.mark.parametrize(
    ("kind", "connections"),
    [
        ("half", CONNECTIONS),
        ("slow form", CONNECTIONS),
        ("deaf", CONNECTIONS),
        ("socket", 50),
        ("viewers", 250),
        ("wrong", 20),
    ],
)
def test_probes_and_those_with_the_token_are_answered_during_an_attack(
    served: Instance, record_property: Callable[[str, object], None], kind: str, connections: int
) -> None:
    """Connections that wait displace each other, and wrong tokens lock out nobody else."""
    port = urlsplit(served.address).port or 0
    wanted = [*((path, {}) for path in PROBES), ("/outbox", BEARER)] * 10
    with attack(kind, port, connections, TOKEN):
        answers = [ask(served.address, path, headers) for path, headers in wanted]
    taken = sorted(seconds for _, seconds in answers)
    record_property("median and longest answer in ms", [round(taken[n] * 1000) for n in (len(taken) // 2, -1)])
    assert [status for status, _ in answers] == [200] * len(wanted)
    until(lambda: all_json(served.log))
    assert "library.error" not in served.log, errors_in(served.log)


def test_many_at_once_have_the_right_token(served: Instance) -> None:
    """While as many try wrong ones from the same address."""
    given = ({"Authorization": "Bearer wrong"}, BEARER)
    with ThreadPoolExecutor(40) as threads:
        answers = list(threads.map(lambda number: ask(served.address, "/outbox", given[number % 2])[0], range(80)))
    assert set(answers[1::2]) == {200}
    assert set(answers[::2]) <= {401, 429}
    assert set(answers[::2]) & {429}, "the others are refused at once"


METHODS = ("CONNECT", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "POST", "NONSENSE", "get")
PATHS = (
    *PROBES,
    *(
        "/static/x/page.css",
        "/",
        "/outbox",
        "/post/x",
        "/agents",
        "/unread",
        "/events",
        "/sign-in",
        "/sign-out",
        "/retry",
    ),
    *("/feed.json", "/feed.atom", "/feed/events", "/feed/ws", "/nothing", "*", "localhost:80", "http://x.example/"),
)


def test_no_method_on_any_path_gives_an_error(served: Instance) -> None:
    """With the token; nothing is logged by the web server, and every line of the log is JSON."""
    parts = urlsplit(served.address)
    for method in METHODS:
        for path in PATHS:
            with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as end:
                end.sendall(
                    f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
                    "Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
                )
                status = int(end.recv(1_000).split()[1])
                assert 300 <= status < 500 or (path in PROBES and status == 200), f"{method} {path}: {status}"
    assert all_json(served.log)
    assert "library.error" not in served.log, errors_in(served.log)


MALFORMED = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"GET /feed/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    KINDS["socket"].replace(b"/feed/ws", b"/healthz"),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)


def test_malformed_requests_give_no_error(served: Instance) -> None:
    """Whether their sender waits for the answer or is gone."""
    parts = urlsplit(served.address)
    for waits in (True, False):
        for request in MALFORMED:
            with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as end:
                end.sendall(request)
                if waits:
                    end.shutdown(socket.SHUT_WR)
                    assert b" 500 " not in received(end)
    assert ask(served.address, "/healthz", {})[0] == 200
    assert all_json(served.log)
    assert "library.error" not in served.log, errors_in(served.log)


def test_long_body_is_refused(served: Instance) -> None:
    """Before anything reads it as a form."""
    answer = httpx2.post(served.address + "/sign-in", content=b"a" * 20_000, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 413


def test_refused_sockets_are_no_errors(served: Instance) -> None:
    """Anyone without a token could fill the log."""
    for headers in ({}, {"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        assert refusal_of(served, **{"Authorization": "", **headers}).status_code in (400, 401, 403, 421)
    assert "library.error" not in served.log, errors_in(served.log)


def test_process_ends_in_order_during_an_attack(server: Server, template: str, processes: Crew) -> None:
    """With exit code 0, however many connections are open."""
    name = f"{template}_hostile_end"
    with server.janitor(name, template=template), instance(server.dsn(name), processes) as running:
        with attack("half", urlsplit(running.address).port or 0, 500):
            assert running.stop() == 0
        assert all_json(running.log)
        assert "library.error" not in running.log


def received(end: socket.socket) -> bytes:
    """Return what comes until the connection is closed."""
    data = b""
    try:
        while part := end.recv(1 << 16):
            data += part
    except ConnectionResetError:
        pass
    return data


def all_json(log: str) -> bool:
    """Return whether every whole line of a log is a JSON object."""
    return all(isinstance(json.loads(line), dict) for line in log.splitlines()[:-1])


def errors_in(log: str) -> list[str]:
    """Return the errors that the web server logged."""
    return [line for line in log.splitlines() if "library.error" in line]
