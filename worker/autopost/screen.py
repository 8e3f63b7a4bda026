"""How outcomes and the outbox look on a terminal.

Everything that comes from a row is shown as plain text: no markup of it is read, and control characters are gone.
"""

from __future__ import annotations

import regex
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from autopost import placeholder_style
from autopost.placeholder_style import DEFAULT_STYLE
from autopost.watch import Entry, Status

_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+")
INDENT = 10  # what is said about an outcome stands under the agent's name


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


def post_text(entry: Entry, style: str = DEFAULT_STYLE) -> Text:
    """Return a post as it stands in the feed: who, when, alert or status, by whom it was written, and what.

    `style` is that of the placeholders in posts.
    """
    return Text.assemble(post_header(entry), "\n", " " * INDENT, post_body(entry, style))


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


def post_body(entry: Entry, style: str = DEFAULT_STYLE) -> Text:
    """Return a post's text, with what the redaction put in made visible."""
    # With `ellipsis` rich cuts a letter from a line that ends in a space and holds a character two cells wide.
    body = Text(plain(entry.content or ""), overflow="fold")
    body.highlight_regex(placeholder_style.pattern(style), style="bold magenta")
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


def entry_text(entry: Entry, style: str = DEFAULT_STYLE) -> Text:
    """Return one outcome for a feed that shows everything; `style` is that of the placeholders in posts."""
    if entry.outcome == "posted":
        return post_text(entry, style)
    return Text.assemble(silence_text(entry), (f" ({entry.outcome})", "dim"))


def status_screen(status: Status) -> RenderableType:
    """Return the outbox at a glance."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    waiting = status.states.get("pending", 0) + status.states.get("claimed", 0)
    age = f", the oldest for {status.oldest_seconds:.1f} s" if status.oldest_seconds is not None else ""
    table.add_row("waiting", f"{waiting}{age}")
    table.add_row("posted", str(status.states.get("posted", 0)))
    reasons = ", ".join(f"{plain(reason)} {count}" for reason, count in status.reasons.items())
    table.add_row("skipped", f"{status.states.get('skipped', 0)}" + (f" ({reasons})" if reasons else ""))
    dead = status.states.get("dead", 0)
    table.add_row("dead", Text(str(dead), style="bold red" if dead else ""))
    table.add_row("capture", _capture(status))
    table.add_row("claiming", Text("paused", style="yellow") if status.paused else Text("on"))
    table.add_row("wake-up", status.wakeup)
    if not status.workers:
        table.add_row("workers", Text("none: start one with `autopost run`", style="yellow"))
    for index, worker in enumerate(status.workers):
        seen = f"seen {worker['seen_seconds_ago']:.0f} s ago, {worker['in_flight']} in flight"
        table.add_row("" if index else "workers", f"{plain(worker['name'])} ({plain(worker['version'])}), {seen}")
    return Group(table)


def _capture(status: Status) -> Text:
    if not status.trigger_enabled:
        return Text("the trigger is missing or disabled", style="bold red")
    return Text("on") if status.capture_enabled else Text("switched off", style="yellow")


def _is_alert(entry: Entry) -> bool:
    return entry.post_type == "alert"
