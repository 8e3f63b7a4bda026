"""Writing one post: the LLM when it is on and answers well, a template otherwise."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import structlog
from opentelemetry.trace import Span, SpanKind

from autopost.model import Agent, Generator, Operation, Written
from autopost.observability import metrics
from autopost.observability.tracing import AttemptTracer, set_attributes
from autopost.settings import Settings
from autopost.writing.breaker import Breaker, State
from autopost.writing.fields import Fields, Redactor, redact_fields
from autopost.writing.guard import Rejected, check
from autopost.writing.llm import Answer, Llm, NoAnswer
from autopost.writing.prices import cost_usd
from autopost.writing.prompt import Prompt, prompt_for
from autopost.writing.proofread import proofread
from autopost.writing.template import compose

_log = structlog.get_logger(__name__)


class Writer:
    """Writes posts, at most `llm_concurrency` of them by the LLM at once.

    Warns once, when it is made, if the LLM is on and has no key. One event loop uses one Writer. `on_state` is told
    `off`, or the state of the circuit breaker before the LLM.
    """

    def __init__(
        self,
        settings: Settings,
        redactor: Redactor,
        *,
        on_state: Callable[[str], None] = lambda _: None,
        tracer: AttemptTracer | None = None,
    ) -> None:
        self._settings = settings
        self._redactor = redactor
        self._tracer = tracer or AttemptTracer()
        self._style = settings.redact_placeholder  # the redactor's own
        self._slots = asyncio.Semaphore(settings.llm_concurrency)
        self._turn = asyncio.Lock()
        key = settings.openai_api_key.get_secret_value().strip() if settings.openai_api_key else ""
        self._llm = Llm(settings, key) if settings.llm_enabled and key else None
        self._breaker = Breaker(settings.llm_pause_seconds, on_change=self._on_breaker)
        self._on_state = on_state
        on_state("off" if self._llm is None else str(self._breaker.state))
        if settings.llm_enabled and not key:
            _log.warning("llm.disabled", missing="OPENAI_API_KEY")

    def from_template(self, operation: Operation, agent: Agent, fallback: str | None = None) -> Written:
        """Write the post from a template. CPU-bound; RedactionFailed passes through."""
        fields = self._redacted(operation, agent)
        with self._tracer.step("write") as span:
            return _noted(span, self._templated(fields, fallback))

    async def write(self, operation: Operation, agent: Agent) -> Written:
        """Write the post. RedactionFailed passes through; nothing that the LLM does raises.

        A generation's time starts when one of the `llm_concurrency` places is free: a queue within the worker
        is no slowness of the server. Redaction runs in a thread.
        """
        if self._llm is None:
            return await asyncio.to_thread(self.from_template, operation, agent)
        fields = await asyncio.to_thread(self._redacted, operation, agent)
        with self._tracer.step("write") as span:
            async with self._slots:
                await self._wait_for_turn()
                answer = await self._ask(self._llm, prompt_for(fields, self._style))
            return _noted(span, await asyncio.to_thread(self._written, fields, answer))

    def _redacted(self, operation: Operation, agent: Agent) -> Fields:
        with self._tracer.step("redact") as span:
            fields = redact_fields(operation, agent, self._redactor, self._style)
            span.set_attribute("autopost.findings", sum(fields.redactions.values()))
            return fields

    def _on_breaker(self, state: State, pause_seconds: float) -> None:
        metrics.LLM_BREAKER.state(str(state))
        self._on_state(str(state))
        if pause_seconds:
            _log.warning("llm.breaker_opened", seconds=round(pause_seconds, 1))
        elif state is State.CLOSED:
            _log.info("llm.breaker_closed")

    async def aclose(self) -> None:
        """Close the connections to the LLM."""
        if self._llm is not None:
            await self._llm.aclose()

    async def _wait_for_turn(self) -> None:
        """Let generations begin one in each pass of the event loop.

        Those that begin in one pass build their requests before any of them is sent, and their answers come and
        are read all at once in the same way: the server would wait for the worker, and the worker for the server.
        """
        async with self._turn:
            await asyncio.sleep(0)

    async def _ask(self, llm: Llm, prompt: Prompt) -> Answer | NoAnswer:
        """Ask the LLM, unless it has not answered lately."""
        permit = self._breaker.admit()
        if permit is None:
            return NoAnswer("breaker_open")
        answer: Answer | NoAnswer | None = None
        begin = time.monotonic()
        try:
            with self._tracer.step("llm", SpanKind.CLIENT) as span:
                answer = await llm.ask(prompt)
                set_attributes(span, _llm_attributes(self._settings.llm_model, answer))
        finally:
            match answer:
                case None:
                    self._breaker.gave_up(permit)
                case NoAnswer():
                    self._breaker.failed(permit)
                case Answer():
                    self._breaker.succeeded(permit)
        metrics.LLM_LATENCY_SECONDS.observe(time.monotonic() - begin)
        metrics.LLM_CALLS.labels(answer.word if isinstance(answer, NoAnswer) else "answered").inc()
        return answer

    def _written(self, fields: Fields, answer: Answer | NoAnswer) -> Written:
        if isinstance(answer, NoAnswer):
            return self._templated(fields, answer.word)
        text = check(answer, fields.placeholders)
        if isinstance(text, Rejected):
            return self._templated(fields, text.word, paid=answer)
        post = proofread(text, self._redactor, self._style)
        if post.counts:
            # The input was clean. A model that comes up with personal data has made it up or put it together
            # from pieces, and what the redactor did not find beside it cannot be trusted either.
            return self._templated(fields, "private_data", paid=answer, found=Counter(post.counts))
        return self._record(post.text, Generator.LLM, Counter(fields.redactions), paid=answer)

    def _templated(
        self,
        fields: Fields,
        fallback: str | None,
        *,
        paid: Answer | None = None,
        found: Counter[str] | None = None,
    ) -> Written:
        post = proofread(compose(fields), self._redactor, self._style)
        counts = Counter(fields.redactions) + Counter(post.counts) + (found or Counter())
        return self._record(post.text, Generator.TEMPLATE, counts, paid=paid, fallback=fallback)

    def _record(
        self,
        content: str,
        generator: Generator,
        counts: Counter[str],
        *,
        paid: Answer | None,
        fallback: str | None = None,
    ) -> Written:
        """Put the result together; an answer that was paid for counts although a template was used."""
        if paid is None:
            return Written(content, generator, redactions=dict(counts), fallback=fallback)
        return Written(
            content,
            generator,
            model=self._settings.llm_model,
            prompt_tokens=paid.prompt_tokens or 0,
            completion_tokens=paid.completion_tokens or 0,
            cost_usd=self._cost_usd(paid),
            redactions=dict(counts),
            fallback=fallback,
        )

    def _cost_usd(self, paid: Answer) -> float | None:
        if paid.prompt_tokens is None or paid.completion_tokens is None:
            return None
        return cost_usd(
            self._settings.llm_model,
            paid.prompt_tokens,
            paid.completion_tokens,
            input_price=self._settings.llm_input_price,
            output_price=self._settings.llm_output_price,
        )


def _noted(span: Span, written: Written) -> Written:
    set_attributes(span, {"autopost.generator": str(written.generator), "autopost.fallback": written.fallback})
    return written


def _llm_attributes(model: str, answer: Answer | NoAnswer) -> dict[str, str | int | None]:
    """Return attributes by the conventions for LLM calls: https://opentelemetry.io/docs/specs/semconv/gen-ai/."""
    if isinstance(answer, NoAnswer):
        return {"gen_ai.request.model": model, "autopost.result": answer.word}
    return {
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": answer.prompt_tokens,
        "gen_ai.usage.output_tokens": answer.completion_tokens,
        "autopost.result": "answered",
    }
