"""What the page costs: with 100,000 posts beside 50, with 50 open viewers, and with 10 that do not read."""

from __future__ import annotations

import argparse
import contextlib
import selectors
import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.host import open_connection

from autopost.database.embedded import EmbeddedServer
from benchmarks.bench_idle import processor_seconds
from benchmarks.stand import Connection, add_agents, report, stand, worker

AGENTS = 1_000
TOKEN = "a-token-of-benchmarks-only"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
VIEWERS = 50
STALLED = 10
STALLED_BYTES = 4_096
FEW = 50  # a page and a bit
GOAL_TIMES = 2.0
GOAL_SHARE_OF_A_CORE = 0.10
GOAL_LATENCY_TIMES = 1.25

FILL = """
with given as (
    select n, gen_random_uuid() as id, 'agent' || (1 + n % 1000) as agent_id, n % 5 = 0 as is_alert,
        now() - interval '30 milliseconds' * (%(posts)s - n) as at
    from generate_series(1, %(posts)s) as n
),
posts as (
    insert into social_posts (id, author_type, author_id, post_type, content, auto_generated, created_at)
    select id::text, 'agent', agent_id, case when is_alert then 'alert' else 'status' end,
        repeat('So it is. ', 20) || n, true, at
    from given
),
outbox as (
    insert into auto_post_outbox (id, rule_id, tracker_id, agent_id, operation_type, status, is_alert, state,
        captured_at, available_at, attempts, epoch, post_id, finished_at)
    select id, 1, 'filled%(posts)s-' || n, agent_id, 'report_generate', 'completed', is_alert, 'posted',
        at - interval '10 milliseconds', at, 1, 1, id::text, at
    from given
)
insert into audit_log (id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details)
select id::text, at, agent_id, 'auto_post.posted', 'report_generate', 'filled%(posts)s-' || n, 'completed', id::text,
    jsonb_build_object('outcome', 'posted', 'outbox_id', id, 'generator', 'template', 'is_alert', is_alert,
        'attempts', 1)
from given
"""
LATENCY = """
select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from finished_at - captured_at) * 1000)
from auto_post_outbox where tracker_id like %s and state = 'posted'
"""


class Page:
    """A worker that serves the page, and connections to it."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid

    def first_byte_ms(self, path: str, times: int) -> float:
        """Return the median of the times to the first byte of a page."""
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=HEADERS)
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read(1)
                taken.append(time.perf_counter() - began)
        return 1000 * statistics.median(taken)

    @contextlib.contextmanager
    def viewers(self, count: int, *, receive_bytes: int | None = None) -> Iterator[list[socket.socket]]:
        """Open streams; nobody reads them yet."""
        with contextlib.ExitStack() as ends:
            opened = []
            for _ in range(count):
                end = ends.enter_context(socket.socket())
                if receive_bytes is not None:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
                end.connect(("127.0.0.1", self.port))
                token = f"Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
                end.sendall(f"GET /events?silent=1 HTTP/1.1\r\n{token}".encode())
                if not end.recv(400).startswith(b"HTTP/1.1 200"):
                    raise RuntimeError("a viewer was turned away")
                opened.append(end)
            yield opened

    @contextlib.contextmanager
    def reading(self, count: int) -> Iterator[list[int]]:
        """Open streams and read them, in a thread; the one number in the list is that of the entries so far."""
        entries, ended = [0], threading.Event()
        with self.viewers(count) as ends, selectors.DefaultSelector() as selector:
            for end in ends:
                selector.register(end, selectors.EVENT_READ)

            def read() -> None:
                while not ended.is_set():
                    for key, _ in selector.select(0.1):
                        assert isinstance(key.fileobj, socket.socket)
                        entries[0] += key.fileobj.recv(1_000_000).count(b"event: entry")

            reader = threading.Thread(target=read)
            reader.start()
            try:
                yield entries
            finally:
                ended.set()
                reader.join()


@contextlib.contextmanager
def page(server: EmbeddedServer) -> Iterator[Page]:
    """Run a worker that serves the page."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    variables = {"SOCIAL_POST_HTTP_PORT": str(port), "SOCIAL_POST_HTTP_TOKEN": TOKEN}
    with worker(server, **variables) as process:
        time.sleep(3)
        yield Page(port, process.pid)


def fill(host: Connection, posts: int) -> None:
    """Add posts, 30 milliseconds apart until now, and wait until nothing is kept of before."""
    host.execute(FILL.replace("n % ", "n %% ").encode(), {"posts": posts})
    host.execute("vacuum analyze")
    time.sleep(5)


def load(server: EmbeddedServer, name: str, rate: float, seconds: float) -> None:
    """Let operations fail at a steady rate, which are alerts and all posted; wait for the last."""
    with open_connection(server.dsn(), autocommit=True) as host:
        began = time.monotonic()
        number = 0
        while (now := time.monotonic() - began) < seconds:
            if number > now * rate:
                time.sleep(number / rate - now)
            number += 1
            host.execute(
                "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
                "values (%s, %s, 'workflow_execute', 'failed', 'Could not reconcile the invoices of the region')",
                (f"{name}-{number}", f"agent{number % AGENTS + 1}"),
            )
        waiting: Any = (True,)
        while waiting != (False,):
            time.sleep(0.05)
            waiting = host.execute(
                "select exists (select from auto_post_outbox where state in ('pending', 'claimed'))"
            ).fetchone()


def share_of_a_core(server: EmbeddedServer, shown: Page, name: str, rate: float, seconds: float) -> float:
    """Return what the worker uses of a core under this load."""
    before, began = processor_seconds(shown.pid), time.monotonic()
    load(server, name, rate, seconds)
    return (processor_seconds(shown.pid) - before) / (time.monotonic() - began)


def latency_ms(server: EmbeddedServer, host: Connection, name: str, rate: float, seconds: float) -> tuple[float, float]:
    """Return the milliseconds from capture to post under this load, of the half and of 99 in 100."""
    load(server, name, rate, seconds)
    ((found,),) = host.execute(LATENCY.encode(), (f"{name}-%",)).fetchall()
    return float(found[0]), float(found[1])


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=20.0, help="posts a second, with viewers")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=3)
    given: Any = parser.parse_args()
    rounds = range(given.rounds)
    with stand() as (server, host):
        add_agents(host, AGENTS)
        with page(server) as shown:
            fill(host, FEW)
            shown.first_byte_ms("/", 20)  # the worker has everything loaded
            few = {path: shown.first_byte_ms(path, 40) for path in ("/", "/outbox")}
            fill(host, given.posts)
            full = {path: shown.first_byte_ms(path, 40) for path in ("/", "/outbox", "/?agent=agent7", "/?kind=alert")}
            alone, watched, entries = [], [], 0
            for number in rounds:
                alone.append(share_of_a_core(server, shown, f"alone{number}", given.rate, given.seconds))
                with shown.reading(VIEWERS) as read:
                    watched.append(share_of_a_core(server, shown, f"watched{number}", given.rate, given.seconds))
                    time.sleep(1)
                    entries += read[0]
            free, stalled = [], []
            for number in rounds:
                free.append(latency_ms(server, host, f"free{number}", 5 * given.rate, given.seconds))
                with shown.viewers(STALLED, receive_bytes=STALLED_BYTES):
                    stalled.append(latency_ms(server, host, f"stalled{number}", 5 * given.rate, given.seconds))
    times = full["/"] / few["/"]
    cost = statistics.median(watched) - statistics.median(alone)
    p50, p99 = ([statistics.median(run[part] for run in runs) for runs in (free, stalled)] for part in (0, 1))
    size = (
        f"first byte of the feed with {given.posts:,} posts {full['/']:.1f} ms, {times:.2f} times that with {FEW}, "
        f"goal at most {GOAL_TIMES:g} {'reached' if times <= GOAL_TIMES else 'MISSED'}; one agent's "
        f"{full['/?agent=agent7']:.1f} ms, outbox {full['/outbox']:.1f} ms"
    )
    watching = (
        f"{VIEWERS} viewers at {given.rate:g} posts a second cost the worker {100 * cost:.1f} % of a core more than "
        f"the {100 * statistics.median(alone):.1f} % without, goal below {100 * GOAL_SHARE_OF_A_CORE:g} % "
        f"{'reached' if cost < GOAL_SHARE_OF_A_CORE else 'MISSED'} ({entries:,} entries read)"
    )
    not_reading = (
        f"capture to post at {5 * given.rate:g} a second with {STALLED} viewers that do not read {p50[1]:.1f} and "
        f"{p99[1]:.1f} ms (p50, p99), {p50[1] / p50[0]:.2f} and {p99[1] / p99[0]:.2f} times that without, p50 goal at "
        f"most {GOAL_LATENCY_TIMES:g} {'reached' if p50[1] / p50[0] <= GOAL_LATENCY_TIMES else 'MISSED'}"
    )
    figures = {"few_ms": few, "full_ms": full, "alone": alone, "watched": watched, "free": free, "stalled": stalled}
    report("page", f"{size}; {watching}; {not_reading}", **figures)


if __name__ == "__main__":
    main()
