"""Llm: the real SDK against a local server that behaves well or badly."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from autopost.errors import ConfigurationError
from autopost.settings import load_settings
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.llm import Llm, _pool_sizes
from autopost.writing.prompt import Prompt
from tests.support.llm_server import (
    COMPLETION_TOKENS,
    PROMPT_TOKENS,
    Exchange,
    LlmServer,
    Reply,
    completion,
    hangs,
    hangs_up,
    refused_base_url,
    refuses,
    says,
    sends,
    sends_error,
    status,
    trickles,
    when,
)
from tests.support.work import eventually
from tests.writing.samples import settings_for

PROMPT = Prompt("the rules", "the data")
GOOD = Answer("Done!", prompt_tokens=PROMPT_TOKENS, completion_tokens=COMPLETION_TOKENS)
MakeLlm = Callable[..., Llm]


@pytest.fixture
def _short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all attempts of a request follow each other at once."""
    monkeypatch.setattr("autopost.writing.llm._FIRST_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr("autopost.writing.llm._MAX_BACKOFF_SECONDS", 0.02)


@pytest.fixture
async def make_llm(llm: LlmServer) -> AsyncIterator[MakeLlm]:
    """Return a maker of clients of the local LLM; they are closed after the test."""
    async with AsyncExitStack() as stack:

        def make(**overrides: Any) -> Llm:
            client = Llm(settings_for(llm, **overrides), "test-key")
            stack.push_async_callback(client.aclose)
            return client

        yield make


async def test_an_answer_comes_back_with_its_tokens(llm: LlmServer, make_llm: MakeLlm) -> None:
    """The good case."""
    llm.will(says("Done!"))
    assert await make_llm().ask(PROMPT) == GOOD


async def test_the_request_is_what_the_contract_says(llm: LlmServer, make_llm: MakeLlm) -> None:
    """Model, 100 tokens, temperature 0.7, two messages, the key."""
    await make_llm(llm_model="some-model").ask(PROMPT)
    (request,) = llm.requests
    assert request.body == {
        "model": "some-model",
        "max_tokens": 100,
        "temperature": 0.7,
        "messages": [{"role": "system", "content": "the rules"}, {"role": "user", "content": "the data"}],
    }
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer test-key"


@pytest.mark.usefixtures("_short_backoff")
@pytest.mark.parametrize("code", [408, 409, 429, 500, 503])
async def test_a_passing_trouble_is_retried(llm: LlmServer, make_llm: MakeLlm, code: int) -> None:
    """Twice bad, then good."""
    llm.will(status(code), status(code), says("Done!"))
    assert await make_llm().ask(PROMPT) == GOOD
    assert len(llm.requests) == 3


async def test_a_connection_that_breaks_is_retried(llm: LlmServer, make_llm: MakeLlm) -> None:
    """The server hung up once."""
    llm.will(hangs_up(), says("Done!"))
    assert await make_llm().ask(PROMPT) == GOOD


@pytest.mark.parametrize(
    ("code", "word"),
    [(400, "bad_request"), (401, "unauthorized"), (403, "unauthorized"), (404, "not_found"), (422, "bad_request")],
)
async def test_what_no_retry_can_mend_is_not_retried(llm: LlmServer, make_llm: MakeLlm, code: int, word: str) -> None:
    """One request, one word."""
    llm.will(status(code), says("Done!"))
    assert await make_llm().ask(PROMPT) == NoAnswer(word)
    assert len(llm.requests) == 1


async def test_redirect_is_not_followed(llm: LlmServer, make_llm: MakeLlm) -> None:
    """The key and the texts go to the configured address alone."""
    llm.will(status(307, {"location": "/v1/elsewhere"}), says("Done!"))
    assert await make_llm().ask(PROMPT) == NoAnswer("redirected")
    assert len(llm.requests) == 1


async def test_an_account_without_money_is_not_retried(llm: LlmServer, make_llm: MakeLlm) -> None:
    """OpenAI says 429 for that too, in its code or in its type; OpenRouter says 402."""
    by_type = sends_error(429, {"message": "no", "type": "insufficient_quota", "code": None})
    client = make_llm()
    for no in (status(429, error_code="insufficient_quota"), by_type, status(402)):
        llm.will(no, says("Done!"))
        assert await client.ask(PROMPT) == NoAnswer("no_credit")
        assert len(llm.requests) == 1


async def test_the_servers_own_wait_is_respected(llm: LlmServer, make_llm: MakeLlm) -> None:
    """No sooner than it says."""
    llm.will(status(429, {"retry-after": "0.6"}), says("Done!"))
    started = time.monotonic()
    assert await make_llm().ask(PROMPT) == GOOD
    assert time.monotonic() - started >= 0.6


@pytest.mark.parametrize("headers", [{"retry-after": "300"}, {"retry-after-ms": "300000"}, {"retry-after": "1e999"}])
async def test_a_wait_beyond_the_time_gives_up_at_once(
    llm: LlmServer, make_llm: MakeLlm, headers: dict[str, str]
) -> None:
    """Waiting for a retry that cannot come would only delay the template."""
    llm.will(status(429, headers))
    assert await make_llm(llm_timeout_seconds=30).ask(PROMPT) == NoAnswer("rate_limited"), "not the time-out"
    assert len(llm.requests) == 1


@pytest.mark.usefixtures("_short_backoff")
async def test_a_connection_that_keeps_breaking_is_named(llm: LlmServer, make_llm: MakeLlm) -> None:
    """The server hangs up each time."""
    llm.will(hangs_up())
    assert await make_llm(llm_timeout_seconds=30).ask(PROMPT) == NoAnswer("connection")


@pytest.mark.parametrize(("code", "word"), [(429, "rate_limited"), (500, "server_error")])
async def test_a_trouble_that_stays_is_named(llm: LlmServer, make_llm: MakeLlm, code: int, word: str) -> None:
    """The last trouble, not the time-out that the next retry would have met."""
    llm.will(status(code), status(code, {"retry-after": "40"}))
    assert await make_llm(llm_timeout_seconds=30).ask(PROMPT) == NoAnswer(word)
    assert len(llm.requests) == 2


@pytest.mark.usefixtures("_short_backoff")
async def test_server_that_does_not_speak_tls_is_no_connection(llm: LlmServer, make_llm: MakeLlm) -> None:
    """The handshake fails, and is tried again within the time."""
    address = llm.base_url.replace("http://", "https://")
    answer = await make_llm(openai_base_url=address, llm_timeout_seconds=30).ask(PROMPT)
    assert answer == NoAnswer("connection")


@pytest.mark.usefixtures("_short_backoff")
async def test_name_that_is_not_resolved_is_no_connection(make_llm: MakeLlm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver says so here, as no question may leave the machine."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    answer = await make_llm(openai_base_url="http://llm.invalid/v1", llm_timeout_seconds=30).ask(PROMPT)
    assert answer == NoAnswer("connection")


@pytest.mark.parametrize("reply", [hangs(), trickles("Done!", seconds_between_bytes=0.05)], ids=["hangs", "trickles"])
async def test_the_time_is_for_the_whole_generation(llm: LlmServer, make_llm: MakeLlm, reply: Reply) -> None:
    """A byte now and then does not extend it."""
    llm.will(reply)
    async with asyncio.timeout(60):
        assert await make_llm(llm_timeout_seconds=0.4).ask(PROMPT) == NoAnswer("timeout")


async def test_retries_share_the_time(llm: LlmServer, make_llm: MakeLlm) -> None:
    """A hang after a retry ends with the first attempt's time."""
    llm.will(status(500, {"retry-after": "2"}), hangs())
    client = make_llm(llm_timeout_seconds=3)
    asking = asyncio.create_task(client.ask(PROMPT))
    await asyncio.to_thread(llm.wait_for_requests, 2)
    hanging = asyncio.create_task(asyncio.sleep(2))  # the second attempt alone would have three
    await asyncio.wait({asking, hanging}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({asking}, timeout=0.5)  # a machine that stalls ends both at once
    assert asking.done()
    assert await asking == NoAnswer("timeout")
    assert len(llm.requests) == 2


@pytest.mark.usefixtures("_short_backoff")
async def test_a_server_that_is_not_there_is_a_connection_trouble(
    make_llm: MakeLlm,
) -> None:
    """Nobody listens at the port."""
    client = make_llm(openai_base_url=refused_base_url(), llm_timeout_seconds=30)
    assert await client.ask(PROMPT) == NoAnswer("connection")


async def test_what_is_no_answer_is_a_bad_response(llm: LlmServer, make_llm: MakeLlm) -> None:
    """JSON or not, or of the wrong shape; none is asked for again."""
    bodies = [
        b"{not json",
        b"{}",
        b"[]",
        b"null",
        b'{"choices": null}',
        b'{"choices": []}',
        b'{"choices": [{}]}',
        b'{"choices": [7]}',
        b'{"choices": "no"}',
        b'"\xff"',
    ]
    replies = {
        **{body: sends(body) for body in bodies},
        b"<html>login</html>": sends(b"<html>login</html>", content_type="text/html"),
    }
    llm.will(*replies.values())
    client = make_llm()
    answers = {reply: await client.ask(PROMPT) for reply in replies}
    assert {reply: answer for reply, answer in answers.items() if answer != NoAnswer("bad_response")} == {}
    assert len(llm.requests) == len(replies)


@pytest.mark.parametrize("content", [None, 7, ["a"], {"type": "text"}])
async def test_content_that_is_no_text_is_empty(llm: LlmServer, make_llm: MakeLlm, content: Any) -> None:
    """The SDK validates nothing."""
    llm.will(says(content))
    answer = await make_llm().ask(PROMPT)
    assert isinstance(answer, Answer)
    assert answer.text == ""


@pytest.mark.parametrize("usage", [b"null", b"{}", b'{"prompt_tokens": "many"}', b'{"prompt_tokens": -4}', b"7"])
async def test_odd_token_counts_are_unknown(llm: LlmServer, make_llm: MakeLlm, usage: bytes) -> None:
    """A compatible server may keep silent about them."""
    llm.will(sends(b'{"choices": [{"message": {"content": "Done!"}}], "usage": ' + usage + b"}"))
    assert await make_llm().ask(PROMPT) == Answer("Done!")


async def test_a_refusal_is_marked(llm: LlmServer, make_llm: MakeLlm) -> None:
    """In `refusal`, or by the content filter."""
    llm.will(refuses(), says("", finish_reason="content_filter"))
    client = make_llm()
    for _ in range(2):
        answer = await client.ask(PROMPT)
        assert isinstance(answer, Answer)
        assert answer.refused


async def test_an_answer_without_room_is_marked(llm: LlmServer, make_llm: MakeLlm) -> None:
    """It ran into max_tokens."""
    llm.will(says("We finished the", finish_reason="length"))
    answer = await make_llm().ask(PROMPT)
    assert isinstance(answer, Answer)
    assert answer.truncated


async def test_a_redirect_does_not_take_the_prompt_elsewhere(llm: LlmServer, make_llm: MakeLlm) -> None:
    """The base URL is the only address that sees data."""
    with LlmServer() as elsewhere:
        llm.will(status(307, {"location": f"{elsewhere.base_url}/chat/completions"}))
        await make_llm().ask(PROMPT)
        assert elsewhere.requests == []


async def test_a_proxy_in_the_environment_is_not_used(
    llm: LlmServer, make_llm: MakeLlm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the base URL is connected to."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, refused_base_url())
    llm.will(says("Done!"))
    assert await make_llm().ask(PROMPT) == GOOD


async def test_an_empty_base_url_in_the_environment_means_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would take the empty text for an address."""
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    client = Llm(load_settings(require_database=False, openai_api_key=SecretStr("test")), "test")
    assert {str(each.base_url) for each in client._clients} == {"https://api.openai.com/v1/"}
    await client.aclose()


async def test_whatever_else_the_sdk_raises_is_a_word(llm: LlmServer, make_llm: MakeLlm) -> None:
    """A client that was closed, for example."""
    client = make_llm()
    await client.aclose()
    assert await client.ask(PROMPT) == NoAnswer("unexpected")
    assert llm.requests == []


@pytest.mark.parametrize(
    ("connections", "sizes"), [(1, [1]), (25, [25]), (26, [13, 13]), (101, [21, 20, 20, 20, 20]), (200, [25] * 8)]
)
def test_connections_are_divided_among_pools(connections: int, sizes: list[int]) -> None:
    """As many in all, and the larger pools first."""
    assert _pool_sizes(connections) == sizes


async def test_a_pool_that_is_busy_is_passed_over(llm: LlmServer, make_llm: MakeLlm) -> None:
    """However long each answer takes, as many are asked at once as there are connections."""
    all_ask = threading.Event()

    def reply(exchange: Exchange) -> None:
        (when(all_ask.is_set, says("Done!")) if exchange.request.user == "slow" else says("Done!"))(exchange)

    llm.will(reply)
    client = make_llm(llm_concurrency=26, llm_timeout_seconds=30)

    def ask(user: str) -> asyncio.Task[Answer | NoAnswer]:
        return asyncio.create_task(client.ask(Prompt("the rules", user)))

    first = [(ask("slow"), ask("quick")) for _ in range(13)]
    await asyncio.gather(*(quick for _, quick in first))
    llm.most_at_once = 0
    more = [ask("slow") for _ in range(13)]
    await eventually(lambda: llm.most_at_once == 26)
    all_ask.set()
    answers = await asyncio.gather(*(slow for slow, _ in first), *more)
    assert answers == [GOOD] * 26


async def test_cancelling_is_not_swallowed(llm: LlmServer, make_llm: MakeLlm) -> None:
    """A worker that drains is not told a time-out."""
    llm.will(hangs())
    task = asyncio.create_task(make_llm(llm_timeout_seconds=30).ask(PROMPT))
    await asyncio.to_thread(llm.wait_for_requests, 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_no_log_record_carries_prompt_or_answer(
    llm: LlmServer, make_llm: MakeLlm, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at the lowest level, in good and in bad times."""
    caplog.set_level(logging.DEBUG)
    llm.will(says("secret-answer"), status(400), status(500), sends(b"secret-answer"))
    client = make_llm(llm_timeout_seconds=0.5)
    for _ in range(3):
        await client.ask(Prompt("secret-rules", "secret-data"))
    text = "\n".join(f"{record.getMessage()} {record.exc_text} {record.__dict__}" for record in caplog.records)
    assert caplog.records
    assert "secret-" not in text
    assert "test-key" not in text


def test_the_server_answers_as_openai_does() -> None:
    """The helper itself: the fields that the SDK reads are there."""
    answer = completion("Done!")
    assert answer["choices"][0]["message"]["content"] == "Done!"
    assert answer["usage"]["total_tokens"] == PROMPT_TOKENS + COMPLETION_TOKENS


def test_certificates_that_cannot_be_read_are_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said at start, by the variable's name."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        Llm(load_settings(require_database=False, openai_api_key=SecretStr("test")), "test")
