"""What the LLM answered, or why it did not. Apart from its client, which takes a third of a second to import."""

from __future__ import annotations

from dataclasses import dataclass, field

# Reasons that are about one request, or about its parameters: the server works.
OF_THE_REQUEST = frozenset({"bad_request", "too_long", "refused", "out_of_tokens"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of the model. Token counts are None if the server did not send them.

    `truncated`: the token limit ended it. `has_thoughts`: the server sent thoughts of the model beside the answer.
    """

    text: str
    refused: bool = False
    truncated: bool = False
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    has_thoughts: bool = False


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The reason why there is no answer.

    `timeout`, `rate_limited`, `no_credit`, `server_error`, `unauthorized`, `not_found`, `redirected`, `connection`,
    `bad_response`, `response_too_long`, `bad_request`, `too_long`, `refused`, `out_of_tokens`, `unexpected`, or
    `breaker_open` if the LLM was not called and no reason is known. `status`, `code` and `parameter` are what the
    server's error says, for the log; None where it says nothing.
    """

    reason: str
    status: int | None = field(default=None, compare=False)
    code: str | None = field(default=None, compare=False)
    parameter: str | None = field(default=None, compare=False)

    @property
    def is_of_the_request(self) -> bool:
        """Return whether another request may well be answered: the server gives no reason to stop asking."""
        return self.reason in OF_THE_REQUEST
