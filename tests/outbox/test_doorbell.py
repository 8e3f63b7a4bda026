"""Sleeping and waking: the worker's half of the doorbell, on real connections."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from autopost.database.connection import connect as connection_of
from autopost.database.session import Connection
from autopost.errors import DatabaseUnreachable
from autopost.outbox.doorbell import Doorbell, Woken
from autopost.settings import Settings
from tests.support.host import IN_THIS_DATABASE, SCHEMAS, Host, open_connection
from tests.support.work import eventually

ARMED = (
    "select count(*) from pg_locks where locktype = 'advisory' and classid = 1635087471 and granted "
    "and mode = 'ExclusiveLock' and database = (select oid from pg_database where datname = current_database())"
)
LISTENERS = (
    "select count(*) from pg_stat_activity "
    "where application_name = 'autopost doorbell' and datname = current_database()"
)

END_LISTENERS = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where application_name = 'autopost doorbell' and datname = current_database()"
)


class Watched(Doorbell):
    """A doorbell that records what its statements answered."""

    def __init__(
        self, settings: Settings, *, poll_seconds: float, connect: Callable[[], Awaitable[Connection]] | None = None
    ) -> None:
        super().__init__(connect or partial(connection_of, settings, "doorbell"), SCHEMAS, poll_seconds=poll_seconds)
        self.answers: list[tuple[str, tuple[object, ...], Any]] = []

    async def _ask(self, name: str, *arguments: object) -> Any:
        answer = await super()._ask(name, *arguments)
        self.answers.append((name, arguments, answer))
        return answer

    def armed(self) -> list[Any]:
        """Return the answers to its attempts to arm."""
        return [answer for name, _, answer in self.answers if name == "worker/arm"]

    def is_asleep(self) -> bool:
        """Return whether it has armed and has looked at all rows since, after which only a notification wakes it."""
        asked = [(name, *arguments) for name, arguments, _ in self.answers if name != "worker/probe"]
        return self.armed()[-1:] == ["armed"] and asked[-1:] == [("worker/next_due", True)]


@contextlib.asynccontextmanager
async def doorbell(settings: Settings, *, poll_seconds: float = 300.0) -> AsyncIterator[Watched]:
    """Run a doorbell, cleared of its first wake-up, which is for rows from before it listened."""
    bell = Watched(settings, poll_seconds=poll_seconds)
    running = asyncio.create_task(bell.run())
    try:
        assert await bell.sleep() in (Woken.RUNG, Woken.DUE)  # due: a row of the test by now
        bell.clear()
        bell.answers.clear()
        yield bell
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def falls_asleep(bell: Watched) -> asyncio.Task[Woken]:
    """Return its sleep once it is asleep. Another doorbell that was armed at its own start may have woken it before."""
    while True:
        sleep = asyncio.create_task(bell.sleep())
        await eventually(lambda: sleep.done() or bell.is_asleep())  # noqa: B023 - it is awaited here
        if not sleep.done():
            return sleep
        bell.clear()
        bell.answers.clear()


def armed(host: Host) -> bool:
    """Return whether somebody holds the doorbell's lock alone."""
    return bool(host.value(ARMED))


async def test_sleeper_arms_and_a_completion_wakes_it(host: Host, settings: Settings) -> None:
    """And after waking it is disarmed, so that nobody rings while it works."""
    async with doorbell(settings) as bell:
        sleep = asyncio.create_task(bell.sleep())
        await eventually(bell.is_asleep)
        assert armed(host)
        host.complete()
        assert await asyncio.wait_for(sleep, 60) is Woken.RUNG
        assert not armed(host)


async def test_worker_polls_before_it_arms_only_while_its_sleeps_are_short(host: Host, settings: Settings) -> None:
    """Polls before a long sleep find nothing; during a burst each completion would notify an armed worker."""

    async def first_asked(bell: Watched) -> str:
        bell.answers.clear()
        sleep = asyncio.create_task(bell.sleep())
        await eventually(lambda: sleep.done() or armed(host))
        bell.wake()
        await sleep
        bell.clear()
        return next(name for name, *_ in bell.answers if name != "worker/probe")

    async with doorbell(settings) as bell:
        assert await first_asked(bell) == "worker/arm"
        for _ in range(30):
            bell.wake()
            await bell.sleep()
        bell.clear()
        assert await first_asked(bell) == "worker/next_due"


async def test_row_that_was_committed_before_arming_is_seen(host: Host, settings: Settings) -> None:
    """It did not ring; the look after arming finds it."""
    async with doorbell(settings) as bell:
        host.complete()
        assert await asyncio.wait_for(bell.sleep(), 60) is Woken.DUE


async def test_open_transaction_of_a_host_keeps_a_worker_from_falling_asleep(
    host: Host, settings: Settings, database: str
) -> None:
    """A host that captured without ringing holds the lock shared until its row can be seen."""
    host.start()
    async with doorbell(settings) as bell:
        with open_connection(database) as agent:
            agent.execute("update operation_trackers set status = 'completed'")
            sleep = asyncio.create_task(bell.sleep())
            await eventually(lambda: len(bell.armed()) > 2)
            assert set(bell.armed()) == {"held"}
            assert not armed(host)
            assert not sleep.done()
            agent.commit()
        assert await asyncio.wait_for(sleep, 60) is Woken.DUE


async def test_row_committed_beneath_an_open_transaction_does_not_wait_for_the_poll(
    host: Host, settings: Settings, database: str
) -> None:
    """While transactions that captured follow on each other nobody can arm, and nobody is rung: the worker looks."""
    host.start("long")
    async with doorbell(settings, poll_seconds=300) as bell:
        with open_connection(database) as agent:
            agent.execute("update operation_trackers set status = 'completed' where id = 'long'")
            sleep = asyncio.create_task(bell.sleep())
            await eventually(lambda: bell.armed().count("held") > 5)
            host.complete("short")
            assert await asyncio.wait_for(sleep, 60) is Woken.DUE
            agent.rollback()


async def test_sleeper_wakes_when_a_deferred_row_is_due(host: Host, settings: Settings) -> None:
    """A backoff ends without a ring."""
    host.complete()
    async with doorbell(settings) as bell:
        for seconds in (0.3, 2, 10):  # until it is asleep before the row is due
            host.execute("update auto_post_outbox set available_at = now() + make_interval(secs => %s)", (seconds,))
            sleep = asyncio.create_task(bell.sleep())
            await eventually(lambda sleep=sleep: armed(host) or sleep.done())  # type: ignore[misc]
            is_asleep = not sleep.done()
            assert await asyncio.wait_for(sleep, 60) is Woken.DUE
            if is_asleep:
                break
        assert is_asleep


async def test_second_sleeper_does_not_arm_but_hears_the_bell(host: Host, settings: Settings) -> None:
    """Only one can hold the lock; a NOTIFY reaches all who listen."""
    async with doorbell(settings) as first, doorbell(settings) as second:
        sleeps = [asyncio.create_task(first.sleep()), asyncio.create_task(second.sleep())]
        await eventually(lambda: {"armed", "taken"} <= {*first.armed(), *second.armed()})
        assert host.value(ARMED) == 1
        host.complete()
        assert set(await asyncio.wait_for(asyncio.gather(*sleeps), 60)) <= {Woken.RUNG, Woken.DUE}


async def test_worker_that_nobody_notified_wakes_the_next(host: Host, settings: Settings) -> None:
    """It may be busy from now on, and while nobody is armed nobody notifies: the other arms in its place."""
    async with doorbell(settings) as first, doorbell(settings) as second:
        sleep = await falls_asleep(first)
        other = asyncio.create_task(second.sleep())
        await eventually(lambda: "taken" in second.armed())
        first.wake()
        assert await asyncio.wait_for(sleep, 60) is Woken.RUNG
        assert await asyncio.wait_for(other, 60) is Woken.RUNG
        second.clear()
        second.answers.clear()
        other = asyncio.create_task(second.sleep())
        await eventually(lambda: "armed" in second.armed())
        assert not first._is_notified, "its own notification is not for itself"
        host.complete()
        assert await asyncio.wait_for(other, 60) in {Woken.RUNG, Woken.DUE}


async def test_second_worker_arms_when_the_armed_one_is_gone(host: Host, settings: Settings) -> None:
    """A crash notifies nobody."""
    async with doorbell(settings) as second:
        async with doorbell(settings) as first:
            sleep = asyncio.create_task(first.sleep())
            await eventually(first.is_asleep)
            other = asyncio.create_task(second.sleep())
            await eventually(lambda: "taken" in second.armed())
            assert first._connection is not None
            first._connection.terminate()
        await eventually(lambda: "armed" in second.armed())
        host.complete()
        assert await asyncio.wait_for(other, 60) in {Woken.RUNG, Woken.DUE}
        sleep.cancel()


async def test_lock_shows_that_the_worker_runs(host: Host, settings: Settings) -> None:
    """Its key is new with each connection, and there is none while it is lost or not this worker's own."""
    locked = (
        "select count(*) from pg_locks where locktype = 'advisory' and objsubid = 1 and granted and pid <> %s "
        f"and {IN_THIS_DATABASE}"
    )
    pid = host.value("select pg_backend_pid()")
    async with doorbell(settings) as bell:
        await bell.connected_once()
        first = bell.lock_key
        assert first is not None
        assert host.value("select not pg_try_advisory_lock(%s)", (first,))
        bell.lock_changed.clear()
        host.execute(END_LISTENERS)
        await eventually(lambda: bell.lock_changed.is_set() and bell.lock_key not in (None, first))
        assert host.value(locked, (pid,)) == 1
        assert not await bell._ask("worker/lock_session", 1, pid), "another process answers, as behind a pooler"
        assert host.value(locked, (pid,)) == 1


async def test_terminated_listener_comes_back_and_rings_once(host: Host, settings: Settings) -> None:
    """Whatever was committed while nobody listened is claimed at once."""
    async with doorbell(settings) as bell:
        sleep = asyncio.create_task(bell.sleep())
        await eventually(lambda: armed(host))
        host.execute(END_LISTENERS)
        assert await asyncio.wait_for(sleep, 60) in {Woken.RUNG, Woken.POLL}
        await eventually(lambda: host.value(LISTENERS) == 1)
        bell.clear()
        sleep = asyncio.create_task(bell.sleep())
        await eventually(lambda: armed(host) or sleep.done())
        host.complete()
        assert await asyncio.wait_for(sleep, 60) in {Woken.RUNG, Woken.DUE}


async def test_sleeper_wakes_at_once_when_its_connection_is_lost_for_long(host: Host, settings: Settings) -> None:
    """It does not wait for a poll interval or a new connection: rows may have been committed meanwhile."""
    connections = 0

    async def connect_once() -> Connection:
        nonlocal connections
        connections += 1
        if connections > 1:
            raise DatabaseUnreachable("gone")
        return await connection_of(settings, "doorbell")

    bell = Watched(settings, poll_seconds=3600, connect=connect_once)
    running = asyncio.create_task(bell.run())
    try:
        assert await bell.sleep() is Woken.RUNG
        bell.clear()
        sleep = asyncio.create_task(bell.sleep())
        await eventually(bell.is_asleep)
        host.execute(END_LISTENERS)
        assert await asyncio.wait_for(sleep, 60) in {Woken.RUNG, Woken.POLL}
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_cleared_notification_ends_no_sleep(host: Host, settings: Settings) -> None:
    """A claim that comes after it has seen its row."""
    bell = Doorbell(lambda: connection_of(settings, "doorbell"), SCHEMAS, poll_seconds=0.2)
    bell.wake()
    bell.clear()
    assert await bell.sleep() is Woken.POLL


async def test_without_a_listening_connection_sleep_polls(host: Host, settings: Settings) -> None:
    """Behind a pooler that knows no LISTEN the feed is slower, not silent."""
    bell = Doorbell(lambda: connection_of(settings, "doorbell"), SCHEMAS, poll_seconds=0.2)
    assert await asyncio.wait_for(bell.sleep(), 60) is Woken.POLL


async def test_connection_that_does_not_listen_is_not_renewed_in_a_loop(host: Host, settings: Settings) -> None:
    """As behind a pooler, where another connection answers: some attempts, ever more rarely, and polling goes on."""
    opened = 0

    class Forgetful(Doorbell):
        async def _listen(self) -> None:
            nonlocal opened
            opened += 1
            await super()._listen()
            assert self._connection is not None
            await self._connection.execute("unlisten *")

    bell = Forgetful(lambda: connection_of(settings, "doorbell"), SCHEMAS, poll_seconds=30)
    running = asyncio.create_task(bell.run())
    try:
        await eventually(lambda: opened >= 2)
        began = asyncio.get_running_loop().time()
        await eventually(lambda: opened >= 5)
        assert asyncio.get_running_loop().time() - began > 0.5, "0.1, 0.2, 0.4 seconds at the least"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(("wakeup", "expected"), [("notify", Woken.RUNG), ("poll", Woken.POLL)])
async def test_other_modes_do_not_arm(host: Host, settings: Settings, wakeup: str, expected: Woken) -> None:
    """`notify` hears every completion, `poll` none."""
    host.execute("update auto_post_control set wakeup = %s", (wakeup,))
    async with doorbell(settings, poll_seconds=1.5 if wakeup == "poll" else 300) as bell:
        await eventually(lambda: bell._wakeup == wakeup)
        bell.answers.clear()
        sleep = asyncio.create_task(bell.sleep())
        await asyncio.sleep(0)
        host.complete()
        assert await asyncio.wait_for(sleep, 60) is expected
        assert bell.armed() == []
