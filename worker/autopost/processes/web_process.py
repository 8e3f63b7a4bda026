"""A process without a worker: it serves the dashboard and the feeds, with read-only rights."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass

import structlog
from prometheus_client import CollectorRegistry

from autopost import __version__
from autopost.database.connection import connect, went_away
from autopost.database.errors import DATABASE_ERRORS, label
from autopost.database.revisions import head_revision
from autopost.database.schema import require_schema, require_served
from autopost.database.sql import Schemas
from autopost.errors import AutopostError, ConfigurationError
from autopost.observability import metrics
from autopost.observability.health import Health
from autopost.processes.serving import monitoring, page_and_feeds
from autopost.processes.startup import wait_until_startable
from autopost.settings import PREFIX, Settings
from autopost.web.database import reader_settings

LOOK_SECONDS = 5.0
ANSWER_SECONDS = 5.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class InstanceHealth(Health):
    """Ready while the database answers; it stays ready without the transport, as the log is read instead."""

    served: bool = False
    registry: CollectorRegistry = metrics.SERVE_REGISTRY

    @property
    def ready(self) -> bool:
        """Return whether it can show something."""
        return self.served and not self.failing and not self.stopping

    def report(self) -> dict[str, object]:
        """Return everything, for a machine to read."""
        return {
            "ready": self.ready,
            "waits_for": self.waits_for,
            "failing": sorted(self.failing),
            "stopping": self.stopping,
        }


async def run_instance(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; open streams end at once.

    Raises ConfigurationError when there is nothing to serve, DatabaseUnreachable and SchemaMismatch at the start.
    """
    if settings.http_port is None:
        raise ConfigurationError(f"{PREFIX}HTTP_PORT: not set; `serve` needs it")
    if not settings.page_is_on and not settings.feeds_are_on:
        raise ConfigurationError(
            f"neither dashboard nor feeds are on: see {PREFIX}PAGE and {PREFIX}FEEDS; outside loopback both need "
            f"{PREFIX}HTTP_TOKEN"
        )
    running = asyncio.current_task()
    assert running is not None
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, running.cancel)
    try:
        await _serve(settings)
    except asyncio.CancelledError:
        log.info("web.stopped")


async def _serve(settings: Settings) -> None:
    metrics.set_build("serve", __version__, head_revision())
    health = InstanceHealth()
    reading = reader_settings(settings)
    async with monitoring(health, settings) as serving:
        schemas = await wait_until_startable(reading, health, look)
        async with page_and_feeds(serving, settings, schemas):
            try:
                await _watch(reading, schemas, health)
            finally:
                health.stopping = True


async def look(settings: Settings) -> Schemas:
    """Check that the database is there and of this version. Raises DatabaseUnreachable and SchemaMismatch."""
    connection = await connect(settings, "start")
    try:
        with went_away(settings):
            return await require_schema(connection, settings)
    finally:
        connection.terminate()


async def _watch(settings: Settings, schemas: Schemas, health: InstanceHealth) -> None:
    """Note whether the database answers, until cancelled."""
    while True:
        try:
            connection = await connect(settings, "looking")
            try:
                while True:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await require_served(connection, schemas)
                    if health.failing:
                        log.info("database.available")
                    health.served = True
                    health.failing.clear()
                    await asyncio.sleep(LOOK_SECONDS)
            finally:
                connection.terminate()
        except (AutopostError, *DATABASE_ERRORS) as error:
            metrics.count_database_error("health_check", error)
            if not health.failing:
                said = str(error) if isinstance(error, AutopostError) else label(error)
                log.warning("database.unavailable", error=said)
            health.failing.add("database")
        await asyncio.sleep(1.0)
