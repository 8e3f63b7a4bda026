"""Read the answer in a completion, of which any part can be missing or of another type: the SDK does not check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openai.types.chat import ChatCompletion

from autopost.writing.answer import Answer
from autopost.writing.llm_failure import Failed

_MAX_TOKENS_COUNTED = 10_000_000  # more than any model accepts
_FILTERED = frozenset({"content_filter", "safety", "SAFETY", "refusal", "PROHIBITED_CONTENT"})
_TRUNCATED = frozenset({"length", "max_tokens", "MAX_TOKENS", "max_output_tokens"})


def read(completion: ChatCompletion) -> Answer:
    """Return the answer in a completion. The SDK does not validate it: any part can be missing or of another type."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    reason = getattr(choice, "finish_reason", None)
    # OpenRouter answers 200 and reports that the vendor failed: instead of choices, or in the middle of the answer.
    if reason == "error" or (message is None and getattr(completion, "error", None)):
        raise Failed("server_error", retry=True)
    if message is None:
        raise Failed("bad_response")
    usage = getattr(completion, "usage", None)
    details = getattr(usage, "completion_tokens_details", None)
    thoughts = (getattr(message, "reasoning_content", None), getattr(message, "reasoning", None))
    return Answer(
        text=_text(getattr(message, "content", None)),
        refused=bool(getattr(message, "refusal", None)) or reason in _FILTERED,
        truncated=reason in _TRUNCATED,
        prompt_tokens=_tokens(getattr(usage, "prompt_tokens", None)),
        completion_tokens=_tokens(getattr(usage, "completion_tokens", None)),
        has_thoughts=any(thoughts) or bool(_tokens(getattr(details, "reasoning_tokens", None))),
    )


def _text(content: object) -> str:
    """Return the text of a message, which some servers send in parts. Parts with thoughts are left out."""
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict) and part.get("type") in ("text", "output_text")]
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


def with_tokens_of(answers: Sequence[Answer]) -> Answer:
    """Return the last answer with the tokens of all: each was paid for. None where one is not known."""
    if len(answers) == 1:
        return answers[0]
    return replace(
        answers[-1],
        prompt_tokens=_sum([answer.prompt_tokens for answer in answers]),
        completion_tokens=_sum([answer.completion_tokens for answer in answers]),
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _tokens(value: object) -> int | None:
    """Return a count of tokens, None for anything else: costs and counters could overflow with it."""
    return value if type(value) is int and 0 <= value <= _MAX_TOKENS_COUNTED else None
