"""What a claim and a publishing transaction cost beside many finished rows, and with many pending ones.

Two databases of one server take turns: one with nothing but the batch at hand, one with what years leave behind. In a
third, claims that read their operations again take turns with claims that do not.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import asyncpg
from tests.support.host import SCHEMAS, open_connection

from autopost.database.connection import create_pool
from autopost.database.migrate import migrate
from autopost.database.sql import query
from autopost.model import Claim, Generator, Posted, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.settings import Settings, load_settings
from autopost.worker.publication import Publication
from benchmarks.stand import Connection, add_agents, report, stand

BATCH = 500
BATCHES = 20  # in each turn
LEASE = timedelta(seconds=60)
WINDOW = timedelta(minutes=5)
CHUNK = 100_000
GOAL = 1.2
READING = {1: 200, 16: 60, 500: 10}  # rows in a claim, claims of each kind
OPERATIONS = 100_000
TEXT = "reconciled the invoices of the week with the ledger of the northern region, so that the month can be closed"

FINISHED = (
    "insert into auto_post_outbox (id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, "
    "what_explanation, state, reason, captured_at, available_at, attempts, epoch, claimed_at, finished_at) "
    f"select gen_random_uuid(), 1, 'old' || n, 'tenant', 'agent' || (1 + n %% %s), 'workflow_execute', "
    f"'completed', false, '{TEXT}', 'skipped', 'rate_limited', t.at, t.at, 1, 1, t.at, t.at "
    "from generate_series(%s::int, %s) as n, "
    "lateral (select now() - interval '6 days' + n * interval '1 millisecond' as at) as t"
)
PENDING = (
    "insert into auto_post_outbox (id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, "
    "what_explanation, captured_at, available_at) "
    f"select gen_random_uuid(), 1, 'new' || n, 'tenant', 'agent' || (1 + n %% %s), 'workflow_execute', "
    f"'completed', false, '{TEXT}', now(), now() from generate_series(%s::int, %s) as n"
)


# Their ids are random, and the first of them complete: no order helps the index.
TRACKERS = (
    "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
    f"select gen_random_uuid(), 'tenant', 'agent1', 'report_generate', 'running', '{TEXT}' "
    "from generate_series(1, %s::int) as n"
)
COMPLETE = (
    "update operation_trackers set status = 'completed' where id in "
    "(select id from operation_trackers order by id limit %s)"
)


@dataclass
class Times:
    """Milliseconds of each statement or transaction, for batches of the same size."""

    claim: list[float] = field(default_factory=list)
    fair: list[float] = field(default_factory=list)
    publish: list[float] = field(default_factory=list)


class Side:
    """One database, and a worker's statements on it."""

    def __init__(self, host: Connection, settings: Settings, pool: asyncpg.Pool[asyncpg.Record], agents: int) -> None:
        self.host = host
        self.agents = agents
        self.times = Times()
        self._outbox = Outbox(pool, SCHEMAS, "bench")
        self._publication = Publication(pool, SCHEMAS, "bench")
        self._next = 0

    async def turn(self, *, adds: bool = True) -> None:
        """Claim and publish some batches, of rows that are added before or of those that wait."""
        if adds:
            first, self._next = self._next + 1, self._next + BATCH * BATCHES
            await asyncio.to_thread(self.host.execute, PENDING, (self.agents, first, self._next))
        for number in range(BATCHES):
            round_robin = number % 4 == 1
            began = time.perf_counter()
            claims = await self._outbox.claim(BATCH, LEASE, round_robin=round_robin)
            (self.times.fair if round_robin else self.times.claim).append((time.perf_counter() - began) * 1000)
            assert len(claims) == BATCH, f"{len(claims)} of {BATCH}"
            began = time.perf_counter()
            await self._publication.publish(
                posts(claims), lambda group, agents, now: at_publishing(group, agents, now, WINDOW)
            )
            self.times.publish.append((time.perf_counter() - began) * 1000)


async def measure_reading(dsn: str) -> dict[int, tuple[float, float]]:
    """Return by the number of rows what reading multiplies a claim's time with: of the wall, and of the backend's."""
    with open_connection(dsn, autocommit=True) as host:
        host.execute(TRACKERS, (OPERATIONS,))
        host.execute(COMPLETE, (2 * sum(rows * count for rows, count in READING.items()),))
        host.execute("vacuum analyze")
    async with await create_pool(load_settings(database_url=dsn), "reading", size=1) as pool:
        process = Path(f"/proc/{await pool.fetchval('select pg_backend_pid()')}/schedstat")
        result: dict[int, tuple[float, float]] = {}
        for rows, count in READING.items():
            wall: dict[bool, list[int]] = {True: [], False: []}
            cpu: dict[bool, list[int]] = {True: [], False: []}
            for turn in range(2 * count):
                reads = turn % 2 == 0
                began = (time.perf_counter_ns(), cpu_ns(process))
                found = await pool.fetch(query("worker/claim", SCHEMAS), "bench", LEASE, reads, rows, True)
                wall[reads].append(time.perf_counter_ns() - began[0])
                cpu[reads].append(cpu_ns(process) - began[1])
                assert len(found) == rows, f"{len(found)} of {rows}"
            of_wall, of_cpu = (statistics.median(of[True]) / statistics.median(of[False]) for of in (wall, cpu))
            result[rows] = of_wall, of_cpu
    return result


def cpu_ns(schedstat: Path) -> int:
    """Return how long a process ran on a processor."""
    return int(schedstat.read_text("ascii").split()[0])


def posts(claims: Sequence[Claim]) -> list[Posted]:
    """Return a post of each."""
    return [Posted(claim, Written(TEXT, Generator.TEMPLATE)) for claim in claims]


def fill(host: Connection, statement: str, rows: int, agents: int) -> None:
    """Insert so many rows."""
    for first in range(1, rows + 1, CHUNK):
        host.execute(statement, (agents, first, min(first + CHUNK - 1, rows)))


async def measure(dsns: dict[str, str], *, finished: int, pending: int, agents: int, rounds: int) -> dict[str, Times]:
    """Return the times on the small side, beside finished rows, and with pending ones."""
    sides: dict[str, Side] = {}
    pools = []
    for name, dsn in dsns.items():
        settings = load_settings(database_url=dsn)
        pools.append(await create_pool(settings, name, size=2))
        sides[name] = Side(open_connection(dsn, autocommit=True), settings, pools[-1], agents)
        add_agents(sides[name].host, agents)
    fill(sides["many"].host, FINISHED, finished, agents)
    for side in sides.values():
        side.host.execute("vacuum analyze")
        side.host.execute("checkpoint")
    for _ in range(rounds + 1):
        for side in sides.values():
            await side.turn()
    result = {name: side.times for name, side in sides.items()}
    sides["many"].times = result["pending"] = Times()
    fill(sides["many"].host, PENDING.replace("'new'", "'waits'"), pending, agents)
    for _ in range(rounds):
        await sides["many"].turn(adds=False)
    for side, pool in zip(sides.values(), pools, strict=True):
        side.host.close()
        await pool.close()
    return result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finished", type=int, default=200_000)
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--agents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with stand() as (server, host):
        host.execute("create database other")
        migrate(load_settings(database_url=server.dsn("other")))
        host.execute("create database reading")
        migrate(load_settings(database_url=server.dsn("reading")))
        reading = asyncio.run(measure_reading(server.dsn("reading")))
        dsns = {"few": server.dsn("other"), "many": server.dsn()}
        times = asyncio.run(measure(dsns, **vars(options)))
    base = {name: statistics.median(getattr(times["few"], name)) for name in ("claim", "fair", "publish")}
    ratios = {
        side: {name: statistics.median(getattr(times[side], name)) / base[name] for name in base}
        for side in ("many", "pending")
    }
    many, waiting = ratios["many"], ratios["pending"]
    reached = "reached" if many["claim"] <= GOAL else "MISSED"
    report(
        "scale",
        f"a claim of {BATCH} beside {options.finished:,} finished rows takes {many['claim']:.2f} of its time without, "
        f"goal {GOAL} {reached}; publishing {many['publish']:.2f}; with {options.pending:,} pending a claim "
        f"{waiting['claim']:.2f}, a fair one {waiting['fair']:.2f}, publishing {waiting['publish']:.2f}; "
        f"{options.agents:,} agents; reading operations again multiplies a claim's time, and the server's processor "
        f"time, by {', '.join(f'{wall:.2f} and {cpu:.2f} at {rows}' for rows, (wall, cpu) in reading.items())} rows",
        base_ms=base,
        reading=reading,
        ratios=ratios,
    )


if __name__ == "__main__":
    main()
