"""Turns claims into proposals: first the policy, then the text. Holds no transaction and no connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

import structlog

from autopost import backoff
from autopost.database.errors import label
from autopost.errors import RedactionFailed
from autopost.model import Claim, Dead, Deferred, Posted
from autopost.observability import metrics
from autopost.observability.bookkeeping import bookkeeping
from autopost.observability.tracing import AttemptTracer
from autopost.policy import before_writing
from autopost.settings import Settings
from autopost.worker.publisher import Publisher, Ready
from autopost.writing import Redactor, Writer, has_explanation

BATCH_ROWS = 16
NOT_REDACTED = "(not redacted)"  # replaces an operation_type whose redaction failed

log = structlog.get_logger(__name__)


class Pipeline:
    """Writes the texts of claimed rows and submits them to the publisher as they are finished."""

    def __init__(
        self,
        writer: Writer,
        operation_types: OperationTypeRedactor,
        publisher: Publisher,
        settings: Settings,
        tracer: AttemptTracer,
    ) -> None:
        self._writer = writer
        self._operation_types = operation_types
        self._publisher = publisher
        self._settings = settings
        self._tracer = tracer
        self._window = timedelta(minutes=settings.rate_limit_minutes)
        self._in_order = asyncio.Lock()  # FIFO: the alert of an agent must not overtake its status

    async def handle(self, claims: Sequence[Claim]) -> None:
        """Submit a proposal for every claim; neither the content of a row nor a bug makes this raise.

        Templates are submitted in the order of the calls and of the claims; LLM answers as they arrive. Texts are
        redacted in threads, some rows at a time, so that the event loop is never held up by a row.
        """
        to_write: list[Claim] = []
        async with self._in_order:
            for start in range(0, len(claims), BATCH_ROWS):
                for ready in await asyncio.to_thread(self._prepare, claims[start : start + BATCH_ROWS]):
                    if isinstance(ready, Claim):
                        to_write.append(ready)
                    else:
                        self._publisher.submit([ready])
        async with asyncio.TaskGroup() as writing:
            for claim in to_write:
                writing.create_task(self._ask_llm(claim))

    def _prepare(self, claims: Sequence[Claim]) -> list[Ready | Claim]:
        """Return the outcomes of claims, and the claims that the LLM has yet to write; runs in a thread."""
        return [self._guarded(claim, self._prepare_one) for claim in claims]

    def _prepare_one(self, raw: Claim) -> Ready | Claim:
        claim, failure = self._with_redacted_type(raw)
        decided = failure or self._decide_early(claim)
        if decided is not None:
            return decided
        return claim if self._settings.uses_llm else self._fill_template(claim)

    def _guarded(self, claim: Claim, step: Callable[[Claim], Ready | Claim]) -> Ready | Claim:
        """Return what a step returns, or the outcome of a row for which it raised."""
        try:
            return step(claim)
        except Exception as error:  # noqa: BLE001 - one row must not fail the others
            with bookkeeping("metrics"):
                metrics.count_internal_error("pipeline", error)
            return self._failed(replace(claim, operation=replace(claim.operation, operation_type=NOT_REDACTED)), error)

    def _with_redacted_type(self, claim: Claim) -> tuple[Claim, Ready | None]:
        """Return the claim with a redacted operation type, and the outcome of the row if redaction failed."""
        failure: Exception | None = None
        try:
            redacted = self._operation_types.redact(claim.operation.operation_type)
        except Exception as error:  # noqa: BLE001 - one row must not fail the others
            redacted, failure = NOT_REDACTED, error
        if failure is None and redacted == claim.operation.operation_type:
            return claim, None
        claim = replace(claim, operation=replace(claim.operation, operation_type=redacted))
        return claim, self._failed(claim, failure) if failure else None

    def _decide_early(self, claim: Claim) -> Ready | None:
        decided = before_writing(
            claim,
            window=self._window,
            max_attempts=self._settings.max_attempts,
            explained=has_explanation(claim.operation),
            in_storm=self._publisher.storms.has(claim),
        )
        if decided is None and claim.draft is not None:
            return Posted(claim, claim.draft)
        return decided

    async def _ask_llm(self, claim: Claim) -> None:
        try:
            assert claim.agent is not None, "governance let an unknown agent pass"
            with self._tracer.current(claim):
                ready: Ready = Posted(claim, await self._writer.write(claim.operation, claim.agent))
        except Exception as error:  # noqa: BLE001 - one row must not fail the others
            ready = self._failed(claim, error)
        self._publisher.submit([ready])

    def _fill_template(self, claim: Claim) -> Ready:
        assert claim.agent is not None, "governance let an unknown agent pass"
        try:
            with self._tracer.current(claim):
                return Posted(claim, self._writer.from_template(claim.operation, claim.agent))
        except Exception as error:  # noqa: BLE001 - one row must not fail the others
            return self._failed(claim, error)

    def _failed(self, claim: Claim, error: Exception) -> Deferred | Dead:
        """Return the outcome of a row whose text could not be written: a retry, or dead after the last attempt.

        The message of the error is not used, because it may contain text of the operation.
        """
        name = "redaction_failed" if isinstance(error, RedactionFailed) else f"writing_failed {label(error)}"
        with bookkeeping("log"):
            log.warning("writing.failed", id=str(claim.id), attempt=claim.attempts, error=name)
        if claim.attempts >= self._settings.max_attempts:
            return Dead(claim, name)
        return Deferred(claim, name, backoff.delay_seconds(claim.attempts))


CACHED_TYPES = 1024
CACHE_SECONDS = 60.0  # the list of user names may change


class OperationTypeRedactor:
    """Redacts operation types and caches the results, because there are few different ones."""

    def __init__(self, redactor: Redactor) -> None:
        self._redact = lru_cache(CACHED_TYPES)(lambda text, _minute: redactor.redact(text).text)

    def redact(self, operation_type: str) -> str:
        """Return the operation type without personal data. Raises RedactionFailed."""
        return self._redact(operation_type, time.monotonic() // CACHE_SECONDS)
