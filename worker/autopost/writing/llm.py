"""Call the LLM, within a fixed time limit.

Every outcome is returned as a value: the answer, or the reason why there is none. No text of a request, an answer or an
error leaves this module in another way, such as a log line.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from collections.abc import Iterator
from dataclasses import asdict
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

from autopost.settings import Settings
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.answer_check import is_all_thoughts
from autopost.writing.bounded_transport import ResponseTooLong, certificates, http_client
from autopost.writing.completion import read, with_tokens_of
from autopost.writing.dialect import Dialect
from autopost.writing.llm_failure import Failed, from_status
from autopost.writing.prompt import Prompt

OPENAI_BASE_URL = "https://api.openai.com/v1"
_MAX_ATTEMPTS = 8
_MAX_CORRECTIONS = 5  # of a request, one after another: one for each thing that can be corrected
_FIRST_BACKOFF_SECONDS = 0.2
_MAX_BACKOFF_SECONDS = 2.0
_POOL_CONNECTIONS = 25  # httpx searches all connections of a pool for every request and response

_AZURE_DEPLOYMENT = "/deployments/"  # Azure's address of one model, which takes the key in a header of its own

_log = structlog.get_logger(__name__)


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
            retry=retry_if_exception(lambda error: isinstance(error, Failed) and error.retry),
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
        except Failed as failed:
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
                    answer = read(await self._complete(client, sent.request(prompt, self._extra)))
                except Failed as failed:
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
            raise Failed("bad_request")
        return with_tokens_of(paid)

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
            raise Failed("timeout", retry=True) from None
        except APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.DecodingError):
                raise Failed("bad_response") from None
            raise Failed("connection", retry=True) from None
        except ResponseTooLong:
            raise Failed("response_too_long") from None
        except APIStatusError as error:
            raise from_status(error) from None
        except (APIResponseValidationError, ValueError, RecursionError):  # JSON: malformed, huge numbers, deep nesting
            raise Failed("bad_response") from None


def _pool_sizes(connections: int) -> list[int]:
    """Return the sizes of pools that share the connections evenly, larger ones first."""
    pools = math.ceil(connections / _POOL_CONNECTIONS)
    return [connections // pools + (pool < connections % pools) for pool in range(pools)]


def _wait_seconds(state: RetryCallState) -> float:
    """Return the wait that the server asked for, else exponential backoff; both with jitter."""
    failed = state.outcome.exception() if state.outcome else None
    jitter = random.uniform(0, _FIRST_BACKOFF_SECONDS)
    if isinstance(failed, Failed) and failed.wait_seconds:
        return failed.wait_seconds + jitter
    backoff = _FIRST_BACKOFF_SECONDS * 2.0 ** (state.attempt_number - 1)
    return min(backoff, _MAX_BACKOFF_SECONDS) + jitter
