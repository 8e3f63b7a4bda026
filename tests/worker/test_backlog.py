"""A worker and what waits for it: the backlog of its downtime, pauses, and nights without work."""

from __future__ import annotations

import time

import pytest

from autopost.observability import metrics
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import IN_THIS_DATABASE, Host, open_connection
from tests.support.work import eventually, work_off, working

ASLEEP = (
    "select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2 and mode = 'ExclusiveLock' "
    f"and {IN_THIS_DATABASE}"
)


async def test_worker_claims_the_backlog_of_its_downtime(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Rows that became due an hour ago, and leases of a dead worker that expired as long ago."""
    for number in range(30):
        host.complete(f"op{number}", agent=host.agent(f"agent{number}"))
    host.execute(
        "update auto_post_outbox set captured_at = now() - interval '1 hour', available_at = now() - interval '1 hour'"
    )
    host.execute(
        "update auto_post_outbox set state = 'claimed', worker = 'dead', epoch = 1, attempts = 1 "
        "where tracker_id like 'op1%%'"
    )
    await work_off(host, settings, redactor)
    assert len(host.posts()) == 30


async def test_worker_that_was_woken_sleeps_again(host: Host, settings: Settings, redactor: Redactor) -> None:
    """A claim clears the notification that led to it."""
    host.agent()
    async with working(settings.model_copy(update={"poll_seconds": 30.0}), redactor):
        await eventually(lambda: host.value(ASLEEP))
        host.complete()
        await eventually(lambda: len(host.posts()) == 1)
        await eventually(lambda: host.value(ASLEEP))


async def test_paused_worker_sleeps_although_rows_are_due(host: Host, settings: Settings, redactor: Redactor) -> None:
    """It does not claim in a loop until somebody resumes."""
    host.agent()
    host.execute("select auto_post_pause()")
    host.complete()
    async with working(settings.model_copy(update={"poll_seconds": 30.0}), redactor):
        await eventually(lambda: host.value(ASLEEP))
        due = metrics.WAKEUPS.labels("due")._value.get()
        host.complete("later")
        host.execute("select auto_post_pause('agent', 'bob')")  # wakes it, and it finds nothing again
        await eventually(lambda: host.value(ASLEEP))
        assert metrics.WAKEUPS.labels("due")._value.get() == due
        host.execute("select auto_post_resume()")
        await eventually(lambda: host.waiting() == 0)


@pytest.mark.long
async def test_worker_does_not_spin_while_a_row_that_crashed_one_is_locked(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """It tries again every second, and claims the row when the lock is gone."""
    host.complete(agent=host.agent())
    host.execute("update auto_post_outbox set crashes = 1")
    wakeups = metrics.WAKEUPS.labels("rung")._value
    with open_connection(database) as locker:
        locker.execute("select from auto_post_outbox for update")
        async with working(settings.model_copy(update={"poll_seconds": 30.0}), redactor):
            await eventually(lambda: host.value(ASLEEP))
            first, began = wakeups.get(), time.monotonic()
            await eventually(lambda: wakeups.get() >= first + 3)
            assert time.monotonic() - began > 1
            locker.rollback()
            await eventually(lambda: len(host.posts()) == 1)
