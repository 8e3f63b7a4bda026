"""Call the LLM, within a fixed time limit.

Every outcome is returned as a value: the answer, or the reason why there is none. No text of a request, an answer or an
error leaves this module in another way, such as a log line.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx2
import structlog
from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
)
from openai.types.chat import ChatCompletion
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
)

from autopost.backoff import retry_after_seconds
from autopost.errors import AutopostError
from autopost.settings import Settings
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.answer_check import is_all_thoughts
from autopost.writing.bounded_transport import ResponseTooLong, certificates, http_client
from autopost.writing.dialect import Dialect
from autopost.writing.prompt import Prompt

OPENAI_BASE_URL = "https://api.openai.com/v1"
_MAX_ATTEMPTS = 8
_MAX_CORRECTIONS = 5  # of a request, one after another: one for each thing that can be corrected
_FIRST_BACKOFF_SECONDS = 0.2
_MAX_BACKOFF_SECONDS = 2.0
_MAX_TOKENS_COUNTED = 10_000_000  # more than any model accepts
_POOL_CONNECTIONS = 25  # httpx searches all connections of a pool for every request and response

_AZURE_DEPLOYMENT = "/deployments/"  # Azure's address of one model, which takes the key in a header of its own
_MAX_COMPLAINT = 4_000
_NAME = re.compile(r"[A-Za-z][\w.\[\]-]{0,63}")
_REFUSED = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length"})
_FILTERED = frozenset({"content_filter", "safety", "SAFETY", "refusal", "PROHIBITED_CONTENT"})
_TRUNCATED = frozenset({"length", "max_tokens", "MAX_TOKENS", "max_output_tokens"})

_log = structlog.get_logger(__name__)


class _Failed(AutopostError):
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


class Llm:
    """One model on one server that speaks OpenAI's protocol.

    It connects to the base URL only: redirects are not followed and proxies of the environment are not used;
    SSL_CERT_FILE and SSL_CERT_DIR are respected. There are `llm_concurrency` connections in pools of at most 25,
    because with one pool of 200 a post takes 1.4 to 1.6 times the CPU time. A request uses the least busy pool.
    What the server does not accept in a request is learnt from its errors, and remembered.
    """

    def __init__(self, settings: Settings, key: str) -> None:
        self._model = settings.llm_model
        self._seconds = settings.llm_timeout_seconds
        self._extra = settings.llm_extra
        self._dialect = Dialect()
        trusted = certificates()
        address = urlsplit(settings.openai_base_url or OPENAI_BASE_URL)
        self._clients = [
            AsyncOpenAI(
                api_key=key,
                base_url=urlunsplit(address._replace(query="", fragment="")),
                default_query=dict(parse_qsl(address.query)),
                default_headers={"api-key": key} if _AZURE_DEPLOYMENT in address.path else None,
                max_retries=0,
                timeout=self._seconds,
                http_client=http_client(trusted, connections),
            )
            for connections in _pool_sizes(settings.llm_concurrency)
        ]
        self._calls = [0] * len(self._clients)

    async def ask(self, prompt: Prompt) -> Answer | NoAnswer:
        """Return the model's answer, or why there is none, within the time limit for all attempts."""
        attempts = AsyncRetrying(  # one per call: tenacity keeps its state in this object
            retry=retry_if_exception(lambda error: isinstance(error, _Failed) and error.retry),
            stop=stop_before_delay(self._seconds) | stop_after_attempt(_MAX_ATTEMPTS),
            wait=_wait_seconds,
            sleep=asyncio.sleep,
            reraise=True,
        )
        try:
            async with asyncio.timeout(self._seconds):
                return await attempts(self._attempt, prompt)
        except TimeoutError:
            return NoAnswer("timeout")
        except _Failed as failed:
            return failed.answer
        except Exception as error:  # noqa: BLE001  whatever the SDK raises, a template is used
            _log.warning("llm.unexpected_error", error=type(error).__name__)
            return NoAnswer("unexpected")

    @property
    def most_tokens(self) -> int:
        """Return how many tokens an answer can have, as requests ask for at present."""
        given = [self._extra.get(name) for name in ("max_completion_tokens", "max_tokens")]
        return max((tokens for tokens in given if type(tokens) is int), default=self._dialect.max_tokens)

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._clients:
            await client.close()

    @contextlib.contextmanager
    def _least_busy(self) -> Iterator[AsyncOpenAI]:
        """Yield the client of the least busy pool; of several the first, which is the largest."""
        pool = min(range(len(self._clients)), key=self._calls.__getitem__)
        self._calls[pool] += 1
        try:
            yield self._clients[pool]
        finally:
            self._calls[pool] -= 1

    async def _attempt(self, prompt: Prompt) -> Answer:
        """Ask once; again at once, in another way, when the server does not accept the request as it is."""
        paid: list[Answer] = []
        with self._least_busy() as client:
            for _ in range(_MAX_CORRECTIONS):
                sent = self._dialect
                try:
                    answer = _read(await self._complete(client, sent.request(prompt, self._extra)))
                except _Failed as failed:
                    better = sent.corrected(failed.complaint) if failed.complaint else None
                    # Another call may have learnt it meanwhile.
                    if better is None and self._dialect == sent:
                        raise
                    self._learn(sent, better)
                    continue
                paid.append(answer)
                if not answer.truncated or not (answer.has_thoughts or is_all_thoughts(answer.text)):
                    break
                better = sent.with_room()
                if better is None and self._dialect == sent:
                    break
                self._learn(sent, better)
        if not paid:
            raise _Failed("bad_request")
        return _with_tokens_of(paid)

    def _learn(self, sent: Dialect, better: Dialect | None) -> None:
        if better is not None and self._dialect == sent:
            self._dialect = better
            _log.info("llm.request_adapted", **asdict(better))

    async def _complete(self, client: AsyncOpenAI, request: dict[str, Any]) -> ChatCompletion:
        try:
            # Typed arguments would leave out what `extra` may override.
            return await client.chat.completions.create(
                model=self._model, messages=request.pop("messages"), extra_body=request
            )
        except APITimeoutError:
            raise _Failed("timeout", retry=True) from None
        except APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.DecodingError):
                raise _Failed("bad_response") from None
            raise _Failed("connection", retry=True) from None
        except ResponseTooLong:
            raise _Failed("response_too_long") from None
        except APIStatusError as error:
            raise _from_status(error) from None
        except (APIResponseValidationError, ValueError, RecursionError):  # JSON: malformed, huge numbers, deep nesting
            raise _Failed("bad_response") from None


def _pool_sizes(connections: int) -> list[int]:
    """Return the sizes of pools that share the connections evenly, larger ones first."""
    pools = math.ceil(connections / _POOL_CONNECTIONS)
    return [connections // pools + (pool < connections % pools) for pool in range(pools)]


def _from_status(error: APIStatusError) -> _Failed:
    status, code, _ = _facts(error)
    wait_seconds = retry_after_seconds(error.response.headers, datetime.now(UTC))
    said = _said(error)
    if status == 402 or "insufficient_quota" in (code, error.type):
        return _Failed("no_credit", error=error)
    if status == 429:
        return _Failed("rate_limited", retry=True, wait_seconds=wait_seconds, error=error)
    if status >= 500 or status in (408, 409):
        # A chat template without a system role fails as 500 in llama.cpp.
        return _Failed("server_error", retry=True, wait_seconds=wait_seconds, error=error, complaint=said)
    if status in (401, 403):
        return _Failed("unauthorized", error=error)
    if status in (404, 405):
        return _Failed("not_found", error=error)
    if status < 400:
        return _Failed("redirected", error=error)
    if code in _REFUSED:
        return _Failed("refused", error=error)
    if status == 413 or code in _TOO_LONG:
        return _Failed("too_long", error=error)
    return _Failed("bad_request", error=error, complaint=said)


def _facts(error: APIStatusError) -> tuple[int, str | None, str | None]:
    """Return status, code and parameter of an error. Only names: a vendor's message can repeat the request."""
    return error.status_code, _name(error.code), _name(error.param)


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None


def _said(error: APIStatusError) -> str:
    """Return the beginning of what an error says, in lower case, to be searched for names of parameters."""
    return f"{error.param} {error.code} {error.message}"[:_MAX_COMPLAINT].lower()


def _wait_seconds(state: RetryCallState) -> float:
    """Return the wait that the server asked for, else exponential backoff; both with jitter."""
    failed = state.outcome.exception() if state.outcome else None
    jitter = random.uniform(0, _FIRST_BACKOFF_SECONDS)
    if isinstance(failed, _Failed) and failed.wait_seconds:
        return failed.wait_seconds + jitter
    backoff = _FIRST_BACKOFF_SECONDS * 2.0 ** (state.attempt_number - 1)
    return min(backoff, _MAX_BACKOFF_SECONDS) + jitter


def _read(completion: ChatCompletion) -> Answer:
    """Return the answer in a completion. The SDK does not validate it: any part can be missing or of another type."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    if message is None:
        raise _Failed("bad_response")
    reason = getattr(choice, "finish_reason", None)
    if reason == "error":  # OpenRouter: the vendor failed in the middle of the answer
        raise _Failed("server_error", retry=True)
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


def _with_tokens_of(answers: Sequence[Answer]) -> Answer:
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
