"""Exports spans by OTLP over HTTP, from a thread of OpenTelemetry's SDK. Needs the extra `otel`.

Nothing here delays a post: spans that the collector does not take in time are dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Sequence

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from autopost import __version__
from autopost.errors import ConfigurationError
from autopost.observability import metrics
from autopost.observability.tracing import next_trace_id
from autopost.settings import Settings

FLUSH_SECONDS = 2.0

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def exporting(settings: Settings) -> AsyncIterator[trace.Tracer]:
    """Yield a tracer whose spans go to the collector that OTEL_* names; at the end, wait at most FLUSH_SECONDS for it.

    Raises ConfigurationError for a value of OTEL_* that the SDK refuses.
    """
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it would log each failed batch, with the address
    try:
        provider = _provider(settings)
    except ValueError as error:
        raise ConfigurationError(f"OTEL_*: OpenTelemetry refuses a value: {error}") from None
    try:
        yield provider.get_tracer("autopost", __version__)
    finally:
        # The SDK itself waits up to 30 seconds, so its thread is left behind.
        flushing = threading.Thread(target=provider.shutdown, name="flush traces", daemon=True)
        flushing.start()
        await asyncio.to_thread(flushing.join, FLUSH_SECONDS)


def _provider(settings: Settings) -> TracerProvider:
    ours = {
        "service.name": "autopost",
        "service.version": __version__,
        "service.instance.id": settings.worker_name,
    }
    resource = Resource.create(ours).merge(OTELResourceDetector().detect())  # what the environment says wins
    provider = TracerProvider(resource=resource, id_generator=_RowIds(), shutdown_on_exit=False)
    provider.add_span_processor(_EndedSpans())
    provider.add_span_processor(BatchSpanProcessor(_Exporter(OTLPSpanExporter())))
    return provider


class _RowIds(RandomIdGenerator):
    """Gives a trace the id of its row. That is the first half of a SHA-256, so a sampler may take it for random."""

    def generate_trace_id(self) -> int:
        return next_trace_id.get() or super().generate_trace_id()


class _EndedSpans(SpanProcessor):
    """Counts spans: the SDK has no figure of those that it drops because its queue is full."""

    def on_end(self, span: ReadableSpan) -> None:
        metrics.SPANS_ENDED.inc()


class _Exporter(SpanExporter):
    """Counts what is exported, and logs once when the collector fails and when it recovers."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            result = self._exporter.export(spans)
        except Exception as error:  # noqa: BLE001 - the SDK's thread must not end
            log.debug("traces.export_error", error=type(error).__name__)
            result = SpanExportResult.FAILURE
        failed = result is not SpanExportResult.SUCCESS
        (metrics.SPANS_FAILED if failed else metrics.SPANS_EXPORTED).inc(len(spans))
        if failed is not self._is_failing:
            self._is_failing = failed
            if failed:
                log.warning("traces.export_failed")
            else:
                log.info("traces.export_recovered")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()
