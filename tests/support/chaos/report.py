"""What a storm found out: a row for each fault, as a table of Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field

DOUBLED = frozenset({"two_posts", "posted_twice", "counted_twice", "outcome_audited_twice", "decided_twice"})


@dataclass
class Line:
    """What one fault did, however often."""

    times: int = 0
    not_reached: int = 0
    lost: int = 0
    doubled: int = 0
    violated: int = 0
    recoveries: list[float] = field(default_factory=list)


@dataclass
class Report:
    """All faults of a storm, and what came of the operations."""

    seed: int
    lines: dict[str, Line]
    facts: dict[str, object] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)

    def violation(self, fault: str, kind: str, detail: str) -> None:
        """Note what a checker found after a fault."""
        line = self.lines[fault]
        if kind in DOUBLED:
            line.doubled += 1
        else:
            line.violated += 1
        self.details.append(f"{fault}: {kind}: {detail}")

    @property
    def is_clean(self) -> bool:
        """Return whether every promise held."""
        return not self.details and not any(line.lost or line.doubled or line.violated for line in self.lines.values())

    def __str__(self) -> str:
        rows = [
            "| fault | times | lost | doubled | violated | progress again after (s): median | max |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        for name, line in self.lines.items():
            if line.times or line.not_reached:
                rows.append(_row(name, line))
        rows.append(_row("all", _sum(self.lines)))
        facts = [f"- {name}: {value}" for name, value in {"seed": self.seed, **self.facts}.items()]
        return "\n".join([*facts, "", *rows, "", *self.details])


def _row(name: str, line: Line) -> str:
    note = f" (and {line.not_reached} not reached)" if line.not_reached else ""
    median = f"{statistics.median(line.recoveries):.2f}" if line.recoveries else ""
    longest = f"{max(line.recoveries):.2f}" if line.recoveries else ""
    return f"| {name}{note} | {line.times} | {line.lost} | {line.doubled} | {line.violated} | {median} | {longest} |"


def _sum(lines: Mapping[str, Line]) -> Line:
    total = Line()
    for line in lines.values():
        total.times += line.times
        total.not_reached += line.not_reached
        total.lost += line.lost
        total.doubled += line.doubled
        total.violated += line.violated
        total.recoveries += line.recoveries
    return total
