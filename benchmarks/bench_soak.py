"""Two workers under a steady load for half an hour, with a transaction that stays open from the start.

While it is open, VACUUM removes nothing and no index forgets its dead entries: the usual end of a queue in a table. So
the last third of the time is compared with the first: how long a claim takes, how late the posts are, how much memory
the workers need. In the end nothing may be lost or doubled. `--no-old-transaction` is the baseline.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psutil
import psycopg
from tests.support.host import SCHEMAS, open_connection

from autopost.database.sql import query
from benchmarks.stand import Connection, add_agents, percentile, report, stand, wait_for, worker

WORKERS = 2
AGENTS = 1_000
PROBES_A_SECOND = 2
WINDOW_MINUTES = 0.02  # so that nearly every operation becomes a post
SAMPLES_AT_LEAST = 6
GOAL_RATIO = 2.0

WAITING = "exists (select from auto_post_outbox where state in ('pending', 'claimed'))"
DELAYS = (
    "select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from claimed_at - captured_at)) "
    "from auto_post_outbox where finished_at > clock_timestamp() - make_interval(secs => %s)"
)
SIZES = (
    "select pg_table_size('auto_post_outbox') / 1e6, pg_relation_size('auto_post_outbox_claim_idx') / 1e6, "
    "pg_total_relation_size('auto_post_outbox') / 1e6, pg_stat_get_dead_tuples('auto_post_outbox'::regclass)"
)
LOST = (
    "select count(*) from operation_trackers as t left join auto_post_outbox as o on o.tracker_id = t.id "
    "left join social_posts as p on p.id = o.post_id left join audit_log as a on a.tracker_id = t.id "
    "where t.status in ('completed', 'failed') and (o.finished_at is null or a.id is null "
    "or (o.state = 'posted') is distinct from (p.id is not null) or o.reason is distinct from a.details ->> 'reason')"
)
FOUND = "select count(*) from operation_trackers where status in ('completed', 'failed')"
DOUBLED = (
    "select count(*) - count(distinct details ->> 'outbox_id') + greatest((select count(*) from social_posts) "
    "- (select count(*) from auto_post_outbox where state = 'posted'), 0) from audit_log"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen in one interval, at its end."""

    minute: float
    operations: int
    claim_ms: float
    look_ms: float
    to_claim_p50_ms: float
    to_claim_p99_ms: float
    to_post_p50_ms: float
    to_post_p99_ms: float
    table_mb: float
    claim_index_mb: float
    total_mb: float
    dead_rows: int
    workers_mb: float


class Load:
    """Completes operations at a steady rate, each in a transaction of its own; one in ten fails, which is an alert."""

    def __init__(self, dsn: str, rate: int) -> None:
        self._rate = rate
        self._dsn = dsn
        self.completed = 0

    def __call__(self, stop: threading.Event) -> None:
        """Work until told to stop. What comes late is made up for."""
        began = time.monotonic()
        with open_connection(self._dsn, autocommit=True) as host:
            while not stop.is_set():
                start(host, "op", self.completed, self._rate, "agent", AGENTS)
                for number in range(self.completed, self.completed + self._rate):
                    time.sleep(max(0.0, began + number / self._rate - time.monotonic()))
                    finish(host, f"op{number}", "failed" if number % 10 == 0 else "completed")
                    self.completed += 1


class Probe:
    """Completes an operation now and then, and waits until its post can be read."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.completed = 0
        self.delays_ms: list[float] = []

    def __call__(self, stop: threading.Event) -> None:
        """Probe until told to stop."""
        post = (
            "select from social_posts where id = auto_post_outbox_id(%s, "
            "(select rule_id from auto_post_best_rule('workflow_execute', 'completed')))::text"
        )
        with open_connection(self._dsn, autocommit=True) as host:
            while not stop.wait(1 / PROBES_A_SECOND):
                start(host, "probe", self.completed, 1, "probe", AGENTS)
                finish(host, f"probe{self.completed}", "completed")
                began = time.perf_counter()
                while host.execute(post, (f"probe{self.completed}",)).fetchone() is None:
                    time.sleep(0.001)
                    if time.perf_counter() - began > 120:
                        raise TimeoutError(f"no post for probe{self.completed}")
                self.delays_ms.append((time.perf_counter() - began) * 1000)
                self.completed += 1


def start(host: Connection, prefix: str, first: int, count: int, agent: str, agents: int) -> None:
    """Insert operations that run."""
    host.execute(
        "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation, "
        "why_explanation, next_steps) select %s || n, 'tenant', %s || (1 + n %% %s), 'workflow_execute', 'running', "
        "'reconciled the invoices of region ' || n || ' and mailed them to team' || n || '@example.com', "
        "'so that the review can start on time', 'answer questions' from generate_series(%s::int, %s) as n",
        (prefix, agent, agents, first, first + count - 1),
    )


def finish(host: Connection, operation_id: str, status: str) -> None:
    """End one operation, as an agent does."""
    host.execute("update operation_trackers set status = %s where id = %s", (status, operation_id))


@contextlib.contextmanager
def running(*works: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run each in a thread; an error in one is an error here."""
    stop = threading.Event()
    errors: list[BaseException] = []

    def guarded(work: Callable[[threading.Event], None]) -> None:
        try:
            work(stop)
        except BaseException as error:  # noqa: BLE001 - it is raised below
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(150)
    if errors:
        raise errors[0]


def milliseconds(connection: Connection, statement: str) -> float:
    """Return how long the server takes for a prepared statement that is rolled back, the median of five."""
    took = []
    for _ in range(5):
        with connection.transaction(force_rollback=True):
            ((plan,),) = connection.execute(f"explain (analyze, format json) execute {statement}".encode()).fetchall()
        took.append(float(plan[0]["Execution Time"]))
    return statistics.median(took)


def sample(
    side: Connection, began: float, seconds: float, load: Load, probe: Probe, processes: Sequence[psutil.Process]
) -> Sample:
    """Look at everything once."""
    delays, probe.delays_ms = probe.delays_ms, []
    ((to_claim,),) = side.execute(DELAYS, (seconds,)).fetchall()
    ((table, claim_index, total, dead),) = side.execute(SIZES.encode()).fetchall()
    p50, p99 = to_claim or (0.0, 0.0)
    taken = Sample(
        minute=(time.monotonic() - began) / 60,
        operations=load.completed,
        claim_ms=milliseconds(side, "claim ('soak', '60 seconds', true, 200, false)"),
        look_ms=milliseconds(side, "next_due (false)"),
        to_claim_p50_ms=1000 * float(p50),
        to_claim_p99_ms=1000 * float(p99),
        to_post_p50_ms=statistics.median(delays or [0.0]),
        to_post_p99_ms=percentile(delays or [0.0], 0.99),
        table_mb=float(table),
        claim_index_mb=float(claim_index),
        total_mb=float(total),
        dead_rows=int(dead),
        workers_mb=sum(process.memory_info().rss for process in processes) / 1e6,
    )
    figures = (f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" for value in asdict(taken).values())
    print("  ".join(f"{figure:>12}" for figure in figures), file=sys.stderr, flush=True)
    return taken


def soak(minutes: float, rate: int, *, pinned: bool) -> bool:
    """Measure and print; tell whether nothing was lost or doubled."""
    samples: list[Sample] = []
    with stand() as (server, side), contextlib.ExitStack() as stack:
        side.prepare_threshold = None  # or the driver forgets what is prepared here with each rollback
        add_agents(side, AGENTS)
        side.execute("insert into agents select replace(id, 'agent', 'probe'), tenant_id, name, maturity from agents")
        side.execute(
            ("prepare claim (text, interval, boolean, integer, boolean) as " + query("worker/claim", SCHEMAS)).encode()
        )
        side.execute(("prepare next_due (boolean) as " + query("worker/next_due", SCHEMAS)).encode())
        if pinned:
            old = stack.enter_context(open_connection(server.dsn()))
            old.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            old.execute("select")  # its snapshot holds back what VACUUM may remove, everywhere
        workers = [
            stack.enter_context(worker(server, SOCIAL_POST_RATE_LIMIT_MINUTES=str(WINDOW_MINUTES)))
            for _ in range(WORKERS)
        ]
        wait_for(side, f"select count(*) = {WORKERS} from auto_post_workers", seconds=60)
        processes = [psutil.Process(process.pid) for process in workers]
        load, probe = Load(server.dsn(), rate), Probe(server.dsn())
        seconds = min(60.0, minutes * 60 / SAMPLES_AT_LEAST)
        print("  ".join(f"{name:>12.12}" for name in Sample.__dataclass_fields__), file=sys.stderr)
        with running(load, probe):
            began = time.monotonic()
            while time.monotonic() < began + minutes * 60 - seconds / 2:
                time.sleep(seconds)
                samples.append(sample(side, began, seconds, load, probe, processes))
        wait_for(side, f"select not {WAITING}")
        ((lost, found, doubled),) = side.execute(f"select ({LOST}), ({FOUND}), ({DOUBLED})".encode()).fetchall()
    completed = load.completed + probe.completed
    lost += completed - found
    name = "soak" if pinned else "soak without an old transaction"
    report(name, verdict(samples, completed, lost, int(doubled)), samples=[asdict(taken) for taken in samples])
    return bool(lost == 0 and doubled == 0)


def verdict(samples: Sequence[Sample], completed: int, lost: int, doubled: int) -> str:
    """Return the one line: the last third against the first."""
    third = max(1, len(samples) // 3)

    def ratio(field: str, *, shown: bool = True) -> tuple[float, str]:
        first, last = (
            statistics.median(float(getattr(taken, field)) for taken in part)
            for part in (samples[:third], samples[-third:])
        )
        value = last / first if first else 1.0
        return value, f"{value:.2f} ({first:.1f} to {last:.1f})" if shown else f"{value:.2f}"

    grown = 1000 * (samples[-1].total_mb - samples[0].total_mb) / (samples[-1].operations - samples[0].operations)
    worst = max(ratio("claim_ms")[0], ratio("to_post_p50_ms")[0])
    return (
        f"last third against first, milliseconds: claim {ratio('claim_ms')[1]}, look {ratio('look_ms')[1]}, "
        f"commit to claim p50 {ratio('to_claim_p50_ms')[1]}, p99 {ratio('to_claim_p99_ms')[1]}, "
        f"commit to post p50 {ratio('to_post_p50_ms')[1]}, p99 {ratio('to_post_p99_ms')[1]}; "
        f"workers' memory {ratio('workers_mb')[1]} MB; outbox {grown:.2f} MB per 1,000 operations; "
        f"{completed:,} operations, {lost} lost, {doubled} doubled; "
        f"goal at most {GOAL_RATIO:g} times: {'reached' if worst <= GOAL_RATIO else 'MISSED'}"
    )


def main() -> None:
    """Read the command line; exit code 1 when something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=int, default=100, help="operations a second")
    parser.add_argument("--no-old-transaction", dest="pinned", action="store_false")
    given: Any = parser.parse_args()
    sys.exit(0 if soak(given.minutes, given.rate, pinned=given.pinned) else 1)


if __name__ == "__main__":
    main()
