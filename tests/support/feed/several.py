"""Several workers and instances of one database, and what their viewers must have seen."""

from __future__ import annotations

import contextlib
import socket
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from tests.support.crew import Crew
from tests.support.feed.announcing import Announcer, settings_of
from tests.support.feed.instances import TOKEN, Instance, Viewer, instance
from tests.support.host import Host, until
from tests.support.redis_server import RedisServer
from tests.support.work import WorkerProcess, worker_process

QUICK = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.2"}


class Several:
    """What workers and instances of a database have in common."""

    def __init__(self, dsn: str, crew: Crew, carrier: str, redis: RedisServer | None) -> None:
        self.dsn = dsn
        self._crew = crew
        self.carrier = carrier
        self.redis = redis
        self.variables = {"REDIS_URL": redis.url} if redis is not None else {}

    def instance(self, **variables: str) -> contextlib.AbstractContextManager[Instance]:
        """Run an instance."""
        return instance(self.dsn, self._crew, carrier=self.carrier, **self.variables, **variables)

    def worker(self, **variables: str) -> contextlib.AbstractContextManager[WorkerProcess]:
        """Run a worker."""
        given = {"SOCIAL_POST_BROADCAST": self.carrier, **QUICK, **self.variables, **variables}
        return worker_process(self.dsn, self._crew, **given)

    def announcer(self, host: Host) -> Announcer:
        """Return who posts as a worker does."""
        given = {"redis_url": self.redis.url} if self.redis is not None else {}
        return Announcer(host, settings_of(self.dsn, self.carrier, **given))


def work(host: Host, count: int, *, agents: int = 5, begin: int = 0) -> None:
    """Let operations of some agents fail, which are alerts and are all posted."""
    for agent in range(agents):
        host.agent(f"agent{agent}", name=f"Agent {agent}")
    for number in range(begin, begin + count):
        host.complete(f"op{number}", agent=f"agent{number % agents}", status="failed", what=f"Did number {number}")


def in_order(posts: list[dict[str, Any]]) -> bool:
    """Return whether each agent's posts are in the order of publishing."""
    by_agent: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for post in posts:
        by_agent[post["sender_id"]].append((post["created_at"], post["position"]))
    return all(found == sorted(found) for found in by_agent.values())


def whole(viewer: Viewer, first: int, last: int) -> None:
    """Assert that a viewer got everything between two places, once and in order, and no gap."""
    until(lambda: viewer.positions[-1:] == [last], what=f"{last} after {viewer.positions[-3:]}")
    assert viewer.positions == list(range(first, last + 1))
    assert len({post["id"] for post in viewer.posts}) == last + 1 - first
    assert in_order(viewer.posts)
    assert not [event for event in viewer.events if event.kind == "gap"]


@contextlib.contextmanager
def slow(at: Instance, path: str) -> Iterator[socket.socket]:
    """Ask for a stream on a connection with little room, and do not read it."""
    parts = urlsplit(at.address)
    upgrade = (
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    with socket.socket() as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        end.settimeout(60)
        end.connect((parts.hostname, parts.port))
        more = upgrade if path.endswith("ws") else ""
        end.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n{more}\r\n".encode())
        yield end
