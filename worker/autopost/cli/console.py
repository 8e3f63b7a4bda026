"""What commands print and ask: data on stdout, everything else on stderr, colours on a terminal alone."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from autopost.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.progress import Progress

INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended
PIPE_COLUMNS = 240  # nothing is folded for a reader that has no width


class PipeConsole(Console):
    """A console that says when its reader is gone, instead of ending the program at once."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError."""
        try:
            super().on_broken_pipe()
        except SystemExit:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from None


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person is at the other end; a stream that the caller closed is None."""
    return stream is not None and not stream.closed and stream.isatty()


out = PipeConsole(highlight=False, soft_wrap=True, width=None if is_terminal(sys.stdout) else PIPE_COLUMNS)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Confirm: do not ask.")]


def print_json(value: object) -> None:
    """Print one line of JSON; what JSON has no form for is printed as text."""
    print(json.dumps(value, default=str), flush=True)  # noqa: T201 - this is the data


def print_screen(screen: RenderableType) -> None:
    """Print what is laid out in columns, folded to the width of the terminal; where it is none, no line ends blank."""
    if out.is_terminal:
        out.print(screen, soft_wrap=False)
        return
    with out.capture() as captured:
        out.print(screen, soft_wrap=False)
    out.print(Text("\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))))


def terminal_columns() -> int | None:
    """Return how wide the terminal is, None where the output is none."""
    return out.width if out.is_terminal else None


def say(what: str) -> None:
    """Print a note for people, which is not part of the data."""
    err.print(what, markup=False, style="dim", soft_wrap=not err.is_terminal)


def require_yes(question: str, *, yes: bool) -> None:
    """Ask on the terminal, and end the program on a no. Raise ConfigurationError without a terminal."""
    if yes:
        return
    if not is_terminal(sys.stdin):
        raise ConfigurationError(f"{question} Not a terminal: pass --yes to confirm.")
    typer.confirm(question, abort=True, err=True)


def progress_bar() -> Progress:
    """Return a bar on stderr that is gone when it is done, and that only a terminal shows."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(compact=True),
        console=err,
        transient=True,
        disable=not err.is_terminal or err.is_dumb_terminal,
    )


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else "none"


MOST_INTEGER = 2_147_483_647  # what PostgreSQL's integer holds

Number = TypeVar("Number", int, float)


def number(kind: type[Number], least: Number, most: Number) -> dict[str, Any]:
    """Return what an option or argument that takes a number from `least` to `most` is declared with."""
    what = "a whole number" if kind is int else "a number"
    refusal = f"expected: {what}, {least} to {most}"

    def read(given: object) -> Number:
        try:
            value = kind(str(given))
        except ValueError:
            raise typer.BadParameter(f"got {str(given)!r}; {refusal}") from None
        if not least <= value <= most:  # nor NaN, which is not between any two
            raise typer.BadParameter(f"got {str(given)!r}; {refusal}")
        return value

    return {"parser": read, "metavar": f"{least} to {most}"}


_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def age(seconds: float) -> str:
    """Return a time in its largest fitting unit: `0.4 s`, `12 s`, `5 min`, `3 h`, `2 d`."""
    seconds = max(0.0, seconds)
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds / _HOUR:.0f} h"
    return f"{seconds / _DAY:,.0f} d"


def between(seconds: float) -> str:
    """Return the time between two steps, fine enough to tell milliseconds."""
    return f"{seconds * 1000:.0f} ms" if 0 <= seconds < 1 else age(seconds)
