"""The LLM's budget of a day: the most that a request can cost is reserved before it, and the rest returned after it.

So the budget holds across workers, and a crash leaves counted what was in progress. The day is that of the database, in
UTC.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Protocol

import structlog

from autopost.database.errors import DATABASE_ERRORS, label
from autopost.model import Balance
from autopost.observability import metrics
from autopost.settings.llm_prices import Prices, price_of
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.prompt import Prompt

EXHAUSTED = "daily_budget"
UNAVAILABLE = "budget_unavailable"
# UTF-8 bytes of a token: fewer than of any current tokenizer on average, so that an estimate is not too low.
BYTES_PER_TOKEN = 3
TIMEOUT_SECONDS = 2.0
RETRY_SECONDS = 10.0
RECHECK_SECONDS = 60.0
# Without an answer the server may have done the work and may bill it.
_MAYBE_BILLED = frozenset({"timeout", "unexpected", "bad_response", "response_too_long"})

_log = structlog.get_logger(__name__)


class Account(Protocol):
    """What all workers have spent together."""

    async def spend(self, usd: float, limit_usd: float, correction_usd: float, day: date | None) -> Balance:
        """Reserve US dollars of today's budget, and correct what was reserved on `day`."""
        ...


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one request can cost at most, in US dollars, and on which day it was reserved."""

    usd: float
    day: date
    prompt_tokens: int


class Budget:
    """At most `limit_usd` US dollars a day for requests at these prices. For one event loop."""

    def __init__(self, account: Account, limit_usd: float, prices: Prices) -> None:
        self._account = account
        self._limit_usd = limit_usd
        self._prices = prices
        self._open = 0  # reservations
        self._correction_usd = 0.0  # of reservations that were settled on _day, not written yet
        self._day: date | None = None
        self._exhausted_until = 0.0  # by time.monotonic()
        self._is_exhausted = False
        self._unavailable_until = 0.0
        self._is_failing = False
        self._turn = asyncio.Lock()

    async def reserve(self, prompt: Prompt, most_tokens: int) -> Reservation | NoAnswer:
        """Reserve the most that a request can cost; report it by `settle`. Without room say `daily_budget`.

        `most_tokens` is how long the answer can be. Where the account cannot be reached, say `budget_unavailable`.
        """
        if monotonic() < self._exhausted_until:
            return NoAnswer(EXHAUSTED)
        prompt_tokens = estimated_tokens(prompt.system) + estimated_tokens(prompt.user)
        usd = price_of(self._prices, prompt_tokens, most_tokens)
        balance = await self._spend(usd)
        if balance is None:
            return NoAnswer(UNAVAILABLE)
        if balance.is_exhausted:
            self._exhausted_until = monotonic() + min(balance.seconds_left, RECHECK_SECONDS)
            if not self._is_exhausted:
                _log.warning("llm.budget_reached", limit_usd=self._limit_usd, seconds=round(balance.seconds_left))
            self._is_exhausted = True
            return NoAnswer(EXHAUSTED)
        if self._is_exhausted:
            self._is_exhausted = False
            _log.info("llm.budget_renewed")
        self._open += 1
        return Reservation(usd, balance.day, prompt_tokens)

    async def settle(self, reservation: Reservation, answer: Answer | NoAnswer | None) -> None:
        """Count what the request has cost instead of what was reserved. None, of a cancelled one, changes nothing.

        The correction is written with the next reservation, or at once when no other request is in progress.
        """
        self._open -= 1
        if answer is not None:
            if self._day != reservation.day:
                self._day, self._correction_usd = reservation.day, 0.0
            self._correction_usd += self._cost_usd(reservation, answer) - reservation.usd
        if not self._open and self._correction_usd and answer is not None:
            await self._spend(0.0)

    def _cost_usd(self, reservation: Reservation, answer: Answer | NoAnswer) -> float:
        if isinstance(answer, NoAnswer):
            return reservation.usd if answer.reason in _MAYBE_BILLED else 0.0
        # A server that counts no tokens does not say what it bills.
        prompt_tokens = answer.prompt_tokens or reservation.prompt_tokens
        completion_tokens = answer.completion_tokens or estimated_tokens(answer.text)
        return price_of(self._prices, prompt_tokens, completion_tokens)

    async def _spend(self, usd: float) -> Balance | None:
        """Write to the account, one statement at a time; None where it cannot be reached, or could not be just now.

        So a lock on the row takes one connection of the worker, and holds a post up once in RETRY_SECONDS.
        """
        if monotonic() < self._unavailable_until:
            return None
        correction_usd = 0.0
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), self._turn:
                correction_usd, self._correction_usd = self._correction_usd, 0.0
                balance = await self._account.spend(usd, self._limit_usd, correction_usd, self._day)
        except (TimeoutError, *DATABASE_ERRORS) as error:
            # Whether it was written is not known; what was too much stays counted, what was too little is tried again.
            self._correction_usd += max(correction_usd, 0.0)
            self._unavailable_until = monotonic() + RETRY_SECONDS
            metrics.count_database_error("llm_budget", error)
            if not self._is_failing:
                _log.warning("llm.budget_unavailable", error=label(error))
            self._is_failing = True
            return None
        self._is_failing = False
        return balance


def estimated_tokens(text: str) -> int:
    """Return how many tokens a text has at most, roughly."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)
