"""Structured logs on stderr: JSON, or readable text on a terminal. Errors of libraries are written the same way."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

from autopost.settings import LogFormat, Settings

MOST_FRAMES = 20
_WARNING = re.compile(r"(.+?:\d+): (\w+): ")  # before its text
# Their messages are fixed texts. Those of others may hold values of a row, a URL, or an object's repr.
_SAFE_MESSAGES = ("uvicorn.",)

log = structlog.get_logger(__name__)


def configure_logs(settings: Settings) -> None:
    """Configure logging for the process. Libraries log from ERROR up only: below that some log payloads."""
    as_text = settings.log_format is LogFormat.TEXT or (settings.log_format is LogFormat.AUTO and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_traceback,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level.lower()),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Unfailing(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.ERROR, handlers=[_LibraryErrors()])
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.WARNING)


class _Unfailing:
    """A stream that drops what cannot be written: a full disk or a closed pipe must not end a worker."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _LibraryErrors(logging.Handler):
    """Writes what a library logs as an event: which library, and what failed where, but no text of an exception."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the event."""
        if record.name == "py.warnings":
            warned = _WARNING.match(record.getMessage())
            log.warning("library.warning", place=warned[1] if warned else None, kind=warned[2] if warned else None)
            return
        fields: dict[str, object] = {"logger": record.name}
        if record.name.startswith(_SAFE_MESSAGES):
            fields["message"] = str(record.msg).strip()
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            fields |= {"error": type(error).__name__, "exc_info": error}
        try:
            log.error("library.error", **fields)
        except Exception:  # noqa: BLE001  a log that cannot be written must not end what is logged about
            self.handleError(record)


def _with_traceback(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replace an exception by the places that it came through: its text may hold values."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["traceback"] = _places(error.__traceback__)
    return event


def _places(trace: TracebackType | None) -> list[str]:
    """Return the innermost places of a traceback, the last one last."""
    frames = traceback.extract_tb(trace, limit=-MOST_FRAMES)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
