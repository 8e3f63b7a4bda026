"""Clients of Node: the packages `eventsource` and `ws`, as Debian has them or as NODE_PATH finds them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

from tests.support.feed.instances import BEARER
from tests.support.host import until

SCRIPT = Path(__file__).with_name("node_client.js")
DEBIAN = "/usr/share/nodejs"
PACKAGES = {"eventsource": "node-eventsource", "ws": "node-ws"}


class NodeClient:
    """One client, and what it was handed so far. Skips the test where Node or the package is not installed."""

    def __init__(self, kind: str, address: str, headers: Mapping[str, str] = BEARER) -> None:
        node = shutil.which("node")
        folders = [*filter(None, os.environ.get("NODE_PATH", "").split(os.pathsep)), DEBIAN]
        if node is None or not any(Path(folder, kind).exists() for folder in folders):
            pytest.skip(f"Node with its package {kind} is not installed: nodejs and {PACKAGES[kind]} in Debian")
        self.lines: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [node, str(SCRIPT), kind, address, json.dumps(dict(headers))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "NODE_PATH": os.pathsep.join(folders)},
        )
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._thread.join(30)

    def of(self, *types: str) -> list[dict[str, Any]]:
        """Return what it was handed of these types, in order."""
        return [line for line in list(self.lines) if line["type"] in types]

    def until(self, count: int, *types: str) -> Sequence[dict[str, Any]]:
        """Wait until it has received this many messages of these types, and return them."""

        def found() -> list[dict[str, Any]]:
            lines = self.of(*types)
            return lines if len(lines) >= count else []

        return until(found, what=f"{count} of {types}; {self.lines}")

    def contents(self) -> list[str]:
        """Return the texts of the posts so far."""
        posts = [json.loads(line["data"]) for line in self.of("agent_post", "message")]
        return [post.get("event", {}).get("data", post)["content"] for post in posts]

    def say(self, text: str) -> None:
        """Send a message over the socket."""
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(json.loads(line))
