"""Decides the outcomes of sampled operations, in the order of their times, by the worker's own parts. Pure.

The parts are the policy before and at publishing, and the counter of alerts. The clock of each decision is the time of
its operation, so that the rate limit applies as if autopost had been there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from autopost.cli.preview.digests import KeptOperations
from autopost.cli.sampling.sample import MOST_ID_CHARACTERS, Sample, Sampled
from autopost.errors import RedactionFailed
from autopost.model import Agent, Claim, Operation, Outdated, Posted, Proposal, Reason, Skipped, Summary, Written
from autopost.model.digest import Digest, DigestMode
from autopost.policy import at_publishing, before_writing
from autopost.worker.alert_storm import AlertCounter, AlertLimit, AlertWindow
from autopost.worker.pipeline import NOT_REDACTED
from autopost.writing import has_explanation

_NAMESPACE = UUID("6f0c2b1e-51d4-4a43-9c15-5a0e54a7c0de")  # ids of claims that exist in a preview alone
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before it, and far in the future, a time is of the wrong unit
FUTURE = timedelta(days=366)


class Silence(StrEnum):
    """Why an operation is not captured, waits or is dead; why it is skipped is a Reason."""

    NO_RULE = "no rule matches"
    DUPLICATE = "same id as another"
    ID_TOO_LONG = "id too long"
    PAUSED = "paused"
    NOT_REDACTED = "redaction_failed"
    AGENT_UNREADABLE = "agent cannot be read"


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome of one operation: a text that is posted, or why there is none. `at` is None without a time.

    `digest` is what the post carries, not yet in words.
    """

    operation: Operation
    agent: Agent | None
    at: datetime | None
    written: Written | None = None
    why: Reason | Silence | None = None
    digest: Digest | None = None


@dataclass(slots=True)
class _Storm:
    """The alerts that were suppressed in one window, and the first of them."""

    window: AlertWindow
    first: Operation
    agent: Agent
    count: int
    first_at: datetime
    last_at: datetime


Write = Callable[[Operation, Agent], Written]


class Timeline:
    """Decides about one operation after another.

    `write` writes a text; it may raise RedactionFailed. `types` has each operation type without personal data, and None
    for one that could not be redacted.
    """

    def __init__(
        self,
        sample: Sample,
        types: Mapping[str, str | None],
        write: Write,
        window: timedelta,
        limit: AlertLimit,
        now: datetime,
        digest: DigestMode = DigestMode.METADATA,
    ) -> None:
        self._sample = sample
        self._types = types
        self._write = write
        self._window = window
        self._limit = limit
        self._now = now
        self._last_post_at: dict[str, datetime] = {}
        self._windows: dict[tuple[str, str], AlertWindow] = {}
        self._storms: dict[tuple[str, str], _Storm] = {}
        self._ids: set[tuple[str, int]] = set()
        self._kept = KeptOperations(digest, window)
        self.summaries: list[Decided] = []

    def decide(self) -> list[Decided]:
        """Return the outcome of each operation, the oldest first; those without a usable time come last.

        `summaries` has the posts that sum up alerts then, and digest posts.
        """
        timed = [(self._time(sampled), sampled) for sampled in reversed(self._sample.operations)]
        in_order = sorted(timed, key=lambda each: each[0] or self._now + FUTURE)
        decided = []
        for at, sampled in in_order:
            self._sum_up(at)
            decided.append(self._decide(sampled, at))
        self._sum_up(None)
        return decided

    def _time(self, sampled: Sampled) -> datetime | None:
        seconds = sampled.ended_at
        if seconds is None or not EARLIEST.timestamp() <= seconds <= (self._now + FUTURE).timestamp():
            return None
        return datetime.fromtimestamp(seconds, UTC)

    def _decide(self, sampled: Sampled, at: datetime | None) -> Decided:
        rule = self._sample.rules.get(sampled.change)
        type_ = self._types.get(sampled.operation.operation_type)
        operation = replace(sampled.operation, operation_type=NOT_REDACTED if type_ is None else type_)
        if rule is None:
            return Decided(operation, None, at, why=Silence.NO_RULE)
        operation = replace(operation, is_alert=rule.is_alert, title=rule.title, rule_id=rule.id)
        agent = self._agent(operation)
        silence = Silence.NOT_REDACTED if type_ is None else self._silence(sampled.operation, rule.id)
        if silence is not None:
            return Decided(operation, agent, at, why=silence)
        claim = self._claim(operation, rule.id, agent, at)
        is_timed = at is not None
        decision = before_writing(
            claim,
            window=self._window if is_timed else timedelta(),
            max_attempts=1,
            explained=has_explanation(operation),
        )
        if decision is not None:
            self._keep(decision, agent)
            return Decided(operation, agent, at, why=_reason(decision))
        assert agent is not None, "governance let an unknown agent pass"
        try:
            written = self._write(operation, agent)
        except RedactionFailed:
            return Decided(operation, agent, at, why=Silence.NOT_REDACTED)
        final = self._publish(Posted(claim, written), agent, is_timed=is_timed)
        if isinstance(final, Posted):
            digest = self._kept.take(operation, agent) if is_timed else None
            return Decided(operation, agent, at, written, digest=digest)
        self._keep(final, agent)
        return Decided(operation, agent, at, why=_reason(final))

    def _keep(self, decision: Proposal, agent: Agent | None) -> None:
        if agent is not None and isinstance(decision, Skipped) and decision.reason is Reason.RATE_LIMITED:
            self._kept.keep(decision.claim.operation, agent, decision.claim.claimed_at)

    def _silence(self, operation: Operation, rule: int) -> Silence | None:
        if len(operation.tracker_id) > MOST_ID_CHARACTERS:
            return Silence.ID_TOO_LONG
        if (operation.tracker_id, rule) in self._ids:
            return Silence.DUPLICATE
        self._ids.add((operation.tracker_id, rule))
        pauses = {("all", ""), ("agent", operation.agent_id), ("operation_type", operation.operation_type)}
        if pauses & self._sample.paused:
            return Silence.PAUSED
        return Silence.AGENT_UNREADABLE if operation.agent_id in self._sample.unreadable_agents else None

    def _agent(self, operation: Operation) -> Agent | None:
        agent = self._sample.agent_of(operation)
        return agent and replace(agent, last_post_at=self._last_post_at.get(agent.id))

    def _claim(self, operation: Operation, rule: int, agent: Agent | None, at: datetime | None) -> Claim:
        at = at or self._now
        id_ = uuid5(_NAMESPACE, f"{rule} {operation.tracker_id}")
        return Claim(id_, 1, 1, operation, agent, captured_at=at, claimed_at=at)

    def _publish(self, post: Posted, agent: Agent, *, is_timed: bool) -> Proposal:
        """Return the final decision, as the publishing transaction makes it."""
        if not is_timed:
            return post
        now = post.claim.claimed_at
        (allowed,) = at_publishing([post], {agent.id: agent}, now, self._window)
        current = [window for window in self._windows.values() if window.agent_id == agent.id and window.includes(now)]
        counter = AlertCounter(self._limit, now, current)
        (final,) = counter.decide([allowed])
        assert not isinstance(final, Outdated), "an alert that was written is posted or skipped"
        for change in counter.changes:
            key = (change.window.agent_id, change.window.operation_type)
            self._windows[key] = change.window
            if change.suppressed:
                self._suppress(key, change.window, post.claim.operation, agent, now)
        if isinstance(final, Posted):
            self._last_post_at[agent.id] = now
        return final

    def _suppress(
        self, key: tuple[str, str], window: AlertWindow, operation: Operation, agent: Agent, now: datetime
    ) -> None:
        storm = self._storms.setdefault(key, _Storm(window, operation, agent, 0, now, now))
        storm.count += 1
        storm.last_at = now

    def _sum_up(self, until: datetime | None) -> None:
        """Post the summaries of windows that end until then; of all windows without a time."""
        for key, storm in sorted(self._storms.items(), key=lambda each: each[1].window.ends_at):
            ends_at = storm.window.ends_at
            if until is not None and ends_at > until:
                continue
            del self._storms[key]
            began_at = storm.window.began_at
            summary = Summary(storm.window.operation_type, began_at, storm.count, storm.first_at, storm.last_at)
            self._post_digests(ends_at)
            self._add(replace(storm.first, summary=summary), storm.agent, ends_at)
        self._post_digests(until)

    def _post_digests(self, until: datetime | None) -> None:
        """Post the digests that are due until then; all without a time."""
        while (due := self._kept.next_due()) is not None and (until is None or due[2] <= until):
            operation, agent, at = due
            self._add(replace(operation, is_alert=False, is_digest=True), agent, at)

    def _add(self, operation: Operation, agent: Agent, at: datetime) -> None:
        """Add a post that sums up several operations. It carries what its agent has kept."""
        agent = replace(agent, last_post_at=self._last_post_at.get(agent.id))
        digest = self._kept.take(operation, agent)
        try:
            written = self._write(operation, agent)
        except RedactionFailed:
            self.summaries.append(Decided(operation, agent, at, why=Silence.NOT_REDACTED))
            return
        self._last_post_at[agent.id] = at
        self.summaries.append(Decided(operation, agent, at, written, digest=digest))


def _reason(proposal: Proposal) -> Reason:
    assert isinstance(proposal, Skipped), "a first attempt is never dead"
    return proposal.reason
