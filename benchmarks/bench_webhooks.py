"""Hooks: how fast a backlog of posts goes to a target that takes its time, beside what so many requests at once allow.

A worker process, a real HTTP server in this process that answers each request after some milliseconds, and posts of
many agents in the log of announcements. An agent's posts go one after another, eight agents' at once. Also: what posts
cost that a hook does not want.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from autopost.webhooks.target import MAX_REQUESTS
from benchmarks.stand import Connection, report, stand, wait_for, worker

AGENTS = 200
WRITE = (
    "insert into auto_post_events (post_id, agent_id, agent_name, post_type, content, created_at) "
    "select gen_random_uuid()::text, 'agent' || n %% %s, 'Agent', %s, 'hello', now() from generate_series(1, %s) as n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Target:
    """Takes posts on a port of loopback, in a thread of its own."""

    def __init__(self, answer_seconds: float) -> None:
        self.taken = 0
        self.port = 0
        self._answer_seconds = answer_seconds
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
                await asyncio.sleep(self._answer_seconds)
                self.taken += 1
                writer.write(ANSWER)


@contextlib.contextmanager
def hooks_file(target: Target) -> Iterator[str]:
    """Write a file with one signed hook, which wants alerts alone."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with tempfile.TemporaryDirectory(prefix="autopost-bench-") as folder:
        path = Path(folder) / "hooks.toml"
        path.write_text(
            f'[out]\nkind = "webhook"\nurl = "http://127.0.0.1:{target.port}/"\nsecret = "{secret}"\n'
            'post_types = ["alert"]\n'
        )
        yield str(path)


def seconds_for(host: Connection, kind: str, posts: int) -> float:
    """Put posts into the log, and return how long they take to be done with from when a worker has found them."""
    host.execute(WRITE, (AGENTS, kind, posts))
    host.execute("select auto_post_sequence_events(1000000)")
    hook = "from auto_post_consumers as p where p.name = 'webhook:out'"
    wait_for(host, f"select p.holder is not null {hook}")  # it looks every 15 seconds: nobody has rung
    began = time.monotonic()
    wait_for(host, f"select p.position = (select l.position from auto_post_consumers as l where l.name = 'log') {hook}")
    return time.monotonic() - began


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000)
    parser.add_argument("--milliseconds", type=float, default=50.0, help="that the target takes for an answer")
    given: Any = parser.parse_args()
    with stand() as (server, host), Target(given.milliseconds / 1000) as target, hooks_file(target) as hooks:
        variables = {"SOCIAL_POST_WEBHOOKS_FILE": hooks, "SOCIAL_POST_WEBHOOK_NETWORKS": "127.0.0.1"}
        with worker(server, **variables):
            wait_for(host, "select exists (select from auto_post_consumers where name = 'webhook:out')")
            wanted = seconds_for(host, "alert", given.posts)
            if target.taken != given.posts:
                raise RuntimeError(f"{target.taken} of {given.posts} posts were taken")
            passed = seconds_for(host, "status", 10 * given.posts)
    rate, ideal = given.posts / wanted, MAX_REQUESTS * 1000 / given.milliseconds
    line = (
        f"{rate:.0f} posts a second to a target that answers in {given.milliseconds:g} ms, {rate / ideal:.2f} of the "
        f"{ideal:g} that {MAX_REQUESTS} requests at once allow; "
        f"{10 * given.posts / passed:,.0f} a second that it does not want"
    )
    report("hooks", line, posts_a_second=rate, ideal=ideal, passed_a_second=10 * given.posts / passed)


if __name__ == "__main__":
    main()
