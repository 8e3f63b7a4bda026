"""Pause a model whose answers are rejected one after another: each is paid for, takes time, and is replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import structlog

from autopost.observability import metrics
from autopost.writing.breaker import Breaker, Permit, State

MAX_REJECTED = 10  # in a row
# Of one agent, whose texts may be what the model stumbles over. They alone must not stop it for the others.
MAX_REJECTED_OF_ONE_AGENT = 5
# Whoever they are of: a platform may have one agent.
MAX_REJECTED_OF_ANYONE = 50

_log = structlog.get_logger(__name__)


class Quality:
    """Counts rejected answers; pauses the model for `cooldown_seconds`, then tries one answer. For one event loop.

    `on_change` is called with whether the model is paused.
    """

    def __init__(self, cooldown_seconds: float, on_change: Callable[[bool], None] = lambda _: None) -> None:
        self._tell = on_change
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
        self._tell(state is not State.CLOSED)
        if cooldown_seconds:
            _log.warning("llm.paused", reason=self.last_reason, seconds=round(cooldown_seconds, 1))
        elif state is State.CLOSED:
            _log.info("llm.resumed")
