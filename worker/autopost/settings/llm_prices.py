"""Compute the cost of a generation.

Source: https://openai.com/api/pricing, standard tier, as of 2025. Only models that accept the
parameters `max_tokens` and `temperature` are listed; other prices come from the settings.
"""

from __future__ import annotations

import re
from typing import TypeAlias

# US dollars per million prompt tokens and per million completion tokens.
_PRICES = {
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-2024-05-13": (5.00, 15.00),
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
}
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")
_MILLION = 1_000_000

Prices: TypeAlias = tuple[float, float]  # US dollars per million prompt and completion tokens


def cost_usd(
    model: str,
    prompt_tokens: int,
    completion_tokens: int,
    *,
    input_price: float | None = None,
    output_price: float | None = None,
) -> float | None:
    """Return the cost in US dollars, or None if a price is not known.

    `input_price` and `output_price` (US dollars per million tokens) override the list. A dated snapshot has the price
    of its family unless it is listed itself.
    """
    prices = prices_of(model, input_price, output_price)
    return None if prices is None else price_of(prices, prompt_tokens, completion_tokens)


def prices_of(model: str, input_price: float | None = None, output_price: float | None = None) -> Prices | None:
    """Return the prices of a model, or None if one is not known; see `cost_usd`."""
    listed = _PRICES.get(model) or _PRICES.get(_SNAPSHOT.sub("", model)) or (None, None)
    prompt_price = listed[0] if input_price is None else input_price
    completion_price = listed[1] if output_price is None else output_price
    return None if prompt_price is None or completion_price is None else (prompt_price, completion_price)


def price_of(prices: Prices, prompt_tokens: int, completion_tokens: int) -> float:
    """Return the price of a generation in US dollars."""
    return (prompt_tokens * prices[0] + completion_tokens * prices[1]) / _MILLION
