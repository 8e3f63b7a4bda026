"""A storm: faults one after another, some at once, while agents work; then calm, and the reckoning."""

from __future__ import annotations

import contextlib
import re
import threading
import time

import psycopg

from tests.support.chaos.arena import WINDOW_SECONDS, WORKERS, Arena
from tests.support.chaos.checker import violations
from tests.support.chaos.faults import FAULTS
from tests.support.chaos.hostile import add_role
from tests.support.chaos.ledger import invented, lost, missed_for_good, starved
from tests.support.chaos.report import Line, Report
from tests.support.host import Host, Row, until
from tests.support.process_faults import NotReachedError

MOST_WAITING = 3_000
DRAIN_SECONDS = 120.0
KILLED_MEANWHILE = 0.25  # how often a worker is killed in the middle of another fault
DURING = "worker killed during another fault"


class Storm:
    """Injects faults for a time, those alone whose names match `only`, and reports."""

    def __init__(self, arena: Arena, *, seed: int, seconds: float, only: str = "") -> None:
        self._arena = arena
        self._seconds = seconds
        self._faults = [name for name in FAULTS if re.search(only, name)]
        self.report = Report(seed, {name: Line() for name in (*FAULTS, DURING)})
        self._known: set[tuple[str, str]] = set()
        self._periods: list[tuple[str, float, float]] = []

    def run(self) -> Report:
        """Rage, then wait until every operation has its outcome, and reckon."""
        arena = self._arena
        with arena.owner() as owner:
            add_role(owner)
        replacing = threading.Thread(target=arena.replace_the_dead, daemon=True)
        for _ in range(WORKERS):
            arena.start_worker()
        until(lambda: sum(member.works for member in arena.workers.members) >= WORKERS)
        replacing.start()
        arena.platform.start()
        began = time.monotonic()
        try:
            self._rage(began + self._seconds)
        finally:
            arena.platform.stop()
        raged = time.monotonic() - began
        drained = self._drain()
        arena.replace_no_more()
        replacing.join(10)
        self._reckon(raged, drained)
        return self.report

    def _rage(self, end: float) -> None:
        names: list[str] = []
        while time.monotonic() < end:
            if not names:
                names = list(self._faults)
                self._arena.dice.shuffle(names)
            self._inject(names.pop())

    def _inject(self, name: str) -> None:
        arena = self._arena
        began = time.time()
        killer = None
        if arena.dice.random() < KILLED_MEANWHILE:
            killer = threading.Timer(arena.dice.uniform(0, 1), self._kill_one)
            killer.start()
        try:
            with FAULTS[name](arena):
                pass
        except NotReachedError:
            self.report.lines[name].not_reached += 1
            return
        finally:
            if killer is not None:
                killer.join()
        self.report.lines[name].times += 1
        healed = time.monotonic()
        self._periods.append((name, began, time.time()))
        while not self._look(name, healed):
            assert time.monotonic() < healed + 120, "the server does not come back"

    def _look(self, name: str, healed: float) -> bool:
        """Wait for progress and check; False when the server ended the connection, as it does late in a crash."""
        try:
            with self._arena.owner() as owner:
                self._until_progress(owner)
                self.report.lines[name].recoveries.append(time.monotonic() - healed)
                self._check(owner, name)
                self._arena.platform.rest(owner.waiting() > MOST_WAITING)
        except psycopg.OperationalError:
            return False
        return True

    def _kill_one(self) -> None:
        running = self._arena.workers.running
        if running:
            self._arena.dice.choice(running).kill()
            self.report.lines[DURING].times += 1

    def _until_progress(self, owner: Host) -> None:
        """Wait for an outcome that was not there when the fault ended."""
        before = self._arena.outcomes(owner)
        until(lambda: self._arena.outcomes(owner) > before, what="progress after a fault")

    def _check(self, owner: Host, name: str) -> None:
        for row in violations(owner, window_seconds=WINDOW_SECONDS):
            if (key := (row["kind"], row["id"])) not in self._known:
                self._known.add(key)
                self.report.violation(name, row["kind"], f"{row['id']} {row['detail']}")

    def _drain(self) -> float:
        """Wait until every row has its outcome. Backoffs are cut short, as their length is no question here."""
        began = time.monotonic()
        with self._arena.owner() as owner:
            # The reconciler has to come round once more before all that was missed is captured.
            owner.execute("update auto_post_reconciliation set last_round_at = null")
            until(lambda: owner.value("select last_round_at is not null from auto_post_reconciliation"))

            def is_done() -> bool:
                with contextlib.suppress(psycopg.errors.DeadlockDetected):
                    owner.execute(
                        "update auto_post_outbox set available_at = now() "
                        "where state = 'pending' and available_at < 'infinity' "
                        "and available_at > now() + interval '1 second'"
                    )
                return owner.waiting() == 0 and not lost(owner)

            with contextlib.suppress(AssertionError):  # what is left is in the report
                until(is_done, seconds=DRAIN_SECONDS)
        return time.monotonic() - began

    def _reckon(self, raged: float, drained: float) -> None:
        arena, report = self._arena, self.report
        with arena.owner() as owner:
            self._check(owner, self._periods[-1][0])
            for row in lost(owner):
                fault = self._fault_of(row)
                report.lines[fault].lost += 1
                report.details.append(f"{fault}: lost: {row}")
            report.details += [f"invented: {row}" for row in invented(owner)]
            report.details += [f"without an outcome for a minute: {agent}" for agent in starved(owner)]
            report.facts = {
                "faults": sum(line.times for line in report.lines.values()),
                "raged for": f"{raged:.0f} s, then drained in {drained:.1f} s",
                "transactions of hosts": arena.platform.committed,
                "host connections lost": arena.platform.failures,
                "significant operations": owner.value(
                    "select count(distinct (l.tracker_id, r.rule_id)) from chaos_ledger as l "
                    "cross join lateral auto_post_best_rule(l.operation_type, l.status) as r"
                ),
                "outcomes": ", ".join(
                    f"{row['n']} {row['action']}"
                    for row in owner.rows(
                        "select replace(action, 'auto_post.', '') as action, count(*) as n from audit_log "
                        "group by 1 order by 1"
                    )
                ),
                "passed by while the trigger could not capture, as documented": missed_for_good(owner),
                "captured by the reconciler": owner.value("select found from auto_post_reconciliation"),
                "removed by retention": owner.value("select count(*) from auto_post_tombstones"),
                "most attempts at one row": owner.value("select max(attempts) from auto_post_outbox"),
                "leases lost and noticed": sum(m.log.count('"lease_lost"') for m in arena.workers.members),
                "COMMITs not acknowledged": arena.proxy.commits_cut,
                "worker processes": len(arena.workers.members),
                "most memory of one": f"{max(member.peak_mb for member in arena.workers.members)} MB of 512 allowed",
            }
        report.details += [f"worker: {problem}" for problem in arena.problems]
        report.details += [f"platform: {problem!r}" for problem in arena.platform.problems]
        report.details += [
            f"{member.name} logged a traceback: {member.log[-1500:]}"
            for member in arena.workers.members
            if "Traceback" in member.log
        ]

    def _fault_of(self, row: Row) -> str:
        at = row["at"].timestamp()
        names = [name for name, began, ended in self._periods if began <= at <= ended]
        return names[0] if names else DURING
