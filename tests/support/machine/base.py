"""The common ground of the state machine's rules: stage, model, workers, and the transactions that are open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from autopost.model import Claim, Outcome, Proposal
from autopost.outbox.outbox import Outbox
from tests.support.host import SCHEMAS
from tests.support.machine.gate import COMMIT, Gate
from tests.support.machine.model import Model, Operation, Row, Rule
from tests.support.machine.stage import Stage

T = TypeVar("T")
LEASE = timedelta(hours=1)
WORKERS = ("one", "two")
RULES = "select id, operation_type, match, status, is_alert from auto_post_rules order by id"
AGENTS = {"ada": "AUTONOMOUS", "bob": "INTERN", "sam": "STUDENT"}  # and ghost, whom nobody knows
TENANTS = {"ada": "north", "bob": "north", "sam": "south", "ghost": "south"}
TYPES = ("workflow_execute", "approval_requested", "security_scan", "database_query")
STATUSES = ("running", "completed", "failed")

workers = st.sampled_from(WORKERS)
agents = st.sampled_from(["ada"] * 4 + ["bob"] * 2 + ["sam", "ghost"])
types = st.sampled_from([*TYPES, "workflow_execute"])
ended = st.sampled_from(["completed", "completed", "failed"])
picks = st.integers(0, 7)
mostly_on = st.sampled_from([True, True, False])
Key = tuple[UUID, int]  # a row and its epoch: the same row may come back to a worker under a new one
Step = tuple[str, tuple[Any, ...]]


@dataclass
class Publishing:
    """A publishing transaction that is open, and what the model says of it."""

    worker: str
    proposals: list[Proposal]
    gate: Gate = field(init=False)
    free: list[Proposal] = field(default_factory=list)  # what is left of the group in this round
    busy: set[Key] = field(default_factory=set)
    lost: set[Key] = field(default_factory=set)
    rounds: int = 0
    agents: set[str] = field(default_factory=set)  # whose advisory locks it holds
    locked: set[UUID] = field(default_factory=set)  # the rows that it has ended and not committed
    verdicts: list[Proposal] = field(default_factory=list)
    decided_at: datetime | None = None

    def begin_round(self) -> None:
        """Begin the transaction, without what was lost."""
        self.rounds += 1
        assert self.rounds <= len(self.proposals) + 1, "it begins again and again, and never ends"
        self.free = [proposal for proposal in self.proposals if key_of(proposal) not in self.lost]
        self.busy, self.agents, self.locked = set(), set(), set()

    @property
    def has_posted(self) -> bool:
        """Return whether it holds rows of auto_post_rate_limits."""
        return self.gate.at == COMMIT and bool(self.locked)


@dataclass
class HostTransaction:
    """What an agent did in a transaction that is not committed."""

    time: int
    operations: dict[str, Operation] = field(default_factory=dict)
    rows: dict[UUID, Row] = field(default_factory=dict)
    gave_up: bool = False


class Base(RuleBasedStateMachine):
    """What all rules use. `broken` is set by the first thing that goes wrong, so that the end is left out."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        stage.reset()
        found = stage.run(stage.main.fetch(RULES))
        self.model = Model({row["id"]: Rule(**dict(row)) for row in found}, dict(AGENTS), TENANTS)
        for agent, maturity in AGENTS.items():
            stage.call(
                "insert into agents (id, tenant_id, name, maturity) values ($1, $2, $1, $3)",
                *(agent, TENANTS[agent], maturity),
            )
        self.held: dict[str, list[Claim]] = {worker: [] for worker in WORKERS}
        self.claiming = {worker: self.outbox(worker) for worker in WORKERS}
        self.saw_pause = dict.fromkeys(WORKERS, False)  # with its last claim
        self.frozen: list[tuple[str, Claim]] = []
        self.publishing: list[Publishing] = []
        self.open: HostTransaction | None = None
        self.count = 0

    def outbox(self, worker: str, *, blocked: bool = False) -> Outbox:
        """Return the outbox as a worker sees it; `blocked`: it will meet a lock."""
        return Outbox(self.stage.hasty if blocked else self.stage.pool, SCHEMAS, worker)

    def locked(self, *, but: Publishing | None = None) -> set[UUID]:
        """Return the rows that publishing transactions have changed and not committed."""
        return {key for publishing in self.publishing if publishing is not but for key in publishing.locked}

    def rows(self, wanted: Callable[[Row], object]) -> dict[UUID, Row]:
        """Return the rows of the outbox that are wanted, by the model."""
        return {key: row for key, row in self.model.rows.items() if wanted(row)}

    def free_operations(self) -> list[Operation]:
        """Return the operations that no open transaction has changed, the newest first."""
        taken = self.open.operations if self.open else {}
        return [operation for operation in self.model.operations.values() if operation.id not in taken][::-1]

    def some_operation(self, pick: int) -> Operation | None:
        """Return one of them."""
        return one_of(self.free_operations(), pick)

    def capture(self, transaction: HostTransaction, operation: Operation, *, was: str | None) -> None:
        """Do in the model what the trigger does."""
        transaction.operations[operation.id] = operation
        if not self.model.trigger or operation.status == was or transaction.gave_up or not self.model.capturing:
            return
        made = self.model.new_row(operation)
        if made is None:
            return
        key, row = made
        if key in self.locked():
            transaction.gave_up = True
        elif key not in self.model.rows and key not in transaction.rows:
            transaction.rows[key] = row

    def commit(self, transaction: HostTransaction) -> None:
        """Commit it in the model."""
        self.model.operations |= transaction.operations
        self.model.capture(transaction.rows)

    def moved(self, operation: Operation, status: str, *, time: int | None) -> Operation:
        """Return the operation in another status; `time` when the host says when it ended."""
        return replace(operation, status=status, time=operation.time if time is None else time)


def call(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    """Return a strategy for calls of a method: its name, and its arguments."""
    return st.tuples(st.just(name), st.tuples(*arguments))


def one_of(things: Sequence[T], pick: int) -> T | None:
    """Return one of them, None of none."""
    return things[pick % len(things)] if things else None


def key_of(outcome: Outcome) -> Key:
    """Return which claim it is about."""
    return outcome.claim.id, outcome.claim.epoch


def ids(claims: Sequence[Any]) -> set[UUID]:
    """Return the ids of claims."""
    return {claim.id for claim in claims}
