"""Rows in the pipeline: none holds up the event loop, and none is left without an outcome."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from autopost.observability import metrics, tracing
from autopost.policy import before_writing
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host
from tests.support.work import eventually, work_off, working


async def test_agents_of_any_column_type_are_served(host: Host, settings: Settings, redactor: Redactor) -> None:
    """A level that is a number is none of the list; a name that is a number is a name."""
    host.execute("alter table agents alter maturity type integer using 3, alter name type integer using 7")
    host.execute("insert into agents (id, maturity, name) values ('ada', 3, 7)")
    host.complete()
    await work_off(host, settings, redactor)
    assert [row["reason"] for row in host.outbox()] == ["maturity_blocked"]
    host.execute(
        "create type level as enum ('INTERN'); alter table agents alter maturity type level using 'INTERN'::level"
    )
    host.complete("second", status="failed", why=None)
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["skipped", "posted"]


async def test_unexpected_error_in_the_pipeline_costs_its_row_an_attempt_and_no_other(
    host: Host, settings: Settings, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends dead, its lease is not kept, and it is counted; the neighbours of its batch are posted."""

    def bug(claim: Any, **facts: Any) -> Any:
        if claim.operation.tracker_id == "op2":
            raise AttributeError("'int' object has no attribute 'strip'")
        return before_writing(claim, **facts)

    monkeypatch.setattr("autopost.worker.pipeline.before_writing", bug)
    for number in range(5):
        host.complete(f"op{number}", agent=host.agent(f"agent{number}"))
    counted = metrics.INTERNAL_ERRORS.labels("pipeline", "AttributeError")._value.get()
    twice = settings.model_copy(update={"max_attempts": 2})
    await work_off(host, twice, redactor)
    assert [row["state"] for row in host.outbox()] == ["posted", "posted", "dead", "posted", "posted"]
    assert host.outbox()[2]["last_error"] == "writing_failed AttributeError"
    assert metrics.INTERNAL_ERRORS.labels("pipeline", "AttributeError")._value.get() == counted + 2


class SlowRedactor:
    """Redacts an operation type when it is let go, as if it were a long text."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self.begun, self.let_go = threading.Event(), threading.Event()

    def redact(self, text: str) -> Any:
        """Redact."""
        if text.startswith("security slow"):
            self.begun.set()
            assert self.let_go.wait(20), "the event loop did not go on meanwhile"
        return self._redactor.redact(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._redactor, name)


async def test_redaction_of_operation_types_does_not_hold_up_the_event_loop(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """It is done in threads, as that of all other text."""
    host.agent()
    slow = SlowRedactor(redactor)
    async with working(settings, slow):  # type: ignore[arg-type]
        host.complete("op", "security slow")
        await eventually(slow.begun.is_set)
        slow.let_go.set()
        await eventually(lambda: host.waiting() == 0)
    assert [(row["state"], row["last_error"]) for row in host.outbox()] == [("posted", None)]


@pytest.mark.parametrize("broken", ["metrics", "tracing", "log", "broadcast"])
async def test_error_after_the_commit_ends_no_worker_and_leaves_no_row(
    host: Host, settings: Settings, redactor: Redactor, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Whatever notes what was committed may fail."""

    def fail(*_: Any, **__: Any) -> Any:
        raise OverflowError("int too large to convert to float")

    match broken:
        case "metrics":
            monkeypatch.setattr(metrics, "count_outcomes", fail)
        case "tracing":
            monkeypatch.setattr(tracing.AttemptTracer, "_claimed", fail)
            monkeypatch.setattr(tracing.AttemptTracer, "_add", fail)
        case "log":
            monkeypatch.setattr("autopost.worker.publish_report._canonical", fail)
    host.agent()
    async with working(settings, redactor) as worker:
        if broken == "broadcast":
            worker._publisher._publication._on_posts = fail
        host.complete("first")
        await eventually(lambda: host.waiting() == 0)
        host.complete("second", status="failed")
        await eventually(lambda: host.waiting() == 0)
        await eventually(lambda: len(worker._in_flight) == 0)
    assert len(host.posts()) == len(host.audit()) == 2
