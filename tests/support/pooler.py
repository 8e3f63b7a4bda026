"""A pooler in transaction mode, as far as LISTEN is concerned: notifications do not reach the client."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

from psycopg.conninfo import conninfo_to_dict

from tests.support.roles import dsn_of

_NOTIFICATION = b"A"


@contextlib.contextmanager
def deaf_pooler(dsn: str) -> Iterator[str]:
    """Forward connections to a server, without its notifications; yield the connection string to use instead."""
    with socket.create_server(("127.0.0.1", 0)) as entrance:
        threading.Thread(target=_serve, args=(entrance, dsn), daemon=True).start()
        yield dsn_of(dsn, host="127.0.0.1", port=str(entrance.getsockname()[1]), sslmode="disable")


def _serve(entrance: socket.socket, dsn: str) -> None:
    with contextlib.suppress(OSError):  # the entrance was closed
        while True:
            client, _ = entrance.accept()
            server = _connect(dsn)
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            threading.Thread(target=_copy_without_notifications, args=(server, client), daemon=True).start()


def _connect(dsn: str) -> socket.socket:
    parts = conninfo_to_dict(dsn)
    host, port = str(parts["host"]), int(str(parts.get("port", 5432)))
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError), target:
        while data := source.recv(65536):
            target.sendall(data)


def _copy_without_notifications(source: socket.socket, target: socket.socket) -> None:
    """Forward whole messages: a letter, and a length that counts itself."""
    with contextlib.suppress(OSError), target, source.makefile("rb") as messages:
        while len(head := messages.read(5)) == 5:
            body = messages.read(struct.unpack("!i", head[1:])[0] - 4)
            if head[:1] != _NOTIFICATION:
                target.sendall(head + body)
