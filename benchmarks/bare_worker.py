"""The least that a process can do for a notification: wake up and insert one row. A floor for latencies.

One connection listens, another inserts, by the driver and event loop that autopost uses.
"""

from __future__ import annotations

import asyncio
import signal
import uuid

import asyncpg

from autopost.settings import Settings
from autopost.writing import Redactor
from benchmarks.gate import opened

INSERT = "insert into audit_log (id, action, tracker_id) values ($1, 'auto_post.posted', $2)"


async def work(settings: Settings, _redactor: Redactor) -> None:
    """Insert a row for each notification until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    listener = await asyncpg.connect(settings.dsn)
    writer = await asyncpg.connect(settings.dsn)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.add_listener("bench_notify", lambda *told: heard.put_nowait(str(told[3])))
    await opened()
    insert = asyncio.create_task(_insert(writer, heard))
    await asyncio.wait([insert, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
    insert.cancel()
    await asyncio.gather(insert, return_exceptions=True)
    await listener.close()
    await writer.close()


async def _insert(writer: asyncpg.Connection[asyncpg.Record], heard: asyncio.Queue[str]) -> None:
    while True:
        await writer.execute(INSERT, str(uuid.uuid4()), await heard.get())
