"""The rules of time and of the DBA: leases, windows and backoff pass; pauses, retries, skips, purges, switches."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import asyncpg
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import rule

from tests.support.machine.base import TYPES, Base, Step, agents, call, mostly_on, one_of, picks

ALWAYS = "select auto_post_requeue('2000-01-01', '2100-01-01', $1, p_confirm => true)"
RUN_OUT = """
with late as (select id from auto_post_outbox where state = 'claimed' for update skip locked)
update auto_post_outbox as o set available_at = o.captured_at from late where o.id = late.id
"""
BECOME_DUE = """
update auto_post_outbox set available_at = captured_at
where state = 'pending' and available_at > now() and available_at < 'infinity'
"""
# What comes back together is due at the same moment, and in which order it is claimed then is nobody's promise: a run
# that found something must be the same when it is done again.
ONE_BY_ONE = "update auto_post_outbox set available_at = captured_at where state = 'pending' and available_at <= now()"
AGE = "update auto_post_rate_limits set last_post_at = last_post_at - make_interval(mins => $1)"
KINDS = [("agent", "ada"), ("agent", "bob"), ("operation_type", TYPES[0]), ("operation_type", TYPES[1])]
steps = st.one_of(
    call("skip", picks),
    call("pause", st.sampled_from(KINDS)),
    call("resume", picks),
    call("retry", picks),
    call("retry_all", st.sampled_from([None, "boom"])),
    call("requeue", st.sampled_from([None, "rate_limited", "by_hand"])),
)
rarely = st.one_of(
    call("reconcile"),
    call("expire"),
    call("switch_rule", picks, mostly_on),
    call("switch_capture", mostly_on),
    call("pause_all", st.booleans()),
    call("purge", agents, st.booleans()),
)


class SteeringRules(Base):
    """What passes with time, what maintenance does and what somebody does from SQL."""

    @rule(what=st.sampled_from(["leases", "leases", "window", "window", "backoff"]), minutes=st.sampled_from([6, 2, 3]))
    def time_passes(self, what: str, minutes: int) -> None:
        """Let leases run out, the rate limit's window move on, or backoff pass."""
        if what == "leases":
            self.leases_run_out()
        elif what == "backoff":
            self.backoff_passes()
        else:
            self.window_moves(minutes)

    @rule(step=steps)
    def steer(self, step: Step) -> None:
        """Do what a DBA does from SQL to single rows and kinds."""
        name, arguments = step
        getattr(self, name)(*arguments)

    @rule(step=rarely)
    def govern(self, step: Step) -> None:
        """Do what maintenance does, and what a DBA does to many rows at once or to all."""
        name, arguments = step
        getattr(self, name)(*arguments)

    def leases_run_out(self) -> None:
        """Let an hour pass for who holds rows; one that is being published goes on being so."""
        self.stage.call(RUN_OUT)
        locked = self.locked()
        for key, row in self.rows(lambda row: row.state == "claimed").items():
            if key not in locked:
                row.due = "now"

    def backoff_passes(self) -> None:
        """Let an hour pass for deferred rows."""
        self.stage.call(BECOME_DUE)
        for row in self.rows(lambda row: row.state == "pending" and row.due == "later").values():
            row.due = "now"

    def window_moves(self, minutes: int) -> None:
        """Let some minutes pass for the rate limit. Anyone who is about to commit a post would make us wait."""
        if any(publishing.has_posted for publishing in self.publishing):
            return
        self.stage.call(AGE, minutes)
        for agent in self.model.last_post:
            self.model.last_post[agent] += minutes
        self.aged(minutes)

    def expire(self) -> None:
        """Remove what is finished."""
        finished = self.rows(lambda row: not row.is_held)
        assert self.stage.call("select auto_post_expire('0')") == len(finished)
        self.model.remove(finished)

    def reconcile(self) -> None:
        """Find what the trigger missed. It would wait for an agent that captures the same at this moment."""
        missed = self.model.missed()
        if self.open and not self.open.rows.keys().isdisjoint(missed):
            return
        assert self.stage.call("select auto_post_reconcile()") == len(missed)
        self.model.capture(missed)

    def retry(self, pick: int) -> None:
        """Retry an operation, a dead one first; one that is not dead is refused."""
        found = self.rows(lambda row: row.state == "dead") or self.model.rows
        row = one_of(list(found.values())[::-1], pick)
        if row is None:
            return
        dead = self.rows(lambda other: other.operation.id == row.operation.id and other.state == "dead")
        if dead:
            assert self.stage.call("select auto_post_retry($1)", row.operation.id) == len(dead)
            self.revive(dead)
        else:
            self.refused("select auto_post_retry($1)", row.operation.id)

    def retry_all(self, error: str | None) -> None:
        """Retry what is dead, of anything or of one error."""
        dead = self.rows(lambda row: row.state == "dead" and error in (None, row.error))
        assert self.stage.call("select auto_post_retry_all($1)", error) == len(dead)
        self.revive(dead)

    def requeue(self, reason: str | None) -> None:
        """Give skipped rows another chance."""
        skipped = self.rows(lambda row: row.state == "skipped" and reason in (None, row.reason))
        assert self.stage.call(ALWAYS, reason) == len(skipped)
        self.revive(skipped)

    def skip(self, pick: int) -> None:
        """Skip an operation; one with nothing to skip is refused, one that is being published keeps the DBA waiting."""
        row = one_of(list(self.model.rows.values())[::-1], pick)
        if row is None:
            return
        name = row.operation.id
        found = self.rows(lambda other: other.operation.id == name and other.state in ("pending", "claimed", "dead"))
        if not found:
            self.refused("select auto_post_skip($1, 'by_hand')", name)
            return
        blocked = not self.locked().isdisjoint(found)
        self.stage.call("select auto_post_skip($1, 'by_hand')", name, blocked=blocked)
        if not blocked:
            self.model.skip(found, "by_hand")

    def purge(self, agent: str, whole_tenant: bool) -> None:
        """Remove all of an agent or of a tenant; with its window goes what limited it."""
        tenant = self.model.tenants[agent]
        gone = self.rows(lambda row: (row.operation.tenant == tenant) if whole_tenant else row.operation.agent == agent)
        blocked = not self.locked().isdisjoint(gone)
        found = (None, tenant) if whole_tenant else (agent, None)
        removed = self.stage.call("select auto_post_purge($1, $2, true)", *found, blocked=blocked)
        if blocked:
            return
        assert removed == len(gone)
        for key, row in gone.items():
            if row.is_held:
                self.model.outcomes[key, "skipped"] += 1
        self.model.remove(gone)
        for other in list(self.model.last_post):
            known = other in self.model.maturity
            if other == agent or (whole_tenant and known and self.model.tenants[other] == tenant):
                del self.model.last_post[other]
                self.forgotten(other)

    def pause_all(self, paused: bool) -> None:
        """Stop claiming, or let it go on."""
        if paused:
            self.stage.call("select auto_post_pause()")
        elif self.model.paused:
            self.stage.call("select auto_post_resume()")
        self.model.paused = paused

    def pause(self, kind: tuple[str, str]) -> None:
        """Stop claiming of an agent or a type: what waits is parked."""
        self.stage.call("select auto_post_pause($1, $2)", *kind)
        self.model.pauses.add(kind)
        for row in self.rows(lambda row: row.state == "pending" and self.model.is_paused(row)).values():
            operation = row.operation
            if kind in {("agent", operation.agent), ("operation_type", operation.operation_type)}:
                row.due = "parked"

    def resume(self, pick: int) -> None:
        """Let one of the pauses end: what it parked is due at once."""
        if not self.model.pauses:
            return
        kind, value = sorted(self.model.pauses)[pick % len(self.model.pauses)]
        self.stage.call("select auto_post_resume($1, $2)", kind, value)
        self.model.pauses.remove((kind, value))
        for row in self.rows(lambda row: row.state == "pending" and row.due == "parked").values():
            if value == (row.operation.agent if kind == "agent" else row.operation.operation_type):
                row.due = "now"

    def switch_capture(self, on: bool) -> None:
        """Switch capturing; what ends while it is off is left alone permanently."""
        self.stage.call(f"select auto_post_capture_{'on' if on else 'off'}()")
        if on and not self.model.capturing:
            self.model.since = self.model.tick()
        self.model.capturing = on

    def switch_rule(self, pick: int, enabled: bool) -> None:
        """Switch a rule that matters here."""
        mattering = [rule.id for rule in self.model.rules.values() if any(rule.meets(t, "completed") for t in TYPES)]
        rule_id = one_of([*mattering, *(rule.id for rule in self.model.rules.values() if not rule.enabled)], pick)
        if rule_id is not None:
            self.stage.call("select auto_post_switch_rule($1, $2)", rule_id, enabled)
            self.model.switch_rule(rule_id, enabled=enabled)

    def revive(self, ids: Iterable[UUID]) -> None:
        """Let finished rows live again in the model."""
        self.model.revive(ids)
        self.stage.call(ONE_BY_ONE)

    def refused(self, sql: str, *arguments: object) -> None:
        """Run what makes no sense: it must say so and change nothing."""
        with pytest.raises(asyncpg.InvalidParameterValueError):
            self.stage.call(sql, *arguments)

    def aged(self, minutes: int) -> None:
        """Take note that the posts so far are older for the rate limit."""

    def forgotten(self, agent: str) -> None:
        """Take note that the posts of an agent so far limit it no more."""
