"""Why one attempt to ask the LLM failed, and whether to try again. No text of a vendor's error leaves this module."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from openai import APIStatusError

from autopost.backoff import retry_after_seconds
from autopost.errors import AutopostError
from autopost.writing.answer import NoAnswer

_MAX_COMPLAINT = 4_000
_NAME = re.compile(r"[A-Za-z][\w.\[\]-]{0,63}")
_REFUSED = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length"})


class Failed(AutopostError):
    """One attempt failed. `answer` says why, `wait_seconds` is what the server asked for.

    `complaint` is what an error about the request says, in lower case; it can hold text of the request, and is only
    searched.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry: bool = False,
        wait_seconds: float | None = None,
        error: APIStatusError | None = None,
        complaint: str = "",
    ) -> None:
        super().__init__(reason)
        status, code, parameter = _facts(error) if error is not None else (None, None, None)
        self.answer = NoAnswer(reason, status, code, parameter)
        self.retry = retry
        self.wait_seconds = wait_seconds
        self.complaint = complaint


def from_status(error: APIStatusError) -> Failed:
    """Return what an error of the server means: which of the reasons of NoAnswer, and whether to try again."""
    status, code, _ = _facts(error)
    wait_seconds = retry_after_seconds(error.response.headers, datetime.now(UTC))
    said = _said(error)
    if status == 402 or "insufficient_quota" in (code, error.type):
        return Failed("no_credit", error=error)
    if status == 429:
        return Failed("rate_limited", retry=True, wait_seconds=wait_seconds, error=error)
    if status >= 500 or status in (408, 409):
        # A chat template without a system role fails as 500 in llama.cpp.
        return Failed("server_error", retry=True, wait_seconds=wait_seconds, error=error, complaint=said)
    if status in (401, 403):
        return Failed("unauthorized", error=error)
    if status in (404, 405):
        return Failed("not_found", error=error)
    if status < 400:
        return Failed("redirected", error=error)
    if code in _REFUSED:
        return Failed("refused", error=error)
    if status == 413 or code in _TOO_LONG:
        return Failed("too_long", error=error)
    return Failed("bad_request", error=error, complaint=said)


def _facts(error: APIStatusError) -> tuple[int, str | None, str | None]:
    """Return status, code and parameter of an error. Only names: a vendor's message can repeat the request."""
    return error.status_code, _name(error.code), _name(error.param)


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None


def _said(error: APIStatusError) -> str:
    """Return the beginning of what an error says, in lower case, to be searched for names of parameters.

    All of its body: the SDK reads `error.message` alone, which Google (a list) and FastAPI (`detail`) do not send.
    """
    return f"{error.message} {error.body}"[:_MAX_COMPLAINT].lower()
