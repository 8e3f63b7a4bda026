"""The screen of the demo: lines that come as things happen, and on a terminal a bar under them.

Nothing is ever painted over, so all of it is in the scrollback afterwards, and a pipe gets the same lines.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from types import TracebackType
from typing import Self

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from autopost.cli.console import PipeConsole
from autopost.cli.demo.layout import WIDE_COLUMNS, beside, line, post_block, silence_line, two_columns
from autopost.outbox.outcomes import Outcome

MOST_HELD = 2  # silences that wait for a post to stand beside


class Screen:
    """Shows the demo on stdout; a context manager, so that the terminal is left as it was.

    Every method may raise BrokenPipeError: nobody reads any more.
    """

    def __init__(self) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # an old terminal shows a ? rather than ends the demo
        is_terminal = sys.stdout.isatty()
        self._console = PipeConsole(highlight=False, force_terminal=is_terminal)
        self._is_live = is_terminal and not self._console.is_dumb_terminal
        self._bar = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=24),
            TextColumn("{task.description}"),
            console=self._console,
            transient=True,
            disable=not self._is_live,
        )
        self._task = self._bar.add_task("", total=None)
        self._posted = 0
        self._silent = 0
        self._held: list[Outcome] = []

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def doing(self, what: str) -> None:
        """Say what is under way, where there is a bar to say it beside."""
        self._bar.update(self._task, description=what)

    def say(self, what: RenderableType = "") -> None:
        """Print a line, or whatever is given."""
        self._console.print(what, soft_wrap=not self._is_live)

    def done(self, what: str) -> None:
        """Print that something is ready."""
        self.say(Text.assemble(("✓ ", "green"), what))

    def curtain(self) -> None:
        """Print what stands above the news."""
        if self._is_wide:
            heads = Text("THE FEED", style="bold"), Text("NOT POSTED, AND WHY", style="bold")
            self.say(two_columns(*heads, self._console.width))

    def news(self, entries: Sequence[Outcome]) -> None:
        """Print outcomes, beside or under each other as the width allows."""
        posts = [entry for entry in entries if entry.outcome == "posted"]
        self._posted += len(posts)
        self._silent += len(entries) - len(posts)
        if self._is_wide:
            self._held += [entry for entry in entries if entry.outcome != "posted"]
            if posts or len(self._held) > MOST_HELD:
                self.say(beside(posts, self._held, self._console.width))
                self._held.clear()
            return
        for entry in entries:
            if not self._is_live:
                self.say(line(entry))
            else:
                self.say(post_block(entry) if entry.outcome == "posted" else silence_line(entry))

    def flush(self) -> None:
        """Print what was held back to stand beside the next post."""
        if self._held:
            self.say(beside([], self._held, self._console.width))
            self._held.clear()

    def progress(self, part: float) -> None:
        """Move the bar; `part` is between 0 and 1."""
        counts = f"{self._posted} posted, {self._silent} not"
        self._bar.update(self._task, total=1.0, completed=part, description=counts)

    @property
    def _is_wide(self) -> bool:
        return self._is_live and self._console.width >= WIDE_COLUMNS
