"""The jobs of maintenance, each by itself: one that fails or waits does not hold up the others."""

from __future__ import annotations

import json

import pytest

from autopost.observability import metrics
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host, open_connection
from tests.support.work import eventually, working


async def test_retention_goes_on_while_the_reconciler_fails(
    host: Host, settings: Settings, redactor: Redactor, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is logged once with its job, counted, and reported with the next heartbeat."""
    host.execute("alter function auto_post_reconcile(integer, integer) rename to gone")
    host.complete(agent=host.agent())
    counted = metrics.DATABASE_ERRORS.labels("reconcile", "UndefinedFunctionError")
    before = counted._value.get()
    async with working(settings.model_copy(update={"maintenance_seconds": 0.05}), redactor) as worker:
        await eventually(lambda: host.waiting() == 0)
        host.execute("update auto_post_outbox set finished_at = now() - interval '8 days'")
        await eventually(lambda: not host.outbox())
        await eventually(lambda: counted._value.get() > before + 2)
        (problem,) = json.loads(worker._problems.as_json() or "[]")
        assert (problem["subject"], problem["finding"]) == ("reconcile", "fails: UndefinedFunctionError 42883")
        host.execute("alter function gone(integer, integer) rename to auto_post_reconcile")
        await eventually(lambda: worker._problems.as_json() is None)
    log = capsys.readouterr().out
    assert log.count("maintenance.failed") == log.count("maintenance.recovered") == 1
    assert "job=reconcile" in log


async def test_retention_goes_on_while_the_reconciler_waits(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """For a lock on the platform's table."""
    host.complete(agent=host.agent())
    async with working(settings.model_copy(update={"maintenance_seconds": 0.05}), redactor):
        await eventually(lambda: host.waiting() == 0)
        with open_connection(database) as platform:
            platform.execute("lock table operation_trackers in access exclusive mode")
            host.execute("update auto_post_outbox set finished_at = now() - interval '8 days'")
            await eventually(lambda: not host.outbox())


async def test_heartbeat_carries_the_problems_of_a_worker(host: Host, settings: Settings, redactor: Redactor) -> None:
    """And takes them away when they are over."""
    async with working(settings, redactor) as worker:
        worker._problems.report("retention", "fails: x")
        outbox = worker._outbox
        await outbox.heartbeat("1", 0, first=False, problems=worker._problems.as_json())
        assert host.value("select problems -> 0 ->> 'finding' from auto_post_workers") == "fails: x"
        worker._problems.clear("retention")
        await outbox.heartbeat("1", 0, first=False, problems=worker._problems.as_json())
        assert host.value("select problems from auto_post_workers") is None
