"""Takes claimed rows to ready ones: the rules, then the text. No transaction and no connection is held meanwhile."""

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

CHUNK = 16
UNREADABLE = "(not redacted)"  # stands for an operation_type that may not be shown

log = structlog.get_logger(__name__)


class Pipeline:
    """Writes the texts of claimed rows and hands them to the publisher, in the order in which they are ready."""

    def __init__(
        self,
        writer: Writer,
        names: OperationTypeRedactor,
        publisher: Publisher,
        settings: Settings,
        tracer: AttemptTracer,
    ) -> None:
        self._writer = writer
        self._names = names
        self._publisher = publisher
        self._settings = settings
        self._tracer = tracer
        self._window = timedelta(minutes=settings.rate_limit_minutes)
        self._filling = asyncio.Lock()  # who came first goes first: an agent's alert must not overtake its status

    async def handle(self, claims: Sequence[Claim]) -> None:
        """Bring every claim to the publisher's queue; never raises for what one row holds.

        Templates are filled in the order of the calls, and of the claims in each. The LLM's answers come as they come.
        """
        to_write: list[Claim] = []
        for raw in claims:
            claim, problem = self._with_clean_name(raw)
            decided = problem or self._decide_early(claim)
            if decided is None:
                to_write.append(claim)
            else:
                self._publisher.submit([decided])
        if self._settings.uses_llm:
            async with asyncio.TaskGroup() as writing:
                for claim in to_write:
                    writing.create_task(self._ask_llm(claim))
        else:
            async with self._filling:
                for start in range(0, len(to_write), CHUNK):
                    chunk = to_write[start : start + CHUNK]
                    self._publisher.submit(await asyncio.to_thread(self._fill_templates, chunk))

    def _with_clean_name(self, claim: Claim) -> tuple[Claim, Ready | None]:
        """Return the claim as audit row and post may name it, and what becomes of it if that cannot be told."""
        problem: Exception | None = None
        try:
            name = self._names.redact(claim.operation.operation_type)
        except Exception as error:  # noqa: BLE001 - one row must not take its neighbours along
            name, problem = UNREADABLE, error
        if problem is None and name == claim.operation.operation_type:
            return claim, None
        clean = replace(claim, operation=replace(claim.operation, operation_type=name))
        return clean, self._failed(clean, problem) if problem else None

    def _decide_early(self, claim: Claim) -> Ready | None:
        decided = before_writing(
            claim,
            window=self._window,
            max_attempts=self._settings.max_attempts,
            explained=has_explanation(claim.operation),
        )
        if decided is None and claim.kept is not None:
            return Posted(claim, claim.kept)
        return decided

    async def _ask_llm(self, claim: Claim) -> None:
        assert claim.agent is not None, "governance let an unknown agent pass"
        try:
            with self._tracer.current(claim):
                ready: Ready = Posted(claim, await self._writer.write(claim.operation, claim.agent))
        except Exception as error:  # noqa: BLE001 - one row must not take its neighbours along
            ready = self._failed(claim, error)
        self._publisher.submit([ready])

    def _fill_templates(self, claims: Sequence[Claim]) -> list[Ready]:
        """Write a few texts in one go, in a thread: it is CPU work."""
        ready: list[Ready] = []
        for claim in claims:
            assert claim.agent is not None, "governance let an unknown agent pass"
            try:
                with self._tracer.current(claim):
                    ready.append(Posted(claim, self._writer.from_template(claim.operation, claim.agent)))
            except Exception as error:  # noqa: BLE001 - one row must not take its neighbours along
                ready.append(self._failed(claim, error))
        return ready

    def _failed(self, claim: Claim, error: Exception) -> Deferred | Dead:
        """Return what becomes of a row whose text could not be written: a later attempt, and in the end `dead`.

        The error's own message is not used anywhere: it may hold text of the operation.
        """
        name = "redaction_failed" if isinstance(error, RedactionFailed) else f"writing_failed {label(error)}"
        log.warning("writing.failed", id=str(claim.id), attempt=claim.attempts, error=name)
        if claim.attempts >= self._settings.max_attempts:
            return Dead(claim, name)
        return Deferred(claim, name, backoff.delay_seconds(claim.attempts))


MOST_REMEMBERED = 1024
REMEMBERED_SECONDS = 60.0  # the names of people that are looked for may change


class OperationTypeRedactor:
    """Redacts names and remembers the results: there are few of them and they come again and again."""

    def __init__(self, redactor: Redactor) -> None:
        self._redact = lru_cache(MOST_REMEMBERED)(lambda name, _minute: redactor.redact(name).text)

    def redact(self, name: str) -> str:
        """Return the name without personal data. Raises RedactionFailed."""
        return self._redact(name, time.monotonic() // REMEMBERED_SECONDS)
