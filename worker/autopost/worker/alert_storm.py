"""Limit how many alerts of one agent and operation type are posted one by one in a window. Pure.

The first alerts of a window are posted; the rest are skipped as `alert_storm` and counted, and one summary is posted
at the end of the window. Approval requests are never counted, because each asks a person to act.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from autopost.model import Claim, Outdated, Posted, Proposal, Reason, Skipped

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
    suppressed: int = 0

    def includes(self, moment: datetime) -> bool:
        """Return whether a moment is within the window."""
        return self.began_at <= moment < self.ends_at


@dataclass(slots=True)
class Suppressed:
    """The alerts that a publishing transaction suppresses in one window; `first` is the row of one of them."""

    first: UUID
    count: int = 0


def is_counted(claim: Claim) -> bool:
    """Return whether an operation is an alert that counts."""
    operation = claim.operation
    return operation.is_alert and not operation.is_approval and operation.summary is None


def is_storm_skip(proposal: object) -> bool:
    """Return whether a proposal is the skip of an alert in a storm."""
    return isinstance(proposal, Skipped) and proposal.reason is Reason.ALERT_STORM


class AlertCounter:
    """Decides about the alerts of one publishing transaction, in their order.

    `windows` are those of the agents that include `now`, and `summaries` the numbers of alerts that claimed summaries
    stand for; both were read while the agents are locked.
    """

    def __init__(
        self, limit: AlertLimit, now: datetime, windows: Iterable[AlertWindow] = (), summaries: Mapping[UUID, int] = {}
    ) -> None:
        self._limit = limit
        self._now = now
        self._summaries = summaries
        self._windows: dict[str, dict[str, AlertWindow]] = {}
        for window in windows:
            self._windows.setdefault(window.agent_id, {})[window.operation_type] = window
        self._changed: dict[tuple[str, str], Suppressed | None] = {}

    def decide(self, decisions: Sequence[Proposal]) -> list[Proposal | Outdated]:
        """Return the final decisions: alerts beyond the limit are skipped."""
        return [self._decide(decision) for decision in decisions]

    @property
    def changes(self) -> list[tuple[AlertWindow, Suppressed | None]]:
        """Return the windows that changed, and what this transaction suppressed in each."""
        return [(self._windows[agent][key], suppressed) for (agent, key), suppressed in self._changed.items()]

    @property
    def windows(self) -> dict[str, Mapping[str, AlertWindow]]:
        """Return the windows of each agent with alerts, by operation type, as this transaction leaves them."""
        return {agent: dict(windows) for agent, windows in self._windows.items()}

    def _decide(self, decision: Proposal) -> Proposal | Outdated:
        claim = decision.claim
        is_limited = self._limit.burst > 0 and is_counted(claim)
        if isinstance(decision, Posted):
            if claim.operation.summary is not None:
                is_complete = self._summaries.get(claim.id) == claim.operation.summary.count
                return decision if is_complete else Outdated(claim)
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
        self._change(replace(window, posted=window.posted + 1))

    def _suppress(self, claim: Claim) -> None:
        window = self._window(claim)
        key = self._change(replace(window, suppressed=window.suppressed + 1))
        suppressed = self._changed[key] or Suppressed(claim.id)
        suppressed.count += 1
        self._changed[key] = suppressed

    def _change(self, window: AlertWindow) -> tuple[str, str]:
        self._windows[window.agent_id][window.operation_type] = window
        key = window.agent_id, window.operation_type
        self._changed.setdefault(key, None)
        return key


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
