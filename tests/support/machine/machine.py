"""The state machine: every rule, what must hold after each of them, and what must be when all is worked off."""

from __future__ import annotations

import sys
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.support.machine.base import WORKERS, one_of, picks, workers
from tests.support.machine.host import HostRules
from tests.support.machine.model import WINDOW_MINUTES, Operation
from tests.support.machine.stage import Stage
from tests.support.machine.steering import SteeringRules
from tests.support.machine.workers import TO_THE_END, WorkerRules

ROUNDS = 40


class OutboxMachine(HostRules, WorkerRules, SteeringRules):
    """Host, workers, DBA and time, in any order."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.feed: dict[str, dict[str, Any]] = {}  # the posts that were seen, with how they count for the window

    @initialize(of_ada=st.integers(1, 3), of_bob=st.integers(0, 2))
    def begin_with(self, of_ada: int, of_bob: int) -> None:
        """Begin with something to do."""
        for agent, count in (("ada", of_ada), ("bob", of_bob)):
            self.complete_some(agent, count)

    @rule(worker=workers, limit=st.integers(1, 5))
    def take_over(self, worker: str, limit: int) -> None:
        """Let the other worker freeze until its leases have run out, rescue its rows, and let it thaw: it goes on."""
        (other,) = set(WORKERS) - {worker}
        self.fall_silent(other, for_good=False)
        self.leases_run_out()
        self.claim(worker, limit)
        self.leases_run_out()
        for action in ("save", "renew", "release", "defer"):
            self.thaw(0, action)

    @rule(pick=picks, moves=st.booleans(), removed=st.booleans())
    def come_up_again(self, pick: int, moves: bool, removed: bool) -> None:
        """Touch an operation that has no row, or none any more: move it away and back, or to the status that it has."""
        if removed:
            self.expire()
        operations = [operation for operation in self.free_operations() if self.has_no_row(operation)]
        operation = one_of(operations, pick)
        if operation is not None:
            for status in ["away", operation.status] if moves else [operation.status]:
                with self.transaction() as transaction:
                    self.move(transaction, self.model.operations[operation.id], status, stamped=False)

    def has_no_row(self, operation: Operation) -> bool:
        """Return whether a rule names the operation as it is now, and the outbox has no row for it."""
        made = self.model.new_row(operation)
        return made is not None and made[0] not in self.model.rows

    @invariant()
    def database_is_as_the_rules_say(self) -> None:
        """Compare all of it with the model, and ask for what must never be."""
        found = self.stage.look()
        self.keep_windows(found["posts"])
        assert self.stage.violations() == []
        for post in found["posts"].values():
            del post["at"]
        expected = self.model.look()
        assert found == expected, difference(found, expected)

    def keep_windows(self, posts: dict[str, dict[str, Any]]) -> None:
        """Fail when a post that is no alert came too early after any other post of its agent.

        By created_at alone, and by what was made of the time since: a window that was moved counts as time, a purge
        ends it. An alert may follow in the same group, and so at the same time.
        """
        new = {key: post for key, post in posts.items() if key not in self.feed}
        for key, post in sorted(new.items(), key=lambda item: (float(item[1]["at"]), item[1]["type"] == "alert")):
            before = [other for other in self.feed.values() if other["agent"] == post["agent"] and other["counts"]]
            ages = [float(post["at"]) - float(other["at"]) + 60 * other["aged"] for other in before]
            assert post["type"] == "alert" or min(ages, default=1e9) >= 60 * WINDOW_MINUTES, "posted within the window"
            self.feed[key] = {**post, "aged": 0, "counts": True}

    def aged(self, minutes: int) -> None:
        """Take note that the posts so far are older for the rate limit."""
        for post in self.feed.values():
            post["aged"] += minutes

    def forgotten(self, agent: str) -> None:
        """Take note that the posts of an agent so far limit it no more."""
        for post in self.feed.values():
            post["counts"] = post["counts"] and post["agent"] != agent

    def teardown(self) -> None:
        """Resume everything and work it off, unless a step has failed already."""
        try:
            if sys.exc_info()[0] is None:
                self.work_off()
        finally:
            for publishing in self.publishing:
                self.stage.run(publishing.gate.crash())

    def work_off(self) -> None:
        """Let everybody come back, and everything end."""
        if self.open:
            self.close_the_transaction(commits=True)
        for publishing in list(self.publishing):
            self.take(publishing, TO_THE_END)
        for worker in WORKERS:
            self.crash(worker)
        while self.model.pauses:
            self.resume(0)
        self.pause_all(paused=False)
        self.switch_the_trigger(enabled=True)
        self.switch_capture(on=True)
        self.reconcile()
        for _ in range(ROUNDS):
            self.database_is_as_the_rules_say()
            if not self.rows(lambda row: row.is_held):
                break
            self.leases_run_out()
            self.backoff_passes()
            self.window_moves(6)
            self.claim(WORKERS[0], 5)
            self.publish(WORKERS[0], 5, fails=False, and_freezes=False, steps=TO_THE_END)
        self.everything_ended()

    def everything_ended(self) -> None:
        """Ask the database alone, without the model's rows: all that was ever captured ended, and nothing is held."""
        found = self.stage.look()
        assert [row for row in found["rows"].values() if row["state"] in ("pending", "claimed")] == []
        assert self.stage.call("select auto_post_reconcile()") == 0
        ended = {key for key, row in found["rows"].items() if row["due"] is None} | set(found["seen"])
        owed = {str(key) for key in self.model.owed}
        assert owed <= ended, "captured, and without an end"
        assert owed == {what.split()[0] for what in found["outcomes"]}, "an end without its audit row"


def machine_on(stage: Stage) -> type[OutboxMachine]:
    """Return the machine on a stage, as Hypothesis wants to have it: a class that is called without arguments."""

    class Machine(OutboxMachine):
        def __init__(self) -> None:
            super().__init__(stage)

    return Machine


def difference(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """Return where two looks differ, part by part."""
    lines = []
    for part, wanted in expected.items():
        got = found[part]
        if isinstance(wanted, list):
            lines += [f"{part}: {got}, expected {wanted}"] if got != wanted else []
            continue
        for key in sorted(got.keys() | wanted.keys()):
            if got.get(key) != wanted.get(key):
                lines.append(f"{part} {key}: {got.get(key)}, expected {wanted.get(key)}")
    return "\n".join(lines)
