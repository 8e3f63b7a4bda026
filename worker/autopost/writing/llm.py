"""Call the LLM, within a fixed time limit.

Every outcome is returned as a value: the answer, or the reason why there is none. No text of a request, an answer or an
error leaves this module in another way, such as a log line.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

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
from autopost.errors import AutopostError, ConfigurationError
from autopost.settings import Settings
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.bounded_transport import BoundedTransport, ResponseTooLong
from autopost.writing.prompt import Prompt

OPENAI_BASE_URL = "https://api.openai.com/v1"
MAX_TOKENS = 100
TEMPERATURE = 0.7
_MAX_ATTEMPTS = 8
_FIRST_BACKOFF_SECONDS = 0.2
_MAX_BACKOFF_SECONDS = 2.0
_MAX_TOKENS_COUNTED = 10_000_000  # more than any model accepts
_POOL_CONNECTIONS = 25  # httpx searches all connections of a pool for every request and response

_log = structlog.get_logger(__name__)


class _Failed(AutopostError):
    """One attempt failed. `reason` says why, `wait_seconds` is what the server asked for."""

    def __init__(self, reason: str, *, retry: bool = False, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.wait_seconds = wait_seconds


class Llm:
    """One model on one server that speaks OpenAI's protocol.

    It connects to the base URL only: redirects are not followed and proxies of the environment are not used;
    SSL_CERT_FILE and SSL_CERT_DIR are respected. There are `llm_concurrency` connections in pools of at most 25,
    because with one pool of 200 a post takes 1.4 to 1.6 times the CPU time. A request uses the least busy pool.
    """

    def __init__(self, settings: Settings, key: str) -> None:
        self._model = settings.llm_model
        self._seconds = settings.llm_timeout_seconds
        trusted = certificates()
        self._clients = [
            AsyncOpenAI(
                api_key=key,
                base_url=settings.openai_base_url or OPENAI_BASE_URL,
                max_retries=0,
                timeout=self._seconds,
                http_client=_http_client(trusted, connections),
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
            return NoAnswer(failed.reason)
        except Exception as error:  # noqa: BLE001  whatever the SDK raises, a template is used
            _log.warning("llm.unexpected_error", error=type(error).__name__)
            return NoAnswer("unexpected")

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
        with self._least_busy() as client:
            return _read(await self._complete(client, prompt))

    async def _complete(self, client: AsyncOpenAI, prompt: Prompt) -> ChatCompletion:
        try:
            return await client.chat.completions.create(
                model=self._model,
                messages=[
                    {"role": "system", "content": prompt.system},
                    {"role": "user", "content": prompt.user},
                ],
                # `max_completion_tokens` is OpenAI's newer name; compatible servers know this one.
                max_tokens=MAX_TOKENS,
                temperature=TEMPERATURE,
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


def certificates() -> ssl.SSLContext:
    """Return the trusted certificates. Raises ConfigurationError if they cannot be read."""
    try:
        return httpx2.create_ssl_context()
    except OSError as error:  # an SSLError is one too
        raise ConfigurationError(
            f"SSL_CERT_FILE, SSL_CERT_DIR: {error.strerror or 'not readable'}; expected: certificates in PEM form"
        ) from None


def _http_client(trusted: ssl.SSLContext, connections: int) -> httpx2.AsyncClient:
    """Return a client that asks for uncompressed responses and reads a bounded part of them."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx2.AsyncClient(
        transport=BoundedTransport(httpx2.AsyncHTTPTransport(verify=trusted, trust_env=False, limits=limits)),
        headers={"accept-encoding": "identity"},
        trust_env=False,
        follow_redirects=False,
    )


def _from_status(error: APIStatusError) -> _Failed:
    status = error.status_code
    wait_seconds = retry_after_seconds(error.response.headers, datetime.now(UTC))
    if status == 429:
        # An account without credit gets 429, too, and waiting does not help.
        return _Failed("rate_limited", retry=error.code != "insufficient_quota", wait_seconds=wait_seconds)
    if status >= 500 or status in (408, 409):
        return _Failed("server_error", retry=True, wait_seconds=wait_seconds)
    if status in (401, 403):
        return _Failed("unauthorized")
    return _Failed("bad_request" if status >= 400 else "bad_response")


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
    content = getattr(message, "content", None)
    reason = getattr(choice, "finish_reason", None)
    usage = getattr(completion, "usage", None)
    return Answer(
        text=content if isinstance(content, str) else "",
        refused=bool(getattr(message, "refusal", None)) or reason == "content_filter",
        truncated=reason == "length",
        prompt_tokens=_tokens(getattr(usage, "prompt_tokens", None)),
        completion_tokens=_tokens(getattr(usage, "completion_tokens", None)),
    )


def _tokens(value: object) -> int | None:
    """Return a count of tokens, None for anything else: costs and counters could overflow with it."""
    return value if type(value) is int and 0 <= value <= _MAX_TOKENS_COUNTED else None
