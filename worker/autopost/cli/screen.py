"""How outcomes look on a terminal.

Everything that comes from a row is shown as plain text: no markup of it is read, and control characters are gone.
"""

from __future__ import annotations

import regex
from rich.console import Console
from rich.text import Text

from autopost.outbox.reading import Entry
from autopost.placeholder import PLACEHOLDER

_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+")
INDENT = 10  # what is said about an outcome stands under the agent's name
LEAST_COLUMNS = 50  # with fewer it is indented less


class PipeConsole(Console):
    """A console that says when its reader is gone, instead of ending the program on the spot."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError."""
        try:
            super().on_broken_pipe()
        except SystemExit:
            raise BrokenPipeError from None


def plain(value: object) -> str:
    """Return a value on one line, without anything that a terminal would obey."""
    return _CONTROL.sub(" ", str(value))


def folded(text: Text, columns: int, indent: int) -> Text:
    """Return a text broken at words into lines that end before `columns`; all but the first are indented.

    A word is broken where it is longer than a line.
    """
    lines = text.wrap(Console(width=columns), max(1, columns - indent), overflow="fold")
    for line in lines:
        line.rstrip()
    return Text(f"\n{' ' * indent}").join(lines)


def post_text(entry: Entry, columns: int | None = None) -> Text:
    """Return a post as it stands in the feed: who, when, alert or status, by whom it was written, and what.

    With a number of columns it is broken at words.
    """
    header, body, indent = post_header(entry), post_body(entry), INDENT
    if columns is not None:
        indent = _indent(columns)
        header, body = folded(header, columns, indent), folded(body, columns, indent)
    return Text.assemble(header, "\n", " " * indent, body)


def post_header(entry: Entry) -> Text:
    """Return all that stands above a post, on one line."""
    line = Text()
    line.append(f"{entry.occurred_at.astimezone():%H:%M:%S}  ", style="dim")
    line.append(plain(entry.agent), style="bold cyan")
    line.append(f"  {plain(entry.maturity or '').lower()}", style="dim")
    line.append(
        "  ALERT" if entry.post_type == "alert" else "  status", style="bold red" if _is_alert(entry) else "green"
    )
    line.append(f"  by {entry.generator or 'unknown'}", style="dim")
    return line


def post_body(entry: Entry) -> Text:
    """Return a post's text, with what the redaction put in made visible."""
    # With `ellipsis` rich cuts a letter from a line that ends in a space and holds a character two cells wide.
    body = Text(plain(entry.content or ""), overflow="fold")
    body.highlight_regex(PLACEHOLDER, style="bold magenta")
    return body


def silence_text(entry: Entry) -> Text:
    """Return why an operation was not posted."""
    line = Text()
    line.append(f"{entry.occurred_at.astimezone():%H:%M:%S}  ", style="dim")
    line.append(plain(entry.agent), style="cyan")
    line.append(f"  {plain(entry.operation_type)} {plain(entry.status)}: ")
    line.append(plain(entry.why or entry.outcome), style=why_style(entry))
    return line


def why_style(entry: Entry) -> str:
    """Return the colour of a reason for silence: red is for what needs a person."""
    return "bold red" if entry.outcome == "dead" else "yellow"


def entry_text(entry: Entry, columns: int | None = None) -> Text:
    """Return one outcome for a feed that shows everything, as `post_text` does a post."""
    if entry.outcome == "posted":
        return post_text(entry, columns)
    line = Text.assemble(silence_text(entry), (f" ({entry.outcome})", "dim"))
    return line if columns is None else folded(line, columns, _indent(columns))


def _indent(columns: int) -> int:
    return INDENT if columns >= LEAST_COLUMNS else 2


def _is_alert(entry: Entry) -> bool:
    return entry.post_type == "alert"
