"""How a benchmark's worker process says that it is ready, and waits for the clock to start: by stdout and stdin.

    python -m benchmarks.gate benchmarks.peers.pgqueuer_worker --redaction off

The module has a coroutine function `work`, which takes settings and redactor, awaits `opened`, and runs until SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import subprocess
import sys
from typing import Any

import uvloop

from autopost.model import Redaction
from autopost.settings import load_settings
from autopost.writing import Redactor


class NoRedaction:
    """A redactor that finds nothing and costs nothing."""

    def redact(self, text: str) -> Redaction:
        """Return the text as it is."""
        return Redaction(text)


def main() -> None:
    """Run the module that the command line names on uvloop, with or without redaction."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("--redaction", choices=("on", "off"), required=True)
    given: Any = parser.parse_args()
    uvloop.run(importlib.import_module(given.module).work(load_settings(), redactor(on=given.redaction == "on")))


def redactor(*, on: bool) -> Redactor:
    """Return autopost's redactor, or one that does nothing."""
    if not on:
        return NoRedaction()
    from autopost.redaction.redactor import Redactor as Real  # takes a second to load

    return Real()


async def opened() -> None:
    """Say that everything is loaded and connected; return when the clock has started."""
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


def wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    """Wait for a worker that says so. Raises RuntimeError when it ended instead."""
    assert process.stdout is not None
    if process.stdout.readline() != b"ready\n":
        raise RuntimeError(f"the worker ended with {process.wait()}")


def open_gate(process: subprocess.Popen[bytes]) -> None:
    """Let the worker begin."""
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.flush()


if __name__ == "__main__":
    main()
