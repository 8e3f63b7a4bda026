"""Read the team's wording from its file, at startup and again every few seconds: a change needs no restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from autopost.errors import ConfigurationError, Unreadable
from autopost.observability.problems import Problems
from autopost.settings import PREFIX
from autopost.settings.bounded_file import read_bounded
from autopost.writing.wording import DEFAULT, Wording
from autopost.writing.wording_file import parse_wording

VARIABLE = f"{PREFIX}WORDING_FILE"
MAX_BYTES = 500_000  # a thousand templates
RELOAD_SECONDS = 2.0
SUBJECT = "wording"

log = structlog.get_logger(__name__)


def read_wording(path: Path | None) -> Wording:
    """Return the wording in a file, the default one without a file.

    Raises ConfigurationError with every problem of the file.
    """
    return DEFAULT if path is None else _parsed(path, _text(path))


def first_problem(error: ConfigurationError) -> str:
    """Return the first problem of a file in one line, with how many there are."""
    first, *problems = str(error).splitlines()
    if not problems:
        return first
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0].strip()}{more}"


async def reload_wording(
    path: Path,
    set_wording: Callable[[Wording], None],
    problems: Problems,
    *,
    every_seconds: float = RELOAD_SECONDS,
) -> None:
    """Read the file every so often until cancelled; call `set_wording` when it changed.

    A change counts when two reads in a row have the same text: the first may be of a file that is just being written.
    A file that cannot be used changes nothing: it is logged once, and reported by `problems` until it is mended.
    """
    known: str | None = None
    before: str | None = None
    failed: str | None = None
    while True:
        try:
            text = await asyncio.to_thread(_text, path)
            is_whole, before = text == before, text
            if text != known and is_whole:
                set_wording(await asyncio.to_thread(_parsed, path, text))
                if known is not None:
                    log.info("wording.reloaded")
                known = text
        except ConfigurationError as error:
            problem = first_problem(error)
            problems.report(SUBJECT, f"the last usable one stays in use: {problem}")
            if problem != failed:
                log.warning("wording.invalid", problem=problem)
            failed = problem
        else:
            if text == known:
                problems.clear(SUBJECT)
                failed = None
        await asyncio.sleep(every_seconds)


def _text(path: Path) -> str:
    try:
        return read_bounded(path, MAX_BYTES)
    except Unreadable as error:
        raise ConfigurationError(f"{VARIABLE}: cannot read {path}: {error}") from None


def _parsed(path: Path, text: str) -> Wording:
    return parse_wording(text, f"{VARIABLE}: {path}")
