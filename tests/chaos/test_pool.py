"""The connections of a worker, one by one: how long it waits for one that is silent, and where it looks for another."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any

import asyncpg
import pytest

from autopost.database import connection
from autopost.database.connection import connect, create_pool
from autopost.errors import DatabaseUnreachable
from autopost.outbox.doorbell import Doorbell
from autopost.processes.worker_process import POOL_SIZE
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support.host import SCHEMAS, Host
from tests.support.proxy import Mode, Proxy, upstream_of
from tests.support.work import eventually, working

COMMAND_SECONDS = 3.0


@pytest.fixture
def proxy(database: str) -> Iterator[Proxy]:
    """Return a proxy before the test's server."""
    with Proxy(upstream_of(database)) as proxy:
        yield proxy


@pytest.fixture
def through_proxy(host: Host, settings: Settings, proxy: Proxy) -> Settings:
    """Return settings that go through the proxy."""
    info = host.connection.info
    dsn = proxy.dsn(info.dbname, user=info.user)
    return load_settings(database_url=dsn, **settings.model_dump(exclude={"database_url", "worker_name"}))


@pytest.fixture
async def pool(through_proxy: Settings) -> AsyncIterator[Any]:
    """Return a pool through the proxy whose statements have little time."""
    pool = await create_pool(through_proxy, "test", size=1, command_seconds=COMMAND_SECONDS)
    yield pool
    pool.terminate()


async def error_of(work: Coroutine[Any, Any, object], *, before_seconds: float) -> BaseException | None:
    """Return what `work` raises; fail if a sleep, which a busy machine delays as well, ends long before."""
    working, sleeping = asyncio.create_task(work), asyncio.create_task(asyncio.sleep(before_seconds))
    await asyncio.wait({working, sleeping}, return_when=asyncio.FIRST_COMPLETED)
    done, left = await asyncio.wait({working, sleeping}, timeout=0.5)  # a machine that stalls ends both sleeps at once
    for task in left:
        task.cancel()
    assert working in done, f"it has not ended after {before_seconds:g} seconds"
    return working.exception()


@pytest.mark.parametrize("mode", [Mode.SWALLOW, Mode.SWALLOW_DOWN, Mode.SWALLOW_UP])
async def test_statement_that_nobody_answers_costs_its_time_once(pool: Any, proxy: Proxy, mode: Mode) -> None:
    """No second wait, for an answer to the cancellation, follows; the next statement has a new connection."""
    assert await pool.fetchval("select 1") == 1
    proxy.become(mode)
    error = await error_of(pool.fetchval("select 2"), before_seconds=1.8 * COMMAND_SECONDS)
    assert isinstance(error, TimeoutError)
    proxy.heal()
    assert await pool.fetchval("select 3") == 3


async def test_transaction_that_nobody_answers_costs_its_time_once(pool: Any, proxy: Proxy) -> None:
    """Neither does its rollback wait."""

    async def transact() -> None:
        async with pool.acquire() as acquired, acquired.transaction():
            proxy.become(Mode.SWALLOW)
            await acquired.fetch("select 1")

    error = await error_of(transact(), before_seconds=1.8 * COMMAND_SECONDS)
    assert isinstance(error, TimeoutError | asyncpg.InterfaceError)


async def test_statement_that_is_no_longer_waited_for_is_left_at_once(pool: Any, proxy: Proxy) -> None:
    """A worker that stops does not wait for who does not answer."""
    await pool.fetchval("select 1")
    proxy.become(Mode.SWALLOW)
    waited = asyncio.wait_for(pool.fetch("select 2"), 0.1)
    assert isinstance(await error_of(waited, before_seconds=0.8 * COMMAND_SECONDS), TimeoutError)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has it")
async def test_kernel_ends_a_connection_whose_peer_has_vanished(through_proxy: Settings, pool: Any) -> None:
    """Ten seconds after the last sign of life, those of the pool as the listening one."""
    single = await connect(through_proxy, "doorbell")
    async with pool.acquire() as pooled:
        ends: list[Any] = [single, pooled]
        for one in ends:
            end = one._transport.get_extra_info("socket")
            assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == connection.SILENCE_MILLISECONDS
            assert end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
    await single.close()


async def test_second_address_of_the_connection_string_is_tried(
    host: Host, settings: Settings, redactor: Redactor, proxy: Proxy, database: str
) -> None:
    """A fail-over without anybody's help: the first address refuses, the second one serves."""
    info = host.connection.info
    with Proxy(upstream_of(database)) as second:
        dsn = (
            f"host=127.0.0.1,127.0.0.1 port={proxy.port},{second.port} dbname={info.dbname} user={info.user} "
            "target_session_attrs=read-write"
        )
        both = load_settings(database_url=dsn, **settings.model_dump(exclude={"database_url", "worker_name"}))
        async with working(both, redactor):
            host.complete("before", agent=host.agent())
            await eventually(lambda: host.waiting() == 0)
            assert second.accepted == 0
            proxy.refuse()
            proxy.cut()
            host.complete("after", agent=host.agent("bob"))
            await eventually(lambda: host.waiting() == 0)
            assert second.accepted > 0


async def test_worker_goes_on_when_its_pool_was_exhausted(host: Host, settings: Settings, redactor: Redactor) -> None:
    """All of its connections are in use; the row is posted as soon as one is free."""
    async with working(settings, redactor) as worker, contextlib.AsyncExitStack() as held:
        pool = worker._outbox._pool
        for _ in range(POOL_SIZE):
            await held.enter_async_context(pool.acquire())
        host.complete(agent=host.agent())
        with pytest.raises(TimeoutError):
            await eventually(lambda: host.waiting() == 0, seconds=0.5)
        await held.aclose()
        await eventually(lambda: host.waiting() == 0)


@pytest.mark.parametrize(("listens", "cap"), [(True, 5.0), (False, 30.0)])
async def test_doorbell_is_back_seconds_after_an_outage(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, listens: bool, cap: float
) -> None:
    """However long it was; only where nothing can listen, behind a pooler, it asks more rarely."""
    longest: list[float] = []

    def delay(failures: int, *, base: float, cap: float) -> float:
        longest.append(cap)
        return 0.0

    async def fail() -> Any:
        raise DatabaseUnreachable

    async def deaf() -> Any:
        found = await connect(settings, "doorbell")
        monkeypatch.setattr(found.__class__, "add_listener", _no_listener)
        return found

    monkeypatch.setattr("autopost.outbox.doorbell.backoff.delay_seconds", delay)
    bell = Doorbell(fail if listens else deaf, SCHEMAS, poll_seconds=1)
    running = asyncio.create_task(bell.run())
    await eventually(lambda: len(longest) > 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert set(longest) == {cap}


async def _no_listener(*_: object) -> None:
    """Stand for LISTEN behind a pooler in transaction mode."""
