"""Read the team's wording from its file, at startup and again every few seconds: a change needs no restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import structlog

from autopost.errors import ConfigurationError, RedactionFailed, Unreadable
from autopost.observability.problems import Problems
from autopost.processes.reloading import RELOAD_SECONDS, reload_file
from autopost.settings import PREFIX
from autopost.settings.bounded_file import read_bounded
from autopost.writing.wording import DEFAULT, Wording
from autopost.writing.wording_file import parse_wording

VARIABLE = f"{PREFIX}WORDING_FILE"
MAX_BYTES = 500_000  # a thousand templates
SUBJECT = "wording"

log = structlog.get_logger(__name__)


def read_wording(path: Path | None) -> Wording:
    """Return the wording in a file, the default one without a file.

    Raises ConfigurationError with every problem of the file.
    """
    return DEFAULT if path is None else _parsed(path, _text(path))


async def reload_wording(
    path: Path,
    set_wording: Callable[[Wording], None],
    problems: Problems,
    *,
    every_seconds: float = RELOAD_SECONDS,
) -> None:
    """Call `set_wording` when the file has changed, until cancelled; see reload_file."""

    def use(text: str) -> None:
        try:
            set_wording(_parsed(path, text))
        except RedactionFailed as error:
            raise ConfigurationError(f"{VARIABLE}: {path}: {error}") from None

    def say(problem: str | None) -> None:
        if problem is None:
            log.info("wording.reloaded")
        else:
            log.warning("wording.invalid", problem=problem)

    await reload_file(
        lambda: _text(path),
        use,
        problems,
        SUBJECT,
        say,
        every_seconds=every_seconds,
    )


def _text(path: Path) -> str:
    try:
        return read_bounded(path, MAX_BYTES)
    except Unreadable as error:
        raise ConfigurationError(f"{VARIABLE}: cannot read {path}: {error}") from None


def _parsed(path: Path, text: str) -> Wording:
    return parse_wording(text, f"{VARIABLE}: {path}")
