"""How the end of a simulation looks."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from autopost.cli.screen import plain
from autopost.cli.simulation.load import Outcomes, Simulation


def facts(simulation: Simulation, outcomes: Outcomes, rate: float) -> dict[str, Any]:
    """Return the figures for a machine."""
    return {
        "run": simulation.run,
        "interrupted": simulation.is_stopped,
        "operations": simulation.begun,
        "rate_reached": round(rate, 1),
        "insignificant": simulation.ended - outcomes.captured,
        "posted": outcomes.states.get("posted", 0),
        "skipped": outcomes.states.get("skipped", 0),
        "dead": outcomes.states.get("dead", 0),
        "waiting": outcomes.waiting,
        "reasons": outcomes.reasons,
        "p50_ms": outcomes.p50_ms,
        "p99_ms": outcomes.p99_ms,
    }


def report(simulation: Simulation, outcomes: Outcomes, rate: float) -> Table:
    """Return the figures for people: every operation is in one of the lines under the first."""
    figures = facts(simulation, outcomes, rate)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", style="dim")
    reasons = ", ".join(f"{plain(reason)} {number:,}" for reason, number in outcomes.reasons.items())
    for key, what, more in (
        ("operations", "operations", f"{rate:.1f} a second; their ids begin with {simulation.run}"),
        ("posted", "posted", _latency(outcomes)),
        ("skipped", "skipped", reasons),
        ("dead", "dead", "autopost dead says of what" if figures["dead"] else ""),
        ("waiting", "waiting", "is a worker running? autopost status" if figures["waiting"] else ""),
        ("insignificant", "insignificant", "no rule names them: autopost rules"),
    ):
        style = {"dead": "bold red", "waiting": "yellow"}.get(key, "") if figures[key] else ""
        table.add_row(Text(f"{figures[key]:,}", style=style), what, more)
    return table


def _latency(outcomes: Outcomes) -> str:
    if outcomes.p50_ms is None or outcomes.p99_ms is None:
        return ""
    return f"from capture to outcome {outcomes.p50_ms:.1f} ms (median), {outcomes.p99_ms:.1f} ms (p99)"
