"""Spans of each attempt at an outbox row, made with OpenTelemetry's API: no-ops unless `otlp` configures its SDK.

No span holds text of an operation or a post, or an agent. An exception is recorded by its class alone: OpenTelemetry's
own recording of exceptions is off everywhere, because their messages may hold text.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, NoOpTracer, Span, SpanKind, StatusCode

from autopost import audit
from autopost.errors import ConfigurationError, install_extra
from autopost.model import Claim, Outcome
from autopost.observability.bookkeeping import bookkeeping
from autopost.observability.outcomes import describe
from autopost.settings import Settings

Value = str | int | float | bool | None

# The trace id of the next root span. The row's id is the trace's, so that all attempts at a row are one trace.
next_trace_id: ContextVar[int] = ContextVar("autopost_next_trace_id", default=0)


class AttemptTracer:
    """Starts a root span for each claimed row, and ends it with the row's outcome. No error of tracing is raised."""

    def __init__(self, tracer: trace.Tracer | None = None) -> None:
        self._tracer = tracer or NoOpTracer()
        self._spans: dict[tuple[UUID, int], Span] = {}  # of the attempts that the sampler keeps, by id and epoch

    def claimed(self, claims: Sequence[Claim], begin: int) -> None:
        """Start a root span for each claim; `begin` is when the claim was sent, in nanoseconds since 1970."""
        with bookkeeping("tracing"):
            self._claimed(claims, begin)

    def _claimed(self, claims: Sequence[Claim], begin: int) -> None:
        for claim in claims:
            next_trace_id.set(claim.id.int)
            span = self._tracer.start_span("operation", Context(), start_time=begin)
            if span.is_recording():
                self._spans[claim.id, claim.epoch] = span
                waited = max((claim.claimed_at - claim.captured_at).total_seconds(), 0.0)
                set_attributes(
                    span,
                    {
                        "autopost.outbox_id": str(claim.id),
                        "autopost.attempt": claim.attempts,
                        "autopost.is_alert": claim.operation.is_alert,
                        "autopost.waited_ms": round(waited * 1000),
                    },
                )
        self._add("claim", claims, begin)

    def current(self, claim: Claim) -> AbstractContextManager[object]:
        """Make this claim's span the parent of each `step` within the context, also in threads that it waits for."""
        span = self._spans.get((claim.id, claim.epoch))
        if span is None:
            return contextlib.nullcontext()
        return trace.use_span(span, record_exception=False, set_status_on_exception=False)

    def step(self, name: str, kind: SpanKind = SpanKind.INTERNAL) -> AbstractContextManager[Span]:
        """Return a context with a span of its own, if a claim is current and traced."""
        if not trace.get_current_span().is_recording():
            return contextlib.nullcontext(INVALID_SPAN)
        return self._step(name, kind)

    def published(self, claims: Iterable[Claim], begin: int) -> None:
        """Add a span of a publishing transaction that began at `begin` and ended now."""
        with bookkeeping("tracing"):
            if self._spans:
                self._add("publish", list(claims), begin)

    def ended(self, outcomes: Iterable[Outcome]) -> None:
        """End the spans of these rows with their outcomes."""
        with bookkeeping("tracing"):
            for outcome in outcomes:
                if span := self._spans.pop((outcome.claim.id, outcome.claim.epoch), None):
                    operation = outcome.claim.operation  # the pipeline has redacted its type
                    shown = {
                        "operation_type": audit.shown_type(operation.operation_type),
                        "status": audit.word(operation.status or ""),
                    }
                    _end(span, describe(outcome) | shown)

    def released(self, claims: Iterable[Claim], error: str | None = None) -> None:
        """End the spans of rows that are released: another attempt will be made."""
        with bookkeeping("tracing"):
            for claim in claims:
                if span := self._spans.pop((claim.id, claim.epoch), None):
                    _end(span, {"outcome": "released", "error": error})

    @contextlib.contextmanager
    def _step(self, name: str, kind: SpanKind) -> Iterator[Span]:
        with self._tracer.start_as_current_span(
            name, kind=kind, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    def _add(self, name: str, claims: Sequence[Claim], begin: int) -> None:
        end = time.time_ns()
        for claim in claims:
            if parent := self._spans.get((claim.id, claim.epoch)):
                context = trace.set_span_in_context(parent, Context())
                rows = {"autopost.rows": len(claims)}
                self._tracer.start_span(name, context, attributes=rows, start_time=begin).end(end)


def set_attributes(span: Span, attributes: Mapping[str, Value]) -> None:
    """Set the attributes that are not None."""
    span.set_attributes({name: value for name, value in attributes.items() if value is not None})


@contextlib.asynccontextmanager
async def attempt_tracer(settings: Settings) -> AsyncIterator[AttemptTracer]:
    """Yield a tracer that exports spans if the settings ask for it. Raises ConfigurationError as `require_otlp`."""
    if not settings.wants_traces:
        yield AttemptTracer()
        return
    require_otlp()
    from autopost.observability.otlp import exporting

    async with exporting(settings) as tracer:
        yield AttemptTracer(tracer)


def require_otlp() -> None:
    """Raise ConfigurationError if the extra `otel` is not installed."""
    try:
        import autopost.observability.otlp  # noqa: F401 - needs the extra
    except ImportError:
        raise ConfigurationError(
            f"OTEL_* asks for traces, and their exporter is not installed: {install_extra('otel')}"
        ) from None


def _end(span: Span, facts: Mapping[str, str | None]) -> None:
    set_attributes(span, {f"autopost.{name}": value for name, value in facts.items() if name != "error"})
    if error := facts.get("error"):
        span.set_attribute("error.type", error)
        span.set_status(StatusCode.ERROR)
    span.end()
