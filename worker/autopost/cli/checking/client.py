"""What only a client can see: whether notifications come through, how far its clock is off, and its own settings."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlsplit

import asyncpg

from autopost.cli.checking.finding import Finding, ok, problem, warning
from autopost.database.errors import is_of_the_installation, message_without_values
from autopost.database.session import Connection as Session
from autopost.errors import ConfigurationError
from autopost.processes.user_names import VARIABLE, grants, read_names
from autopost.settings import Settings

NOTIFY_TIMEOUT_SECONDS = 2.0
CLOCK_TOLERANCE_SECONDS = 2.0
CLOCK_SAMPLES = 3

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


_DIRECT = "export DATABASE_URL=postgresql://...  # the server itself, or the pooler in session mode"


async def notify_round_trip(listener: Session, ringer: Connection) -> Finding:
    """Notify on one connection and receive it on the other, as a trigger and a worker do, on a channel of our own."""
    if not listener.has_session:
        return warning(
            "notifications",
            "a pooler in transaction mode is in between, which does not let them through: workers that connect like "
            "this only poll",
            _DIRECT,
        )
    channel = f"auto_post_check_{secrets.token_hex(8)}"
    heard = asyncio.Event()
    await listener.add_listener(channel, lambda *_: heard.set())
    start = time.perf_counter()
    await ringer.execute("select pg_notify($1, '')", channel)
    try:
        async with asyncio.timeout(NOTIFY_TIMEOUT_SECONDS):
            await heard.wait()
    except TimeoutError:
        return warning(
            "notifications",
            f"none came within {NOTIFY_TIMEOUT_SECONDS:g} s: workers that connect like this only poll",
            _DIRECT,
        )
    return ok("notifications", f"come through in {(time.perf_counter() - start) * 1000:.1f} ms")


async def clock(connection: Connection) -> Finding:
    """Compare this machine's clock with the database's, by the quickest of a few answers."""
    samples = [await _clock_sample(connection) for _ in range(CLOCK_SAMPLES)]
    return clock_finding(min(samples)[1])


async def _clock_sample(connection: Connection) -> tuple[float, float]:
    """Return the seconds that an answer took, and how far the database's clock is ahead of ours."""
    start, ours = time.perf_counter(), datetime.now(UTC)
    theirs = await connection.fetchval("select clock_timestamp()")
    took = time.perf_counter() - start
    return took, (theirs - ours).total_seconds() - took / 2


def clock_finding(ahead_seconds: float) -> Finding:
    """Return what a difference means. autopost goes by the database's clock alone; logs are by this machine's."""
    if abs(ahead_seconds) <= CLOCK_TOLERANCE_SECONDS:
        return ok("clock", f"the database's and this machine's are within {CLOCK_TOLERANCE_SECONDS:g} s")
    way = "ahead of" if ahead_seconds > 0 else "behind"
    return warning(
        "clock",
        f"the database's is {abs(ahead_seconds):.1f} s {way} this machine's: log lines and audit rows will not agree",
        "timedatectl set-ntp true  # on the machine that is off",
    )


def language_model(settings: Settings) -> Finding:
    """Say who writes posts with the settings of this environment. No call is made."""
    if not settings.llm_enabled:
        return ok("language model", "switched off: posts come from templates")
    if not settings.uses_llm:
        return warning(
            "language model",
            "OPENAI_API_KEY is not set here: posts of workers with this environment come from templates",
            "export OPENAI_API_KEY=...  # or, if templates are meant: export SOCIAL_POST_LLM_ENABLED=false",
        )
    address = urlsplit(settings.openai_base_url or "https://api.openai.com")
    host = address.hostname or ""
    if address.scheme == "http" and not _is_loopback(host):
        return warning(
            "language model",
            f"the key and the operations' redacted texts go to {host} without encryption (http)",
            "export OPENAI_BASE_URL=https://...",
        )
    return ok("language model", f"{settings.llm_model} at {host}, with a key")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def known_names(connection: Connection, settings: Settings, role: str) -> list[Finding]:
    """Say whether this role can read the names that redaction is to find; nothing where no table is set."""
    if settings.redact_names_table is None:
        return []
    another = f"export {VARIABLE}=schema.table.column"
    try:
        names = await read_names(connection, settings)
    except asyncpg.InsufficientPrivilegeError as error:
        return [
            problem(
                "names", f"{message_without_values(error)}: workers of this role do not start", grants(settings, role)
            )
        ]
    except asyncpg.PostgresError as error:
        if not is_of_the_installation(error):
            raise
        return [
            problem("names", f"{message_without_values(error)}: workers with this environment do not start", another)
        ]
    except ConfigurationError as error:
        return [problem("names", str(error), another)]
    found = f"{len(names):,} in {settings.redact_names_table}"
    if not names:
        return [warning("names", f"{found}, unless row-level security hides them from {role}", another)]
    return [ok("names", found)]
