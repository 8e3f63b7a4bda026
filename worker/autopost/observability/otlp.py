"""Makes OpenTelemetry's spans of what was noted of attempts, and sends them, in a thread of its own.

Needs the extra `otel`. Nothing here keeps a post waiting: what the collector does not take in time is counted and lost.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from collections.abc import Sequence

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from autopost import __version__
from autopost.observability import metrics
from autopost.observability.tracing import Attempt, Fact, Step
from autopost.settings import Settings

BATCH_ATTEMPTS = 200
MOST_WAITING_ATTEMPTS = 4_000
GATHER_SECONDS = 1.0
LAST_WORD_SECONDS = 2.0

# By the conventions for calls of a language model: https://opentelemetry.io/docs/specs/semconv/gen-ai/
_STANDARD = {
    "model": "gen_ai.request.model",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
}

log = structlog.get_logger(__name__)


class TraceExport:
    """Takes attempts and exports them in batches. Whoever makes one must close it."""

    def __init__(self, exporter: SpanExporter, worker_name: str) -> None:
        self._exporter = exporter
        self._spans = _Spans(worker_name)
        self._waiting: deque[Attempt] = deque()
        self._arrived = threading.Event()
        self._hurry = threading.Event()
        self._stopping = False
        self._is_failing = False
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)
        self._thread.start()

    def take(self, attempt: Attempt) -> None:
        """Export this attempt soon; never waits, and drops it where too many wait."""
        if len(self._waiting) >= MOST_WAITING_ATTEMPTS:
            metrics.TRACES.labels("dropped").inc()
            return
        self._waiting.append(attempt)
        if not self._arrived.is_set():
            self._arrived.set()
        if len(self._waiting) >= BATCH_ATTEMPTS and not self._hurry.is_set():
            self._hurry.set()

    def close(self, seconds: float = LAST_WORD_SECONDS) -> None:
        """Export what waits, and give it up after some seconds."""
        self._stopping = True
        self._arrived.set()
        self._hurry.set()
        self._thread.join(seconds)
        self._exporter.shutdown()

    def _run(self) -> None:
        while not self._stopping or self._waiting:
            self._arrived.wait()
            self._hurry.wait(GATHER_SECONDS)
            if not self._stopping:
                self._arrived.clear()
                self._hurry.clear()
            while self._waiting:
                self._send([self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_ATTEMPTS))])

    def _send(self, attempts: Sequence[Attempt]) -> None:
        try:
            spans = self._spans.of(attempts)
            taken = not spans or self._exporter.export(spans) is SpanExportResult.SUCCESS
        except Exception as error:  # noqa: BLE001 - a trace is never worth a post
            log.debug("traces could not be made", error=type(error).__name__)
            taken = False
        metrics.TRACES.labels("exported" if taken else "failed").inc(len(attempts))
        if taken == self._is_failing:
            self._is_failing = not taken
            if taken:
                log.info("the collector takes traces again")
            else:
                log.warning("the collector does not take traces; they are lost until it does")


class _Spans(SpanProcessor):
    """Builds spans after the fact. The row's id is the trace's: all attempts at a row are one trace."""

    def __init__(self, worker_name: str) -> None:
        self._ids = _GivenTraceId()
        ours = {"service.name": "autopost", "service.version": __version__, "service.instance.id": worker_name}
        resource = Resource.create(ours).merge(OTELResourceDetector().detect())  # what the environment says wins
        provider = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        provider.add_span_processor(self)
        self._tracer = provider.get_tracer("autopost", __version__)
        self._ended: list[ReadableSpan] = []

    def of(self, attempts: Sequence[Attempt]) -> list[ReadableSpan]:
        """Return the spans of these attempts, but of those that the sampler leaves out."""
        self._ended = []
        for attempt in attempts:
            self._build(attempt)
        return self._ended

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a span that ended."""
        self._ended.append(span)

    def _build(self, attempt: Attempt) -> None:
        self._ids.trace_id = attempt.outbox_id.int
        facts = _attributes(attempt.facts)
        root = self._tracer.start_span("operation", Context(), attributes=facts, start_time=attempt.begin)
        if not root.is_recording():
            return
        if attempt.error:
            root.set_attribute("error.type", attempt.error)
            root.set_status(trace.Status(trace.StatusCode.ERROR))
        outer = {step.name: self._span(step, root) for step in attempt.steps if step.within is None}
        for step in attempt.steps:
            if step.within is not None:
                self._span(step, outer.get(step.within, root))
        root.end(attempt.end)

    def _span(self, step: Step, parent: trace.Span) -> trace.Span:
        context = trace.set_span_in_context(parent, Context())
        kind = trace.SpanKind.CLIENT if step.name == "llm" else trace.SpanKind.INTERNAL
        span = self._tracer.start_span(
            step.name, context, kind=kind, attributes=_attributes(step.facts), start_time=step.begin
        )
        if step.failed:
            span.set_attribute("error.type", step.failed)
            span.set_status(trace.Status(trace.StatusCode.ERROR))
        span.end(step.end)
        return span


class _GivenTraceId(RandomIdGenerator):
    """Gives the next trace the id that was set; it is the first half of a SHA-256, and so as good as random."""

    trace_id = 0

    def generate_trace_id(self) -> int:
        return self.trace_id or random.getrandbits(128)

    def is_trace_id_random(self) -> bool:
        return True


def trace_export(settings: Settings) -> TraceExport:
    """Return an export to the collector that OpenTelemetry's variables name.

    Its library would log each failure of each batch, with the address; this module says it once.
    """
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    return TraceExport(OTLPSpanExporter(), settings.worker_name)


def _attributes(facts: dict[str, Fact]) -> dict[str, Fact]:
    return {_STANDARD.get(name, f"autopost.{name}"): value for name, value in facts.items()}
