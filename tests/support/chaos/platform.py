"""The platform under load: agents that complete, fail, flap, burst, roll back and repeat, each on a connection.

What committed is in chaos_ledger, written in the same transaction as the change: the truth that outcomes are compared
with, whatever became of the connection that wrote it.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from typing import Any

import psycopg

from tests.support.chaos.ledger import LEDGER, SCHEMA
from tests.support.host import Host, open_connection

AGENTS = 50
STUDENTS = 5
TYPES = ("workflow_execute", "integration_connect", "browser_automate", "report_generate", "human_feedback_received")


class Platform:
    """Threads that are agents. `stop` ends them; errors of the database are lived through, as a platform would."""

    def __init__(self, dsn: str, seed: int, *, threads: int = 4, pause_seconds: float = 0.02) -> None:
        self.failures = 0
        self.committed = 0
        self.problems: list[BaseException] = []
        self._dsn = dsn
        self._pause = pause_seconds
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._resting = threading.Event()
        with open_connection(dsn, autocommit=True) as connection:
            connection.execute(SCHEMA.encode())
            host = Host(connection)
            for number in range(AGENTS):
                maturity = "student" if number < STUDENTS else "AUTONOMOUS"
                host.agent(f"agent{number}", maturity=maturity, name=f"Agent {number}")
        self._threads = [
            threading.Thread(target=self._live, args=(random.Random(seed + number),), daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def rest(self, resting: bool = True) -> None:
        """Hold back, for the workers to keep up."""
        (self._resting.set if resting else self._resting.clear)()

    def stop(self) -> None:
        """End the work."""
        self._stopping.set()
        for thread in self._threads:
            if thread.ident is not None:  # it was started
                thread.join(30)

    def _live(self, dice: random.Random) -> None:
        while not self._stopping.is_set():
            try:
                with open_connection(self._dsn, application_name="chaos host", connect_timeout=5) as connection:
                    agent = _Agent(connection, dice, self._numbers)
                    while not self._stopping.is_set():
                        if not self._resting.is_set():
                            agent.act()
                            self.committed += 1
                        self._stopping.wait(dice.uniform(0, 2 * self._pause))
            except psycopg.Error:
                self.failures += 1
                self._stopping.wait(0.1)
            except BaseException as error:  # noqa: BLE001 - a thread's error must fail the test, not vanish
                self.problems.append(error)
                return


class _Agent:
    """One connection of the platform; each act is one or more transactions."""

    def __init__(self, connection: psycopg.Connection[Any], dice: random.Random, numbers: itertools.count[int]) -> None:
        self._connection = connection
        self._dice = dice
        self._numbers = numbers
        self._warnings = 0
        connection.add_notice_handler(self._notice)

    def _notice(self, notice: psycopg.errors.Diagnostic) -> None:
        if "did not capture" in (notice.message_primary or ""):
            self._warnings += 1

    def act(self) -> None:
        """Do one of the things that agents do."""
        acts: list[tuple[int, Callable[[], None]]] = [
            (30, self._complete), (8, self._fail), (6, self._ask), (4, self._call), (4, self._security),
            (3, self._burst), (5, self._flap), (4, self._fail_and_retry), (4, self._roll_back), (3, self._savepoint),
            (5, self._repeat), (2, self._complete_and_delete), (6, self._query),
        ]  # fmt: skip
        (act,) = self._dice.choices([act for _, act in acts], [weight for weight, _ in acts])
        act()

    def _complete(self) -> None:
        operation, kind = self._start()
        with self._connection.transaction():
            self._move(operation, kind, "completed")

    def _fail(self) -> None:
        operation, kind = self._start()
        with self._connection.transaction():
            self._move(operation, kind, "failed")

    def _ask(self) -> None:
        self._start("approval_requested", "waiting")

    def _call(self) -> None:
        self._start("agent_to_agent_call", "running")

    def _security(self) -> None:
        operation, kind = self._start("security_scan")
        with self._connection.transaction():
            self._move(operation, kind, self._dice.choice(["completed", "failed"]))

    def _burst(self) -> None:
        with self._connection.transaction():
            for _ in range(self._dice.randint(5, 25)):
                operation, kind = self._insert(self._dice.choice(TYPES), "running")
                self._move(operation, kind, "completed")

    def _flap(self) -> None:
        operation, kind = self._start()
        for status in ("completed", "running") * self._dice.randint(1, 3) + ("completed",):
            with self._connection.transaction():
                self._move(operation, kind, status, passing=True)
        with self._connection.transaction():
            self._note(operation, kind, "completed", passing=False)

    def _fail_and_retry(self) -> None:
        operation, kind = self._start()
        for status, passing in (("failed", True), ("running", True), ("completed", False)):
            with self._connection.transaction():
                self._move(operation, kind, status, passing=passing)

    def _roll_back(self) -> None:
        operation, kind = self._start()
        with self._connection.transaction(force_rollback=True):
            self._move(operation, kind, "completed")

    def _savepoint(self) -> None:
        operation, kind = self._start()
        with self._connection.transaction():
            with self._connection.transaction(force_rollback=True):
                self._move(operation, kind, "completed")
            self._connection.execute("update operation_trackers set progress = 50 where id = %s", (operation,))

    def _repeat(self) -> None:
        operation, kind = self._start()
        for _ in range(2):
            with self._connection.transaction():
                self._move(operation, kind, "completed")
        with self._connection.transaction():
            self._connection.execute(
                "insert into operation_trackers (id, operation_type, status) values (%s, %s, 'completed') "
                "on conflict (id) do update set status = excluded.status",
                (operation, kind),
            )

    def _complete_and_delete(self) -> None:
        operation, kind = self._start()
        with self._connection.transaction():
            self._move(operation, kind, "completed", passing=True)
            self._connection.execute("delete from operation_trackers where id = %s", (operation,))

    def _query(self) -> None:
        operation, kind = self._start("database_query")
        with self._connection.transaction():
            self._move(operation, kind, "completed")

    def _start(self, kind: str | None = None, status: str = "running") -> tuple[str, str]:
        with self._connection.transaction():
            return self._insert(kind or self._dice.choice(TYPES), status)

    def _insert(self, kind: str, status: str) -> tuple[str, str]:
        operation = f"op{next(self._numbers)}"
        what = self._dice.choices(
            [f"Wrote {operation}", None, f"Wrote {operation} " + "at length " * 1_000, "   "], [85, 4, 8, 3]
        )[0]
        agent = self._dice.choices([f"agent{self._dice.randrange(AGENTS)}", "stranger", None], [96, 2, 2])[0]
        before = self._warnings
        self._connection.execute(
            "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation, "
            "why_explanation, next_steps) values (%s, 'tenant', %s, %s, %s, %s, 'it was due', 'rest')",
            (operation, agent, kind, status, what),
        )
        self._note(operation, kind, status, passing=False, missed=self._warnings > before)
        return operation, kind

    def _move(self, operation: str, kind: str, status: str, *, passing: bool = False) -> None:
        before = self._warnings
        self._connection.execute("update operation_trackers set status = %s where id = %s", (status, operation))
        self._note(operation, kind, status, passing=passing, missed=self._warnings > before)

    def _note(self, operation: str, kind: str, status: str, *, passing: bool, missed: bool = False) -> None:
        self._connection.execute(LEDGER.encode(), (operation, kind, status, passing, missed))
