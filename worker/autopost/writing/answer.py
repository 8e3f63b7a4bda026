"""What the LLM answered, or why it did not. Apart from its client, which takes a third of a second to import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of the model. Token counts are None if the server did not send them."""

    text: str
    refused: bool = False
    truncated: bool = False
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The reason why there is no answer.

    `timeout`, `rate_limited`, `server_error`, `unauthorized`, `connection`, `bad_response`, `response_too_long`,
    `bad_request`, `unexpected`, or `breaker_open` if the LLM was not called.
    """

    reason: str
