"""The worker process: claims, keeps its pipeline busy, says that it lives, and drains when it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog

from autopost import __version__, backoff
from autopost.connection import connect, create_pool
from autopost.doorbell import Doorbell, Woken
from autopost.faults import DATABASE_ERRORS, kind
from autopost.held import Held
from autopost.outbox import Outbox
from autopost.pipeline import Pipeline
from autopost.publisher import Publisher
from autopost.schema import require_schema
from autopost.settings import Settings, unknown_variables
from autopost.writing import Redactor as RedactorProtocol
from autopost.writing import Writer

HEARTBEAT_SECONDS = 15.0
POOL_SIZE = 3  # claim, publish, and one to spare for heartbeats
LAST_WORD_SECONDS = 5.0
CLAIM_RETRY_CAP_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Worker:
    """Claims rows and runs them through the pipeline until `stop` is called.

    `run` returns when everything it held has its outcome or was given back.
    """

    def __init__(self, settings: Settings, outbox: Outbox, doorbell: Doorbell, writer: Writer) -> None:
        self._settings = settings
        self._outbox = outbox
        self._doorbell = doorbell
        self._held = Held()
        self._publisher = Publisher(outbox, settings, self._held)
        self._pipeline = Pipeline(writer, self._publisher, settings)
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        # Enough to keep every generation busy, and no more: what waits here is under a lease.
        self._capacity = 2 * (settings.llm_concurrency if settings.uses_llm else settings.batch_size)

    def stop(self) -> None:
        """Stop claiming and drain; when called again, give back at once what is held."""
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()
        self._held.nudge()
        self._doorbell.ring()

    async def run(self) -> None:
        """Work until stopped."""
        log.info("worker started", worker=self._settings.worker_name, version=__version__, llm=self._settings.uses_llm)
        background = [
            asyncio.create_task(self._doorbell.run(), name="doorbell"),
            asyncio.create_task(self._publisher.run(), name="publisher"),
            asyncio.create_task(self._beat(), name="heartbeat"),
        ]
        pipeline: set[asyncio.Task[None]] = set()
        claiming = asyncio.create_task(self._claim(pipeline), name="claim")
        try:
            done, _ = await asyncio.wait([claiming, *background], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # only claiming ends by itself; anything else that ended, ended by an error
            await self._drain()
        finally:
            await _cancel([claiming, *pipeline, *background])
            await self._give_back()
        log.info("worker stopped", worker=self._settings.worker_name)

    async def _claim(self, pipeline: set[asyncio.Task[None]]) -> None:
        failures = 0
        empty_rounds = 0
        while not self._stopping.is_set():
            await self._held.fewer_than(self._capacity, unless=self._stopping)
            if self._stopping.is_set():
                return
            room = min(self._capacity - len(self._held), self._settings.batch_size)
            self._doorbell.hush()
            try:
                claims = await self._outbox.claim(room, timedelta(seconds=self._settings.lease_seconds))
            except DATABASE_ERRORS as error:
                if failures == 0:
                    log.warning("claiming failed and is tried again", error=kind(error))
                failures += 1
                await self._pause(backoff.delay_seconds(failures, base=0.2, cap=CLAIM_RETRY_CAP_SECONDS))
                continue
            failures = 0
            if claims:
                empty_rounds = 0
                self._held.add(claims)
                task = asyncio.create_task(self._pipeline.handle(claims))
                pipeline.add(task)
                task.add_done_callback(pipeline.discard)
            elif not self._stopping.is_set() and await self._doorbell.sleep() is Woken.DUE:
                # Others hold what is due; look again, but ever more seldom.
                empty_rounds += 1
                if empty_rounds > 1:
                    await self._pause(backoff.delay_seconds(empty_rounds, base=0.01, cap=self._settings.poll_seconds))
            else:
                empty_rounds = 0

    async def _drain(self) -> None:
        """Finish what is held, for as long as the settings allow and nobody hurries."""
        if self._held:
            log.info("draining", rows=len(self._held), seconds=self._settings.shutdown_seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.shutdown_seconds):
                await self._held.fewer_than(1, unless=self._hurry)

    async def _give_back(self) -> None:
        """Release what is still held, and sign off; the lease does it when the database is away."""
        held = self._held.take_all()
        try:
            async with asyncio.timeout(LAST_WORD_SECONDS):
                if held:
                    released = await self._outbox.release(held)
                    log.info("gave rows back", rows=released)
                await self._outbox.goodbye()
        except DATABASE_ERRORS as error:
            log.warning("could not sign off; leases run out by themselves", rows=len(held), error=kind(error))

    async def _beat(self) -> None:
        first = True
        while True:
            try:
                await self._outbox.heartbeat(__version__, len(self._held), first=first)
                first = False
            except DATABASE_ERRORS as error:
                log.debug("no heartbeat", error=kind(error))
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


@contextlib.asynccontextmanager
async def build_worker(settings: Settings, redactor: RedactorProtocol | None = None) -> AsyncIterator[Worker]:
    """Connect, check the schema, and build a worker; a redactor takes a second to make and may be shared.

    Raises DatabaseUnreachable, SchemaMismatch and ConfigurationError before anything is claimed.
    """
    for variable in unknown_variables():
        log.warning("this variable is not a setting of autopost", variable=variable)
    pool = await create_pool(settings, "worker", size=POOL_SIZE)
    try:
        await require_schema(pool, settings.schema_name)
        if redactor is None:
            redactor = await asyncio.to_thread(_load_redactor, settings)
        writer = Writer(settings, redactor)
        try:
            outbox = Outbox(pool, settings.schema_name, settings.worker_name)
            doorbell = Doorbell(
                lambda: connect(settings, "doorbell"), settings.schema_name, poll_seconds=settings.poll_seconds
            )
            yield Worker(settings, outbox, doorbell, writer)
        finally:
            await writer.aclose()
    finally:
        try:
            async with asyncio.timeout(LAST_WORD_SECONDS):
                await pool.close()
        except TimeoutError:
            pool.terminate()


async def run_worker(settings: Settings) -> None:
    """Run a worker until SIGTERM or SIGINT; a second signal hurries it."""
    loop = asyncio.get_running_loop()
    starting = asyncio.current_task()
    assert starting is not None
    try:
        _on_signal(loop, starting.cancel)
        async with build_worker(settings) as worker:
            _on_signal(loop, worker.stop)
            await worker.run()
    except asyncio.CancelledError:
        log.info("stopped before the start")


def _load_redactor(settings: Settings) -> RedactorProtocol:
    from autopost.redaction import Redactor  # takes a second to load: only after the quick checks have passed

    return Redactor(settings.pii_allowlist, settings.spacy_model)


def _on_signal(loop: asyncio.AbstractEventLoop, react: Callable[[], object]) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, react)


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
