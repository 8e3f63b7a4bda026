"""Every family of models writes posts, whatever it refuses in a request and wherever it puts its thoughts."""

from __future__ import annotations

import asyncio
import json

import pytest
import structlog

from autopost.model import Generator
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.llm import Llm
from autopost.writing.prompt import Prompt
from tests.support.llm_families import FAMILIES, POST
from tests.support.llm_server import LlmServer, Reply, says, sends, sends_error, status
from tests.writing.samples import MakeWriter, an_agent, an_operation, settings_for

PROMPT = Prompt("the rules", "the data")
PARALLEL = 20
LATER = 5


@pytest.mark.parametrize("family", FAMILIES)
async def test_family_writes_every_post(llm: LlmServer, make_writer: MakeWriter, family: str) -> None:
    """From the first burst on; what was learnt is remembered, so that a later post costs one request."""
    llm.will(FAMILIES[family])
    writer = make_writer(llm_concurrency=PARALLEL)
    posts = await asyncio.gather(*(writer.write(an_operation(), an_agent()) for _ in range(PARALLEL)))
    llm.requests.clear()
    posts += [await writer.write(an_operation(), an_agent()) for _ in range(LATER)]
    assert {(post.generator, post.content) for post in posts} == {(Generator.LLM, POST)}
    assert len(llm.requests) == LATER


async def test_tokens_of_answers_that_were_thoughts_alone_are_counted(llm: LlmServer) -> None:
    """They were paid for."""
    llm.will(FAMILIES["Ollama"])
    client = Llm(settings_for(llm), "key")
    first, second = await client.ask(PROMPT), await client.ask(PROMPT)
    await client.aclose()
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert (first.prompt_tokens, second.prompt_tokens) == (400, 200)


async def test_request_of_a_reasoning_model_has_room_and_little_effort(llm: LlmServer) -> None:
    """And no temperature, under the name of the limit that it knows."""
    llm.will(FAMILIES["gpt-5-mini"])
    client = Llm(settings_for(llm, llm_model="gpt-5-mini"), "key")
    await client.ask(PROMPT)
    await client.aclose()
    body = llm.requests[-1].body
    del body["messages"]
    assert body == {"model": "gpt-5-mini", "max_completion_tokens": 2000, "reasoning_effort": "low"}


async def test_extra_parameters_replace_and_remove(llm: LlmServer) -> None:
    """What is learnt does not come before what the operator says."""
    extra = '{"max_completion_tokens": 700, "temperature": null, "chat_template_kwargs": {"enable_thinking": false}}'
    client = Llm(settings_for(llm, llm_extra_json=extra), "key")
    await client.ask(PROMPT)
    await client.aclose()
    body = llm.requests[-1].body
    del body["messages"], body["model"]
    assert body == {"max_completion_tokens": 700, "chat_template_kwargs": {"enable_thinking": False}}


async def test_deployment_of_azure_is_asked_with_its_version_and_its_header(llm: LlmServer) -> None:
    """Its address has a query, and the path is before it."""
    address = llm.base_url.replace("/v1", "/openai/deployments/posts?api-version=2024-10-21")
    client = Llm(settings_for(llm, openai_base_url=address), "the-key")
    assert isinstance(await client.ask(PROMPT), Answer)
    await client.aclose()
    (request,) = llm.requests
    assert request.path == "/openai/deployments/posts/chat/completions?api-version=2024-10-21"
    assert request.headers["api-key"] == "the-key"


def refused_by_a_filter(code: str, status_: int = 400) -> Reply:
    """Refuse one request, as Azure's content filter does."""
    return sends_error(status_, {"message": "The response was filtered", "type": None, "param": "prompt", "code": code})


async def test_request_that_is_refused_stops_nobody_elses(llm: LlmServer, make_writer: MakeWriter) -> None:
    """Ten in a row leave the circuit breaker closed."""
    refusals = [
        (refused_by_a_filter("content_filter"), "refused"),
        (refused_by_a_filter("context_length_exceeded"), "too_long"),
        (status(413), "too_long"),
        (status(400), "bad_request"),
        (status(422), "bad_request"),
    ]
    writer = make_writer()
    for reply, reason in refusals:
        llm.will(*[reply] * 10, says(POST))
        refused = [await writer.write(an_operation(), an_agent()) for _ in range(10)]
        assert {post.fallback for post in refused} == {reason}
        assert (await writer.write(an_operation(), an_agent())).generator is Generator.LLM


async def test_reason_for_templates_is_the_last_real_one(llm: LlmServer, make_writer: MakeWriter) -> None:
    """While the circuit breaker is open too; the log has status, code and parameter, once, and no message."""
    error = {"message": "no model for Jane", "type": "x", "param": "model", "code": "model_not_found"}
    llm.will(sends_error(404, error))
    writer = make_writer()
    with structlog.testing.capture_logs() as logs:
        posts = [await writer.write(an_operation(), an_agent()) for _ in range(12)]
    assert {post.fallback for post in posts} == {"not_found"}
    assert len(llm.requests) == 5
    (event,) = (event for event in logs if event["event"] == "llm.failed")
    facts = {name: event.get(name) for name in ("reason", "status", "code", "parameter")}
    assert facts == {"reason": "not_found", "status": 404, "code": "model_not_found", "parameter": "model"}
    assert "Jane" not in str(logs)


async def test_half_an_answer_of_a_vendor_that_failed_is_asked_for_again(llm: LlmServer) -> None:
    """OpenRouter sends what it has, with the reason `error`."""
    llm.will(says("Our weekly sa", finish_reason="error"), says(POST))
    client = Llm(settings_for(llm), "key")
    answer = await client.ask(PROMPT)
    await client.aclose()
    assert isinstance(answer, Answer)
    assert answer.text == POST


async def test_error_instead_of_an_answer_of_a_server_that_says_200_is_asked_for_again(llm: LlmServer) -> None:
    """OpenRouter answers so when the vendor fails before the first word."""
    failed = {"id": "gen-1", "error": {"code": 502, "message": "Provider returned error"}}
    llm.will(sends(json.dumps(failed).encode()), says(POST))
    client = Llm(settings_for(llm), "key")
    answer = await client.ask(PROMPT)
    await client.aclose()
    assert isinstance(answer, Answer)
    assert answer.text == POST


async def test_server_that_refuses_whatever_is_sent_is_asked_a_few_times_only(llm: LlmServer) -> None:
    """Each error names another parameter, and nothing helps."""
    llm.will(
        *(
            sends_error(400, {"message": f"bad {name}"})
            for name in ("max_completion_tokens", "temperature", "reasoning")
        ),
        sends_error(400, {"message": "bad max_completion_tokens"}),
    )
    client = Llm(settings_for(llm), "key")
    assert await client.ask(PROMPT) == NoAnswer("bad_request")
    await client.aclose()
    assert len(llm.requests) <= 6
