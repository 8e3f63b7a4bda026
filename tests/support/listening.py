"""Listeners that note what they hear, as a platform's back ends would."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from tests.support.host import PATIENCE_SECONDS, open_connection
from tests.support.redis_server import RedisServer


class Subscriber:
    """Hears Redis Pub/Sub on channels that match a pattern, in a thread; notes channel and message."""

    def __init__(self, server: RedisServer, pattern: str = "agent_events:*") -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._pubsub = server.client().pubsub()  # type: ignore[no-untyped-call]
        self._pubsub.psubscribe(pattern)
        assert self._pubsub.get_message(timeout=PATIENCE_SECONDS), "the subscription is confirmed"
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                message = self._pubsub.get_message(timeout=0.1)
            except OSError:
                return
            if message is not None and message["type"] == "pmessage":
                self.heard.append((message["channel"], json.loads(message["data"])))

    def on(self, channel: str) -> list[dict[str, Any]]:
        """Return the posts heard on a channel."""
        return [message["event"]["data"] for heard_on, message in self.heard if heard_on == channel]

    def close(self) -> None:
        """Stop."""
        self._ending.set()
        self._thread.join()
        self._pubsub.close()


class Listener:
    """Hears PostgreSQL's notifications on a channel."""

    def __init__(self, dsn: str, channel: str = "auto_post_feed") -> None:
        self._connection = open_connection(dsn, autocommit=True)
        self._connection.execute(f"listen {channel}")
        self.heard: list[dict[str, Any]] = []

    def hear(self, count: int, *, seconds: float = PATIENCE_SECONDS) -> list[dict[str, Any]]:
        """Return the posts of the messages once there are `count`."""
        end = time.monotonic() + seconds
        while len(self.heard) < count:
            assert time.monotonic() < end, f"heard {len(self.heard)} of {count}"
            for notification in self._connection.notifies(timeout=0.2, stop_after=1):
                self.heard.append(json.loads(notification.payload))
        return [message["event"]["data"] for message in self.heard]

    def close(self) -> None:
        """Stop."""
        self._connection.close()


def entries_of(server: RedisServer, key: str = "agent_events:stream") -> Iterator[dict[str, Any]]:
    """Yield the posts of a stream's entries."""
    with server.client() as client:
        for _, fields in client.xrange(key):
            yield json.loads(fields["message"])["event"]["data"]
