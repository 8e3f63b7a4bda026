"""Limit how many alerts of one agent and operation type are posted one by one in a window. Pure.

The first alerts of a window are posted; the rest are skipped as `alert_storm` and counted, and one summary is posted
at the end of the window. Approval requests are never counted, because each asks a person to act.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from autopost.model import Claim, Outdated, Posted, Proposal, Reason, Skipped, Summary

MAX_TYPES = 20  # windows of one agent at a time: operation types are free text, and any number may match a rule
OTHER_TYPES = ""  # the window of all further types
MAX_AGENTS_REMEMBERED = 1_000
MAX_TYPE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class AlertLimit:
    """How many alerts of an agent and operation type are posted in a window; 0 for any number."""

    burst: int = 0
    window: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AlertWindow:
    """The alerts of an agent and operation type (redacted, or OTHER_TYPES) since `began_at`, and until `ends_at`."""

    agent_id: str
    operation_type: str
    began_at: datetime
    ends_at: datetime
    posted: int = 0

    def includes(self, moment: datetime) -> bool:
        """Return whether a moment is within the window."""
        return self.began_at <= moment < self.ends_at


@dataclass(slots=True)
class Change:
    """What a publishing transaction does in one window: posts alerts, suppresses some, or posts its summary.

    `first` is the row of the first alert that it suppresses, `summary` that of the summary, which says `count` alerts.
    """

    window: AlertWindow
    has_posted: bool = False
    suppressed: int = 0
    first: UUID | None = None
    summary: UUID | None = None
    count: int = 0


def changes_as_json(changes: Iterable[Change]) -> str:
    """Return changes as auto_post_count_alerts takes them."""
    return json.dumps(
        [
            {
                "agent_id": change.window.agent_id,
                "operation_type": change.window.operation_type,
                "began_at": change.window.began_at.isoformat(),
                "ends_at": change.window.ends_at.isoformat(),
                "posted": change.window.posted if change.has_posted else None,
                "suppressed": change.suppressed,
                "first": str(change.first) if change.first else None,
                "summary": str(change.summary) if change.summary else None,
                "count": change.count,
            }
            for change in changes
        ]
    )


def is_counted(claim: Claim) -> bool:
    """Return whether an operation is an alert that counts."""
    operation = claim.operation
    return operation.is_alert and not operation.is_approval and operation.summary is None


def is_storm_skip(proposal: object) -> bool:
    """Return whether a proposal is the skip of an alert in a storm."""
    return isinstance(proposal, Skipped) and proposal.reason is Reason.ALERT_STORM


class AlertCounter:
    """Decides about the alerts of one publishing transaction, in their order.

    `windows` are those of the agents that include `now`, read while the agents of posts are locked. An alert that was
    skipped before its text was written needs no lock: a window that is full stays so until it ends.
    """

    def __init__(self, limit: AlertLimit, now: datetime, windows: Iterable[AlertWindow] = ()) -> None:
        self._limit = limit
        self._now = now
        self._windows: dict[str, dict[str, AlertWindow]] = {}
        for window in windows:
            self._windows.setdefault(window.agent_id, {})[window.operation_type] = window
        self._changes: dict[tuple[str, str], Change] = {}
        self._summaries: list[Change] = []

    def decide(self, decisions: Sequence[Proposal]) -> list[Proposal | Outdated]:
        """Return the final decisions: alerts beyond the limit are skipped."""
        return [self._decide(decision) for decision in decisions]

    @property
    def changes(self) -> list[Change]:
        """Return what this transaction does in each window that it changes or sums up."""
        return [*self._changes.values(), *self._summaries]

    @property
    def windows(self) -> dict[str, Mapping[str, AlertWindow]]:
        """Return the windows of each agent with alerts, by operation type, as this transaction leaves them."""
        return {agent: dict(windows) for agent, windows in self._windows.items()}

    def _decide(self, decision: Proposal) -> Proposal | Outdated:
        claim = decision.claim
        is_limited = self._limit.burst > 0 and is_counted(claim)
        if isinstance(decision, Posted):
            if claim.operation.summary is not None:
                self._sum_up(claim, claim.operation.summary)
                return decision
            if not is_limited:
                return decision
            if self._is_full(claim):
                self._suppress(claim)
                return Skipped(claim, Reason.ALERT_STORM, decision.written)
            self._post(claim)
            return decision
        if is_storm_skip(decision):
            if is_limited and self._is_full(claim):
                self._suppress(claim)
                return decision
            return Outdated(claim)  # the window in which it was skipped is over, and no text was written
        return decision

    def _window(self, claim: Claim) -> AlertWindow:
        agent = claim.operation.agent_id or ""
        windows = self._windows.setdefault(agent, {})  # an agent without windows is reported as such, see `windows`
        key = _key(windows, claim.operation.operation_type)
        return windows.get(key) or AlertWindow(agent, key, self._now, self._now + self._limit.window)

    def _is_full(self, claim: Claim) -> bool:
        return self._window(claim).posted >= self._limit.burst

    def _post(self, claim: Claim) -> None:
        window = self._window(claim)
        window = replace(window, posted=window.posted + 1)
        self._windows[window.agent_id][window.operation_type] = window
        self._change(window).has_posted = True

    def _suppress(self, claim: Claim) -> None:
        change = self._change(self._window(claim))
        change.suppressed += 1
        change.first = change.first or claim.id

    def _sum_up(self, claim: Claim, summary: Summary) -> None:
        window = AlertWindow(claim.operation.agent_id or "", summary.operation_type, summary.began_at, self._now)
        self._summaries.append(Change(window, summary=claim.id, count=summary.count))

    def _change(self, window: AlertWindow) -> Change:
        change = self._changes.setdefault((window.agent_id, window.operation_type), Change(window))
        change.window = window
        return change


class RecentStorms:
    """Remembers windows as this worker last saw them, so that no text is written for an alert that will be skipped."""

    def __init__(self, limit: AlertLimit) -> None:
        self._limit = limit
        self._windows: OrderedDict[str, Mapping[str, AlertWindow]] = OrderedDict()

    def note(self, counter: AlertCounter) -> None:
        """Remember the windows of a committed transaction."""
        for agent, windows in counter.windows.items():
            self._windows[agent] = windows
            self._windows.move_to_end(agent)
        while len(self._windows) > MAX_AGENTS_REMEMBERED:
            self._windows.popitem(last=False)

    def has(self, claim: Claim) -> bool:
        """Return whether an alert was claimed in a full window; the publishing transaction decides."""
        windows = self._windows.get(claim.operation.agent_id or "")
        if not windows or not self._limit.burst or not is_counted(claim):
            return False
        current = {key: window for key, window in windows.items() if window.includes(claim.claimed_at)}
        window = current.get(_key(current, claim.operation.operation_type))
        return window is not None and window.posted >= self._limit.burst


def _key(windows: Mapping[str, AlertWindow], operation_type: str) -> str:
    """Return in which of an agent's current windows an alert of this type counts, or which one it begins."""
    key = operation_type[:MAX_TYPE_CHARACTERS]
    own_types = len(windows) - (OTHER_TYPES in windows)
    return key if key in windows or own_types < MAX_TYPES else OTHER_TYPES
