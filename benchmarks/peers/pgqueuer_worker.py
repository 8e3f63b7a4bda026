"""A worker of pgqueuer, set up as its performance guide says.

A connection of its own for the queue and a pool for the jobs; larger batches than the default, because the jobs are
short; at most twice a batch under way, the least that it allows; its autovacuum settings (install.py). uvloop, as in
its own benchmark. Its tables are durable, as autopost's are.
"""

from __future__ import annotations

import asyncio
import json
import signal

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.models import Job as QueueJob

from autopost.settings import Settings
from autopost.writing import Redactor
from benchmarks.gate import opened
from benchmarks.peers.job import Job

BATCH = 50
CONNECTIONS = 10


async def work(settings: Settings, redactor: Redactor) -> None:
    """Run jobs until SIGTERM."""
    connection = await asyncpg.connect(settings.dsn)
    async with asyncpg.create_pool(settings.dsn, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        job = Job(pool, settings, redactor)
        queue = PgQueuer.from_asyncpg_connection(connection)

        async def post(queued: QueueJob) -> None:
            await job.do(json.loads(queued.payload or b""))

        queue.entrypoint("post")(post)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, queue.shutdown.set)
        await opened()
        await queue.run(batch_size=BATCH, max_concurrent_tasks=2 * BATCH)
