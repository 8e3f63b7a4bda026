"""How the outbox at a glance looks: what needs a person stands out, everything else is quiet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from autopost.cli.console import age, counted
from autopost.cli.screen import plain
from autopost.outbox.reading import Status

GOOD, ODD, BAD = "green", "yellow", "bold red"
BARS = "▁▂▃▄▅▆▇█"
RECENT_MINUTES = 5
MOST_WORKERS = 8
MOST_PAUSES = 5
LATE_SECONDS = 60.0
NAME_COLUMNS = 11  # of the names of the parts, with what is between them and the lines
# The parts, what needs a person soonest first: for a terminal that has no room for all.
BY_WEIGHT = ("switches", "waiting", "workers", "dead", "last hour", "in all")


def status_screen(status: Status) -> RenderableType:
    """Return the screen."""
    return _table(_lines(status))


def watched_screen(status: Status, columns: int, rows: int) -> RenderableType:
    """Return the screen for a terminal of this size: where not all has room, what matters most, and how much lacks."""
    lines = _lines(status)
    heights = [_height(line.text, columns - NAME_COLUMNS) for line in lines]
    ending, shown = Text("Ctrl-C ends this.", style="dim"), set(range(len(lines)))
    by_weight = sorted(shown, key=lambda number: lines[number].rank)
    while shown and 1 + sum(heights[number] for number in shown) + _height(ending, columns) > rows:
        shown.discard(by_weight.pop())
        hidden = counted(len(lines) - len(shown), "more line")
        ending = Text(f"... {hidden}: enlarge the window. Ctrl-C ends this.", style=ODD, no_wrap=False)
    return Group(_table([line for number, line in enumerate(lines) if number in shown]), Text(), ending)


def _height(text: Text, columns: int) -> int:
    console = Console(width=max(1, columns))
    return len(text.wrap(console, console.width, overflow="fold"))


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the screen. The less its rank, the more it matters: the first of each part before all others."""

    name: str
    text: Text
    rank: tuple[int, int, int]


def _lines(status: Status) -> list[_Line]:
    parts = {
        "switches": _switches(status),
        "waiting": _waiting(status),
        "last hour": _last_hour(status),
        "in all": _in_all(status),
        "dead": _dead(status),
        "workers": _workers(status),
    }
    return [
        _Line("" if number else name, text, (min(number, 1), BY_WEIGHT.index(name), number))
        for name, texts in parts.items()
        for number, text in enumerate(texts)
    ]


def _table(lines: Iterable[_Line]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True, width=NAME_COLUMNS - 2)
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(line.name, line.text)
    return table


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
        yield Text(f"and {counted(len(status.pauses) - MOST_PAUSES, 'more pause')}", style=ODD)


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
