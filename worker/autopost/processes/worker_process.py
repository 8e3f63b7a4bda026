"""The worker as a process: put together, run until a signal, taken apart."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from autopost.broadcast.broadcaster import broadcasting
from autopost.database.connection import connect, create_pool, went_away
from autopost.database.schema import require_served
from autopost.database.sql import Schemas
from autopost.model.link import Links
from autopost.observability.health import Health
from autopost.observability.problems import Problems
from autopost.observability.queue_gauges import QueueGauges
from autopost.observability.tracing import AttemptTracer, attempt_tracer
from autopost.outbox.doorbell import Doorbell
from autopost.outbox.outbox import Outbox
from autopost.outbox.spending import LlmAccount
from autopost.processes.agent_names import read_agent_names, reload_agent_names
from autopost.processes.serving import monitoring, page_and_feeds
from autopost.processes.startup import wait_until_startable
from autopost.processes.team_wording import read_wording, reload_wording
from autopost.processes.user_names import Reload, names_at_start, reload_names
from autopost.settings import Broadcast, Settings
from autopost.webhooks.from_settings import webhook_consumers, webhooks_from_settings
from autopost.worker.alert_storm import AlertLimit
from autopost.worker.publication import Publication, warm_up
from autopost.worker.publisher import CONNECTIONS
from autopost.worker.worker import SIGN_OFF_TIMEOUT_SECONDS, Worker
from autopost.writing import Redactor, Writer
from autopost.writing.budget import Budget

if TYPE_CHECKING:
    from autopost.redaction.redactor import Redactor as OwnRedactor
    from autopost.web.server import Serving

REDACTOR_MODULE = "autopost.processes.redactor"

# Claim; one for heartbeats, leases and rescues; the gauges; two for the jobs of maintenance; the publisher's.
POOL_SIZE = 3 + 2 + CONNECTIONS

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def build_worker(settings: Settings, redactor: Redactor | None = None) -> AsyncIterator[Worker]:
    """Wait for the database if told to, connect, check the schema, and build a worker.

    What monitoring asks for is answered from the beginning. A redactor takes a second to make and may be shared.
    Raises DatabaseUnreachable, SchemaMismatch and ConfigurationError before anything is claimed.
    """
    health = Health()
    async with monitoring(health, settings) as serving, attempt_tracer(settings) as tracer:
        if redactor is None:  # loads while this waits for the database
            asyncio.get_running_loop().run_in_executor(None, import_module, REDACTOR_MODULE)
        schemas = await wait_until_startable(settings, health)
        async with _connected(settings, schemas, redactor, health, serving, tracer) as worker:
            yield worker


@contextlib.asynccontextmanager
async def _connected(
    settings: Settings,
    schemas: Schemas,
    redactor: Redactor | None,
    health: Health,
    serving: Serving | None,
    tracer: AttemptTracer,
) -> AsyncIterator[Worker]:
    name = settings.worker_name
    webhooks = webhooks_from_settings(settings)
    wording = read_wording(settings.wording_file)
    problems = Problems()
    # The sequencer, the transport's consumer, those of all webhooks together, and the budget take one connection each.
    has_budget = settings.llm_daily_usd is not None
    size = POOL_SIZE + sum((settings.broadcasts, settings.broadcast is not Broadcast.NONE, bool(webhooks), has_budget))
    pool = await create_pool(settings, "worker", size=size, warm_up=partial(warm_up, schemas=schemas))
    try:
        keep_up_to_date = contextlib.AsyncExitStack()
        on_agent: Callable[[str | None], None] = _ignore
        if redactor is None:
            with went_away(settings):
                names = await names_at_start(pool, settings)
                agents = await read_agent_names(pool, schemas)
            own, set_names = await asyncio.to_thread(_build_redactor, settings, names)
            redactor, on_agent = own, own.know_agent
            await asyncio.to_thread(own.set_agents, agents)
            await keep_up_to_date.enter_async_context(
                _meanwhile(partial(reload_agent_names, pool, schemas, agents, own.set_agents))
            )
            if settings.redact_names_file or settings.redact_names_table:
                await keep_up_to_date.enter_async_context(
                    _meanwhile(partial(reload_names, pool, settings, names, set_names))
                )
        writer = Writer(
            settings,
            redactor,
            on_state=lambda state: setattr(health, "llm", state),
            tracer=tracer,
            on_agent=on_agent,
            wording=wording,
            budget=_budget(settings, pool, schemas),
            problems=problems,
        )
        if settings.wording_file is not None:
            reload = partial(reload_wording, settings.wording_file, writer.set_wording, problems)
            await keep_up_to_date.enter_async_context(_meanwhile(reload))
        try:
            outbox = Outbox(pool, schemas, name)
            doorbell = Doorbell(
                lambda: connect(settings, "doorbell"),
                schemas,
                poll_seconds=settings.poll_seconds,
                on_listening=health.listens,
            )
            served = partial(require_served, pool, schemas)
            gauges = QueueGauges(pool, schemas)
            async with (
                contextlib.aclosing(gauges),
                page_and_feeds(serving, settings, schemas),
                keep_up_to_date,
                webhook_consumers(webhooks, pool, settings, schemas, writer.lead) as consumers,
                broadcasting(pool, settings, schemas, consumers) as on_posts,
            ):
                limit = AlertLimit(settings.alert_burst, timedelta(minutes=settings.rate_limit_minutes))
                links = Links(settings.link_template, settings.public_url)
                publication = Publication(
                    pool, schemas, name, on_posts=on_posts, alert_limit=limit, digest=settings.digest, links=links
                )
                with health.sampling(gauges.refresh):
                    yield Worker(
                        settings, outbox, publication, doorbell, writer, redactor, served, health, tracer, problems
                    )
        finally:
            await writer.aclose()
    finally:
        try:
            async with asyncio.timeout(SIGN_OFF_TIMEOUT_SECONDS):
                await pool.close()
        except TimeoutError:
            pool.terminate()


def _budget(settings: Settings, pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas) -> Budget | None:
    if settings.llm_daily_usd is None or settings.llm_prices is None:
        return None
    return Budget(LlmAccount(pool, schemas), settings.llm_daily_usd, settings.llm_prices)


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
        log.info("startup.cancelled")


def _ignore(_name: str | None) -> None:
    """Do nothing: a redactor that was given knows the agents already."""


def _build_redactor(settings: Settings, names: Sequence[str]) -> tuple[OwnRedactor, Reload]:
    from autopost.processes.redactor import build_redactor, reloader  # takes a second to import: after the quick checks

    redactor = build_redactor(settings, names)
    return redactor, reloader(settings, redactor, names)


@contextlib.asynccontextmanager
async def _meanwhile(work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Have something done until the context ends. An error in it ends the context; either's is raised as it is."""
    try:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(work())
            try:
                yield
            finally:
                task.cancel()
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


def _on_signal(loop: asyncio.AbstractEventLoop, react: Callable[[], object]) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, react)
