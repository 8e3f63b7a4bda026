"""The standard streams of the process, which the caller may have closed."""

from __future__ import annotations

import errno
import io
import os
import sys

STDIN, STDOUT, STDERR = 0, 1, 2


def prepare_streams() -> None:
    """Open what the caller closed, on which the event loop's library aborts, and let no character fail to be printed.

    What the terminal's encoding lacks is printed as a question mark.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


def flush_streams() -> bool:
    """Write what is buffered for standard output and error; return False if the output could not be written.

    What is left then goes nowhere, so that the interpreter does not fail on it when it ends. A reader that has closed
    the pipe has seen enough, which is not a failure.
    """
    try:
        if sys.stderr is not None:  # it is None where the caller had closed it
            sys.stderr.flush()
    except OSError:  # as in `autopost check 2>&1 | head`
        _leave(STDERR)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        leave_stdout()
        return error.errno == errno.EPIPE
    return True


def leave_stdout() -> None:
    """Send what is still written to standard output nowhere: its reader has seen enough."""
    _leave(STDOUT)


def _leave(descriptor: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
