"""Traces: one for each operation, nothing of its texts, and never worth a post."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr

from autopost.errors import ConfigurationError
from autopost.model import Redaction
from autopost.observability import metrics, otlp
from autopost.processes.worker_process import build_worker
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support.collector import Collector, Reply, answers_garbage, hangs, refuses
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.llm_server import COMPLETION_TOKENS, PROMPT_TOKENS, LlmServer, refused_base_url, says
from tests.support.work import eventually, work_off, worker_process, working

MAIL = "bob" + "@example.com"
ALWAYS = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.2"}


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Return an exporter that keeps what it gets, in place of the one that sends it."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(otlp, "OTLPSpanExporter", lambda: exporter)
    monkeypatch.setattr(exporter, "shutdown", lambda: None)
    return exporter


def traced(settings: Settings, **changes: Any) -> Settings:
    """Return settings that ask for traces."""
    return settings.model_copy(update={"otel_traces_exporter": "otlp", **changes})


def tree(spans: Sequence[ReadableSpan]) -> dict[str, str | None]:
    """Map the name of each span to that of its parent."""
    names = {span.context.span_id: span.name for span in spans if span.context}
    return {span.name: names[span.parent.span_id] if span.parent else None for span in spans}


def attributes(spans: Sequence[ReadableSpan], name: str) -> dict[str, Any]:
    """Return the attributes of the only span of this name."""
    (found,) = (span for span in spans if span.name == name)
    return dict(found.attributes or {})


async def test_operation_by_template_is_one_trace(
    host: Host, settings: Settings, redactor: Redactor, memory: InMemorySpanExporter
) -> None:
    """Claim, redaction, writing and publishing under one span, under the row's own id."""
    host.complete("zebra", agent=host.agent(), what=f"Fed the giraffe at {MAIL}")
    await work_off(host, traced(settings), redactor)
    spans = memory.get_finished_spans()
    assert tree(spans) == {
        "operation": None,
        "claim": "operation",
        "redact": "operation",
        "write": "operation",
        "publish": "operation",
    }
    (row,) = host.outbox()
    assert {UUID(int=span.context.trace_id) for span in spans if span.context} == {row["id"]}
    operation = attributes(spans, "operation")
    assert operation.pop("autopost.waited_ms") >= 0
    assert operation == {
        "autopost.outbox_id": str(row["id"]),
        "autopost.attempt": 1,
        "autopost.is_alert": False,
        "autopost.operation_type": "workflow_execute",
        "autopost.status": "completed",
        "autopost.outcome": "posted",
        "autopost.generator": "template",
    }
    assert attributes(spans, "redact") == {"autopost.findings": 1}
    assert attributes(spans, "publish") == {"autopost.rows": 1}
    (root,) = (span for span in spans if span.parent is None)
    assert root.start_time is not None
    assert root.end_time is not None
    for span in spans:
        assert span.start_time is not None
        assert span.end_time is not None
        assert root.start_time <= span.start_time <= span.end_time <= root.end_time


async def test_generation_is_a_span_with_model_and_tokens(
    host: Host, settings: Settings, redactor: Redactor, memory: InMemorySpanExporter
) -> None:
    """By the names that OpenTelemetry has for them, within the writing."""
    host.complete(agent=host.agent())
    with LlmServer() as llm:
        llm.will(says("The inbox is sorted"))
        with_llm = {"llm_enabled": True, "openai_api_key": SecretStr("test"), "openai_base_url": llm.base_url}
        await work_off(host, traced(settings, **with_llm), redactor)
    spans = memory.get_finished_spans()
    assert tree(spans)["llm"] == "write"
    assert attributes(spans, "llm") == {
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.usage.input_tokens": PROMPT_TOKENS,
        "gen_ai.usage.output_tokens": COMPLETION_TOKENS,
        "autopost.result": "answered",
    }
    assert attributes(spans, "write") == {"autopost.generator": "llm"}


async def test_nothing_of_an_operation_is_in_its_trace(
    host: Host, settings: Settings, redactor: Redactor, memory: InMemorySpanExporter
) -> None:
    """No text, no agent, no tenant, no tracker; a type and a status that are more than a word are left out."""
    host.agent("agent-zebra", name="Zebra")
    host.execute("select auto_post_add_rule('%', p_match => 'like')")
    host.complete("tracker-zebra", f"zebra mail {MAIL}", agent="agent-zebra", what="zebra", why="zebra", next_steps="z")
    host.complete("second", "report_generate", agent="agent-zebra", what="zebra", status="done with the zebra")
    host.complete("third", agent="nobody-zebra", what="zebra")
    await work_off(host, traced(settings), redactor)
    spans = memory.get_finished_spans()
    outcomes = [span.attributes["autopost.outcome"] for span in spans if span.name == "operation" and span.attributes]
    assert set(outcomes) == {"posted", "skipped"}
    said = "".join(span.to_json() for span in spans).lower()
    for secret in ("zebra", "example.com", "tenant", "nobody", "done with"):
        assert secret not in said


async def test_redaction_that_fails_is_an_error_of_the_trace_and_tells_no_text(
    host: Host, settings: Settings, memory: InMemorySpanExporter
) -> None:
    """The error is its kind, of the row and of the step that failed."""

    class Broken:
        def redact(self, text: str) -> Any:
            if "zebra" in text:
                raise ValueError(text)
            return Redaction(text)

    host.complete(agent=host.agent(), what="zebra")
    await work_off_as_dead(host, traced(settings, max_attempts=1), Broken())
    (root,) = (span for span in memory.get_finished_spans() if span.parent is None)
    assert root.attributes is not None
    assert root.attributes["autopost.outcome"] == "dead"
    assert str(root.attributes["error.type"]).startswith("writing_failed ValueError")
    assert not root.status.is_ok
    assert attributes(memory.get_finished_spans(), "redact") == {"error.type": "ValueError"}
    assert [span.events for span in memory.get_finished_spans() if span.events] == []
    assert "zebra" not in "".join(span.to_json() for span in memory.get_finished_spans())


async def work_off_as_dead(host: Host, settings: Settings, redactor: Any) -> None:
    """Run a worker until nothing waits."""
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["dead"]


async def test_sampler_leaves_traces_out(
    host: Host, settings: Settings, redactor: Redactor, memory: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By OpenTelemetry's own variables; about a share of the row's ids."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.3")
    host.agent()
    for number in range(60):
        host.complete(f"op{number}", "security_scan")
    await work_off(host, traced(settings).model_copy(update={"alert_burst": 0}), redactor)
    roots = [span for span in memory.get_finished_spans() if span.parent is None]
    assert 3 <= len(roots) <= 40
    assert len(memory.get_finished_spans()) == 5 * len(roots)


def test_real_collector_gets_whole_traces_by_otlp(host: Host, database: str, processes: Crew) -> None:
    """From a real worker: protobuf to /v1/traces, with the name of the service, also what ends last."""
    host.complete(agent=host.agent())
    with Collector() as collector:
        variables = {**ALWAYS, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "SOCIAL_POST_WORKER_NAME": "left"}
        with worker_process(database, processes, **variables) as worker:
            until(lambda: host.waiting() == 0)
            worker.process.terminate()
            assert worker.wait() == 0
        assert collector.paths == {"/v1/traces"}
        assert sorted(span.name for span in collector.spans) == ["claim", "operation", "publish", "redact", "write"]
        resource = {item.key: item.value.string_value for item in collector.resources[0].resource.attributes}
    assert resource["service.name"] == "autopost"
    assert resource["service.instance.id"] == "left"
    (row,) = host.outbox()
    assert {span.trace_id for span in collector.spans} == {row["id"].bytes}


@pytest.mark.long
@pytest.mark.parametrize("reply", [hangs, refuses, answers_garbage, None], ids=["hangs", "refuses", "garbage", "away"])
def test_bad_collector_costs_traces_and_neither_posts_nor_the_log(
    host: Host, database: str, processes: Crew, reply: Reply | None
) -> None:
    """Posts come as before, the log says it at most once, and SIGTERM ends the worker in time."""
    for number in range(20):
        host.agent(f"agent{number}")
    with Collector(reply or hangs) as collector:
        address = collector.endpoint if reply else refused_base_url()
        variables = {**ALWAYS, "OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_EXPORTER_OTLP_TIMEOUT": "2"}
        with worker_process(database, processes, **variables) as worker:
            for number in range(20):
                host.complete(f"op{number}", agent=f"agent{number}")
            until(lambda: host.waiting() == 0)
            if reply:
                collector.wait_for(lambda: collector.bodies)
            until(lambda: "traces.export_failed" in worker.log, what="the line in the log")
            host.complete("last", "security_scan", agent="agent1")
            until(lambda: host.waiting() == 0)
            worker.process.terminate()
            assert worker.wait(60) == 0
            log = worker.log
    assert len(host.posts()) == 21
    assert log.count("traces.export_failed") == 1
    assert "opentelemetry" not in log.lower()
    assert "Traceback" not in log


async def test_spans_beyond_the_queue_are_dropped_without_delay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Starting and ending a span never waits for the collector, and the metrics show how many were lost."""
    released = threading.Event()

    class Stuck(InMemorySpanExporter):
        def export(self, spans: Any) -> Any:
            released.wait(60)
            return super().export(spans)

    before = counted()
    monkeypatch.setattr(otlp, "OTLPSpanExporter", Stuck)
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "100")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "50")
    async with otlp.exporting(traced(settings)) as tracer:
        for _ in range(1000):
            tracer.start_span("operation").end()
        assert counted()[1] == before[1], "all of them ended before the first export did"
        released.set()
    ended, exported, failed = (after - past for after, past in zip(counted(), before, strict=True))
    assert ended == 1000
    assert 0 < exported <= 250
    assert failed == 0


def counted() -> tuple[float, float, float]:
    """Return how many spans have ended, and how many of them were exported and failed."""
    ended, exported, failed = (
        metrics.REGISTRY.get_sample_value(f"autopost_spans_{name}_total") for name in ("ended", "exported", "failed")
    )
    assert ended is not None
    assert exported is not None
    assert failed is not None
    return ended, exported, failed


async def test_slow_collector_delays_the_end_of_the_worker_by_seconds_at_most(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK would wait half a minute for it."""
    released, ended = threading.Event(), threading.Event()

    class Stuck(InMemorySpanExporter):
        def export(self, spans: Any) -> Any:
            released.wait(20)  # less than the SDK would wait
            ended.set()
            return super().export(spans)

    monkeypatch.setattr(otlp, "OTLPSpanExporter", Stuck)
    async with otlp.exporting(traced(settings)) as tracer:
        tracer.start_span("operation").end()
    assert not ended.is_set()
    released.set()


async def test_value_that_the_sdk_refuses_is_a_configuration_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the SDK's own words."""
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many")
    with pytest.raises(ConfigurationError, match="OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"):
        async with otlp.exporting(traced(settings)):
            pass


async def test_attempts_at_one_row_are_one_trace(host: Host, settings: Settings, memory: InMemorySpanExporter) -> None:
    """Each attempt is a span of its own under the row's id, and ends with its own outcome."""

    class Broken:
        def redact(self, text: str) -> Any:
            raise ValueError(text)

    host.complete(agent=host.agent())
    broken: Any = Broken()
    async with working(traced(settings, max_attempts=2), broken):
        await eventually(lambda: [row["attempts"] for row in host.outbox()] == [1] and host.waiting() == 1)
        host.execute("update auto_post_outbox set available_at = now() where state = 'pending'")
        await eventually(lambda: host.waiting() == 0)
    roots = [span for span in memory.get_finished_spans() if span.parent is None]
    (row,) = host.outbox()
    assert [span.context.trace_id for span in roots if span.context] == [row["id"].int] * 2
    found = [(span.attributes or {})["autopost.outcome"] for span in roots]
    assert found == ["deferred", "dead"]


async def test_extra_that_is_missing_is_a_configuration_error(
    settings: Settings, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where traces are asked for."""
    monkeypatch.setitem(sys.modules, "autopost.observability.otlp", None)
    async with build_worker(settings, redactor):
        pass
    with pytest.raises(ConfigurationError, match=r"pip install .autopost-outbox\[otel\]"):
        async with build_worker(traced(settings), redactor):
            pass


def test_worker_without_traces_does_not_load_the_sdk() -> None:
    """Only OpenTelemetry's API, whose spans are no-ops."""
    code = (
        "import sys, autopost.processes.worker_process; "
        "sys.exit(any(name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter')) for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c/x"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, False),
        ({"OTEL_SDK_DISABLED": "True", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, False),
    ],
)
def test_traces_are_on_when_opentelemetrys_variables_say_so(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wanted: bool
) -> None:
    """An endpoint or an exporter, unless both are overruled."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert load_settings(require_database=False).wants_traces is wanted


def test_trace_settings_that_cannot_be_served_are_refused(database: str) -> None:
    """All at once, with what is allowed."""
    result = autopost(
        "run",
        dsn=database,
        OTEL_TRACES_EXPORTER="zipkin",
        OTEL_EXPORTER_OTLP_PROTOCOL="grpc",
        OTEL_EXPORTER_OTLP_ENDPOINT="collector:4318",
    )
    assert result.returncode == 2
    assert "OTEL_TRACES_EXPORTER: got 'zipkin'; expected: otlp or none" in result.stderr
    assert "OTEL_EXPORTER_OTLP_PROTOCOL: got 'grpc'; expected: http/protobuf" in result.stderr
    assert "OTEL_EXPORTER_OTLP_ENDPOINT: got 'collector:4318'; expected: http://" in result.stderr
