"""Processes by the dozen: forked from one that has everything loaded, watched, and replaced when they end."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support import ROOT
from tests.support.host import PATIENCE_SECONDS, until

ZYGOTE = "AUTOPOST_TEST_ZYGOTE"  # the socket of what the processes of a run fork from
FORKED = ROOT / "tests" / "support" / "forked_autopost.py"


class Member:
    """One process, a worker mostly. It is reached by its pidfd, so that no signal ever hits another process."""

    def __init__(self, number: int, log: Path) -> None:
        self.number = number
        self.name = f"w{number}"
        self.pid = 0
        self.code: int | None = None
        self.peak_mb = 0
        self.expected_to_die = False
        self.frozen = False
        self.path = log
        self._started = threading.Event()
        self._ended = threading.Event()
        self._pidfd = -1

    @property
    def log(self) -> str:
        """Return what it logged so far."""
        return self.path.read_text("utf-8")

    @property
    def runs(self) -> bool:
        """Return whether the process is there."""
        return self._started.is_set() and not self._ended.is_set()

    @property
    def works(self) -> bool:
        """Return whether it has connected and claims."""
        return self.runs and '"worker.started"' in self.log

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""
        self._started.wait(PATIENCE_SECONDS)
        with contextlib.suppress(ProcessLookupError, OSError):
            signal.pidfd_send_signal(self._pidfd, number)

    send_signal = signal

    def stop(self) -> None:
        """Let it drain and end."""
        self.signal(signal.SIGTERM)

    terminate = stop

    def kill(self) -> None:
        """End it as the kernel would."""
        self.expected_to_die = True
        self.signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """Return its exit code, None while it runs or has yet to start."""
        return self.code

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Return its exit code; minus the signal's number when one ended it."""
        assert self._ended.wait(seconds), f"{self.name} did not end in {seconds:g} seconds:\n{self.log[-2000:]}"
        assert self.code is not None
        return self.code

    def began(self, pid: int) -> None:
        """Note that it was forked."""
        self.pid = pid
        with contextlib.suppress(ProcessLookupError):
            self._pidfd = os.pidfd_open(pid)
        self._started.set()

    def ended(self, code: int, peak_mb: int) -> None:
        """Note that it ended, and the most memory that it used."""
        self.code = code
        self.peak_mb = peak_mb
        self._ended.set()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1


class Crew:
    """Starts workers, instances and commands, and knows all that there were."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.members: list[Member] = []
        self._folder = folder
        self._variables = dict(variables)
        self._numbers = itertools.count(1)
        self._by_pid: dict[int, Member] = {}
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(zygote_address()))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(
        self,
        variables: Mapping[str, str],
        *,
        die_at: tuple[str, int] | None = None,
        dies_of: str | None = None,
        clock_seconds: float = 0.0,
        hasty: bool = False,
        looks_often: bool = False,
        command: str = "run",
    ) -> Member:
        """Start a worker, perhaps one that is to die at a point, whose clock is wrong or whose patience is short.

        `dies_of` is a text: the worker dies of each operation whose explanation has it.

        `looks_often` is for what others left of the log; another `command` makes it another process than a worker.
        """
        return self._fork(
            {**self._variables, **variables},
            arguments=[command],
            die_at=die_at,
            dies_of=dies_of,
            clock=clock_seconds,
            hasty=hasty,
            looks_often=looks_often,
        )

    def run(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        given: bytes = b"",
        program: str = "autopost",
        cwd: Path | str = ROOT,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the command line to its end, in this environment alone; return its exit code and what it wrote.

        `given` is its standard input. The program may be alembic too.
        """
        out = self._folder / f"out{uuid4()}"
        input_ = self._folder / f"in{uuid4()}"
        input_.write_bytes(given)
        member = self._fork(
            environment,
            arguments=arguments,
            program=program,
            cwd=str(cwd),
            alone=True,
            out=str(out),
            input=str(input_),
        )
        try:
            code = member.wait()
        finally:
            if member.poll() is None:
                member.kill()
        return subprocess.CompletedProcess(arguments, code, out.read_bytes(), member.path.read_bytes())

    def _fork(self, variables: Mapping[str, str], **order: Any) -> Member:
        while not self._ready.wait(1):  # it loads everything, which takes a busy machine its time
            assert self._reader.is_alive(), "the process that others are forked from did not start"
        with self._lock:
            number = next(self._numbers)
            log = self._folder / f"w{number}.log"
            log.touch()
            member = Member(number, log)
            member.expected_to_die = order.get("die_at") is not None
            named = variables if order.get("alone") else {"SOCIAL_POST_WORKER_NAME": member.name, **variables}
            usual = {
                "die_at": None,
                "dies_of": None,
                "clock": 0.0,
                "hasty": False,
                "looks_often": False,
                "alone": False,
            }
            whole = {
                **usual,
                "program": "autopost",
                "cwd": str(ROOT),
                "out": os.devnull,
                "input": os.devnull,
                "number": number,
                "log": str(log),
                "variables": dict(named),
                **order,
            }
            self.members.append(member)
            self._socket.sendall(json.dumps(whole).encode() + b"\n")
        return member

    @property
    def running(self) -> list[Member]:
        """Return those that are there and not frozen."""
        return [member for member in self.members if member.runs and not member.frozen]

    def stop(self, *, remove: bool = False) -> None:
        """Let all of them drain, and then what they were forked from end; `remove` what they wrote."""
        for member in self.members:
            if member.runs:
                member.signal(signal.SIGCONT)
                member.signal(signal.SIGTERM)
        with contextlib.suppress(AssertionError):
            until(lambda: not any(member.runs for member in self.members))
        self._socket.shutdown(socket.SHUT_WR)  # it kills anyone who is left
        self._reader.join(PATIENCE_SECONDS)
        self._socket.close()
        if remove:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self) -> None:
        for line in self._socket.makefile("rb"):
            facts = json.loads(line)
            if "ready" in facts:
                self._ready.set()
            elif "number" in facts:
                member = self.members[facts["number"] - 1]
                self._by_pid[facts["pid"]] = member
                member.began(facts["pid"])
            else:
                self._by_pid.pop(facts["pid"]).ended(facts["code"], facts["peak_mb"])


@contextlib.contextmanager
def zygote() -> Iterator[None]:
    """Run the process that others are forked from, for this one and those that it starts."""
    with tempfile.TemporaryDirectory(prefix="autopost-test-") as folder, socket.socket(socket.AF_UNIX) as listening:
        address = Path(folder) / "zygote"
        listening.bind(str(address))
        listening.listen(64)
        program = Path(folder) / "autopost"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {FORKED} {address} "$@"\n', "utf-8")
        program.chmod(0o755)
        command = [sys.executable, "-m", "tests.support.zygote", str(listening.fileno())]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, pass_fds=[listening.fileno()]):
            os.environ[ZYGOTE] = str(address)
            try:
                yield
            finally:
                del os.environ[ZYGOTE]


_own_zygote = contextlib.ExitStack()


def zygote_address() -> Path:
    """Return the socket of the process that others are forked from; start it unless this run has one.

    The program beside it is autopost, forked too.
    """
    if ZYGOTE not in os.environ:
        _own_zygote.enter_context(zygote())
    return Path(os.environ[ZYGOTE])


def with_forked_program(path: str) -> str:
    """Return a PATH that begins with autopost, forked."""
    return os.pathsep.join((str(zygote_address().parent), path))


def end_zygote() -> None:
    """End what this process started."""
    _own_zygote.close()


@contextlib.contextmanager
def crew(folder: Path, variables: Mapping[str, str]) -> Iterator[Crew]:
    """Have a crew; at the end all of it drains or is killed."""
    everyone = Crew(folder, {"SOCIAL_POST_LOG_FORMAT": "json", **variables})
    try:
        yield everyone
    finally:
        everyone.stop()


@functools.cache
def everybodys() -> Crew:
    """Return the crew that all tests of this process share; conftest.py ends it."""
    return Crew(Path(tempfile.mkdtemp(prefix="autopost-test-")), {"SOCIAL_POST_LOG_FORMAT": "json"})
