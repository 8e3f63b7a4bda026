"""Puts simulated operations into the platform's table at a steady rate, and waits for what comes of them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import asyncpg

from autopost.cli.simulation.texts import PREFIX, TENANT, SimulatedOperation, agent_id, agent_name, operation
from autopost.database.errors import message_without_values
from autopost.database.sql import Schemas, query
from autopost.errors import AutopostError

CONNECTIONS = 4
LOOK_SECONDS = 0.5
WAITING = ("pending", "claimed")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of a run so far. `states` and `reasons` count operations; latency is over those with an outcome."""

    states: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    p50_ms: float | None = None
    p99_ms: float | None = None

    @property
    def waiting(self) -> int:
        """Return how many have no outcome yet."""
        return sum(self.states.get(state, 0) for state in WAITING)

    @property
    def captured(self) -> int:
        """Return how many reached the outbox."""
        return sum(self.states.values())


class Simulation:
    """One run: the operations whose ids begin with `run`."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas, agents: int) -> None:
        self.run = f"{PREFIX}{secrets.token_hex(3)}-"
        self.begun = 0
        self.ended = 0
        self._pool = pool
        self._schemas = schemas
        self._agents = agents
        self._chance = random.Random()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Begin no more and wait for no more outcomes. What was begun is brought to its end."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Return whether it was ended before its time."""
        return self._stop.is_set()

    async def bring_agents(self) -> None:
        """Add the agents that are not there yet."""
        ids = [agent_id(number) for number in range(self._agents)]
        names = [agent_name(number) for number in range(self._agents)]
        await self._execute("cli/simulate_agents", ids, names, TENANT)

    async def work(self, rate: float, seconds: float, tell: Callable[[], None]) -> float:
        """Begin operations at this rate for so long, or until `stop`, and end each; return how many began in a second.

        Raises AutopostError when the platform's table refuses one.
        """
        began = time.monotonic()
        total = max(1, round(rate * seconds))
        begun, took = 0, seconds
        try:
            async with asyncio.TaskGroup() as tasks:
                for number in range(total):
                    if await self._stops_within(began + number / rate - time.monotonic()):
                        break
                    begun += 1
                    tasks.create_task(self._one(operation(self.run, number, self._agents, self._chance), tell))
                took = time.monotonic() - began
        except BaseExceptionGroup as errors:
            raise _refusal(errors.exceptions[0]) from None
        return min(rate, begun / took)

    async def _one(self, work: SimulatedOperation, tell: Callable[[], None]) -> None:
        texts = (work.what, work.why, work.next_steps)
        await self._execute("cli/simulate_start", work.id, TENANT, work.agent_id, work.operation_type, *texts)
        self.begun += 1
        await asyncio.sleep(work.takes_seconds)
        await self._execute("cli/simulate_end", work.id, work.status)
        self.ended += 1
        tell()

    async def outcomes(self) -> Outcomes:
        """Return their outcomes so far."""
        states: dict[str, int] = {}
        reasons: dict[str, int] = {}
        rows = await self._pool.fetch(query("cli/simulate_outcomes", self._schemas), self.run)
        for row in rows:
            states[row["state"]] = states.get(row["state"], 0) + row["operations"]
            if row["reason"]:
                reasons[row["reason"]] = row["operations"]
        return Outcomes(states, reasons, *((rows[0]["p50_ms"], rows[0]["p99_ms"]) if rows else ()))

    async def settle(self, seconds: float, tell: Callable[[Outcomes], None]) -> Outcomes:
        """Wait until each has an outcome, but not longer than this or until `stop`; return the outcomes."""
        end = time.monotonic() + seconds
        while True:
            outcomes = await self.outcomes()
            tell(outcomes)
            if not outcomes.waiting or time.monotonic() >= end or await self._stops_within(LOOK_SECONDS):
                return outcomes

    async def _stops_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0, seconds)):
                await self._stop.wait()
        return self.is_stopped

    async def _execute(self, name: str, *arguments: object) -> None:
        await self._pool.execute(query(name, self._schemas), *arguments)


def _refusal(error: BaseException) -> BaseException:
    """Return what to raise: an error of its own for a row that the platform refuses, any other error unchanged."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError | asyncpg.DataError | asyncpg.RaiseError):
        return AutopostError(f"the platform's table refuses simulated operations: {message_without_values(error)}")
    return error
