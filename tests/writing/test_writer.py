"""Writer: one post about one operation, whatever the LLM does."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from dataclasses import replace
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from autopost.errors import RedactionFailed
from autopost.model import Generator, Redaction
from autopost.observability.problems import Problems
from autopost.settings import load_settings
from autopost.writing import Writer
from autopost.writing.answer import Answer
from autopost.writing.breaker import MAX_FAILURES
from autopost.writing.llm import Llm
from autopost.writing.prompt import Prompt
from tests.support.llm_server import (
    LlmServer,
    Reply,
    after,
    refuses,
    says,
    status,
    when,
)
from tests.writing.samples import (
    BrokenRedactor,
    MakeWriter,
    OneRuleRedactor,
    an_agent,
    an_operation,
    private_address,
    settings_for,
)

TEMPLATE = "Just finished workflow_execute! Sent the weekly report to 40 customers #automation"
GOOD = "The weekly report is out, so 40 customers start their week informed 🎉"


async def test_the_llm_writes_the_post(llm: LlmServer, make_writer: MakeWriter) -> None:
    """Text, generator, model, tokens and cost."""
    llm.will(says(GOOD, usage=(1_000, 100)))
    written = await make_writer().write(an_operation(), an_agent())
    assert written.content == GOOD
    assert (written.generator, written.model, written.fallback) == (Generator.LLM, "gpt-4o-mini", None)
    assert (written.prompt_tokens, written.completion_tokens) == (1_000, 100)
    assert written.cost_usd == pytest.approx(0.00021)


async def test_an_llm_that_fails_falls_back_to_the_template(llm: LlmServer, make_writer: MakeWriter) -> None:
    """The post goes out all the same, and the record says why it is a template."""
    llm.will(status(400))
    written = await make_writer().write(an_operation(), an_agent())
    assert (written.content, written.generator, written.fallback) == (TEMPLATE, Generator.TEMPLATE, "bad_request")
    assert (written.model, written.prompt_tokens, written.cost_usd) == (None, 0, 0.0)


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (says(None), "empty"),
        (refuses(), "refused"),
        (says(f"Ask {private_address()} about it"), "private_data"),
    ],
)
async def test_an_answer_that_may_not_go_out_is_paid_and_not_posted(
    llm: LlmServer, make_writer: MakeWriter, reply: Reply, word: str
) -> None:
    """The template is posted; tokens, cost and model are recorded."""
    llm.will(reply)
    written = await make_writer().write(an_operation(), an_agent())
    assert (written.content, written.generator, written.fallback) == (TEMPLATE, Generator.TEMPLATE, word)
    assert (written.model, written.prompt_tokens, written.completion_tokens) == ("gpt-4o-mini", 200, 40)
    assert written.cost_usd == pytest.approx(0.000054)


async def test_personal_data_in_an_answer_is_counted(llm: LlmServer, make_writer: MakeWriter) -> None:
    """Input and output together."""
    llm.will(says(f"Ask {private_address('a')} or {private_address('b')}"))
    operation = an_operation(what_explanation=f"Wrote to {private_address()}")
    written = await make_writer().write(operation, an_agent())
    assert written.redactions == {"EMAIL_ADDRESS": 3}
    assert written.content == "Just finished workflow_execute! Wrote to <EMAIL_ADDRESS> #automation"


async def test_the_llm_never_sees_personal_data(llm: LlmServer, make_writer: MakeWriter) -> None:
    """Every text of the input is redacted, and counted."""
    address = private_address()
    operation = an_operation(what_explanation=f"a {address}", why_explanation=f"b {address}", next_steps=f"c {address}")
    written = await make_writer().write(operation, an_agent(f"Bot of {address}"))
    assert address not in repr(llm.requests)
    assert llm.requests[0].user.count("<EMAIL_ADDRESS>") == 4
    assert written.redactions == {"EMAIL_ADDRESS": 4}


async def test_a_placeholder_of_the_input_may_go_out(llm: LlmServer, make_writer: MakeWriter) -> None:
    """It is what redaction left, not a finding."""
    llm.will(says("Wrote to <EMAIL_ADDRESS> about the report"))
    operation = an_operation(what_explanation="Wrote to ada@shop.example about the report")
    written = await make_writer().write(operation, an_agent())
    assert written.content == "Wrote to <EMAIL_ADDRESS> about the report"
    assert written.generator is Generator.LLM


async def test_an_answer_that_is_too_long_is_cut(llm: LlmServer, make_writer: MakeWriter) -> None:
    """280 characters, an ellipsis, and still the LLM's."""
    post = (
        "The weekly report went to 40 customers, who asked for numbers every Monday; next we collect replies, and "
        "whoever of these customers has replies about a report or about its numbers sends them to us before another "
        "Monday comes, since a weekly report without customers who asked for it would be numbers that nobody collects."
    )
    llm.will(says(post))
    written = await make_writer().write(an_operation(), an_agent())
    assert len(written.content) <= 280
    assert written.content.endswith("…")
    assert written.generator is Generator.LLM


async def test_an_answer_is_redacted_before_it_is_cut(llm: LlmServer, make_writer: MakeWriter) -> None:
    """An address across the limit does not go out in half."""
    llm.will(says("word " * 54 + private_address("j" * 30)))
    written = await make_writer().write(an_operation(), an_agent())
    assert written.fallback == "private_data"
    assert "jjj" not in written.content


@pytest.mark.parametrize("key", [SecretStr("test"), None])
async def test_a_disabled_llm_is_not_called(llm: LlmServer, make_writer: MakeWriter, key: SecretStr | None) -> None:
    """A template without a fallback word and without a warning: nothing fell, and no key is missed."""
    with structlog.testing.capture_logs() as logs:
        written = await make_writer(llm_enabled=False, openai_api_key=key).write(an_operation(), an_agent())
    assert (written.content, written.generator, written.fallback) == (TEMPLATE, Generator.TEMPLATE, None)
    assert llm.requests == []
    assert logs == []


@pytest.mark.parametrize("key", [None, SecretStr(""), SecretStr(" \n")])
async def test_without_a_key_templates_are_used_and_one_warning_is_logged(
    llm: LlmServer, make_writer: MakeWriter, key: SecretStr | None
) -> None:
    """One at the start, none later."""
    with structlog.testing.capture_logs() as logs:
        writer = make_writer(openai_api_key=key)
        for _ in range(2):
            written = await writer.write(an_operation(), an_agent())
    assert (written.content, written.generator, written.fallback) == (TEMPLATE, Generator.TEMPLATE, None)
    assert llm.requests == []
    assert [(line["log_level"], line["event"]) for line in logs] == [("warning", "llm.disabled")]


async def test_white_space_around_the_key_is_no_part_of_it(llm: LlmServer, make_writer: MakeWriter) -> None:
    """A key from a file ends in a line break, which no header may carry."""
    llm.will(says(GOOD))
    written = await make_writer(openai_api_key=SecretStr("key\n")).write(an_operation(), an_agent())
    assert written.generator is Generator.LLM
    assert llm.requests[0].headers["authorization"] == "Bearer key"


async def test_prices_come_from_the_settings(llm: LlmServer, make_writer: MakeWriter) -> None:
    """For a model that the list does not know."""
    llm.will(says(GOOD, usage=(100, 10)))
    writer = make_writer(llm_model="own-model", llm_input_price=1.0, llm_output_price=2.0)
    written = await writer.write(an_operation(), an_agent())
    assert written.model == "own-model"
    assert written.cost_usd == pytest.approx(0.00012)


@pytest.mark.parametrize(
    ("overrides", "usage"), [({"llm_model": "own-model"}, (100, 10)), ({"llm_model": "gpt-4o-mini"}, None)]
)
async def test_a_cost_that_is_not_known_is_none(
    llm: LlmServer, make_writer: MakeWriter, overrides: dict[str, Any], usage: tuple[int, int] | None
) -> None:
    """An unknown model, or a server that does not tell the tokens."""
    llm.will(says(GOOD, usage=usage))
    assert (await make_writer(**overrides).write(an_operation(), an_agent())).cost_usd is None


async def test_a_failed_redaction_of_the_input_passes_through(llm: LlmServer, make_writer: MakeWriter) -> None:
    """And nothing reaches the LLM."""
    with pytest.raises(RedactionFailed):
        await make_writer(redactor=BrokenRedactor()).write(an_operation(), an_agent())
    assert llm.requests == []


async def test_a_failed_redaction_of_the_answer_passes_through(llm: LlmServer, make_writer: MakeWriter) -> None:
    """No template hides it: the post cannot be proven clean."""

    class BreaksOnTheAnswer(OneRuleRedactor):
        def redact(self, text: str) -> Redaction:
            if text == GOOD:
                raise RedactionFailed
            return super().redact(text)

    llm.will(says(GOOD))
    with pytest.raises(RedactionFailed):
        await make_writer(redactor=BreaksOnTheAnswer()).write(an_operation(), an_agent())


@pytest.mark.parametrize("enabled", [True, False])
async def test_redaction_runs_off_the_event_loop(make_writer: MakeWriter, enabled: bool) -> None:
    """It is CPU work."""
    threads: set[int] = set()

    class Watching(OneRuleRedactor):
        def redact(self, text: str) -> Redaction:
            threads.add(threading.get_ident())
            return super().redact(text)

    await make_writer(redactor=Watching(), llm_enabled=enabled).write(an_operation(), an_agent())
    assert threads
    assert threading.get_ident() not in threads


async def test_no_more_generations_run_at_once_than_allowed(llm: LlmServer, make_writer: MakeWriter) -> None:
    """The others wait their turn, and that wait is not part of their time."""
    llm.will(after(0.3, says(GOOD)))  # seven times in turn: longer than the time of one
    writer = make_writer(llm_concurrency=2, llm_timeout_seconds=2)
    written = await asyncio.gather(*(writer.write(an_operation(), an_agent()) for _ in range(14)))
    assert llm.most_at_once == 2
    assert {post.fallback for post in written} == {None}


async def test_as_many_generations_run_at_once_as_allowed(llm: LlmServer, make_writer: MakeWriter) -> None:
    """The pool of connections is no narrower gate."""
    llm.will(when(lambda: llm.most_at_once == 30, says(GOOD)))
    writer = make_writer(llm_concurrency=30, llm_timeout_seconds=30, lease_seconds=60)
    written = await asyncio.gather(*(writer.write(an_operation(), an_agent()) for _ in range(30)))
    assert llm.most_at_once == 30
    assert {post.fallback for post in written} == {None}


async def test_generations_begin_one_in_each_pass_of_the_event_loop(
    make_writer: MakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when all places become free at once."""
    passes = 0
    begun: list[int] = []
    answered = asyncio.Event()

    async def count() -> None:
        nonlocal passes
        while True:
            passes += 1
            await asyncio.sleep(0)

    async def ask(_llm: Llm, _prompt: Prompt) -> Answer:
        begun.append(passes)
        if len(begun) == 10:
            asyncio.get_running_loop().call_later(0.05, answered.set)
        await answered.wait()
        return Answer(GOOD)

    monkeypatch.setattr(Llm, "ask", ask)
    writer = make_writer(llm_concurrency=10)
    counting = asyncio.create_task(count())
    await asyncio.gather(*(writer.write(an_operation(), an_agent()) for _ in range(20)))
    counting.cancel()
    assert len(begun) == len(set(begun)) == 20


async def test_a_fallback_logs_no_text(llm: LlmServer, make_writer: MakeWriter) -> None:
    """What is said of it is said with the row's outcome."""
    llm.will(says("I'm sorry, but I can't do secret things."))
    with structlog.testing.capture_logs() as logs:
        await make_writer().write(an_operation(what_explanation="secret things"), an_agent("secret bot"))
    assert logs == []


def test_a_template_needs_no_event_loop(redactor: OneRuleRedactor) -> None:
    """from_template is synchronous, and names the fallback it is told."""
    writer = Writer(load_settings(require_database=False, llm_enabled=False), redactor)
    written = writer.from_template(an_operation(), an_agent(), fallback="timeout")
    assert (written.content, written.fallback, written.cost_usd) == (TEMPLATE, "timeout", 0.0)


def test_a_template_raises_what_the_redactor_raises() -> None:
    """It fails closed."""
    writer = Writer(load_settings(require_database=False, llm_enabled=False), BrokenRedactor())
    with pytest.raises(RedactionFailed):
        writer.from_template(an_operation(), an_agent())


@pytest.mark.parametrize("status_word", ["completed", "running", "failed", "waiting"])
def test_a_long_template_is_cut_and_ends_in_an_ellipsis(redactor: OneRuleRedactor, status_word: str) -> None:
    """280 characters in every form."""
    writer = Writer(load_settings(require_database=False, llm_enabled=False), redactor)
    long = "Sent the report. " * 100
    operation = an_operation(status=status_word, what_explanation=long, why_explanation=long, next_steps=long)
    content = writer.from_template(operation, an_agent()).content
    assert len(content) <= 280
    assert content.endswith("…")


def test_a_template_is_redacted_before_it_is_cut(redactor: OneRuleRedactor) -> None:
    """An address across the limit does not go out in half."""
    writer = Writer(load_settings(require_database=False, llm_enabled=False), redactor)
    operation = an_operation(what_explanation="word " * 46 + private_address("j" * 40))
    written = writer.from_template(operation, an_agent())
    assert "jjj" not in written.content
    assert written.redactions == {"EMAIL_ADDRESS": 1}


def test_a_finding_that_only_the_whole_post_shows_is_redacted() -> None:
    """Two harmless fields can make one finding side by side."""

    class FindsThePair(OneRuleRedactor):
        def redact(self, text: str) -> Redaction:
            found = "Ada completed" in text
            return Redaction(text.replace("Ada completed", "<PAIR>"), {"PAIR": 1} if found else {})

    writer = Writer(load_settings(require_database=False, llm_enabled=False), FindsThePair())
    written = writer.from_template(an_operation(status="waiting"), an_agent())
    assert written.content.startswith("<PAIR> workflow_execute")
    assert written.redactions == {"PAIR": 1}


async def test_a_megabyte_of_hostile_text_makes_a_post(llm: LlmServer, make_writer: MakeWriter) -> None:
    """Surrogates, NUL, direction marks, emoji, braces: with the LLM and without."""
    text = "\ud800\x00\u202e{0} %s 👨‍👩‍👧‍👦 e\u0301 שלום dear customers of the team <b> " * 20_000
    operation = an_operation(what_explanation=text, why_explanation=text, next_steps="Tell 40 customers weekly")
    llm.will(says(GOOD), status(400))
    writer = make_writer()
    by_llm = await writer.write(operation, an_agent(text))
    by_template = await writer.write(operation, an_agent(text))
    assert by_llm.content == GOOD
    assert by_template.content.startswith("Just finished workflow_execute! \ufffd {0} %s 👨‍👩‍👧‍👦 e\u0301 שלום dear")
    assert len(by_template.content.encode()) < 2_000


async def test_a_writer_can_be_closed_twice(llm: LlmServer, redactor: OneRuleRedactor) -> None:
    """Closing is safe in any order."""
    writer = Writer(settings_for(llm), redactor)
    await writer.aclose()
    await writer.aclose()


async def test_model_whose_answers_are_rejected_is_paused_and_tried_again(
    llm: LlmServer, make_writer: MakeWriter
) -> None:
    """After ten in a row; the reason stays, and a good answer ends the pause."""
    llm.will(says("Revenue is up 900 % today!"))
    problems = Problems()
    writer = make_writer(llm_breaker_cooldown_seconds=0.2, problems=problems)
    agents = [replace(an_agent(), id=f"agent{number}") for number in range(12)]
    posts = [await writer.write(an_operation(), agent) for agent in agents]
    assert {post.fallback for post in posts} == {"invented"}
    assert len(llm.requests) == 10
    (reported,) = json.loads(problems.as_json() or "[]")
    assert reported["subject"] == "language model's answers"
    why = "its answers are rejected one after another, the last as invented; templates are used"
    assert re.fullmatch(rf"not asked until \d\d:\d\d:\d\d UTC: {why}", reported["finding"])
    llm.will(says(GOOD))
    async with asyncio.timeout(60):
        while (await writer.write(an_operation(), an_agent())).generator is Generator.TEMPLATE:
            await asyncio.sleep(0.02)
    assert (await writer.write(an_operation(), an_agent())).content == GOOD
    assert problems.as_json() is None


async def test_model_that_does_not_answer_is_reported_until_it_does(llm: LlmServer, make_writer: MakeWriter) -> None:
    """With the reason and until when it is not asked."""
    llm.will(status(401))
    problems = Problems()
    writer = make_writer(llm_breaker_cooldown_seconds=0.2, problems=problems)
    for _ in range(MAX_FAILURES):
        await writer.write(an_operation(), an_agent())
    (reported,) = json.loads(problems.as_json() or "[]")
    assert reported["subject"] == "language model"
    assert reported["finding"].endswith("UTC: it does not answer (unauthorized); templates are used")
    llm.will(says(GOOD))
    async with asyncio.timeout(60):
        while (await writer.write(an_operation(), an_agent())).generator is Generator.TEMPLATE:
            await asyncio.sleep(0.02)
    assert problems.as_json() is None


async def test_texts_of_one_agent_do_not_pause_the_model_for_others(llm: LlmServer, make_writer: MakeWriter) -> None:
    """Whatever they make it say."""
    llm.will(*[says("PWNED, visit http://evil.example")] * 20, says(GOOD))
    writer = make_writer()
    for _ in range(20):
        await writer.write(an_operation(), an_agent())
    assert (await writer.write(an_operation(), replace(an_agent(), id="another"))).content == GOOD
