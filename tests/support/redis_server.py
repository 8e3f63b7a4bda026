"""Debian's redis-server as a process on a unix socket, to be stopped, killed, frozen and started again."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import redis


class RedisServer:
    """A Redis that remembers nothing after a restart."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "redis.log"
        # Short: a unix socket's path has 107 bytes.
        self._folder = tempfile.TemporaryDirectory(prefix="autopost-test-redis-")
        self._socket = Path(self._folder.name) / "s"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return its address."""
        return f"unix://{self._socket}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self, *options: str) -> None:
        """Start it, with further options such as `--tls-port 6380`, and wait until it answers."""
        command = ["redis-server", "--port", "0", "--unixsocket", str(self._socket), "--save", "", "--appendonly", "no"]
        with self._log.open("ab") as log:
            command += ["--dir", self._folder.name, *(word for option in options for word in option.split(" ", 1))]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 120
        with redis.Redis.from_url(self.url) as client:
            while not _answers(client):
                assert time.monotonic() < end, self._log.read_text("utf-8")
                time.sleep(0.02)

    def kill(self) -> None:
        """End it at once; anyone who is connected notices."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """Return a client of redis-py's, as a platform's back end has one."""
        return redis.Redis.from_url(self.url, decode_responses=True)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
