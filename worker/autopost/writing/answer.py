"""What comes back from the LLM."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. Token counts are None when the server did not tell them."""

    text: str
    refused: bool = False
    truncated: bool = False
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no answer, as one word.

    `timeout`, `rate_limited`, `server_error`, `unauthorized`, `connection`, `bad_response`, `bad_request`,
    `unexpected`, or `breaker_open` when it was not asked.
    """

    word: str
