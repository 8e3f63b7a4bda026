"""What the database must hold, by the rules alone: a model in Python that the state machine compares it with.

Time is a counter: each step of the host or the DBA that looks at a clock gets the next number. Nothing here knows SQL.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from autopost.model import Claim, Dead, Posted, Proposal, Skipped

WINDOW_MINUTES = 5
MAY_POST = {"INTERN", "SUPERVISED", "AUTONOMOUS"}
REMOVED_EPOCH = 1_000_000
HELD = ("pending", "claimed")


@dataclass(frozen=True)
class Rule:
    """A row of auto_post_rules."""

    id: int
    operation_type: str
    match: str
    status: str | None
    is_alert: bool
    enabled: bool = True
    since: int = 0

    def meets(self, operation_type: str, status: str) -> bool:
        """Return whether a change to this status is significant by this rule."""
        named = (
            self.operation_type == operation_type
            if self.match == "exact"
            else self.operation_type.strip("%") in operation_type
        )
        return self.enabled and named and self.status in (None, status)

    def overlaps(self, other: Rule) -> bool:
        """Return whether both may be met by one change."""
        types = "like" in (self.match, other.match) or self.operation_type == other.operation_type
        return types and (None in (self.status, other.status) or self.status == other.status)


@dataclass(frozen=True)
class Operation:
    """A row of operation_trackers. `time` is when it ended, or began where the host does not say when it ended."""

    id: str
    operation_type: str
    agent: str
    tenant: str
    status: str
    time: int


@dataclass
class Row:
    """A row of the outbox."""

    operation: Operation
    rule: int
    alert: bool
    state: str = "pending"
    epoch: int = 0
    attempts: int = 0
    crashes: int | None = None
    worker: str | None = None
    due: str = "now"
    kept: bool = False
    reason: str | None = None
    error: str | None = None

    @property
    def is_held(self) -> bool:
        """Return whether it has no outcome yet."""
        return self.state in HELD

    @property
    def is_due(self) -> bool:
        """Return whether it waits for a worker, and its time has come."""
        return self.state == "pending" and self.due == "now"

    def look(self) -> dict[str, Any]:
        """Return it as Stage.look does."""
        return {
            "operation": self.operation.id,
            "rule": self.rule,
            "agent": self.operation.agent,
            "tenant": self.operation.tenant,
            "alert": self.alert,
            "state": self.state,
            "epoch": self.epoch,
            "attempts": self.attempts,
            "crashes": self.crashes,
            "worker": self.worker,
            "due": self.due if self.is_held else None,
            "kept": self.kept,
            "reason": self.reason,
            "error": self.error,
            "post": self.state == "posted",
        }


@dataclass
class Model:
    """The committed state of everything that an outbox row's fate hangs on."""

    rules: dict[int, Rule]
    maturity: dict[str, str | None]
    tenants: dict[str, str]
    clock: int = 0
    since: int = 0
    capturing: bool = True
    trigger: bool = True
    paused: bool = False
    pauses: set[tuple[str, str]] = field(default_factory=set)
    operations: dict[str, Operation] = field(default_factory=dict)
    rows: dict[UUID, Row] = field(default_factory=dict)
    seen: set[UUID] = field(default_factory=set)
    outcomes: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    posts: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    last_post: dict[str, int] = field(default_factory=dict)  # minutes since then
    owed: set[UUID] = field(default_factory=set)  # everything that was ever captured

    def tick(self) -> int:
        """Return the next moment."""
        self.clock += 1
        return self.clock

    def look(self) -> dict[str, Any]:
        """Return what Stage.look must return, but for the times of posts."""
        return {
            "rows": {str(key): row.look() for key, row in self.rows.items()},
            "seen": sorted(map(str, self.seen)),
            "outcomes": {f"{key} {outcome}": times for (key, outcome), times in self.outcomes.items()},
            "posts": {str(key): {"agent": agent, "type": type_} for key, (agent, type_) in self.posts.items()},
        }

    def rule_for(self, operation_type: str, status: str) -> Rule | None:
        """Return the rule that counts: exact before pattern, with a status before without, older before newer."""
        met = [rule for rule in self.rules.values() if rule.meets(operation_type, status)]
        return min(met, key=lambda rule: (rule.match != "exact", rule.status is None, rule.id), default=None)

    def switch_rule(self, rule_id: int, *, enabled: bool) -> None:
        """Switch a rule, which begins again with all that overlap it."""
        switched = self.rules[rule_id]
        if switched.enabled == enabled:
            return
        now = self.tick()
        self.rules[rule_id] = replace(switched, enabled=enabled)
        for rule in list(self.rules.values()):
            if rule.id == rule_id or rule.overlaps(switched):
                self.rules[rule.id] = replace(rule, since=now)

    def new_row(self, operation: Operation) -> tuple[UUID, Row] | None:
        """Return the row that an operation gets as it is now, None when no rule names it."""
        rule = self.rule_for(operation.operation_type, operation.status)
        if rule is None:
            return None
        return outbox_id(operation.id, rule.id), Row(
            operation, rule.id, alert=rule.is_alert or operation.status == "failed"
        )

    def missed(self) -> dict[UUID, Row]:
        """Return what the reconciler captures."""
        found = {}
        for operation in self.operations.values():
            rule = self.rule_for(operation.operation_type, operation.status)
            made = self.new_row(operation)
            if rule is None or made is None or operation.time < max(self.since, rule.since):
                continue
            if made[0] not in self.rows and made[0] not in self.seen:
                found[made[0]] = made[1]
        return found if self.capturing else {}

    def capture(self, rows: Mapping[UUID, Row]) -> None:
        """Put rows into the outbox."""
        self.rows |= rows
        self.owed |= rows.keys()

    def is_paused(self, row: Row) -> bool:
        """Return whether a pause of its agent or type holds it."""
        operation = row.operation
        return not self.pauses.isdisjoint({("agent", operation.agent), ("operation_type", operation.operation_type)})

    def holds(self, claim: Claim) -> bool:
        """Return whether the claim is the row's present one."""
        row = self.rows.get(claim.id)
        return row is not None and row.state == "claimed" and row.epoch == claim.epoch

    def is_limited(self, agent: str) -> bool:
        """Return whether the agent posted too recently for anything but an alert."""
        return self.last_post.get(agent, WINDOW_MINUTES) < WINDOW_MINUTES

    def verdicts(self, group: Sequence[Proposal]) -> list[str]:
        """Return how a group must end, as it is decided now."""
        limited = {agent for agent in self.last_post if self.is_limited(agent)}
        ends = []
        for proposal in group:
            row = self.rows.get(proposal.claim.id)
            agent, alert = proposal.claim.operation.agent_id or "", proposal.claim.operation.is_alert
            assert row is None or row.alert == alert
            if not isinstance(proposal, Posted):
                end = ending(proposal)
            elif agent not in self.maturity:
                end = "agent_unknown"
            elif (self.maturity[agent] or "") not in MAY_POST:
                end = "maturity_blocked"
            elif agent in limited and not alert:
                end = "rate_limited"
            else:
                end = "posted"
                limited.add(agent)
            ends.append(end)
        return ends

    def finish(self, verdict: Proposal) -> None:
        """Record a published outcome."""
        row = self.rows[verdict.claim.id]
        row.worker = None
        match verdict:
            case Posted():
                row.state = "posted"
                self.posts[verdict.claim.id] = (row.operation.agent, "alert" if row.alert else "status")
                self.last_post[row.operation.agent] = 0
            case Skipped():
                row.state, row.reason = "skipped", str(verdict.reason)
            case Dead():
                row.state, row.error = "dead", verdict.error
        self.outcomes[verdict.claim.id, row.state] += 1

    def crash(self, key: UUID, max_attempts: int) -> None:
        """Record that the worker of a row crashed: the attempt counts if the row was claimed alone."""
        row = self.rows[key]
        row.state, row.worker, row.due = "pending", None, "now"
        row.crashes = 1 + (row.crashes or 0)
        if row.crashes <= 2:
            row.attempts -= 1
        elif row.attempts >= max_attempts:
            row.state, row.error = "dead", "worker_crashed"
            self.outcomes[key, "dead"] += 1

    def skip(self, ids: Iterable[UUID], reason: str) -> None:
        """Record what was skipped without a worker's publishing."""
        for key in ids:
            row = self.rows[key]
            row.state, row.reason, row.worker = "skipped", reason, None
            row.epoch += 1
            self.outcomes[key, "skipped"] += 1

    def next_epoch(self, key: UUID) -> int:
        """Return the epoch of the row's next claim: claims on a removed row of this id must not fit this one."""
        return 1 + max(self.rows[key].epoch, REMOVED_EPOCH if key in self.seen else 0)

    def revive(self, ids: Iterable[UUID]) -> None:
        """Give finished rows another life."""
        for key in ids:
            row = self.rows[key]
            row.state, row.attempts, row.reason, row.due = "pending", 0, None, "now"
            row.epoch += 1

    def remove(self, ids: Iterable[UUID]) -> None:
        """Take rows away permanently."""
        for key in list(ids):
            del self.rows[key]
            self.seen.add(key)


def outbox_id(operation: str, rule: int) -> UUID:
    """Return the id of the row for an operation and a rule."""
    return UUID(bytes=hashlib.sha256(f"{rule}:{operation}".encode()).digest()[:16])


def ending(proposal: Proposal) -> str:
    """Return the state, or the reason, that a proposal ends in."""
    match proposal:
        case Posted():
            return "posted"
        case Skipped():
            return str(proposal.reason)
        case Dead():
            return f"dead {proposal.error}"
