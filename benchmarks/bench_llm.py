"""Posts a second with an LLM that answers in one second, against the ideal: as many as are asked at once.

The worker is `autopost run` with redaction; the server is a process of its own on the same processors (slow_llm.py).
From the moment when the worker may begin to the commit of the last post, so filling and emptying the pipeline counts.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from autopost.database.embedded import EmbeddedServer
from benchmarks.backlog import fill, wait_for_outcomes
from benchmarks.clock import now
from benchmarks.slow_llm import ANSWER_SECONDS
from benchmarks.stand import Connection, add_agents, report, spread, stand
from benchmarks.systems import OURS, ROOT, prepare, ready

GOALS = {1: 0.95, 20: 0.95, 200: 0.85}
SETTINGS = {"track_commit_timestamp": "on"}
LAST = "select max(pg_xact_commit_timestamp(xmin)) from social_posts"
BY_TEMPLATE = "select count(*) from social_posts where post_metadata ->> 'generator' <> 'llm'"


@dataclass(frozen=True)
class Written:
    """One run: posts, seconds, and posts a second against the ideal."""

    posts: int
    seconds: float
    share: float


@contextlib.contextmanager
def slow_llm() -> Iterator[str]:
    """Run the LLM's server; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.slow_llm"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=60)


def write(server: EmbeddedServer, host: Connection, address: str, concurrency: int, answers: int) -> Written:
    """Have so many posts written, `answers` one after another in each place."""
    prepare(host, OURS)
    posts = concurrency * answers
    fill(host, posts, posts, alerts=False)
    host.execute("vacuum analyze")
    variables = {
        "SOCIAL_POST_LLM_ENABLED": "true",
        "SOCIAL_POST_LLM_CONCURRENCY": str(concurrency),
        "OPENAI_API_KEY": "benchmark",
        "OPENAI_BASE_URL": address,
    }
    with ready(server, host, OURS, redaction=True, **variables) as worker:
        began = now(host)
        worker.begin()
        wait_for_outcomes(host, posts)
    ((last,),) = host.execute(LAST).fetchall()
    ((templates,),) = host.execute(BY_TEMPLATE).fetchall()
    if templates:
        raise RuntimeError(f"{templates} of {posts} posts were written from a template")
    seconds = (last - began).total_seconds()
    return Written(posts, seconds, answers * ANSWER_SECONDS / seconds)


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 20, 200])
    parser.add_argument("--answers", type=int, default=10, help="how many answers each place gets, one second each")
    parser.add_argument("--rounds", type=int, default=1)
    given: Any = parser.parse_args()
    runs: dict[int, list[Written]] = {concurrency: [] for concurrency in given.concurrency}
    with stand(settings=SETTINGS) as (server, host), slow_llm() as address:
        add_agents(host, max(given.concurrency) * given.answers)
        for _ in range(given.rounds):
            for concurrency, done in runs.items():
                done.append(write(server, host, address, concurrency, given.answers))
    parts = []
    for concurrency, done in runs.items():
        part = f"{concurrency} at once {spread([run.share for run in done])}"
        if concurrency in GOALS:
            reached = statistics.median(run.share for run in done) >= GOALS[concurrency]
            part += f", goal {GOALS[concurrency]:g} {'reached' if reached else 'MISSED'}"
        parts.append(part)
    report(
        "llm",
        f"posts a second of the ideal, each answer taking {ANSWER_SECONDS:g} s: {'; '.join(parts)}",
        runs={concurrency: [asdict(run) for run in done] for concurrency, done in runs.items()},
    )


if __name__ == "__main__":
    main()
