"""Compute the cost of a generation.

Source: https://openai.com/api/pricing, standard tier, as of 2025. Only models that accept the
parameters `max_tokens` and `temperature` are listed; other prices come from the settings.
"""

from __future__ import annotations

import re

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
    listed = _PRICES.get(model) or _PRICES.get(_SNAPSHOT.sub("", model)) or (None, None)
    prompt_price = listed[0] if input_price is None else input_price
    completion_price = listed[1] if output_price is None else output_price
    if prompt_price is None or completion_price is None:
        return None
    return (prompt_tokens * prompt_price + completion_tokens * completion_price) / _MILLION
