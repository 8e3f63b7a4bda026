"""How the outbox at a glance looks: what needs a person stands out, everything else is quiet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from autopost.commands.ages import age
from autopost.screen import plain
from autopost.watch import Status

GOOD, ODD, BAD = "green", "yellow", "bold red"
BARS = "▁▂▃▄▅▆▇█"
RECENT_MINUTES = 5
MOST_WORKERS = 8
MOST_PAUSES = 5
LATE_SECONDS = 60.0


def status_screen(status: Status, *, is_watched: bool = False) -> RenderableType:
    """Return the screen."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, lines in (
        ("switches", _switches(status)),
        ("waiting", _waiting(status)),
        ("last hour", _last_hour(status)),
        ("in all", _in_all(status)),
        ("dead", _dead(status)),
        ("workers", _workers(status)),
    ):
        for number, line in enumerate(lines):
            table.add_row("" if number else name, line)
    return Group(table, Text("\nCtrl-C ends this.", style="dim")) if is_watched else table


def _switches(status: Status) -> Iterable[Text]:
    line = Text("capture ")
    if not status.trigger_enabled:
        line.append("the trigger is missing or disabled", style=BAD)
    else:
        line.append(*("on", GOOD) if status.capture_enabled else ("switched off", ODD))
    line.append(" · claiming ")
    line.append(*("paused: autopost resume --all", ODD) if status.paused else ("on", GOOD))
    line.append(f" · wake-up by {status.wakeup}")
    yield line
    for pause in status.pauses[:MOST_PAUSES]:
        kind = str(pause["kind"]).replace("_", " ")
        yield Text(f"{kind} {plain(pause['value'])} is paused by {plain(pause['paused_by'])}", style=ODD)
    if len(status.pauses) > MOST_PAUSES:
        yield Text(f"and {len(status.pauses) - MOST_PAUSES} more pauses", style=ODD)


def _waiting(status: Status) -> Iterable[Text]:
    pending, claimed = status.states.get("pending", 0), status.states.get("claimed", 0)
    line = Text(f"{pending + claimed:,}", style="bold")
    parts = {
        "held by workers": claimed,
        "parked by a pause": status.parked,
        "to be tried again": status.retrying,
    }
    line.append("".join(f", {number:,} {what}" for what, number in parts.items() if number), style="not bold")
    if status.oldest_seconds is not None:
        is_late = status.oldest_seconds > LATE_SECONDS and pending + claimed > status.parked
        line.append(f", the oldest for {age(status.oldest_seconds)}", style=ODD if is_late else "not bold")
    yield line


def _last_hour(status: Status) -> Iterable[Text]:
    hour = status.last_hour
    yield _outcomes(hour.outcomes)
    if hour.reasons:
        yield Text(f"skipped: {_counts(hour.reasons)}")
    posts = sum(hour.posts_by_minute)
    if posts:
        recent = sum(hour.posts_by_minute[-RECENT_MINUTES:]) / RECENT_MINUTES
        yield Text.assemble(
            (_sparkline(hour.posts_by_minute), "cyan"), f"  {recent:.1f} posts a minute in the last {RECENT_MINUTES}"
        )
    written = sum(hour.generators.values())
    if written:
        shares = (f"{plain(name)} {100 * number / written:.0f} %" for name, number in hour.generators.items())
        yield Text(f"written by {', '.join(shares)}")


def _in_all(status: Status) -> Iterable[Text]:
    yield _outcomes(status.states)
    if status.reasons:
        yield Text(f"skipped: {_counts(status.reasons)}")


def _dead(status: Status) -> Iterable[Text]:
    if not status.errors:
        yield Text("0")
        return
    yield Text(f"{sum(status.errors.values()):,}: {_counts(status.errors)}", style=BAD)
    yield Text("autopost dead shows them, autopost retry gives them another chance", style="dim")


def _workers(status: Status) -> Iterable[Text]:
    if not status.workers:
        yield Text("none: start one with `autopost run`", style=ODD)
        return
    alive = sum(bool(worker["alive"]) for worker in status.workers)
    gone = len(status.workers) - alive
    yield Text(f"{alive} alive" + (f", {gone} gone" if gone else ""), style=GOOD if alive else BAD)
    for worker in status.workers[:MOST_WORKERS]:
        name = f"{plain(worker['name'])} ({plain(worker['version'])})"
        seen = f"seen {age(worker['seen_seconds_ago'])} ago"
        if worker["alive"]:
            runs = age(worker["runs_for_seconds"] + worker["seen_seconds_ago"])
            yield Text(f"{name}: {seen}, {worker['in_flight']} in flight, runs for {runs}")
        else:
            yield Text(f"{name}: {seen}", style="dim")
    if len(status.workers) > MOST_WORKERS:
        yield Text(f"and {len(status.workers) - MOST_WORKERS} more", style="dim")


def _outcomes(counts: Mapping[str, int]) -> Text:
    posted, skipped, dead = (counts.get(name, 0) for name in ("posted", "skipped", "dead"))
    return Text.assemble(f"posted {posted:,}, skipped {skipped:,}, ", (f"dead {dead:,}", BAD if dead else ""))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(name)} {number:,}" for name, number in counts.items())


def _sparkline(by_minute: Sequence[int]) -> str:
    """Return a bar for each two minutes; the lowest stands for none at all."""
    numbers = [sum(by_minute[at : at + 2]) for at in range(0, len(by_minute), 2)]
    most = max(numbers)
    return "".join(BARS[-(-(len(BARS) - 1) * number // most)] for number in numbers)
