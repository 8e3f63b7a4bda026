"""How a check looks on a terminal: a line for each finding, and under it what to do, to be copied."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from autopost.cli.checking.finding import Finding, Level, broken
from autopost.cli.screen import folded, plain

STYLES = {Level.OK: "dim", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}
LEAST_COLUMNS = 40  # of a finding beside its subject; with fewer it stands under
NARROW_INDENT = 4


def check_screen(findings: Sequence[Finding], columns: int | None = None) -> Text:
    """Return the report; with a number of columns it is broken at words."""
    width = max((len(finding.subject) for finding in findings), default=0)
    return Text("\n").join(_lines(finding, width, columns) for finding in findings)


def _lines(finding: Finding, width: int, columns: int | None) -> Text:
    head = f"{finding.level:7}  {finding.subject:{width}}  "
    style = STYLES[finding.level]
    is_narrow = columns is not None and columns - len(head) < LEAST_COLUMNS
    indent = NARROW_INDENT if is_narrow else len(head)
    text = Text(plain(finding.finding), style)
    advice, advice_indent = [plain(finding.advice)] if finding.advice else [], indent
    if columns is not None:
        text = folded(text, columns, indent)
        if finding.advice:
            advice, advice_indent = _advice(advice[0], columns, indent)
    begin = f"{head.rstrip()}\n{' ' * indent}" if is_narrow else head
    line = Text.assemble((begin, style), text)
    for part in advice:
        line.append(f"\n{' ' * advice_indent}{part}", style="bold")
    return line


def _advice(advice: str, columns: int, indent: int) -> tuple[list[str], int]:
    """Return the lines of a piece of advice and their indent: less where a word, such as a quoted text, is long."""
    lines = broken(advice, columns - indent)
    if max(map(len, lines)) > columns - indent:
        indent = NARROW_INDENT
        lines = broken(advice, columns - indent)
    return lines, indent
