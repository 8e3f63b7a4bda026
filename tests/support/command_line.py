"""The command line as a process, on a pipe and on a terminal."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support import ROOT
from tests.support.crew import everybodys, zygote_address
from tests.support.host import PATIENCE_SECONDS


def autopost(*arguments: str, dsn: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process on pipes, forked from one that has everything loaded.

    For what commands do: how they start, tests/cli/test_bad_input.py shows with its own.
    """
    environment = {**os.environ, **variables, **({"DATABASE_URL": dsn} if dsn else {})}
    done = everybodys().run(*arguments, environment=environment)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def alembic(
    *arguments: str, cwd: Path | str = ROOT, dsn: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run Alembic in a folder as a process on pipes, forked as the command line is."""
    environment = {**os.environ, **variables, **({"DATABASE_URL": dsn} if dsn else {})}
    done = everybodys().run(*arguments, environment=environment, program="alembic", cwd=cwd)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


class Terminal:
    """A command on a terminal of its own, and what it has shown so far."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.shown = ""
        self._master = master
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._master, text.encode())

    def until(self, text: str, *, seconds: float = PATIENCE_SECONDS) -> str:
        """Read until it has shown this; return all that it has shown."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < end, f"{text!r} was not shown in {seconds:g} seconds: {self.shown}"
            self._read()
        return self.shown

    def end(self, *, seconds: float = PATIENCE_SECONDS) -> int:
        """Read to the end; return the exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it did not end: {self.shown}"
            self._read()
        while self._read():
            pass
        return self.process.returncode

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def _read(self) -> bool:
        """Read what there is; wait a moment where there is nothing, and tell which it was."""
        with contextlib.suppress(OSError):  # nothing is there, or the other end is closed
            read = os.read(self._master, 100_000)
            self.shown += self._decoder.decode(read)
            return bool(read)
        time.sleep(0.02)
        return False


@contextlib.contextmanager
def terminal(*arguments: str, dsn: str, columns: int = 100, rows: int = 40, **variables: str) -> Iterator[Terminal]:
    """Run the command line on a terminal, forked as on pipes; kill it at the end if it still runs."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**os.environ, "DATABASE_URL": dsn, "TERM": "xterm-256color", **variables}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        if name not in variables:
            environment.pop(name, None)
    command = [str(zygote_address().with_name("autopost")), *arguments]
    process = subprocess.Popen(command, env=environment, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(master)
