"""Worker processes by the dozen: forked from one that has everything loaded, watched, and replaced when they end."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.host import until

REPOSITORY = Path(__file__).resolve().parents[2]


class Member:
    """One worker process. It is reached by its pidfd, so that no signal ever hits another process."""

    def __init__(self, number: int, log: Path) -> None:
        self.number = number
        self.name = f"w{number}"
        self.pid = 0
        self.code: int | None = None
        self.expected_to_die = False
        self.frozen = False
        self._log = log
        self._started = threading.Event()
        self._ended = threading.Event()
        self._pidfd = -1

    @property
    def log(self) -> str:
        """Return what it logged so far."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    @property
    def runs(self) -> bool:
        """Tell whether the process is there."""
        return self._started.is_set() and not self._ended.is_set()

    @property
    def works(self) -> bool:
        """Tell whether it has connected and claims."""
        return self.runs and '"worker started"' in self.log

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""
        self._started.wait(10)
        with contextlib.suppress(ProcessLookupError, OSError):
            signal.pidfd_send_signal(self._pidfd, number)

    def stop(self) -> None:
        """Let it drain and end."""
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as the kernel would."""
        self.expected_to_die = True
        self.signal(signal.SIGKILL)

    def wait(self, seconds: float = 30) -> int:
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

    def ended(self, code: int) -> None:
        """Note that it ended."""
        self.code = code
        self._ended.set()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1


class Crew:
    """Starts workers, and knows all that there were."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.members: list[Member] = []
        self._folder = folder
        self._variables = dict(variables)
        self._numbers = itertools.count(1)
        self._by_pid: dict[int, Member] = {}
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.zygote"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(
        self,
        variables: Mapping[str, str],
        *,
        die_at: tuple[str, int] | None = None,
        clock_seconds: float = 0.0,
        hasty: bool = False,
    ) -> Member:
        """Start a worker, perhaps one that is to die at a point, whose clock is wrong or whose patience is short."""
        assert self._ready.wait(60), "the process that workers are forked from did not start"
        assert self._zygote.stdin is not None
        with self._lock:
            number = next(self._numbers)
            log = self._folder / f"w{number}.log"
            member = Member(number, log)
            member.expected_to_die = die_at is not None
            order: dict[str, Any] = {
                "number": number,
                "log": str(log),
                "variables": {**self._variables, "SOCIAL_POST_WORKER_NAME": member.name, **variables},
                "die_at": die_at,
                "clock": clock_seconds,
                "hasty": hasty,
            }
            self.members.append(member)
            self._zygote.stdin.write(json.dumps(order).encode() + b"\n")
            self._zygote.stdin.flush()
        return member

    @property
    def running(self) -> list[Member]:
        """Return those that are there and not frozen."""
        return [member for member in self.members if member.runs and not member.frozen]

    def stop(self) -> None:
        """Let all of them drain, and then what they were forked from end."""
        for member in self.members:
            if member.runs:
                member.signal(signal.SIGCONT)
                member.signal(signal.SIGTERM)
        with contextlib.suppress(AssertionError):
            until(lambda: not any(member.runs for member in self.members), seconds=30)
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()  # it kills whoever is left
        self._zygote.wait(20)
        self._reader.join(5)
        if self._zygote.stdout is not None:
            self._zygote.stdout.close()

    def _read(self) -> None:
        assert self._zygote.stdout is not None
        for line in self._zygote.stdout:
            facts = json.loads(line)
            if "ready" in facts:
                self._ready.set()
            elif "number" in facts:
                member = self.members[facts["number"] - 1]
                self._by_pid[facts["pid"]] = member
                member.began(facts["pid"])
            else:
                self._by_pid.pop(facts["pid"]).ended(facts["code"])


@contextlib.contextmanager
def crew(folder: Path, variables: Mapping[str, str]) -> Iterator[Crew]:
    """Have a crew; at the end all of it drains or is killed."""
    everyone = Crew(folder, {"SOCIAL_POST_LOG_FORMAT": "json", **variables})
    try:
        yield everyone
    finally:
        everyone.stop()
