"""The standard streams of the process, which the caller may have closed."""

from __future__ import annotations

import os

STDIN, STDOUT, STDERR = 0, 1, 2


def open_closed_streams() -> None:
    """Open what the caller closed: the event loop's library aborts on it."""
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


def leave_stdout() -> None:
    """Send what is still written to standard output nowhere: its reader has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
