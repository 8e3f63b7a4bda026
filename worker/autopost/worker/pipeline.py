"""Turns claims into proposals: first the policy, then the text. Holds no transaction and no connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

import structlog

from autopost import backoff
from autopost.database.errors import label
from autopost.errors import RedactionFailed
from autopost.model import Claim, Dead, Deferred, Posted
from autopost.observability.tracing import AttemptTracer
from autopost.policy import before_writing
from autopost.settings import Settings
from autopost.worker.publisher import Publisher, Ready
from autopost.writing import Redactor, Writer, has_explanation

TEMPLATE_BATCH_ROWS = 16
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
        self._templates = asyncio.Lock()  # FIFO: the alert of an agent must not overtake its status

    async def handle(self, claims: Sequence[Claim]) -> None:
        """Submit a proposal for every claim; the content of a row never makes this raise.

        Templates are submitted in the order of the calls and of the claims; LLM answers as they arrive.
        """
        to_write: list[Claim] = []
        for raw in claims:
            claim, failure = self._with_redacted_type(raw)
            decided = failure or self._decide_early(claim)
            if decided is None:
                to_write.append(claim)
            else:
                self._publisher.submit([decided])
        if self._settings.uses_llm:
            async with asyncio.TaskGroup() as writing:
                for claim in to_write:
                    writing.create_task(self._ask_llm(claim))
        else:
            async with self._templates:
                for start in range(0, len(to_write), TEMPLATE_BATCH_ROWS):
                    chunk = to_write[start : start + TEMPLATE_BATCH_ROWS]
                    self._publisher.submit(await asyncio.to_thread(self._fill_templates, chunk))

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
        assert claim.agent is not None, "governance let an unknown agent pass"
        try:
            with self._tracer.current(claim):
                ready: Ready = Posted(claim, await self._writer.write(claim.operation, claim.agent))
        except Exception as error:  # noqa: BLE001 - one row must not fail the others
            ready = self._failed(claim, error)
        self._publisher.submit([ready])

    def _fill_templates(self, claims: Sequence[Claim]) -> list[Ready]:
        """Write some texts; runs in a thread, because it is CPU-bound."""
        ready: list[Ready] = []
        for claim in claims:
            assert claim.agent is not None, "governance let an unknown agent pass"
            try:
                with self._tracer.current(claim):
                    ready.append(Posted(claim, self._writer.from_template(claim.operation, claim.agent)))
            except Exception as error:  # noqa: BLE001 - one row must not fail the others
                ready.append(self._failed(claim, error))
        return ready

    def _failed(self, claim: Claim, error: Exception) -> Deferred | Dead:
        """Return the outcome of a row whose text could not be written: a retry, or dead after the last attempt.

        The message of the error is not used, because it may contain text of the operation.
        """
        name = "redaction_failed" if isinstance(error, RedactionFailed) else f"writing_failed {label(error)}"
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
