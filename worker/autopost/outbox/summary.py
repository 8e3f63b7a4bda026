"""Reads what the agents did in a stretch of time: completed, alerts, open approvals, what was not posted and why.

Only names, titles of rules and operation types of one word are read, no text of an operation. Of agents that may not
post, nothing but the number of what was not posted is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from autopost.model.digest import DigestKind
from autopost.outbox.statements import Statements

if TYPE_CHECKING:
    import asyncpg

MOST_OPERATIONS = 100_000  # the newest are counted
MOST_GROUPS = 5_000  # of equal operations
MOST_APPROVALS = 50
APPROVALS_SINCE = timedelta(days=7)  # an older request is not listed


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose operations are summed up; None for everybody's."""

    agents: Collection[str] | None = None
    tenants: Collection[str] | None = None
    categories: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class AgentSummary:
    """What one agent did: kinds, the most frequent first. `name` is its name, or else its id."""

    id: str
    name: str
    completed: Sequence[DigestKind] = ()
    alerts: Sequence[DigestKind] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A request that waits for an answer. `agent` is its agent's name, or else its id."""

    agent: str
    title: str | None
    tracker_id: str
    asked_at: datetime
    agent_id: str | None = None
    post_id: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What happened from `since` to before `until`. `agents` are ordered by what they completed, the busiest first.

    `not_posted` has each reason with its number, the most frequent first. `is_partial`: there was more than was read.
    """

    since: datetime
    until: datetime
    agents: Sequence[AgentSummary] = ()
    approvals: Sequence[Approval] = ()
    posted: int = 0
    not_posted: Mapping[str, int] = field(default_factory=dict)
    is_partial: bool = False

    @property
    def completed(self) -> int:
        """Return how many operations were completed."""
        return sum(kind.count for agent in self.agents for kind in agent.completed)

    @property
    def alerts(self) -> int:
        """Return how many alerts there were, without approval requests."""
        return sum(kind.count for agent in self.agents for kind in agent.alerts)

    @property
    def facts(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "completed": self.completed,
            "alerts": self.alerts,
            "posted": self.posted,
            "not_posted": dict(self.not_posted),
            "is_partial": self.is_partial,
            "agents": [
                {
                    "id": agent.id,
                    "name": agent.name,
                    "completed": [_fact(kind) for kind in agent.completed],
                    "alerts": [_fact(kind) for kind in agent.alerts],
                }
                for agent in self.agents
            ],
            "open_approvals": [
                {
                    "agent": each.agent,
                    "title": each.title,
                    "tracker_id": each.tracker_id,
                    "asked_at": each.asked_at.isoformat(),
                    "post_id": each.post_id,
                }
                for each in self.approvals
            ],
        }


async def read_summary(statements: Statements, since: datetime, until: datetime, whose: Whose | None = None) -> Summary:
    """Return what ended from `since` to before `until`, as far as the outbox still keeps it."""
    whose = whose or Whose()
    only = [None if names is None else list(names) for names in (whose.agents, whose.tenants, whose.categories)]
    groups = await statements.fetch("outbox/summary", since, until, MOST_OPERATIONS, MOST_GROUPS, *only)
    asked_since = min(since, until - APPROVALS_SINCE)
    approvals = await statements.fetch("outbox/open_approvals", asked_since, MOST_APPROVALS, *only)
    not_posted: Counter[str] = Counter()
    for row in groups:
        if row["reason"] is not None:
            not_posted[row["reason"]] += row["operations"]
    looked_at = int(groups[0]["looked_at"]) if groups else 0
    return Summary(
        since=since,
        until=until,
        agents=_agents(groups),
        approvals=[
            Approval(_name(row), row["title"], row["tracker_id"], row["asked_at"], row["agent_id"], row["post_id"])
            for row in approvals
            if row["asked_at"] < until
        ],
        posted=sum(row["operations"] for row in groups if row["state"] == "posted"),
        not_posted=dict(not_posted.most_common()),
        is_partial=looked_at >= MOST_OPERATIONS or len(groups) >= MOST_GROUPS,
    )


def _agents(groups: Iterable[asyncpg.Record]) -> list[AgentSummary]:
    names: dict[str, str] = {}
    kinds: dict[str, dict[str, Counter[tuple[str | None, str | None, str | None]]]] = {}
    for row in groups:
        if row["kind"] not in ("completed", "alert") or row["agent_id"] is None:
            continue
        names[row["agent_id"]] = _name(row)
        of_agent = kinds.setdefault(row["agent_id"], {"completed": Counter(), "alert": Counter()})
        of_agent[row["kind"]][row["title"], row["operation_type"], row["status"]] += row["operations"]
    found = [
        AgentSummary(id_, names[id_], _kinds(of_agent["completed"]), _kinds(of_agent["alert"]))
        for id_, of_agent in kinds.items()
    ]
    return sorted(found, key=lambda agent: (-sum(kind.count for kind in agent.completed), agent.name, agent.id))


def _kinds(counts: Counter[tuple[str | None, str | None, str | None]]) -> list[DigestKind]:
    return [DigestKind(*key, count) for key, count in counts.most_common()]


def _name(row: asyncpg.Record) -> str:
    return " ".join((row["agent_name"] or row["agent_id"] or "no agent").split())[:80]


def _fact(kind: DigestKind) -> dict[str, Any]:
    return {"title": kind.title, "operation_type": kind.operation_type, "status": kind.status, "count": kind.count}
