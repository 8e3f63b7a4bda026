"""How the outbox at a glance looks: what needs a person stands out, everything else is quiet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from autopost.cli.console import age, counted
from autopost.cli.sampling.useless import Useless
from autopost.cli.screen import plain
from autopost.outbox.reading import MOST_ROWS_COUNTED, Figures, Status, Totals

GOOD, ODD, BAD = "green", "yellow", "bold red"
BARS = "▁▂▃▄▅▆▇█"
RECENT_MINUTES = 5
MOST_WORKERS = 8
MOST_PAUSES = 5
MOST_REASONS = 5
LATE_SECONDS = 60.0
NAME_COLUMNS = 11  # of the names of the parts, with what is between them and the lines
# The parts, what needs a person soonest first: for a terminal that has no room for all.
BY_WEIGHT = ("switches", "waiting", "workers", "dead", "last hour", "LLM", "in all")


def status_screen(status: Status, problems: Sequence[Useless] = ()) -> RenderableType:
    """Return the screen, at its end what keeps the newest operations from the feed."""
    return _table([*_lines(status), *_problems(problems)])


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
        "switches": _switches(status.figures),
        "waiting": _waiting(status.figures),
        "last hour": _last_hour(status.figures),
        "LLM": [*_pauses_of_the_llm(status.figures), *_budget(status.figures)],
        "in all": _in_all(status.totals),
        "dead": _dead(status.totals),
        "workers": _workers(status.figures),
    }
    return [
        _Line("" if number else name, text, (min(number, 1), BY_WEIGHT.index(name), number))
        for name, texts in parts.items()
        for number, text in enumerate(texts)
    ]


def _problems(problems: Sequence[Useless]) -> Iterable[_Line]:
    for number, problem in enumerate(problems):
        name = "" if number else "problems"
        yield _Line(name, Text.assemble((plain(problem.finding), BAD), "\n", (plain(problem.advice), "dim")), (0, 0, 0))


def _table(lines: Iterable[_Line]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True, width=NAME_COLUMNS - 2)
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(line.name, line.text)
    return table


def _switches(figures: Figures) -> Iterable[Text]:
    line = Text("capture ")
    if not figures.trigger_enabled:
        line.append("the trigger is missing or disabled", style=BAD)
    else:
        line.append(*("on", GOOD) if figures.capture_enabled else ("switched off", ODD))
    line.append(" · claiming ")
    line.append(*("paused: autopost resume --all", ODD) if figures.paused else ("on", GOOD))
    line.append(f" · wake-up by {figures.wakeup}")
    yield line
    for pause in figures.pauses[:MOST_PAUSES]:
        kind = str(pause["kind"]).replace("_", " ")
        yield Text(f"{kind} {plain(pause['value'])} is paused by {plain(pause['paused_by'])}", style=ODD)
    if len(figures.pauses) > MOST_PAUSES:
        yield Text(f"and {counted(len(figures.pauses) - MOST_PAUSES, 'more pause')}", style=ODD)


def _waiting(figures: Figures) -> Iterable[Text]:
    number = figures.waiting + figures.claimed + figures.parked
    line = Text(f"{number:,}{'+' if figures.waits_beyond else ''}", style="bold")
    parts = {
        "held by workers": figures.claimed,
        "parked by a pause": figures.parked,
        "to be tried again": figures.retrying,
    }
    line.append("".join(f", {number:,} {what}" for what, number in parts.items() if number), style="not bold")
    if figures.oldest_seconds is not None:
        style = ODD if figures.oldest_seconds > LATE_SECONDS else "not bold"
        line.append(f", the oldest for {age(figures.oldest_seconds)}", style=style)
    yield line


def _last_hour(figures: Figures) -> Iterable[Text]:
    line = _outcomes(figures.posted, figures.skipped, figures.dead)
    yield line.append(_newest(figures.is_partial))
    if figures.reasons:
        yield Text(f"skipped: {_counts(dict(figures.reasons))}")
    if figures.posted:
        by_minute = [minute.posted for minute in figures.minutes]
        recent = sum(by_minute[-RECENT_MINUTES:]) / RECENT_MINUTES
        yield Text.assemble(
            (_sparkline(by_minute), "cyan"), f"  {recent:.1f} posts a minute in the last {RECENT_MINUTES}"
        )
    written = sum(figures.generators.values())
    if written:
        shares = (f"{plain(name)} {100 * number / written:.0f} %" for name, number in figures.generators.items())
        yield Text(f"written by {', '.join(shares)}")
    if figures.fallbacks:
        yield Text(f"not by the LLM: {_counts(dict(figures.fallbacks[:MOST_REASONS]))}", style=ODD)


def _pauses_of_the_llm(figures: Figures) -> Iterable[Text]:
    """Yield which workers do not ask the LLM at present, why, and until when."""
    for worker in figures.workers:
        if worker["alive"] and worker["llm"]:
            yield Text(f"{plain(worker['name'])}: {plain(worker['llm'])}", style=ODD)


def _budget(figures: Figures) -> Iterable[Text]:
    """Yield what the LLM has cost today; nothing where it has no budget, or has not been used today."""
    if figures.llm_limit_usd is None:
        return
    spent = f"{figures.llm_spent_usd or 0:.4f} of {figures.llm_limit_usd:.2f} US dollars today (UTC)"
    if figures.llm_is_exhausted:
        yield Text(f"{spent}: used up, templates until midnight UTC", style=ODD)
    else:
        yield Text(spent)


def _in_all(totals: Totals) -> Iterable[Text]:
    yield _outcomes(**totals.outcomes).append(_newest(totals.is_partial))
    if totals.reasons:
        yield Text(f"skipped: {_counts(totals.reasons)}")


def _dead(totals: Totals) -> Iterable[Text]:
    newest = _newest(totals.is_partial)
    if not totals.errors:
        yield Text(f"0{newest}")
        return
    yield Text(f"{totals.outcomes['dead']:,}{newest}: {_counts(totals.errors)}", style=BAD)
    yield Text("autopost dead shows them, autopost retry tries them again", style="dim")


def _newest(is_partial: bool) -> str:
    return f" of the newest {MOST_ROWS_COUNTED:,} outcomes" if is_partial else ""


def _workers(figures: Figures) -> Iterable[Text]:
    if not figures.workers:
        yield Text("none: start one with `autopost run`", style=ODD)
        return
    alive = sum(bool(worker["alive"]) for worker in figures.workers)
    gone = len(figures.workers) - alive
    yield Text(f"{alive} alive" + (f", {gone} gone" if gone else ""), style=GOOD if alive else BAD)
    for worker in figures.workers[:MOST_WORKERS]:
        name = f"{plain(worker['name'])} ({plain(worker['version'])})"
        seen = f"seen {age(worker['seen_seconds_ago'])} ago"
        if worker["alive"]:
            runs = age(worker["runs_for_seconds"] + worker["seen_seconds_ago"])
            yield Text(f"{name}: {seen}, {worker['in_flight']} in flight, runs for {runs}")
        else:
            yield Text(f"{name}: {seen}", style="dim")
    if len(figures.workers) > MOST_WORKERS:
        yield Text(f"and {len(figures.workers) - MOST_WORKERS} more", style="dim")


def _outcomes(posted: int, skipped: int, dead: int) -> Text:
    return Text.assemble(f"posted {posted:,}, skipped {skipped:,}, ", (f"dead {dead:,}", BAD if dead else ""))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(name)} {number:,}" for name, number in counts.items())


def _sparkline(by_minute: Sequence[int]) -> str:
    """Return a bar for each two minutes; the lowest stands for none at all."""
    numbers = [sum(by_minute[at : at + 2]) for at in range(0, len(by_minute), 2)]
    most = max(numbers)
    return "".join(BARS[-(-(len(BARS) - 1) * number // most)] for number in numbers)
