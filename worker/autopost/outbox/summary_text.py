"""A summary in words: as lines, plain or in Markdown, with as many agents as there is room for. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from autopost.model import mid_sentence
from autopost.model.counted import counted, listed
from autopost.model.digest import DigestKind
from autopost.outbox.summary import AgentSummary, Summary

MOST_AGENTS = 300
_FEWER = (50, 20, 10, 5, 3, 1)
_CODES = {"dead": "dead-lettered"}
# What CommonMark gives a meaning within a line: https://spec.commonmark.org/0.31.2/#backslash-escapes
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|~&]")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: Sequence[str]


def title(summary: Summary, zone: tzinfo) -> str:
    """Return the first line, as `Summary of 29 Nov, 08:00 to 30 Nov, 08:00 CET`."""
    since, until = (moment.astimezone(zone) for moment in (summary.since, summary.until))
    return f"Summary of {_at(since)} to {_at(until)} {until.tzname()}"


def headline(summary: Summary) -> str:
    """Return the second line: the numbers."""
    if not summary.agents and not summary.approvals and not summary.not_posted:
        return "Nothing happened."
    busy = sum(bool(agent.completed) for agent in summary.agents)
    parts = [_number(summary.completed, "operation") + f" completed by {_number(busy, 'agent')}"]
    parts.append(_number(summary.alerts, "alert") if summary.alerts else "no alerts")
    if summary.approvals:
        parts.append(f"{_number(len(summary.approvals), 'approval')} open")
    more = " There was more: only the newest operations are counted." if summary.is_partial else ""
    return f"{', '.join(parts)}.{more}"


def sections(summary: Summary, zone: tzinfo, most_agents: int = MOST_AGENTS) -> list[Section]:
    """Return what follows: open approvals, alerts, what was completed, and what was not posted."""
    found = []
    if summary.approvals:
        shown = summary.approvals[:most_agents]
        lines = [
            f"{each.agent}: {mid_sentence(each.title or 'an approval')}, asked {_at(each.asked_at.astimezone(zone))}"
            for each in shown
        ]
        found.append(Section("Open approvals", [*lines, *_rest(len(summary.approvals) - len(shown), "approval")]))
    if alerting := by_alerts(summary):
        found.append(Section("Alerts", _of_agents(alerting, lambda agent: agent.alerts, most_agents, with_status=True)))
    if busy := [agent for agent in summary.agents if agent.completed]:
        found.append(Section("Completed", _of_agents(busy, lambda agent: agent.completed, most_agents)))
    if summary.not_posted:
        total = sum(summary.not_posted.values())
        reasons = ", ".join(f"{_reason(code)} {number:,}" for code, number in list(summary.not_posted.items())[:8])
        found.append(Section("Not posted", [f"{_number(total, 'operation')}: {reasons}"]))
    return found


def lines(summary: Summary, zone: tzinfo, most_characters: int | None = None) -> list[str]:
    """Return the summary without its title as plain lines, with fewer agents where it would be too long."""
    found: list[str] = []
    for most in (MOST_AGENTS, *_FEWER):
        found = [headline(summary)]
        for section in sections(summary, zone, most):
            found += [f"{section.heading}:", *(f"- {line}" for line in section.lines)]
        if most_characters is None or sum(len(line) + 1 for line in found) <= most_characters:
            break
    return found


def text(summary: Summary, zone: tzinfo) -> str:
    """Return the summary as plain text."""
    parts = [f"{title(summary, zone)}\n\n{headline(summary)}"]
    for section in sections(summary, zone):
        parts += ["\n".join([section.heading, *(f"  {line}" for line in section.lines)])]
    return "\n\n".join(parts)


def markdown(summary: Summary, zone: tzinfo) -> str:
    """Return the summary in CommonMark; names and titles are escaped."""
    parts = [f"# {_escaped(title(summary, zone))}", headline(summary)]
    for section in sections(summary, zone):
        parts += [f"## {section.heading}", "\n".join(f"- {_escaped(line)}" for line in section.lines)]
    return "\n\n".join(parts)


def by_alerts(summary: Summary) -> list[AgentSummary]:
    """Return the agents with alerts, those with the most first."""
    return sorted((agent for agent in summary.agents if agent.alerts), key=lambda agent: -_total(agent.alerts))


def kinds_in_words(kinds: Sequence[DigestKind], *, with_status: bool = False) -> str:
    """Return what an agent did, as `3 workflows and a report`, or with the status as `a workflow failed`."""
    return listed(kinds, _total(kinds), say=_alert if with_status else None)


def _of_agents(
    agents: Sequence[AgentSummary],
    kinds_of: Callable[[AgentSummary], Sequence[DigestKind]],
    most: int,
    *,
    with_status: bool = False,
) -> list[str]:
    shown = agents[:most]
    return [
        *(f"{agent.name}: {kinds_in_words(kinds_of(agent), with_status=with_status)}" for agent in shown),
        *_rest(len(agents) - len(shown), "agent", sum(_total(kinds_of(agent)) for agent in agents[most:])),
    ]


def _rest(number: int, noun: str, operations: int = 0) -> list[str]:
    if not number:
        return []
    return [f"and {_number(number, f'more {noun}')}" + (f": {_number(operations, 'operation')}" if operations else "")]


def _alert(kind: DigestKind) -> str:
    status = "" if kind.status is None else f" {kind.status.replace('_', ' ')}"
    return f"{counted(kind)}{status}"


def _total(kinds: Sequence[DigestKind]) -> int:
    return sum(kind.count for kind in kinds)


def _reason(code: str) -> str:
    return _CODES.get(code, code.replace("_", " "))


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _at(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}, {moment:%H:%M}"


def _escaped(line: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", line)
