"""How outcomes look on a terminal.

Everything that comes from a row is shown as plain text: no markup of it is read, and control characters are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex
from rich.console import Console
from rich.text import Text

from autopost.model import PLACEHOLDER

if TYPE_CHECKING:
    from autopost.outbox.outcomes import Outcome

_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+")
UNSHOWN = "(type not shown)"  # it is not one plain word, and could be text of the operation
INDENT = 10  # what is said about an outcome stands under the agent's name
MOST_SHOWN = 1_000  # of one value, such as an id; what autopost writes is shorter
LEAST_COLUMNS = 50  # with fewer it is indented less


def plain(value: object) -> str:
    """Return a value on one line and not longer than a screen, without anything that a terminal would obey."""
    text = str(value)
    shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    return _CONTROL.sub(" ", shown)


def folded(text: Text, columns: int, indent: int) -> Text:
    """Return a text broken at words into lines that end before `columns`; all but the first are indented.

    A word is broken where it is longer than a line.
    """
    lines = text.wrap(Console(width=columns), max(1, columns - indent), overflow="fold")
    for line in lines:
        line.rstrip()
    return Text(f"\n{' ' * indent}").join(lines)


def post_text(outcome: Outcome, columns: int | None = None) -> Text:
    """Return a post as it stands in the feed: who, when, alert or status, by whom it was written, and what.

    With a number of columns it is broken at words.
    """
    header, body, indent = post_header(outcome), post_body(outcome), INDENT
    if columns is not None:
        indent = _indent(columns)
        header, body = folded(header, columns, indent), folded(body, columns, indent)
    return Text.assemble(header, "\n", " " * indent, body)


def post_header(outcome: Outcome) -> Text:
    """Return all that stands above a post, on one line."""
    line = Text()
    line.append(f"{outcome.occurred_at.astimezone():%H:%M:%S}  ", style="dim")
    line.append(plain(outcome.agent), style="bold cyan")
    line.append(f"  {plain(outcome.maturity or '').lower()}", style="dim")
    line.append("  ALERT" if outcome.is_alert else "  status", style="bold red" if outcome.is_alert else "green")
    line.append(f"  by {outcome.generator or 'unknown'}", style="dim")
    return line


def post_body(outcome: Outcome) -> Text:
    """Return a post's text, with what the redaction put in made visible."""
    # With `ellipsis` rich cuts a letter from a line that ends in a space and holds a character two cells wide.
    body = Text(plain(outcome.content or ""), overflow="fold")
    body.highlight_regex(PLACEHOLDER, style="bold magenta")
    if outcome.beside is not None:
        body.append(f" ({outcome.beside})", style="dim")
    return body


def silence_text(outcome: Outcome) -> Text:
    """Return why an operation was not posted."""
    line = Text()
    line.append(f"{outcome.occurred_at.astimezone():%H:%M:%S}  ", style="dim")
    line.append(plain(outcome.agent), style="cyan")
    line.append(f"  {plain(outcome.title or outcome.operation_type)} {plain(outcome.status)}: ")
    line.append(plain(outcome.why or outcome.outcome), style=why_style(outcome))
    return line


def why_style(outcome: Outcome) -> str:
    """Return the colour of a reason for silence: red is for what needs a person."""
    return "bold red" if outcome.outcome == "dead" else "yellow"


def outcome_text(outcome: Outcome, columns: int | None = None) -> Text:
    """Return one outcome for a feed that shows everything, as `post_text` does a post."""
    if outcome.outcome == "posted":
        return post_text(outcome, columns)
    line = Text.assemble(silence_text(outcome), (f" ({outcome.outcome})", "dim"))
    return line if columns is None else folded(line, columns, _indent(columns))


def _indent(columns: int) -> int:
    return INDENT if columns >= LEAST_COLUMNS else 2
