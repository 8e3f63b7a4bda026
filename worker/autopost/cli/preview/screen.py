"""How a preview looks on a terminal: the posts, the totals, and what nobody would see otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autopost.cli.console import counted
from autopost.cli.preview.report import MEANINGS, POSTED, Post, Report
from autopost.cli.sampling.newest import PHYSICAL_ORDER
from autopost.cli.screen import plain
from autopost.model import PLACEHOLDER

POSTS_SHOWN = 10
LINES_SHOWN = 8


def preview_screen(report: Report, *, show_all: bool = False) -> RenderableType:
    """Return the screen."""
    parts: list[RenderableType] = [_what(report)]
    if report.posts:
        parts += [Text(), Text("Posts", style="bold"), *_posts(report, show_all=show_all)]
    if report.unmatched:
        parts += [Text(), Text("No rule matches", style="bold"), _unmatched(report)]
    if report.blocked:
        parts += [Text(), Text("May not post", style="bold"), _blocked(report)]
    if report.failed:
        parts += [Text(), Text("Cannot be read", style="bold"), _failed(report)]
    parts += [Text(), Text("Totals", style="bold"), _totals(report)]
    for problem in report.problems:
        parts += [Text(), Text(plain(problem.finding), style="bold red"), Text(plain(problem.advice), style="bold")]
    return Group(*parts)


def _what(report: Report) -> Text:
    tables = ", ".join(f"{plain(table)} (newest by {plain(order)})" for table, order in report.tables.items())
    text = Text(f"The newest {counted(report.operations, 'operation')} of {tables}")
    if report.first_at and report.last_at:
        text.append(f", {report.first_at:%Y-%m-%d %H:%M} to {report.last_at:%Y-%m-%d %H:%M} UTC")
    rules = "the installed rules and pauses" if report.is_installed else "the rules of a new installation"
    text.append(f". By {rules}. Nothing is written to the database.")
    if PHYSICAL_ORDER in report.tables.values():
        text.append(" Physical order: no index of a time says which rows are newest.", style="dim")
    if report.untimed:
        text.append(
            f" {counted(report.untimed, 'operation')} without a usable time: no rate limit is applied to them.",
            style="yellow",
        )
    return text


def _posts(report: Report, *, show_all: bool) -> Iterable[RenderableType]:
    shown = report.posts if show_all else report.posts[:POSTS_SHOWN]
    for post in shown:
        yield _header(post)
        body = Text(plain(post.content), overflow="fold")
        body.highlight_regex(PLACEHOLDER, style="bold magenta")
        if post.beside:
            body.append(f" ({plain(post.beside)})", style="dim")
        yield Padding(body, (0, 0, 0, 2))
    if len(shown) < len(report.posts):
        yield Text(f"{counted(len(report.posts) - len(shown), 'older post')}: --all shows them", style="dim")


def _header(post: Post) -> Text:
    when = f"{post.at:%m-%d %H:%M}" if post.at else "(no time)"
    return Text.assemble(
        (f"{when}  ", "dim"),
        (plain(post.agent), "bold cyan"),
        (f"  {plain(post.maturity)}", "dim"),
        ("  ALERT", "bold red") if post.post_type == "alert" else ("  status", "green"),
        (f"  by {post.generator}", "dim"),
    )


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True, min_width=5)
    return table


def _unmatched(report: Report) -> Table:
    table = _table()
    table.add_column(overflow="fold")
    for type_, status, count in report.unmatched[:LINES_SHOWN]:
        table.add_row(f"{count:,}", Text(plain(f"{type_ or '(none)'} {status}")))
    rest = sum(count for _, _, count in report.unmatched[LINES_SHOWN:])
    if rest:
        table.add_row(f"{rest:,}", Text("others", style="dim"))
    return table


def _blocked(report: Report) -> Table:
    table = _table()
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="yellow")
    for agent in report.blocked[:LINES_SHOWN]:
        why = f"{agent.reason}{f': {plain(agent.maturity)}' if agent.maturity else ''}"
        table.add_row(f"{agent.operations:,}", Text(plain(agent.agent) or "(no id)", style="cyan"), Text(why))
    rest = len(report.blocked) - LINES_SHOWN
    if rest > 0:
        table.add_row("", Text(counted(rest, "more agent"), style="dim"), "")
    return table


def _failed(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for failed in report.failed[:LINES_SHOWN]:
        table.add_row(failed.column, Text(f"{plain(failed.id) or '(no id)'}: {failed.error}"))
    return table


def _totals(report: Report) -> Table:
    table = _table()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", style="dim")
    for name, count in report.totals.items():
        table.add_row(
            f"{count:,}", Text(name, style="green" if name == POSTED else "yellow"), Text(_meaning(report, name))
        )
    table.add_row(f"{report.operations:,}", Text("operations"), "every one is in a line above")
    return table


def _meaning(report: Report, name: str) -> str:
    if name != POSTED:
        return MEANINGS.get(name, "")
    own = [post for post in report.posts if not post.summed and not post.is_digest]
    alerts = sum(post.post_type == "alert" for post in own)
    summaries = sum(post.summed > 0 for post in report.posts)
    digests = len(report.posts) - len(own) - summaries
    more = f", and {counted(summaries, 'summary', 'summaries')} of alerts" if summaries else ""
    more += f", and {counted(digests, 'digest')}" if digests else ""
    return f"{len(own) - alerts:,} status, {counted(alerts, 'alert')}{more}"
