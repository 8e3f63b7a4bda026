"""What the tokens of a generation cost.

Source: https://openai.com/api/pricing, standard tier, as of 2025. Only models that take this project's
parameters (`max_tokens`, `temperature`) are listed; any other price comes from the settings.
"""

from __future__ import annotations

import re

# US dollars for a million prompt tokens and a million completion tokens.
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
    """Return US dollars, or None when a price is not known.

    `input_price` and `output_price` (US dollars for a million tokens) win over the list. A dated snapshot
    costs what its family costs unless it is listed itself.
    """
    listed = _PRICES.get(model) or _PRICES.get(_SNAPSHOT.sub("", model)) or (None, None)
    prompt_price = listed[0] if input_price is None else input_price
    completion_price = listed[1] if output_price is None else output_price
    if prompt_price is None or completion_price is None:
        return None
    return (prompt_tokens * prompt_price + completion_tokens * completion_price) / _MILLION
