"""Responses of an LLM's server that is broken or hostile: too long, packed, endless, or full of odd numbers."""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import tracemalloc
from typing import Any

import pytest
from pydantic import SecretStr

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.bounded_transport import MAX_BYTES
from autopost.writing.llm import Llm
from autopost.writing.prompt import Prompt
from tests.support.host import Host
from tests.support.llm_server import Exchange, LlmServer, Reply, completion, says
from tests.support.work import work_off

MEGABYTE = 1 << 20
HUGE = 10**400


@functools.cache
def bomb(layers: int) -> bytes:
    """Return some ten kilobytes that become 64 MB; each layer beyond the first packs them again."""
    return gzip.compress(bomb(layers - 1) if layers > 1 else b" " * (64 * MEGABYTE))


@pytest.fixture(scope="module", autouse=True)
def _bombs() -> None:
    """Pack before the time and the memory of a test count, and only in a process that runs one."""
    bomb(2)


def packed(*layers: str) -> Reply:
    """Answer with some ten kilobytes that become 64 MB."""
    return lambda exchange: exchange.send(200, bomb(len(layers)), {"content-encoding": ", ".join(layers)})


def endless(code: int = 200) -> Reply:
    """Answer with a body that has no end, for as long as it is read."""

    def reply(exchange: Exchange) -> None:
        exchange.handler.send_response(code)
        exchange.handler.send_header("content-type", "application/json")
        exchange.handler.send_header("transfer-encoding", "chunked")
        exchange.handler.end_headers()
        with contextlib.suppress(OSError):
            while not exchange.stopping.is_set():
                exchange.handler.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        exchange.handler.close_connection = True

    return reply


def headed(names: int, length: int) -> Reply:
    """Answer with this number of headers of this length before a good body."""
    body = json.dumps(completion("The inbox is sorted")).encode()
    headers = {f"x-{number}": "y" * length for number in range(names)}
    return lambda exchange: exchange.send(200, body, headers)


def with_usage(tokens: object) -> Reply:
    """Answer well, with these for both counts of tokens."""
    answer = completion("The inbox is sorted")
    answer["usage"] = {"prompt_tokens": tokens, "completion_tokens": tokens}
    return lambda exchange: exchange.send(200, json.dumps(answer).encode())


LONG = says("x" * MAX_BYTES)
TOO_LONG = NoAnswer("response_too_long")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(LONG, TOO_LONG, id="long"),
        pytest.param(packed("gzip"), TOO_LONG, id="bomb"),
        pytest.param(packed("gzip", "gzip"), NoAnswer("bad_response"), id="bomb in a bomb"),
        pytest.param(packed("br"), NoAnswer("bad_response"), id="not an encoding that was asked for"),
        pytest.param(endless(), TOO_LONG, id="endless"),
        pytest.param(endless(400), NoAnswer("bad_request"), id="endless error"),
        pytest.param(headed(20_000, 10), NoAnswer("connection"), id="many headers"),
        pytest.param(with_usage(HUGE), Answer("The inbox is sorted"), id="400 digits of tokens"),
        pytest.param(with_usage(1e308), Answer("The inbox is sorted"), id="tokens in floating point"),
        pytest.param(with_usage(True), Answer("The inbox is sorted"), id="true tokens"),
        pytest.param(with_usage(10_000_001), Answer("The inbox is sorted"), id="more tokens than there can be"),
        pytest.param(lambda e: e.send(200, b'{"n": ' + b"9" * 5_000 + b"}"), NoAnswer("bad_response"), id="digits"),
        pytest.param(lambda e: e.send(200, b"[" * 60_000), NoAnswer("bad_response"), id="depth"),
    ],
)
async def test_no_response_fills_the_memory(
    reply: Reply, expected: Answer | NoAnswer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is sent, a few megabytes are enough, and there is a reason."""
    monkeypatch.setattr("autopost.writing.llm._MAX_BACKOFF_SECONDS", 0.02)
    with LlmServer() as llm:
        llm.will(reply)
        settings = load_settings(require_database=False, openai_base_url=llm.base_url, llm_timeout_seconds=50)
        async with contextlib.aclosing(Llm(settings, "test-" + "key")) as client:
            tracemalloc.start()
            try:
                answer = await client.ask(Prompt("the rules", "the data"))
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
    assert answer == expected
    assert peak < 8 * MEGABYTE, f"{peak / MEGABYTE:.0f} MB"


async def test_compressed_response_is_read() -> None:
    """Some servers compress although nobody asked for it."""
    with LlmServer() as llm:
        body = gzip.compress(json.dumps(completion("The inbox is sorted", usage=None)).encode())
        llm.will(lambda exchange: exchange.send(200, body, {"content-encoding": "gzip"}))
        settings = load_settings(require_database=False, openai_base_url=llm.base_url)
        async with contextlib.aclosing(Llm(settings, "test-" + "key")) as client:
            assert await client.ask(Prompt("the rules", "the data")) == Answer("The inbox is sorted")
        assert llm.requests[0].headers["accept-encoding"] == "identity"


async def test_worker_outlives_every_response(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Each operation is posted, and no cost in the audit log is absurd."""
    replies = [with_usage(HUGE), with_usage(1e308), with_usage(-1), with_usage(True), LONG, packed("gzip"), endless()]
    for number in range(len(replies)):
        host.complete(f"op{number}", agent=host.agent(f"agent{number}"))
    changes: dict[str, Any] = {"llm_enabled": True, "openai_api_key": SecretStr("test-" + "key"), "llm_concurrency": 1}
    with LlmServer() as llm:
        llm.will(*replies)
        await work_off(host, settings.model_copy(update={**changes, "openai_base_url": llm.base_url}), redactor)
        assert len(llm.requests) == len(replies)
    details = [row["details"] for row in host.audit()]
    assert len(host.posts()) == len(details) == len(replies)
    assert sorted(row["generator"] for row in details) == ["llm"] * 4 + ["template"] * 3
    assert [row["fallback"] for row in details if row["generator"] == "template"] == ["response_too_long"] * 3
    assert {row["cost_usd"] for row in details} == {0.0, None}
