"""What is noted of a row on its way from claim to outcome, for a trace of each attempt. Knows nothing of OpenTelemetry.

    with tracer.during(claim):            # where one row is worked on; in its threads too
        with step("redact"):              # anywhere below
            ...

Switched off, as it is unless somebody asks for traces, a step costs one look at a context variable. What is noted is
what the audit log says too: no text of an operation or a post, no agent, and a name or a status only if it is a word.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from autopost import audit
from autopost.model import Claim, Dead, Deferred, Lost, Operation, Outcome, Posted, Skipped

Fact = str | int | float | bool
Said = Fact | Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class Step:
    """What was done for one row, in nanoseconds since 1970 by this machine's clock; `within` names an outer step."""

    name: str
    begin: int
    end: int
    facts: dict[str, Fact]
    within: str | None = None
    failed: str | None = None


@dataclass(slots=True)
class Attempt:
    """All that is noted of one attempt at a row; `error` is the kind of what it failed of."""

    outbox_id: UUID
    begin: int
    end: int = 0
    facts: dict[str, Fact] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    error: str | None = None


class Timing:
    """A step that is under way; as it stands, one of a row that nobody follows."""

    __slots__ = ()

    def say(self, **facts: Said) -> None:
        """Note facts of it; of counts their sum, and None is left out."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """End; an error is noted by its class alone."""


class Tracer:
    """Follows rows, for one event loop and the threads that it waits for; as it stands, it follows none."""

    def claimed(self, claims: Sequence[Claim], begin: int) -> None:
        """Follow these; `begin` is when the claim was sent."""

    def during(self, claim: Claim) -> AbstractContextManager[object]:
        """Let steps within this context be of this row."""
        return _NOTHING

    def published(self, claims: Iterable[Claim], begin: int) -> None:
        """Note that these went through a publishing transaction, which began at `begin` and ended now."""

    def ended(self, outcomes: Iterable[Outcome]) -> None:
        """Note what became of rows, and follow them no longer."""

    def given_back(self, claims: Iterable[Claim], error: str | None = None) -> None:
        """Follow these no longer: another attempt will be made."""


_NOTHING = Timing()
OFF = Tracer()
_current: ContextVar[Attempt | None] = ContextVar("autopost_attempt", default=None)


def step(name: str, *, within: str | None = None) -> Timing:
    """Return a context that times a step of the row that is worked on, if it is followed."""
    attempt = _current.get()
    return _NOTHING if attempt is None else _Timing(attempt, name, within)


class _Timing(Timing):
    """Notes a step of a row when it ends."""

    __slots__ = ("_attempt", "_begin", "_facts", "_name", "_within")

    def __init__(self, attempt: Attempt, name: str, within: str | None) -> None:
        self._attempt = attempt
        self._name = name
        self._within = within
        self._facts: dict[str, Fact] = {}
        self._begin = 0

    def say(self, **facts: Said) -> None:
        """Note facts of it; of counts their sum, and None is left out."""
        self._facts |= _known(facts)

    def __enter__(self) -> Self:
        self._begin = time.time_ns()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        failed = kind.__name__ if kind else None
        step = Step(self._name, self._begin, time.time_ns(), self._facts, self._within, failed)
        self._attempt.steps.append(step)


class _Current:
    """Makes an attempt the one that steps are of."""

    __slots__ = ("_attempt", "_token")

    def __init__(self, attempt: Attempt | None) -> None:
        self._attempt = attempt
        self._token: Token[Attempt | None] | None = None

    def __enter__(self) -> None:
        self._token = _current.set(self._attempt)

    def __exit__(self, *_error: object) -> None:
        assert self._token is not None
        _current.reset(self._token)


class Following(Tracer):
    """Follows every row, and hands each attempt over when it has ended; `hand_over` must not wait."""

    def __init__(self, hand_over: Callable[[Attempt], None]) -> None:
        self._hand_over = hand_over
        self._attempts: dict[tuple[UUID, int], Attempt] = {}

    def claimed(self, claims: Sequence[Claim], begin: int) -> None:
        """Follow these; `begin` is when the claim was sent."""
        end = time.time_ns()
        for claim in claims:
            waited = max((claim.claimed_at - claim.captured_at).total_seconds(), 0.0)
            facts: dict[str, Fact] = {
                "outbox_id": str(claim.id),
                "attempt": claim.attempts,
                "is_alert": claim.operation.is_alert,
                "waited_ms": round(waited * 1000),
            }
            attempt = Attempt(claim.id, begin, facts=facts)
            attempt.steps.append(Step("claim", begin, end, {"rows": len(claims)}))
            self._attempts[claim.id, claim.epoch] = attempt

    def during(self, claim: Claim) -> AbstractContextManager[object]:
        """Let steps within this context be of this row."""
        return _Current(self._attempts.get((claim.id, claim.epoch)))

    def published(self, claims: Iterable[Claim], begin: int) -> None:
        """Note that these went through a publishing transaction, which began at `begin` and ended now."""
        end = time.time_ns()
        group = list(claims)
        for claim in group:
            if attempt := self._attempts.get((claim.id, claim.epoch)):
                attempt.steps.append(Step("publish", begin, end, {"rows": len(group)}))

    def ended(self, outcomes: Iterable[Outcome]) -> None:
        """Note what became of rows, and follow them no longer."""
        for outcome in outcomes:
            # The claim is as the pipeline left it: the name has gone through redaction by then.
            self._end(outcome.claim, **_name(outcome.claim.operation), **_facts(outcome))

    def given_back(self, claims: Iterable[Claim], error: str | None = None) -> None:
        """Follow these no longer: another attempt will be made."""
        for claim in claims:
            self._end(claim, outcome="given_back", error=error)

    def _end(self, claim: Claim, *, error: str | None = None, **facts: Fact | None) -> None:
        attempt = self._attempts.pop((claim.id, claim.epoch), None)
        if attempt is not None:
            attempt.facts |= _known(facts)
            attempt.error = error
            attempt.end = time.time_ns()
            self._hand_over(attempt)


def _name(operation: Operation) -> dict[str, str | None]:
    return {"operation_type": audit.shown_type(operation.operation_type), "status": audit.word(operation.status or "")}


def _facts(outcome: Outcome) -> dict[str, str | None]:
    match outcome:
        case Posted():
            written = outcome.written
            return {"outcome": "posted", "generator": str(written.generator), "fallback": written.fallback}
        case Skipped():
            return {"outcome": "skipped", "reason": str(outcome.reason)}
        case Dead():
            return {"outcome": "dead", "error": outcome.error}
        case Deferred():
            return {"outcome": "deferred", "error": outcome.error}
        case Lost():
            return {"outcome": "lease_lost"}
        case _:
            return {"outcome": "busy"}


def _known(facts: Mapping[str, Said]) -> dict[str, Fact]:
    known: dict[str, Fact] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            known[name] = sum(value.values())
        elif value is not None:
            known[name] = str(value) if isinstance(value, str) else value  # a plain one of an enumeration's
    return known
