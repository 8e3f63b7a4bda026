"""How one look at the news is laid out: two columns where the terminal is wide, one stream where it is not. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import Box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autopost.cli.screen import INDENT, plain, post_body, post_header, post_text, why_style
from autopost.outbox.outcomes import Outcome

MEANINGS = {
    "rate_limited": "one post in 5 minutes",
    "alert_storm": "summed up in one post",
    "digest_empty": "nothing was left to sum up",
    "maturity_blocked": "a STUDENT may not post",
    "agent_unknown": "no agent has this id",
    "agent_ambiguous": "more than one agent has this id",
    "missing_explanation": "it does not say what was done",
    "insignificant": "no rule names it",
    "rolled_back": "it never happened",
}
WIDE_COLUMNS = 110
WIDEST_COLUMNS = 150
SILENCE_SHARE = 0.4
_DIVIDER = Box("    \n  │ \n    \n  │ \n    \n    \n  │ \n    ")


def two_columns(posts: RenderableType, silences: RenderableType, width: int) -> Table:
    """Return what was posted beside what was not."""
    width = min(width, WIDEST_COLUMNS)
    right = int(width * SILENCE_SHARE)
    row = Table(box=_DIVIDER, show_header=False, show_edge=False, pad_edge=False, border_style="dim")
    row.add_column(width=width - right - 3)
    row.add_column(width=right)
    row.add_row(posts, silences)
    return row


def beside(posts: Sequence[Outcome], silences: Sequence[Outcome], width: int) -> Table:
    """Return posts in the left column and silences in the right one."""
    return two_columns(Group(*map(post_block, posts)), Group(*map(_silence_block, silences)), width)


def post_block(outcome: Outcome) -> RenderableType:
    """Return a post whose text keeps its indent where it wraps."""
    return Group(post_header(outcome), Padding(post_body(outcome), (0, 0, 0, INDENT)))


def line(outcome: Outcome) -> Text:
    """Return one outcome in the order of events, unwrapped: for pipes."""
    return post_text(outcome) if outcome.outcome == "posted" else silence_line(outcome)


def silence_line(outcome: Outcome) -> Text:
    """Return on one line that, and why, an operation was not posted."""
    return Text.assemble(
        (f"{outcome.occurred_at.astimezone():%H:%M:%S}  ", "dim"),
        (f"{plain(outcome.agent)}  {plain(outcome.operation_type)}  not posted: ", "dim"),
        (plain(outcome.why or outcome.outcome), why_style(outcome)),
    )


def _silence_block(outcome: Outcome) -> RenderableType:
    why = plain(outcome.why or outcome.outcome)
    head = Text.assemble(
        (f"{outcome.occurred_at.astimezone():%H:%M:%S}  ", "dim"),
        (plain(outcome.agent), "cyan"),
        (f"  {plain(outcome.operation_type)}", "dim"),
    )
    reason = Text.assemble((why, why_style(outcome)), (f"  {MEANINGS.get(why, '')}", "dim"))
    return Group(head, Padding(reason, (0, 0, 0, INDENT)))
