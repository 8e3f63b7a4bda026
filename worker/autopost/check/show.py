"""How a check looks on a terminal: a line for each finding, and beneath it what to do, to be copied."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from autopost.check.finding import Finding, Level
from autopost.screen import plain

STYLES = {Level.OK: "dim", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}


def check_screen(findings: Sequence[Finding]) -> Text:
    """Return the report."""
    width = max((len(finding.subject) for finding in findings), default=0)
    return Text("\n").join(_lines(finding, width) for finding in findings)


def _lines(finding: Finding, width: int) -> Text:
    head = f"{finding.level:7}  {finding.subject:{width}}  "
    line = Text.assemble((head + plain(finding.finding), STYLES[finding.level]))
    if finding.advice:
        line.append(f"\n{' ' * len(head)}{plain(finding.advice)}", style="bold")
    return line
