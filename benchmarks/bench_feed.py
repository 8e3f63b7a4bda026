"""The feeds: from a worker's commit to a viewer on another instance, and what a thousand viewers cost an instance.

The delay is from the commit, as the server keeps it, to the moment at which the viewer has read the post, by the clock
of the same machine. A worker process, an instance process (`autopost serve`) and the viewers share its cores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psutil
from tests.support.host import open_connection
from websockets.asyncio.client import ClientConnection, connect

from autopost.database.embedded import EmbeddedServer
from benchmarks.stand import Connection, add_agents, percentile, report, stand, worker

AGENTS = 1_000
TOKEN = "a-token-of-benchmarks-only"
VIEWERS = 1_000
SETTINGS = {"track_commit_timestamp": "on"}
COMMITS = "select id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 from social_posts where id = any(%s)"
READ_BYTES = 262_144


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis that keeps nothing, and yield its address."""
    with tempfile.TemporaryDirectory(prefix="autopost-bench-redis-") as folder:
        place = Path(folder) / "s"
        command = ["redis-server", "--port", "0", "--unixsocket", str(place), "--save", "", "--appendonly", "no"]
        process = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            while not place.exists():
                time.sleep(0.02)
            yield f"unix://{place}"
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def instance(server: EmbeddedServer, **variables: str) -> Iterator[tuple[int, int]]:
    """Run an instance without a worker from when it is ready on, and yield its port and its process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    given = {"DATABASE_URL": server.dsn(), "SOCIAL_POST_HTTP_PORT": str(port), "SOCIAL_POST_HTTP_TOKEN": TOKEN}
    environment = {**os.environ, **given, "SOCIAL_POST_LOG_LEVEL": "error", **variables}
    process = subprocess.Popen([sys.executable, "-m", "autopost", "serve"], env=environment)
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


class Watching:
    """Viewers of one instance, read in a thread of its own; the first notes when it had read each post."""

    protocol = "server-sent events"
    path = "/feed/events"
    event = b"event: agent_post"

    def __init__(self, port: int, count: int) -> None:
        self.seen: dict[str, float] = {}
        self.events = 0
        self._port = port
        self._count = count
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(120):
            raise RuntimeError("not every viewer came in")
        time.sleep(2)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._watching.cancel)
        self._thread.join()

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._watch())

    async def _watch(self) -> None:
        self._watching = asyncio.current_task() or self._loop.create_task(asyncio.sleep(0))
        ends = [await self._open() for _ in range(self._count)]
        self._ready.set()
        try:
            await asyncio.gather(self._note(ends[0][0]), *(self._count_events(reader) for reader, _ in ends[1:]))
        finally:
            for _, writer in ends:
                writer.transport.abort()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
        if not (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200"):
            raise RuntimeError("a viewer was turned away")
        return reader, writer

    async def _note(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"data: ") and isinstance(data := json.loads(line[6:]), dict):
                self.seen[data.get("id", "")] = time.time()
                self.events += 1

    async def _count_events(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(READ_BYTES):
            self.events += data.count(self.event)


class WatchingSockets(Watching):
    """The same over WebSockets, with the client of the library `websockets`."""

    protocol = "WebSockets"

    async def _watch(self) -> None:
        self._watching = asyncio.current_task() or self._loop.create_task(asyncio.sleep(0))
        async with contextlib.AsyncExitStack() as open_:
            sockets = [await open_.enter_async_context(self._connect()) for _ in range(self._count)]
            self._ready.set()
            await asyncio.gather(*(self._read(socket, is_first=n == 0) for n, socket in enumerate(sockets)))

    def _connect(self) -> connect:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        # Without compression, which would be the client's own work here.
        address = f"ws://127.0.0.1:{self._port}/feed/ws"
        return connect(address, additional_headers=headers, compression=None, proxy=None, open_timeout=60)

    async def _read(self, socket: ClientConnection, *, is_first: bool) -> None:
        async for message in socket:
            self.events += 1
            if is_first:
                self.seen[json.loads(message)["event"]["data"]["id"]] = time.time()


def processor_seconds(pid: int) -> float:
    """Return what a process has used of a processor so far, in user and system mode; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(server: EmbeddedServer, name: str, rate: float, seconds: float) -> None:
    """Let operations fail at a steady rate, which are alerts and all posted; wait for the last."""
    with open_connection(server.dsn(), autocommit=True) as host:
        began = time.monotonic()
        number = 0
        while (now := time.monotonic() - began) < seconds:
            if number > now * rate:
                time.sleep(number / rate - now)
            number += 1
            host.execute(
                "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
                "values (%s, %s, 'workflow_execute', 'failed', 'Could not reconcile the invoices of the region')",
                (f"{name}-{number}", f"agent{number % AGENTS + 1}"),
            )
        waiting: Any = (True,)
        while waiting != (False,):
            time.sleep(0.05)
            waiting = host.execute(
                "select exists (select from auto_post_outbox where state in ('pending', 'claimed'))"
            ).fetchone()


def delays_ms(host: Connection, seen: dict[str, float]) -> list[float]:
    """Return the milliseconds from each post's commit to when it had been read."""
    rows = host.execute(COMMITS.encode(), (list(seen),)).fetchall()
    return [1000 * (seen[post_id] - committed) for post_id, committed in rows]


def measure_delay(server: EmbeddedServer, host: Connection, given: Any, **carrier: str) -> tuple[float, float, int]:
    """Return p50 and p99 of the delay in milliseconds, and of how many posts."""
    name = carrier["SOCIAL_POST_BROADCAST"]
    with worker(server, **carrier), instance(server, **carrier) as (port, _), Watching(port, 1) as watching:
        load(server, f"{name}-first", given.rate, 2)
        watching.seen.clear()
        load(server, name, given.rate, given.seconds)
        time.sleep(1)
        delays = delays_ms(host, watching.seen)
    if len(delays) < given.rate * given.seconds * 0.9:
        raise RuntimeError(f"{name}: {len(delays)} posts were seen")
    return statistics.median(delays), percentile(delays, 0.99), len(delays)


def measure_viewers(server: EmbeddedServer, host: Connection, given: Any, watch: type[Watching]) -> None:
    """Let many watch one instance, and print what that costs it."""
    carrier = {"SOCIAL_POST_BROADCAST": "notify"}
    with worker(server, **carrier), instance(server, **carrier) as (port, pid):
        process = psutil.Process(pid)
        empty = process.memory_info().rss
        with watch(port, given.viewers) as watching:
            full = process.memory_info().rss
            watching.events = 0
            watching.seen.clear()
            before, began = processor_seconds(pid), time.monotonic()
            load(server, f"viewers-{watch.protocol[:3]}", given.watched_rate, given.seconds)
            share = (processor_seconds(pid) - before) / (time.monotonic() - began)
            time.sleep(3)
            delays = delays_ms(host, watching.seen)
            events, posts = watching.events, len(watching.seen)
            text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    dropped = sum(map(float, re.findall(r"^autopost_feed_viewers_dropped_total\{.*\} (\S+)$", text, re.MULTILINE)))
    each = (full - empty) / given.viewers
    memory = f"take {each / 1024:.0f} kB each ({full / 2**20:.0f} MB in all)"
    read = f"{events:,} of {posts * given.viewers:,} events read, {dropped:g} viewers dropped"
    said = f"p50 {statistics.median(delays):.1f} and p99 {percentile(delays, 0.99):.1f} ms"
    line = (
        f"{given.viewers:,} viewers of one instance by {watch.protocol} {memory}, and at {given.watched_rate:g} posts "
        f"a second {100 * share:.0f} % of a core; {read}; commit to the first viewer {said}"
    )
    report(
        f"feed viewers, {watch.protocol}",
        line,
        kilobytes_each=each / 1024,
        share_of_a_core=share,
        events=events,
        dropped=dropped,
    )


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20.0, help="posts a second, with one viewer")
    parser.add_argument("--watched-rate", type=float, default=5.0, help="posts a second, with many viewers")
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    parser.add_argument("--seconds", type=float, default=15.0)
    given: Any = parser.parse_args()
    with stand(settings=SETTINGS) as (server, host), contextlib.ExitStack() as open_:
        add_agents(host, AGENTS)
        carriers: dict[str, dict[str, str]] = {"notify": {}}
        if shutil.which("redis-server") is not None:
            address = {"REDIS_URL": open_.enter_context(redis_server())}
            carriers |= {"redis": address, "redis-stream": address}
        for name, variables in carriers.items():
            p50, p99, posts = measure_delay(server, host, given, SOCIAL_POST_BROADCAST=name, **variables)
            said = f"from a worker's commit to a viewer of another instance p50 {p50:.1f} and p99 {p99:.1f} ms"
            line = f"{said}, {posts} posts at {given.rate:g} a second"
            report(f"feed {name}", line, p50_ms=p50, p99_ms=p99, posts=posts)
        for watch in (Watching, WatchingSockets):
            measure_viewers(server, host, given, watch)


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    main()
