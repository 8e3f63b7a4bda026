"""The workers' rules: claim, keep, renew, defer, release, publish in steps, crash, freeze and thaw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import asyncpg
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import precondition, rule

from autopost.model import Agent, Busy, Claim, Dead, Deferred, Generator, Lost, Posted, Proposal, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing, before_writing, is_rate_limited
from autopost.worker.publication import Decide
from autopost.writing import has_explanation
from tests.support.machine.base import LEASE, Base, Publishing, ids, key_of, one_of, picks, workers
from tests.support.machine.gate import COMMIT, Gate
from tests.support.machine.model import WINDOW_MINUTES, Row, ending

WINDOW = timedelta(minutes=WINDOW_MINUTES)
MAX_ATTEMPTS = 2
MOST_AT_ONCE = 3
TEXT = Written("text", Generator.TEMPLATE)
TO_THE_END = 99
BEFORE_POST = 3  # it has locked its agents, decided, and ended its rows; nobody sees that yet
steps = st.sampled_from([TO_THE_END, BEFORE_POST, 0, 1, 2, 4])
actions = st.sampled_from(["save", "renew", "defer", "defer for long", "release"])


class WorkerRules(Base):
    """What workers do with rows, as long as they hold them and also later."""

    @rule(worker=workers, limit=st.integers(1, 5))
    def claim(self, worker: str, limit: int) -> None:
        """Rescue what crashed, and claim what is due: rows that never crashed a worker, then some that did."""
        outbox = self.claiming[worker]
        expired = set(self.rows(lambda row: row.state == "claimed" and row.due == "now")) - self.locked()
        dead = {str(id_) for id_ in self.stage.run(outbox.rescue(MAX_ATTEMPTS)).dead}
        for key in expired:
            self.model.crash(key, MAX_ATTEMPTS)
        assert dead == {str(key) for key in expired if self.model.rows[key].state == "dead"}
        self.claim_due(worker, limit, due=self.due(lambda row: row.crashes is None))
        due = self.due(lambda row: row.crashes is not None)
        found = self.stage.run(outbox.crashed())
        assert {row.id for row in found} <= set(due)
        assert [row.alone for row in found] == sorted((self.model.rows[row.id].crashes or 0) > 1 for row in found)
        many = sum(self.model.rows[key].crashes == 1 for key in due)
        assert len(found) == min(many, 5) + (many < len(due)), "found too few or too many"
        chosen = [row.id for row in found][-limit:]
        self.claim_due(worker, len(chosen), due={key: due[key] for key in chosen}, chosen=chosen)

    def due(self, wanted: Callable[[Row], bool]) -> dict[UUID, Row]:
        """Return the rows that may be claimed."""
        return (
            {}
            if self.model.paused
            else self.rows(lambda row: row.is_due and wanted(row) and not self.model.is_paused(row))
        )

    def claim_due(self, worker: str, limit: int, due: dict[UUID, Row], chosen: Sequence[UUID] | None = None) -> None:
        """Claim some of the rows that are due."""
        stopped = self.rows(lambda row: row.is_due and self.model.is_paused(row))
        claims = self.stage.run(self.claiming[worker].claim(limit, LEASE, chosen=chosen))
        assert len(ids(claims)) == len(claims)
        assert ids(claims) <= due.keys(), "claimed what was not to be claimed"
        assert len(claims) == min(limit, len(due)), "claimed too little or too much"
        for row in stopped.values() if self.saw_pause[worker] else ():
            row.worker, row.due, row.epoch = None, "parked", row.epoch + 1
        self.saw_pause[worker] = bool(self.model.pauses)
        for claim in claims:
            row = due[claim.id]
            row.state, row.worker, row.due = "claimed", worker, "later"
            row.epoch, row.attempts = self.model.next_epoch(claim.id), row.attempts + 1
            assert (claim.epoch, claim.attempts, claim.crashes) == (row.epoch, row.attempts, row.crashes or 0)
            assert claim.already_processed == (claim.id in self.model.seen)
            agent = row.operation.agent
            assert (claim.agent and claim.agent.maturity) == self.model.maturity.get(agent)
            if claim.agent:
                assert is_rate_limited(claim.agent.last_post_at, claim.claimed_at, WINDOW) == self.model.is_limited(
                    agent
                )
        self.held[worker] += claims

    @rule(worker=workers)
    def claim_and_publish(self, worker: str) -> None:
        """Claim, and publish the first of it step by step: what most workers do most of the time."""
        self.claim(worker, 2)
        if len(self.publishing) < MOST_AT_ONCE:
            self.publish(worker, 1, fails=False, and_freezes=True, steps=BEFORE_POST)

    @rule(worker=workers, action=actions, count=st.integers(1, 3), and_freezes=st.booleans())
    def act(self, worker: str, action: str, count: int, and_freezes: bool) -> None:
        """Keep texts, renew leases, defer or release; a copy of the claims may come to light again later."""
        claims = self.held[worker][:count]
        if claims:
            self.do(worker, action, claims)
            if action not in ("save", "renew"):
                del self.held[worker][:count]
            if and_freezes:
                self.frozen += [(worker, claim) for claim in claims]

    @rule(pick=picks, action=actions)
    def thaw(self, pick: int, action: str) -> None:
        """Act with a claim from before a freeze."""
        found = one_of(self.frozen[::-1], pick)
        if found is not None:
            self.do(found[0], action, [found[1]])

    @rule(worker=workers, for_good=st.booleans())
    def fall_silent(self, worker: str, for_good: bool) -> None:
        """Freeze a worker, which comes back when others have gone on, or crash it."""
        if for_good:
            self.crash(worker)
        else:
            self.frozen += [(worker, claim) for claim in self.held[worker]]
            self.held[worker] = []

    def crash(self, worker: str) -> None:
        """Kill a worker: it says nothing to anybody, and the server rolls its transactions back."""
        self.held[worker] = []
        for publishing in [found for found in self.publishing if found.worker == worker]:
            self.stage.run(publishing.gate.crash())
            self.publishing.remove(publishing)

    @precondition(lambda self: len(self.publishing) < MOST_AT_ONCE)
    @rule(worker=workers, count=st.integers(1, 3), fails=st.booleans(), and_freezes=st.booleans(), steps=steps)
    def publish(self, worker: str, count: int, fails: bool, and_freezes: bool, steps: int) -> None:
        """Publish what is held, or only some steps of it: the others act in between."""
        claims = self.held[worker][-count:]
        if claims:
            del self.held[worker][-count:]
            if and_freezes:
                self.frozen += [(worker, claim) for claim in claims]
            self.begin_publishing(worker, [proposal(claim, fails=fails) for claim in claims], steps)

    @precondition(lambda self: len(self.publishing) < MOST_AT_ONCE and self.frozen)
    @rule(pick=picks, steps=steps)
    def thaw_and_publish(self, pick: int, steps: int) -> None:
        """Publish with a claim from before a freeze."""
        worker, claim = self.frozen[-1 - pick % len(self.frozen)]
        proposed = proposal(claim, fails=False) if claim.already_processed else Posted(claim, TEXT)
        self.begin_publishing(worker, [proposed], steps)

    @precondition(lambda self: self.publishing)
    @rule(pick=picks)
    def go_on(self, pick: int) -> None:
        """Take a publishing transaction one statement further, or some."""
        self.take(self.publishing[pick % len(self.publishing)], 1 + pick // 4)

    def do(self, worker: str, action: str, claims: list[Claim]) -> None:
        """Act on claims, whether they are still held or not."""
        valid = [claim for claim in claims if self.model.holds(claim)]
        blocked = not self.locked().isdisjoint(ids(valid))
        outbox = self.outbox(worker, blocked=blocked)
        if blocked:
            with pytest.raises(asyncpg.LockNotAvailableError):
                self.stage.run(act_on(outbox, action, claims))
            return
        found = self.stage.run(act_on(outbox, action, claims))
        assert found in (None, len(valid))
        for row in (self.model.rows[key] for key in ids(valid)):
            if action == "save":
                row.kept = True
            elif action == "renew":
                row.due = "later"
            else:
                row.state, row.worker = "pending", None
                row.due = "later" if action == "defer for long" else "now"
                if action == "release":
                    row.attempts -= 1
                else:
                    row.error = "some_error"

    def begin_publishing(self, worker: str, proposals: list[Proposal], steps: int) -> None:
        """Begin a publishing transaction, and take it some steps further."""
        publishing = Publishing(worker, proposals)
        publishing.gate = self.stage.run(self.gate(worker, proposals, partial(self.decide, publishing)))
        publishing.begin_round()
        self.publishing.append(publishing)
        self.take(publishing, steps)

    async def gate(self, worker: str, proposals: list[Proposal], decide: Decide) -> Gate:
        """Return a publishing transaction that stands before its first statement."""
        gate = Gate(self.stage.pool, worker, proposals, decide)
        await gate.arrive()
        return gate

    def decide(
        self, publishing: Publishing, group: Sequence[Proposal], agents: Mapping[str, Agent | None], now: datetime
    ) -> list[Proposal]:
        """Decide by the real rules, and compare with the model's."""
        assert [*map(key_of, group)] == [*map(key_of, publishing.free)], "an agent's lock was not respected"
        publishing.verdicts = at_publishing(group, agents, now, WINDOW)
        assert [ending(verdict) for verdict in publishing.verdicts] == self.model.verdicts(group)
        return publishing.verdicts

    def take(self, publishing: Publishing, steps: int) -> None:
        """Take a publishing transaction some statements further, or to its end."""
        for _ in range(steps):
            if publishing in self.publishing:
                self.step(publishing)

    def step(self, publishing: Publishing) -> None:
        """Take a publishing transaction one statement further, in the database and in the model."""
        gate, was = publishing.gate, publishing.gate.at
        ours = [v.claim for v in publishing.verdicts if self.model.holds(v.claim)] if was == "finish" else []
        blocked = not self.locked(but=publishing).isdisjoint(ids(ours))
        if blocked:
            assert gate.connection is not None
            self.stage.run(gate.connection.execute("set local lock_timeout = '10ms'"))
        if was == "lock_agents":  # the same statement reads the agents, and what it reads is decided on
            self.lock_agents(publishing)
        self.stage.run(gate.step())
        if was == "finish" and not blocked:
            lost = {key_of(verdict) for verdict in publishing.verdicts if verdict.claim not in ours}
            publishing.lost |= lost
            publishing.locked = ids(ours)
            if lost:
                assert gate.at == "lock_agents", "went on with rows that it lost"
                publishing.begin_round()
        if gate.at is None:
            self.publishing.remove(publishing)
            if blocked:
                with pytest.raises(asyncpg.LockNotAvailableError):
                    gate.result()
                self.held[publishing.worker] += [item.claim for item in publishing.proposals]
            else:
                self.settle(publishing)
        else:
            assert not blocked, "did not wait for another publishing transaction"
            assert was != COMMIT

    def lock_agents(self, publishing: Publishing) -> None:
        """Take the agents' locks in the model."""
        authors = {p.claim.operation.agent_id or "" for p in publishing.free if isinstance(p, Posted)}
        taken = {agent for other in self.publishing if other is not publishing for agent in other.agents}
        publishing.agents = authors - taken
        publishing.busy = {
            key_of(p) for p in publishing.free if isinstance(p, Posted) and (p.claim.operation.agent_id or "") in taken
        }
        publishing.free = [p for p in publishing.free if key_of(p) not in publishing.busy]

    def settle(self, publishing: Publishing) -> None:
        """Record what was committed, and compare the outcomes."""
        outcomes = {key_of(outcome): outcome for outcome in publishing.gate.result().outcomes}
        assert {key for key, outcome in outcomes.items() if isinstance(outcome, Lost)} == publishing.lost
        assert {key for key, outcome in outcomes.items() if isinstance(outcome, Busy)} == publishing.busy
        for verdict in publishing.verdicts:
            outcome = outcomes[key_of(verdict)]
            if isinstance(outcome, Posted):  # it may carry what its agent did while it was rate-limited
                outcome = replace(outcome, digest=None)
            assert outcome == verdict
            self.model.finish(verdict)
        back = [proposal.claim for proposal in publishing.proposals if key_of(proposal) in publishing.busy]
        self.held[publishing.worker] += back


async def act_on(outbox: Outbox, action: str, claims: list[Claim]) -> int | None:
    """Do what a worker does with rows that it holds; return how many were still its own, if it is told."""
    match action:
        case "save":
            await outbox.save_drafts([Posted(claim, TEXT) for claim in claims])
        case "renew":
            await outbox.renew(claims, LEASE)
        case "release":
            return await outbox.release(claims)
        case _:
            seconds = 3600 if action == "defer for long" else 0
            await outbox.defer([Deferred(claim, "some_error", seconds) for claim in claims])
    return None


def proposal(claim: Claim, *, fails: bool) -> Proposal:
    """Return what a worker proposes for a claim; `fails`: the text cannot be written, again and again."""
    early = before_writing(claim, window=WINDOW, max_attempts=MAX_ATTEMPTS, explained=has_explanation(claim.operation))
    if early is not None:
        return early
    return Dead(claim, "boom") if fails else Posted(claim, TEXT)
