"""What a check says: one thing that was looked at, how it is, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from autopost.errors import Unhealthy


class Level(StrEnum):
    """How it is, the best first."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `advice` is a statement or a command to run, None where there is nothing to do."""

    level: Level
    subject: str
    finding: str
    advice: str | None = None


def ok(subject: str, finding: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, subject, finding)


def warning(subject: str, finding: str, advice: str) -> Finding:
    """Return a finding that somebody should look at."""
    return Finding(Level.WARNING, subject, finding, advice)


def problem(subject: str, finding: str, advice: str) -> Finding:
    """Return a finding that keeps autopost from its work."""
    return Finding(Level.PROBLEM, subject, finding, advice)


def worst(findings: Sequence[Finding]) -> Level:
    """Return the worst level of all."""
    return max((finding.level for finding in findings), key=list(Level).index, default=Level.OK)


def require_health(findings: Sequence[Finding], *, strict: bool) -> None:
    """Raise Unhealthy when there is a problem, or, if `strict`, a warning."""
    counts = {level: sum(finding.level is level for finding in findings) for level in Level}
    if counts[Level.PROBLEM] or (strict and counts[Level.WARNING]):
        raise Unhealthy(f"{_count(counts, Level.PROBLEM)}, {_count(counts, Level.WARNING)}")


def _count(counts: dict[Level, int], level: Level) -> str:
    return f"{counts[level]} {level}{'' if counts[level] == 1 else 's'}"


_WORD = re.compile(r"(?:'[^']*'|\"[^\"]*\"|\S)+")  # what stands in quotes is not broken
_REMARK = re.compile(r"\s(--|#)\s.*$")


def broken(advice: str, columns: int) -> list[str]:
    """Return the lines of a piece of advice, none longer than this unless a word is."""
    if len(advice) <= columns:
        return [advice]
    found = _REMARK.search(advice)
    code, remark = (advice[: found.start()], advice[found.start() :].strip()) if found else (advice, "")
    end = "" if code.rstrip().endswith(";") or code.startswith("select ") else " \\"
    lines = _filled(_WORD.findall(code), columns - len(end))
    lines[:-1] = [line + end for line in lines[:-1]]
    if remark:
        sign, *words = remark.split()
        lines += [f"{sign} {line}" for line in _filled(words, columns - len(sign) - 1)]
    return lines


def _filled(words: list[str], columns: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
