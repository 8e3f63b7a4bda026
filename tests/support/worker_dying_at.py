"""A worker that kills itself at a named point, one whose clock is wrong, and one whose patience is short.

    python -m tests.support.worker_dying_at published 3     # SIGKILL after the third group that it published

The points are methods of the package itself, before which or after which the process sends itself SIGKILL.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from asyncpg.transaction import Transaction

from autopost.broadcast import wakeup
from autopost.database import connection
from autopost.outbox import doorbell
from autopost.outbox.outbox import Outbox
from autopost.worker import liveness
from autopost.worker.publication import Publication
from autopost.writing import Writer

# Point: class, method, whether it dies before or after it, and what it must have returned to count.
POINTS: dict[str, tuple[Any, str, str]] = {
    "claimed": (Outbox, "claim", "after"),
    "writing": (Writer, "from_template", "before"),
    "written": (Writer, "from_template", "after"),
    "asking the LLM": (Writer, "write", "before"),
    "answered by the LLM": (Writer, "write", "after"),
    "keeping": (Outbox, "save_drafts", "before"),
    "kept": (Outbox, "save_drafts", "after"),
    "agents locked": (Publication, "_lock_agents", "after"),
    "rows finished": (Publication, "_finish", "after"),
    "publish sent": (Publication, "_write_events", "after"),
    "commit sent": (Transaction, "__aexit__", "during"),
    "published": (Publication, "publish", "after"),
    "deferred": (Outbox, "defer", "after"),
    "released": (Outbox, "release", "after"),
}


def die() -> None:
    """End this process as the kernel's memory killer would."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, times: int = 1) -> None:
    """Make this process die when it comes to a point for the `times`-th time."""
    owner, name, when = POINTS[point]
    original = getattr(owner, name)
    left = times

    def is_the_time(result: object = True) -> bool:
        nonlocal left
        if result == []:
            return False  # a claim that found nothing
        left -= 1
        return left <= 0

    @functools.wraps(original)
    async def dying(self: Any, *arguments: Any, **options: Any) -> Any:
        if when == "before" and is_the_time():
            die()
        if when == "during" and arguments[0] is None and is_the_time():
            commit = asyncio.ensure_future(original(self, *arguments, **options))
            await asyncio.sleep(0)  # it sends COMMIT and waits for the answer
            die()
            await commit
        result = await original(self, *arguments, **options)
        if when == "after" and is_the_time(result):
            die()
        return result

    @functools.wraps(original)
    def dying_at_once(self: Any, *arguments: Any, **options: Any) -> Any:
        if when == "before" and is_the_time():
            die()
        result = original(self, *arguments, **options)
        if is_the_time(result):
            die()
        return result

    setattr(owner, name, dying if asyncio.iscoroutinefunction(original) else dying_at_once)


def die_of(text: str) -> None:
    """Make this process die whenever it writes a post about an operation whose explanation has this text."""
    original = Writer.from_template

    @functools.wraps(original)
    def dying(self: Any, operation: Any, *arguments: Any) -> Any:
        if text in (operation.what_explanation or ""):
            die()
        return original(self, operation, *arguments)

    Writer.from_template = dying  # type: ignore[method-assign,assignment]


def move_clock(seconds: float) -> None:
    """Make this process's wall clock wrong. What counts is the database's."""

    def moved(clock: Callable[[], Any], by: Any) -> Callable[[], Any]:
        return lambda: clock() + by

    time.time = moved(time.time, seconds)
    time.time_ns = moved(time.time_ns, int(seconds * 1e9))


def be_hasty() -> None:
    """Let this worker find out in a second or two what takes others half a minute, so that no test has to wait."""
    connection.COMMAND_TIMEOUT_SECONDS = 1.0
    doorbell.PROBE_SECONDS = doorbell.PROBE_TIMEOUT_SECONDS = 1.0
    liveness.HEARTBEAT_SECONDS = 1.0


def look_often() -> None:
    """Let this worker look each second for what others left of the log, which others do four times a minute."""
    wakeup.Wakeup.poll_seconds = 1.0


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    sys.argv = ["autopost", "run"]
    from autopost.cli.app import main

    main()
