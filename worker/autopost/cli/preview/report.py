"""What a preview found, with totals that account for every operation once. Holds no personal data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autopost import audit
from autopost.cli.preview.timeline import Decided, Silence
from autopost.cli.preview.write import Texts
from autopost.cli.sampling.platform import Platform
from autopost.cli.sampling.sample import Sample
from autopost.cli.sampling.useless import Useless, useless
from autopost.model import Reason
from autopost.model.digest import beside

POSTED = "posted"
UNREADABLE = "cannot be read"
UNKNOWN_STATUS = "(status not shown)"  # it is not one word, and could be text of the operation
MOST_LISTED = 50

# Every line of the totals but the posts, in the order of the screen, with what it means.
MEANINGS: dict[str, str] = {
    Reason.RATE_LIMITED: "the agent posted less than a window before",
    Reason.ALERT_STORM: "more alerts of one kind than are posted in a window",
    Reason.MISSING_EXPLANATION: "it does not say what was done",
    Reason.MATURITY_BLOCKED: "the agent's maturity does not allow posts",
    Reason.AGENT_UNKNOWN: "no agent has the id",
    Reason.AGENT_AMBIGUOUS: "more than one agent has the id",
    Reason.TENANT_MISMATCH: "the operation names another tenant than its agent",
    Silence.NOT_REDACTED: "the text could not be redacted, and is not posted",
    Silence.PAUSED: "it waits until the pause ends",
    Silence.DUPLICATE: "an operation is posted once for each rule",
    Silence.ID_TOO_LONG: "its id has more than 1,000 characters",
    Silence.AGENT_UNREADABLE: "an expression of [agents.columns] fails",
    Silence.NO_RULE: "it is not significant: it never reaches the outbox",
    UNREADABLE: "an expression of [operation_trackers.columns] fails",
}


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `at` is None where the operation's times do not say when; `summed` is the alerts that it sums up.

    `carried` is how many rate-limited operations it carries, `beside` what is shown of them beside it; with `is_digest`
    it says nothing else.
    """

    at: datetime | None
    agent: str
    maturity: str
    operation_type: str
    status: str
    tracker_id: str
    post_type: str
    generator: str
    content: str
    redactions: dict[str, int]
    summed: int = 0
    carried: int = 0
    beside: str | None = None
    is_digest: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """An agent that may not post, and how many of the operations that meet a rule are its own."""

    agent: str
    maturity: str
    reason: str
    operations: int


@dataclass(frozen=True, slots=True)
class Failed:
    """An expression that cannot read a row."""

    id: str
    column: str
    error: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a preview, ready to be shown. `posts` are the newest first, also those that sum up others."""

    tables: dict[str, str]
    is_mapped: bool
    is_installed: bool
    operations: int
    first_at: datetime | None
    last_at: datetime | None
    posts: Sequence[Post]
    totals: dict[str, int]
    unmatched: Sequence[tuple[str, str, int]]
    blocked: Sequence[Blocked]
    failed: Sequence[Failed]
    problems: Sequence[Useless]
    untimed: int

    def as_json(self) -> dict[str, Any]:
        """Return the report with the field names of `preview --json`."""
        return {
            "tables": [{"table": table, "newest_by": order} for table, order in self.tables.items()],
            "is_mapped": self.is_mapped,
            "is_installed": self.is_installed,
            "operations": self.operations,
            "first_at": self.first_at and self.first_at.isoformat(),
            "last_at": self.last_at and self.last_at.isoformat(),
            "without_time": self.untimed,
            "totals": self.totals,
            "posts": [{**_fields(post), "at": post.at and post.at.isoformat()} for post in self.posts],
            "unmatched": [
                {"operation_type": type_, "status": status, "operations": count}
                for type_, status, count in self.unmatched
            ],
            "blocked_agents": [_fields(agent) for agent in self.blocked],
            "unreadable": [_fields(failed) for failed in self.failed],
            "problems": [{"finding": each.finding, "advice": each.advice} for each in self.problems],
        }


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def report_of(
    platform: Platform, sample: Sample, decided: Sequence[Decided], summaries: Sequence[Decided], texts: Texts
) -> Report:
    """Return the report of decisions. CPU-bound: redacts what is shown beside the posts."""
    counts = Counter(POSTED if each.written else str(each.why) for each in decided)
    counts[UNREADABLE] = sample.unread
    times = [each.at for each in decided if each.at is not None]
    posts = [_post(each, texts) for each in (*decided, *summaries) if each.written]
    return Report(
        tables={_plain(table): _plain(order) for table, order in sample.orders.items()},
        is_mapped=platform.is_mapped,
        is_installed=platform.is_installed,
        operations=len(decided) + sample.unread,
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        posts=sorted(posts, key=lambda post: (post.at is not None, post.at), reverse=True),
        totals={name: counts[name] for name in dict.fromkeys((POSTED, *MEANINGS, *counts)) if counts[name]},
        unmatched=_unmatched(decided, texts),
        blocked=_blocked(decided, texts),
        failed=[Failed(texts.shown(each.id), each.column, each.error) for each in sample.unreadable],
        problems=useless(sample),
        untimed=len(decided) - len(times),
    )


def _post(decided: Decided, texts: Texts) -> Post:
    operation, agent, written = decided.operation, decided.agent, decided.written
    assert agent is not None
    assert written is not None
    return Post(
        at=decided.at,
        agent=texts.shown(agent.name) or texts.shown(agent.id),
        maturity=(audit.word(agent.maturity or "") or "").lower(),
        operation_type=operation.operation_type,
        status=_status(operation.status),
        tracker_id=texts.shown(operation.tracker_id),
        post_type=operation.post_type,
        generator=str(written.generator),
        content=written.content,
        redactions=dict(written.redactions),
        summed=operation.summary.count if operation.summary else 0,
        carried=decided.digest.count if decided.digest else 0,
        beside=beside(decided.digest, decided.at) if decided.at else None,
        is_digest=operation.is_digest,
    )


def _unmatched(decided: Sequence[Decided], texts: Texts) -> list[tuple[str, str, int]]:
    counts = Counter(
        (each.operation.operation_type, _status(each.operation.status))
        for each in decided
        if each.why is Silence.NO_RULE
    )
    return [(type_, status, count) for (type_, status), count in counts.most_common(MOST_LISTED)]


def _blocked(decided: Sequence[Decided], texts: Texts) -> list[Blocked]:
    reasons = (Reason.AGENT_UNKNOWN, Reason.AGENT_AMBIGUOUS, Reason.MATURITY_BLOCKED, Reason.TENANT_MISMATCH)
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in decided:
        if each.why in reasons:
            agent = each.agent
            name = texts.shown(agent.name) if agent and agent.name else texts.shown(each.operation.agent_id)
            maturity = (audit.word(agent.maturity or "") or "").lower() if agent else ""
            counts[name, maturity, str(each.why)] += 1
    return [Blocked(*key, count) for key, count in counts.most_common(MOST_LISTED)]


def _plain(name: str) -> str:
    """Return a quoted name without quotes that it does not need."""
    return re.sub(r'"([a-z_][a-z0-9_]*)"', r"\1", name)


def _status(status: str) -> str:
    return audit.word(status) or (UNKNOWN_STATUS if status else "(none)")
