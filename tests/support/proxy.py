"""A TCP proxy before PostgreSQL that passes, cuts, swallows, stalls and trickles, for one connection or for all.

with Proxy(upstream) as proxy:
    dsn = proxy.dsn("autopost_test_1")     # by TCP, whatever the server listens on
    proxy.become(Mode.SWALLOW)             # every connection is half-open from now on, new ones too
    proxy.cut()                            # RST to both sides of those that there are
    proxy.refuse()                         # nobody listens any more
    proxy.allow()
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeAlias
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

Address: TypeAlias = Path | tuple[str, int]

CHUNK_BYTES = 65_536
TRICKLE_BYTES = 8
TRICKLE_SECONDS = 0.01
COMMIT = b"COMMIT;\0"  # as asyncpg ends a transaction: a simple query
RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close() sends RST


class Mode(StrEnum):
    """What becomes of the bytes of a connection."""

    PASS = "pass"
    SWALLOW = "swallow"  # read and dropped in both directions: a peer that vanished
    SWALLOW_UP = "swallow_up"  # what the client sends never arrives
    SWALLOW_DOWN = "swallow_down"  # what the server answers never arrives
    STALL = "stall"  # kept back, and passed on when the mode changes: a network that heals
    TRICKLE = "trickle"  # a few bytes at a time
    CUT_AFTER_COMMIT = "cut_after_commit"  # a COMMIT reaches the server, its answer does not reach the client


class Proxy:
    """Listens on a port of this machine and connects to `upstream`; everything may be changed from any thread."""

    def __init__(self, upstream: Address) -> None:
        self.upstream = upstream
        self.mode = Mode.PASS
        self.accepted = 0
        self.commits_cut = 0
        self._links: set[_Link] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def dsn(self, database: str, *, user: str = "postgres") -> str:
        """Return the connection string of a database behind the proxy."""
        return f"postgresql://{quote(user)}@127.0.0.1:{self.port}/{quote(database)}"

    @property
    def links(self) -> list[_Link]:
        """Return the connections that there are."""
        with self._lock:
            return list(self._links)

    def become(self, mode: Mode) -> None:
        """Treat all connections so, and new ones."""
        self.mode = mode
        for link in self.links:
            link.become(mode)

    def cut(self) -> None:
        """Reset every connection."""
        for link in self.links:
            link.cut()

    def refuse(self) -> None:
        """Listen no more: anyone who connects is refused."""
        with self._lock:
            listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # close() alone leaves a thread in accept()
            listener.close()

    def allow(self) -> None:
        """Listen again, on the same port."""
        if self._listener is None:
            self._listener = self._listen(self.port)

    def heal(self) -> None:
        """Pass everything again. Connections that lost bytes are cut."""
        self.mode = Mode.PASS
        for link in self.links:
            if link.lost_bytes:
                link.cut()
            else:
                link.become(Mode.PASS)
        self.allow()

    def __enter__(self) -> Self:
        """Return itself; it listens since it was made."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop listening, and cut what there is."""
        self.refuse()
        self.cut()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = _connect(self.upstream)
            except OSError:
                _reset(client)
                continue
            link = _Link(self, client, server)
            with self._lock:
                self.accepted += 1
                self._links.add(link)
            link.start()

    def _ended(self, link: _Link) -> None:
        with self._lock:
            self._links.discard(link)

    def _commit_was_cut(self) -> None:
        with self._lock:
            self.commits_cut += 1


class _Link:
    """One connection through the proxy: two threads, each of which copies one direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self.mode = proxy.mode
        self.lost_bytes = False
        self._committing = False
        self._changed = threading.Condition()
        self._over = False

    def start(self) -> None:
        """Begin to copy."""
        for source, sink, up in ((self._client, self._server, True), (self._server, self._client, False)):
            threading.Thread(target=self._copy, args=(source, sink, up), daemon=True).start()

    def become(self, mode: Mode) -> None:
        """Treat it so from now on."""
        with self._changed:
            self.mode = mode
            self._changed.notify_all()

    def cut(self) -> None:
        """Reset both sides."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        for end in (self._client, self._server):
            _reset(end)
        self._proxy._ended(self)

    def _copy(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        try:
            while data := source.recv(CHUNK_BYTES):
                if not self._forward(data, sink, up):
                    return
        except OSError:
            pass
        if not self.lost_bytes:  # a half-open connection stays so although the other side has gone
            self.cut()

    def _forward(self, data: bytes, sink: socket.socket, up: bool) -> bool:
        with self._changed:
            while self.mode is Mode.STALL and not self._over:
                self._changed.wait()
            mode = self.mode
        if mode is Mode.SWALLOW or mode is (Mode.SWALLOW_UP if up else Mode.SWALLOW_DOWN):
            self.lost_bytes = True
            return True
        if mode is Mode.CUT_AFTER_COMMIT:
            if up:
                self._committing = COMMIT in data
            elif self._committing:  # this is the answer: the server has committed
                self._proxy._commit_was_cut()
                self.cut()
                return False
        if mode is Mode.TRICKLE:
            for start in range(0, len(data), TRICKLE_BYTES):
                sink.sendall(data[start : start + TRICKLE_BYTES])
                with self._changed:
                    if self.mode is Mode.TRICKLE and not self._over:
                        self._changed.wait(TRICKLE_SECONDS)
            return True
        sink.sendall(data)
        return True


def upstream_of(dsn: str) -> Address:
    """Return where the server of a connection string listens: a socket's path, or host and port."""
    parts = conninfo_to_dict(dsn)
    host, port = str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or 5432)
    return Path(host) / f".s.PGSQL.{port}" if host.startswith("/") else (host, port)


def _connect(upstream: Address) -> socket.socket:
    if isinstance(upstream, tuple):
        return socket.create_connection(upstream, timeout=5)
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(str(upstream))
    except OSError:
        server.close()
        raise
    return server


def _reset(end: socket.socket) -> None:
    """Close with RST where the protocol has one."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RD)  # wakes the thread that reads it
    with contextlib.suppress(OSError):
        end.close()
