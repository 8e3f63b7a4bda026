"""Turns claims into proposals: first the policy, then the text. Holds no transaction and no connection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import structlog

from autopost import backoff
from autopost.database.errors import label
from autopost.errors import AutopostError, RedactionFailed
from autopost.model import Claim, Dead, Deferred, Posted, Reason, Skipped
from autopost.observability import metrics
from autopost.observability.bookkeeping import bookkeeping
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
        # FIFO, and each batch goes from one to the other: the alert of an agent must not overtake its status.
        self._deciding = asyncio.Lock()
        self._templates = asyncio.Lock()

    async def handle(self, claims: Sequence[Claim]) -> None:
        """Submit a proposal for every claim; neither the content of a row nor a bug makes this raise.

        Templates are submitted in the order of the calls and of the claims; LLM answers as they arrive. All text is
        redacted in threads, so that the event loop is never held up by a row.
        """
        to_write: list[Claim] = []
        async with self._deciding:
            types = await self._operation_types.redact([claim.operation.operation_type for claim in claims])
            for raw in claims:
                claim, failure = _with_redacted_type(raw, types[raw.operation.operation_type])
                decided = self._failed(claim, failure) if failure else self._decide_early(claim)
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

    def _decide_early(self, claim: Claim) -> Ready | None:
        try:
            decided = before_writing(
                claim,
                window=self._window,
                max_attempts=self._settings.max_attempts,
                explained=has_explanation(claim.operation),
                in_storm=self._publisher.storms.has(claim),
            )
        except Exception as error:  # noqa: BLE001 - one row must not fail the others
            return self._failed(claim, error)
        if claim.operation.is_digest and isinstance(decided, Skipped) and decided.reason is Reason.RATE_LIMITED:
            return Deferred(claim, str(Reason.RATE_LIMITED), self._seconds_limited(claim), counts=False)
        if (
            isinstance(decided, Skipped)
            and decided.reason is Reason.MISSING_EXPLANATION
            and self._may_be_explained(claim)
        ):
            return Deferred(claim, f"not_read {claim.read_error}", backoff.delay_seconds(claim.attempts))
        if decided is None and claim.draft is not None and claim.draft.title == claim.operation.title:
            return Posted(claim, claim.draft)
        return decided

    def _seconds_limited(self, claim: Claim) -> float:
        """Return how long the agent's window lasts: a digest is posted at its end, if an alert began a new one."""
        last_post_at = claim.agent.last_post_at if claim.agent else None
        ends_at = (last_post_at or claim.claimed_at) + self._window
        return max(0.0, (ends_at - claim.claimed_at).total_seconds())

    def _may_be_explained(self, claim: Claim) -> bool:
        """Return whether the explanation may be committed, and could not be read: another attempt may read it."""
        return claim.read_error is not None and claim.attempts < self._settings.max_attempts

    async def _ask_llm(self, claim: Claim) -> None:
        try:
            assert claim.agent is not None, "governance let an unknown agent pass"
            with self._tracer.current(claim):
                ready: Ready = Posted(claim, await self._writer.write(claim.operation, claim.agent))
        except Exception as error:  # noqa: BLE001 - one row must not fail the others
            ready = self._failed(claim, error)
        self._publisher.submit([ready])

    def _fill_templates(self, claims: Sequence[Claim]) -> list[Ready]:
        """Write some texts; runs in a thread, because it is CPU-bound."""
        return [self._fill_template(claim) for claim in claims]

    def _fill_template(self, claim: Claim) -> Ready:
        try:
            assert claim.agent is not None, "governance let an unknown agent pass"
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
            if not isinstance(error, AutopostError):
                metrics.count_internal_error("pipeline", error)
            log.warning("writing.failed", id=str(claim.id), attempt=claim.attempts, error=name)
        if claim.attempts >= self._settings.max_attempts:
            return Dead(claim, name)
        return Deferred(claim, name, backoff.delay_seconds(claim.attempts))


CACHED_TYPES = 1024
CACHE_SECONDS = 60.0  # the list of user names may change

Redacted = str | Exception


class OperationTypeRedactor:
    """Redacts operation types and caches the results, because there are few different ones."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._cache: dict[str, Redacted] = {}
        self._expires_at = 0.0

    async def redact(self, operation_types: Sequence[str]) -> dict[str, Redacted]:
        """Return each type without personal data, or the error with which its redaction failed.

        What is not cached is redacted in a thread.
        """
        now = monotonic()
        if now > self._expires_at or len(self._cache) > CACHED_TYPES:
            self._cache, self._expires_at = {}, now + CACHE_SECONDS
        found = {type_: self._cache.get(type_) for type_ in operation_types}
        missing = [type_ for type_, redacted in found.items() if redacted is None]
        fresh = await asyncio.to_thread(self._redact, missing) if missing else {}
        self._cache |= {type_: redacted for type_, redacted in fresh.items() if isinstance(redacted, str)}
        return {type_: redacted for type_, redacted in found.items() if redacted is not None} | fresh

    def _redact(self, operation_types: Sequence[str]) -> dict[str, Redacted]:
        results: dict[str, Redacted] = {}
        for type_ in operation_types:
            try:
                results[type_] = self._redactor.redact(type_).text
            except Exception as error:  # noqa: BLE001 - one row must not fail the others
                results[type_] = error
        return results


def _with_redacted_type(claim: Claim, redacted: Redacted) -> tuple[Claim, Exception | None]:
    """Return the claim with a redacted operation type, and the error if redaction failed."""
    if redacted == claim.operation.operation_type:
        return claim, None
    text, failure = (redacted, None) if isinstance(redacted, str) else (NOT_REDACTED, redacted)
    return replace(claim, operation=replace(claim.operation, operation_type=text)), failure
