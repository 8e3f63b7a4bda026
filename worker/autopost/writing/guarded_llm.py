"""Call the LLM, unless the circuit breaker or the budget of the day does not allow it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from opentelemetry.trace import SpanKind

from autopost.observability import metrics
from autopost.observability.problems import Problems, utc_in
from autopost.observability.tracing import AttemptTracer, set_attributes
from autopost.settings import Settings
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.breaker import Breaker, Permit, State
from autopost.writing.budget import Budget, Reservation
from autopost.writing.prompt import Prompt

if TYPE_CHECKING:
    from autopost.writing.llm import Llm

SUBJECT = "language model"
_MAX_KINDS = 100  # of failures that are logged until there is an answer

_log = structlog.get_logger(__name__)


class GuardedLlm:
    """The LLM of the settings.

    `on_state` is called with each state of the circuit breaker, the first included; `problems` has why it is open.
    """

    def __init__(
        self,
        settings: Settings,
        key: str,
        *,
        budget: Budget | None,
        on_state: Callable[[str], None],
        tracer: AttemptTracer,
        problems: Problems | None = None,
    ) -> None:
        self._problems = problems or Problems()
        self._llm = _client(settings, key)
        self._model = settings.llm_model
        self._budget = budget
        self._tracer = tracer
        self._on_state = on_state
        self._breaker = Breaker(
            settings.llm_breaker_cooldown_seconds,
            busy_seconds=settings.llm_timeout_seconds,
            on_change=self._on_breaker,
        )
        self._failure: NoAnswer | None = None  # why the breaker is open, or is about to be
        self._logged: set[tuple[object, ...]] = set()
        on_state(str(self._breaker.state))

    async def ask(self, prompt: Prompt) -> Answer | NoAnswer:
        """Return the LLM's answer, or at once why it is not called: the last failure, or the budget."""
        permit = self._breaker.admit()
        if permit is None:
            return self._failure or NoAnswer("breaker_open")
        if self._budget is None:
            return await self._call(permit, prompt)
        reserved: Reservation | NoAnswer | None = None
        try:
            reserved = await self._budget.reserve(prompt, self._llm.most_tokens)
        finally:
            if not isinstance(reserved, Reservation):
                self._breaker.gave_up(permit)
        if isinstance(reserved, NoAnswer):
            return reserved
        answer: Answer | NoAnswer | None = None
        try:
            answer = await self._call(permit, prompt)
        finally:
            await self._budget.settle(reserved, answer)
        return answer

    async def aclose(self) -> None:
        """Close the connections to the LLM."""
        await self._llm.aclose()

    async def _call(self, permit: Permit, prompt: Prompt) -> Answer | NoAnswer:
        answer: Answer | NoAnswer | None = None
        begin = time.monotonic()
        try:
            with self._tracer.step("llm", SpanKind.CLIENT) as span:
                answer = await self._llm.ask(prompt)
                set_attributes(span, _attributes(self._model, answer))
        finally:
            match answer:
                case None:
                    self._breaker.gave_up(permit)
                case NoAnswer() if not answer.is_of_the_request:
                    self._failure = answer
                    self._breaker.failed(permit, timed_out=answer.reason == "timeout")
                case _:
                    self._failure = None
                    self._breaker.succeeded(permit)
        self._log_failure(answer)
        metrics.LLM_LATENCY_SECONDS.observe(time.monotonic() - begin)
        metrics.LLM_CALLS.labels(answer.reason if isinstance(answer, NoAnswer) else "answered").inc()
        return answer

    def _on_breaker(self, state: State, cooldown_seconds: float) -> None:
        metrics.LLM_BREAKER.state(str(state))
        self._on_state(str(state))
        if cooldown_seconds:
            why = f"it does not answer ({self._failure.reason if self._failure else 'unknown'})"
            self._problems.report(SUBJECT, f"not asked until {utc_in(cooldown_seconds)}: {why}; templates are used")
            _log.warning("llm.breaker_opened", seconds=round(cooldown_seconds, 1))
        elif state is State.CLOSED:
            self._problems.clear(SUBJECT)
            _log.info("llm.breaker_closed")

    def _log_failure(self, answer: Answer | NoAnswer) -> None:
        """Log each kind of failure once, until there is an answer."""
        if isinstance(answer, Answer):
            self._logged.clear()
            return
        facts = {"reason": answer.reason, "status": answer.status, "code": answer.code, "parameter": answer.parameter}
        kind = tuple(facts.values())
        if kind not in self._logged and len(self._logged) < _MAX_KINDS:
            self._logged.add(kind)
            _log.warning("llm.failed", **{name: fact for name, fact in facts.items() if fact is not None})


def _client(settings: Settings, key: str) -> Llm:
    from autopost.writing.llm import Llm  # takes a third of a second to import

    return Llm(settings, key)


def _attributes(model: str, answer: Answer | NoAnswer) -> dict[str, str | int | None]:
    """Return attributes by the conventions for LLM calls: https://opentelemetry.io/docs/specs/semconv/gen-ai/."""
    if isinstance(answer, NoAnswer):
        return {"gen_ai.request.model": model, "autopost.result": answer.reason}
    return {
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": answer.prompt_tokens,
        "gen_ai.usage.output_tokens": answer.completion_tokens,
        "autopost.result": "answered",
    }
