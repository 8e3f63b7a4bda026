"""A worker of autopost in a process of its own, put together as `autopost run` does, but with the redactor given."""

from __future__ import annotations

import asyncio
import signal

from autopost.observability.logs import configure_logs
from autopost.processes.worker_process import build_worker
from autopost.settings import Settings
from autopost.writing import Redactor


async def work(settings: Settings, redactor: Redactor) -> None:
    """Run until SIGTERM."""
    configure_logs(settings)
    async with build_worker(settings, redactor) as worker:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
        await worker.run()
