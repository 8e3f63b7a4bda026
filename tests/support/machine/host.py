"""The host's rules: agents begin, complete, flap and roll back operations, and its DBA disables the trigger."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TypeAlias

import asyncpg
import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.machine.base import (
    AGENTS,
    STATUSES,
    Base,
    HostTransaction,
    Step,
    agents,
    call,
    ended,
    mostly_on,
    picks,
    types,
)
from tests.support.machine.model import Operation

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
INSERT = (
    "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation, completed_at) "
    "values ($1, $2, $3, $4, $5, $6, case when $7 then now() end)"
)
UPSERT = f"{INSERT} on conflict (id) do update set status = excluded.status, completed_at = excluded.completed_at"
UPDATE = (
    "update operation_trackers set status = $2, completed_at = case when $3 then now() else completed_at end "
    "where id = $1"
)
maturities = st.sampled_from(["AUTONOMOUS", "SUPERVISED", "INTERN", "STUDENT", None])
mishaps = st.one_of(
    call("forget", picks),
    call("roll_back", types, agents, ended, st.booleans()),
    call("change_the_maturity", st.sampled_from([*AGENTS]), maturities),
    call("switch_the_trigger", mostly_on),
    call("complete_while_the_outbox_is_broken", types, agents, ended),
)


class HostRules(Base):
    """Changes of operation_trackers. None may fail, whatever the outbox is in."""

    @rule(
        type_=types,
        agent=agents,
        status=ended,
        how=st.sampled_from(["insert", "update", "upsert"]),
        stamped=st.booleans(),
    )
    def complete(self, type_: str, agent: str, status: str, how: str, stamped: bool) -> None:
        """Begin an operation and end it, in a transaction each, or at once."""
        if how == "insert":
            with self.transaction() as transaction:
                self.begin(transaction, type_, agent, status)
            return
        with self.transaction() as transaction:
            operation = self.begin(transaction, type_, agent, "running")
        with self.transaction() as transaction:
            self.move(transaction, operation, status, stamped=stamped, upsert=how == "upsert")

    @rule(agent=agents, count=st.integers(1, 3))
    def complete_some(self, agent: str, count: int) -> None:
        """Complete workflows of one agent: they compete for its window."""
        with self.transaction() as transaction:
            for _ in range(count):
                self.begin(transaction, "workflow_execute", agent, "completed")

    @rule(pick=picks, status=st.sampled_from(STATUSES), stamped=st.booleans())
    def flap(self, pick: int, status: str, stamped: bool) -> None:
        """Move an operation to any status, or to the one that it has."""
        operation = self.some_operation(pick)
        if operation is not None:
            with self.transaction() as transaction:
                self.move(transaction, operation, status, stamped=stamped)

    @rule(first=picks, second=picks, type_=types, agent=agents, status=ended)
    def flap_two_and_complete_one_together(self, first: int, second: int, type_: str, agent: str, status: str) -> None:
        """Let one transaction do several things: what the trigger gives up for one it gives up for those behind."""
        with self.transaction() as transaction:
            for pick in (first, second):
                operation = self.some_operation(pick)
                if operation is not None:
                    now = transaction.operations.get(operation.id, operation)
                    self.move(transaction, now, "running", stamped=False)
                    self.move(transaction, transaction.operations[now.id], status, stamped=True)
            self.begin(transaction, type_, agent, status)

    def roll_back(self, type_: str, agent: str, status: str, savepoint: bool) -> None:
        """Complete an operation in a transaction, or a savepoint, that is rolled back."""
        with self.transaction() as transaction:
            self.stage.run(self.stage.main.execute("savepoint s"))
            self.begin(HostTransaction(transaction.time), type_, agent, status)
            if savepoint:
                self.stage.run(self.stage.main.execute("rollback to savepoint s"))
            else:
                self.stage.run(self.stage.main.execute("rollback; begin"))

    @precondition(lambda self: self.open is None)
    @rule(pick=picks, type_=types, agent=agents, status=ended, stamped=st.booleans())
    def open_a_transaction(self, pick: int, type_: str, agent: str, status: str, stamped: bool) -> None:
        """Complete an operation, an old or a new one, in a transaction that stays open."""
        operation = self.some_operation(pick) if pick else None
        self.stage.run(self.stage.host.execute("begin"))
        self.open = HostTransaction(self.model.tick())
        if operation is None:
            self.begin(self.open, type_, agent, status, self.stage.host)
        else:
            self.move(self.open, operation, "running", stamped=False, connection=self.stage.host)
            now = self.open.operations[operation.id]
            self.move(self.open, now, status, stamped=stamped, connection=self.stage.host)

    @precondition(lambda self: self.open is not None)
    @rule(commits=st.booleans())
    def close_the_transaction(self, commits: bool) -> None:
        """Commit it or roll it back."""
        assert self.open is not None
        self.stage.run(self.stage.host.execute("commit" if commits else "rollback"))
        if commits:
            self.commit(self.open)
        self.open = None

    @rule(step=mishaps)
    def meddle(self, step: Step) -> None:
        """Do what happens rarely on a platform."""
        name, arguments = step
        getattr(self, name)(*arguments)

    def forget(self, pick: int) -> None:
        """Delete the operation itself: its post needs it no more."""
        operation = self.some_operation(pick)
        if operation is not None:
            self.stage.call("delete from operation_trackers where id = $1", operation.id)
            del self.model.operations[operation.id]

    def complete_while_the_outbox_is_broken(self, type_: str, agent: str, status: str) -> None:
        """Complete an operation that cannot be captured: it commits all the same."""
        if self.open or self.publishing:
            return  # to break it takes a lock that they keep
        self.stage.call("alter table auto_post_outbox add constraint closed_check check (false) not valid")
        with self.transaction() as transaction:
            self.begin(transaction, type_, agent, status)
            transaction.rows.clear()
        self.stage.call("alter table auto_post_outbox drop constraint closed_check")

    def switch_the_trigger(self, enabled: bool) -> None:
        """Disable or enable the trigger."""
        if self.open:
            return  # it takes a lock that the open transaction keeps
        word = "enable" if enabled else "disable"
        self.stage.call(f"alter table operation_trackers {word} trigger auto_post_capture")
        self.model.trigger = enabled

    def change_the_maturity(self, agent: str, maturity: str | None) -> None:
        """Promote or demote an agent."""
        self.stage.call("update agents set maturity = $2 where id = $1", agent, maturity)
        self.model.maturity[agent] = maturity

    @contextlib.contextmanager
    def transaction(self) -> Iterator[HostTransaction]:
        """Do what follows in a transaction of the host."""
        transaction = HostTransaction(self.model.tick())
        self.stage.run(self.stage.main.execute("begin"))
        try:
            yield transaction
        except BaseException:
            self.stage.run(self.stage.main.execute("rollback"))
            raise
        self.stage.run(self.stage.main.execute("commit"))
        self.commit(transaction)

    def begin(
        self, transaction: HostTransaction, type_: str, agent: str, status: str, connection: Connection | None = None
    ) -> Operation:
        """Insert an operation."""
        self.count += 1
        tenant = self.model.tenants[agent]
        operation = Operation(f"op{self.count}", type_, agent, tenant, status, transaction.time)
        explained = None if self.count % 8 == 0 else "Sorted the inbox"
        self.stage.run(
            (connection or self.stage.main).execute(
                INSERT, operation.id, tenant, agent, type_, status, explained, False
            )
        )
        self.capture(transaction, operation, was=None)
        return operation

    def move(
        self,
        transaction: HostTransaction,
        operation: Operation,
        status: str,
        *,
        stamped: bool,
        upsert: bool = False,
        connection: Connection | None = None,
    ) -> None:
        """Change the status of an operation; `stamped`: say when it ended."""
        runs = (connection or self.stage.main).execute
        if upsert:
            arguments = (operation.tenant, operation.agent, operation.operation_type, status, "again", True)
            self.stage.run(runs(UPSERT, operation.id, *arguments))
            stamped = True
        else:
            self.stage.run(runs(UPDATE, operation.id, status, stamped))
        now = self.moved(operation, status, time=transaction.time if stamped else None)
        self.capture(transaction, now, was=operation.status)
