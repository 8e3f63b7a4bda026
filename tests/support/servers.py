"""PostgreSQL servers that the tests start, in memory where there is room."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autopost.database.embedded import EmbeddedServer

MEMORY = Path("/dev/shm")  # on Linux; a container's own has 64 MB by default
LEAST_MEMORY_BYTES = 4 * 1024**3  # free; a run takes some hundred MB, and its WAL may take a GB for each worker
_without = False


def leave_out() -> None:
    """Let tests that start a server be skipped from now on."""
    global _without
    _without = True


def skip_without() -> None:
    """Skip this test in a run without a server."""
    if _without:
        pytest.skip("it starts a PostgreSQL server")


@contextlib.contextmanager
def private_server(version: int = 18, *, settings: dict[str, str] | None = None) -> Iterator[EmbeddedServer]:
    """Run a server of a test's own."""
    from autopost.database.embedded import embedded_server

    skip_without()
    with contextlib.ExitStack() as running:
        with folders_in_memory():
            server = running.enter_context(embedded_server(version, settings=settings))
        yield server


@contextlib.contextmanager
def folders_in_memory() -> Iterator[None]:
    """Have temporary folders made in memory meanwhile, where there is room: a database is there sooner than on disk."""
    import psutil

    before = tempfile.tempdir
    if os.access(MEMORY, os.W_OK):
        free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
        if free >= LEAST_MEMORY_BYTES:
            tempfile.tempdir = str(MEMORY)
    try:
        yield
    finally:
        tempfile.tempdir = before
