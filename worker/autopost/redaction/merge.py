"""Turn findings into the spans to replace: without protected spans, overlapping findings merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autopost.redaction.rule import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of a text, its type and score, and the recognizer that found it."""

    entity: str
    start: int
    end: int
    score: float
    recognizer: str = ""

    @property
    def rank(self) -> tuple[float, int, int, str]:
        """Return the sort key of the finding that names the type: higher score, longer, earlier, then by name."""
        return -self.score, self.start - self.end, self.start, self.entity


def outside(finding: Finding, protected: Sequence[Span]) -> list[Finding]:
    """Return the parts of a finding outside of `protected` spans, which are in order and do not overlap."""
    pieces: list[Finding] = []
    start = finding.start
    for left, right in protected:
        if right <= start or left >= finding.end:
            continue
        if left > start:
            pieces.append(replace(finding, start=start, end=left))
        start = max(start, right)
    if start < finding.end:
        pieces.append(replace(finding, start=start))
    return pieces


def within(finding: Finding, spans: Iterable[Span]) -> bool:
    """Return whether one of `spans` contains the whole finding."""
    return any(start <= finding.start and finding.end <= end for start, end in spans)


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in order, overlapping ones joined. A joined one has the type of its best-ranked member."""
    merged: list[Finding] = []
    best: Finding | None = None
    for finding in sorted(findings, key=lambda f: (f.start, f.end, f.rank)):
        if best is not None and finding.start < merged[-1].end:
            best = min(best, finding, key=lambda f: f.rank)
            merged[-1] = replace(best, start=merged[-1].start, end=max(merged[-1].end, finding.end))
        else:
            best = finding
            merged.append(finding)
    return merged
