"""Pause a model whose answers are rejected one after another: each is paid for, takes time, and is replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import structlog

from autopost.observability import metrics
from autopost.observability.problems import Problems, utc_in
from autopost.writing.breaker import Breaker, Permit, State

MAX_REJECTED = 10  # in a row
# Of one agent, whose texts may be what the model stumbles over. They alone must not stop it for the others.
MAX_REJECTED_OF_ONE_AGENT = 5
# Of any agent: a platform may have one.
MAX_REJECTED_OF_ANYONE = 50

SUBJECT = "language model's answers"

_log = structlog.get_logger(__name__)


class Quality:
    """Counts rejected answers; pauses the model for `cooldown_seconds`, then tries one answer. For one event loop.

    `on_change` is called with whether the model is paused; `problems` has the reason and until when.
    """

    def __init__(
        self,
        cooldown_seconds: float,
        on_change: Callable[[bool], None] = lambda _: None,
        problems: Problems | None = None,
    ) -> None:
        self._on_pause = on_change
        self._problems = problems or Problems()
        self._breaker = Breaker(cooldown_seconds, failures=1, on_change=self._on_change)
        self._rejected: Counter[str] = Counter()
        self.last_reason = ""

    @property
    def is_paused(self) -> bool:
        """Return whether the model is paused, or tried after a pause."""
        return self._breaker.state is not State.CLOSED

    def admit(self) -> Permit | None:
        """Return a permit for one answer, None while the model is paused. Report it by `judged` or `gave_up`."""
        return self._breaker.admit()

    def judged(self, permit: Permit, agent_id: str, rejected: str | None) -> None:
        """Report why an answer for an agent was rejected, None for one that is published."""
        if rejected is None:
            self._rejected.clear()
            self._breaker.succeeded(permit)
            return
        self._rejected[agent_id] += 1
        self.last_reason = rejected
        counted = sum(min(count, MAX_REJECTED_OF_ONE_AGENT) for count in self._rejected.values())
        if self.is_paused or counted >= MAX_REJECTED or self._rejected.total() >= MAX_REJECTED_OF_ANYONE:
            self._breaker.failed(permit)

    def gave_up(self, permit: Permit) -> None:
        """Report that there was no answer to judge."""
        self._breaker.gave_up(permit)

    def _on_change(self, state: State, cooldown_seconds: float) -> None:
        metrics.LLM_PAUSED.set(state is not State.CLOSED)
        self._on_pause(state is not State.CLOSED)
        if cooldown_seconds:
            why = f"its answers are rejected one after another, the last as {self.last_reason}"
            self._problems.report(SUBJECT, f"not asked until {utc_in(cooldown_seconds)}: {why}; templates are used")
            _log.warning("llm.paused", reason=self.last_reason, seconds=round(cooldown_seconds, 1))
        elif state is State.CLOSED:
            self._problems.clear(SUBJECT)
            _log.info("llm.resumed")
