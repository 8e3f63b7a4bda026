"""An attack on an HTTP port, as a process of its own: `python -m tests.support.web.attack KIND PORT CONNECTIONS TOKEN`.

It opens as many connections as told, from fifty addresses of this machine or one, opens another one for each that is
closed, and prints a line once that many were opened. It ends when it is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator

from tests.support import ROOT

ADDRESSES = 50
ONE_ADDRESS = ("viewers", "wrong")
PAUSE_SECONDS = 0.5  # before a connection that was closed is opened again
HEAD = b"Host: localhost\r\n"
FORM = b"Sec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\n"
KINDS = {
    "half": b"GET / HTTP/1.1\r\nHost:",
    "slow form": b"POST /sign-in HTTP/1.1\r\n" + HEAD + FORM + b"t",
    "deaf": (b"GET /metrics HTTP/1.1\r\n" + HEAD + b"\r\n") * 20,
    "wrong": b"GET / HTTP/1.1\r\n" + HEAD + b"Authorization: Bearer wrong\r\n\r\n",
    "viewers": b"GET /events HTTP/1.1\r\n" + HEAD + b"Authorization: Bearer %s\r\n\r\n",
    "socket": b"GET /feed/ws HTTP/1.1\r\n" + HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
}


@contextlib.contextmanager
def attack(kind: str, port: int, connections: int, token: str = "-") -> Iterator[None]:
    """Attack from when all connections were opened to the end of the context."""
    command = [sys.executable, "-m", "tests.support.web.attack", kind, str(port), str(connections), token]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"opened\n"
            yield
        finally:
            process.kill()


async def _attack(kind: str, port: int, connections: int, token: str) -> None:
    opened = 0
    sent = KINDS[kind] % token.encode() if kind == "viewers" else KINDS[kind]

    async def one(number: int) -> None:
        nonlocal opened
        while True:
            with contextlib.suppress(OSError):
                end = socket.socket()
                end.setblocking(False)
                if kind == "deaf":
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                end.bind((f"127.0.1.{number % ADDRESSES + 1 if kind not in ONE_ADDRESS else 1}", 0))
                await asyncio.get_running_loop().sock_connect(end, ("127.0.0.1", port))
                reader, writer = await asyncio.open_connection(sock=end)
                writer.write(sent)
                opened += 1
                if opened == connections:
                    sys.stdout.write("opened\n")
                    sys.stdout.flush()
                if kind == "deaf":
                    writer.transport.pause_reading()  # type: ignore[attr-defined]
                    await asyncio.sleep(60)
                while await reader.read(1 << 16):
                    pass
                writer.close()
            await asyncio.sleep(PAUSE_SECONDS)

    async with asyncio.TaskGroup() as tasks:
        for number in range(connections):
            tasks.create_task(one(number))


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_attack(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
