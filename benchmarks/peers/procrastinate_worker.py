"""A worker of procrastinate, set up as its documentation says.

Several jobs at once, since they wait for the database, and a pool with a connection for each and one more, since they
are short. uvloop, as the others have it.
"""

from __future__ import annotations

import asyncpg
from procrastinate import App, PsycopgConnector

from autopost.settings import Settings
from autopost.writing import Redactor
from benchmarks.gate import opened
from benchmarks.peers.job import Job

CONCURRENCY = 10


async def work(settings: Settings, redactor: Redactor) -> None:
    """Run jobs until SIGTERM."""
    connector = PsycopgConnector(conninfo=settings.dsn, min_size=CONCURRENCY + 1, max_size=CONCURRENCY + 1)
    app = App(connector=connector)
    async with (
        asyncpg.create_pool(settings.dsn, min_size=CONCURRENCY, max_size=CONCURRENCY) as pool,
        app.open_async(),
    ):
        job = Job(pool, settings, redactor)

        async def post(**facts: str | None) -> None:
            await job.do(facts)

        app.task(name="post", queue="default")(post)
        await opened()
        await app.run_worker_async(concurrency=CONCURRENCY)
