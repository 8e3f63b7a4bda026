"""The LLM's budget of a day: it holds across workers, nothing is lost by a crash, and everyone can see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from structlog.testing import capture_logs

from autopost.database.connection import create_pool
from autopost.outbox.spending import LlmAccount
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from autopost.writing.answer import Answer, NoAnswer
from autopost.writing.budget import Budget, Reservation, estimated_tokens
from autopost.writing.prompt import SYSTEM, Prompt
from tests.support.command_line import autopost
from tests.support.host import SCHEMAS, Host, open_connection
from tests.support.llm_server import LlmServer, says, status
from tests.support.work import eventually, working

PRICES = (1_000_000.0, 1_000_000.0)  # a dollar for each token
PROMPT = Prompt("s" * 30, "u" * 60)  # 30 tokens
TODAY = "select spent_usd from auto_post_llm_days where day = (now() at time zone 'UTC')::date"


@pytest.fixture
async def account(host: Host, database: str) -> AsyncIterator[LlmAccount]:
    """Return the account of an installation."""
    pool = await create_pool(load_settings(database_url=database), "test", size=20)
    try:
        yield LlmAccount(pool, SCHEMAS)
    finally:
        await pool.close()


async def reserved(budget: Budget, most_tokens: int = 10) -> Reservation:
    """Reserve, and fail where there is no room."""
    found = await budget.reserve(PROMPT, most_tokens)
    assert isinstance(found, Reservation), found
    return found


async def test_what_is_in_progress_is_reserved_and_the_rest_returned(host: Host, account: LlmAccount) -> None:
    """The most that a request can cost, and then what it did cost by the server's count."""
    budget = Budget(account, 1_000, PRICES)
    first, second = await reserved(budget), await reserved(budget)
    assert host.value(TODAY) == 80
    await budget.settle(first, Answer("text", prompt_tokens=20, completion_tokens=3))
    await budget.settle(second, Answer("text", prompt_tokens=25, completion_tokens=700))
    assert host.value(TODAY) == 23 + 725


async def test_what_an_answer_has_cost(host: Host, account: LlmAccount) -> None:
    """By the server's count, or estimated by bytes; of a failure nothing, unless the server may bill it."""
    cases: list[tuple[Answer | NoAnswer | None, float]] = [
        (Answer("x" * 30, prompt_tokens=5, completion_tokens=2), 7),
        (Answer("x" * 30), 40),
        (Answer("x" * 30, prompt_tokens=0, completion_tokens=0), 40),
        (Answer("週" * 10, prompt_tokens=5), 15),
        (NoAnswer("rate_limited"), 0),
        (NoAnswer("bad_request"), 0),
        (NoAnswer("connection"), 0),
        (NoAnswer("timeout"), 40),
        (NoAnswer("response_too_long"), 40),
        (None, 40),
    ]
    for answer, usd in cases:
        host.execute("delete from auto_post_llm_days")
        budget = Budget(account, 1_000, PRICES)
        await budget.settle(await reserved(budget), answer)
        assert host.value(TODAY) == usd, answer
    assert estimated_tokens("") == 0


async def test_the_budget_is_never_exceeded_by_many_workers(host: Host, account: LlmAccount) -> None:
    """Each with reservations at once: as many as fit, and no more."""
    workers = [Budget(account, 1_000, PRICES) for _ in range(5)]
    found = await asyncio.gather(*(worker.reserve(PROMPT, 10) for worker in workers for _ in range(10)))
    assert sum(isinstance(each, Reservation) for each in found) == 25
    assert {each.reason for each in found if isinstance(each, NoAnswer)} == {"daily_budget"}
    assert host.value(TODAY) == 1_000


async def test_a_new_day_has_a_new_budget(host: Host, account: LlmAccount) -> None:
    """Of the database, in UTC. What was reserved the day before is not returned to it."""
    budget = Budget(account, 100, PRICES)
    yesterday = await reserved(budget, 70)
    assert isinstance(await budget.reserve(PROMPT, 1), NoAnswer)
    host.execute("update auto_post_llm_days set day = day - 1")
    other = Budget(account, 100, PRICES)
    await reserved(other, 20)
    await other.settle(Reservation(yesterday.usd, date(2020, 1, 1), 30), Answer("", False, False, 1, 1))
    assert host.value(TODAY) == 50


async def test_an_account_that_cannot_be_reached_costs_only_the_wording(
    host: Host, account: LlmAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so once, and asks again later."""
    host.execute("alter table auto_post_llm_days rename to gone")
    budget = Budget(account, 100, PRICES)
    with capture_logs() as lines:
        for _ in range(2):
            assert await budget.reserve(PROMPT, 1) == NoAnswer("budget_unavailable")
    assert [(line["event"], line["error"]) for line in lines] == [
        ("llm.budget_unavailable", "UndefinedTableError 42P01")
    ]
    host.execute("alter table gone rename to auto_post_llm_days")
    assert await budget.reserve(PROMPT, 1) == NoAnswer("budget_unavailable")  # it was not asked
    monkeypatch.setattr("autopost.writing.budget.RETRY_SECONDS", 0.0)
    again = Budget(account, 100, PRICES)
    host.execute("alter table auto_post_llm_days rename to gone")
    assert await again.reserve(PROMPT, 1) == NoAnswer("budget_unavailable")
    host.execute("alter table gone rename to auto_post_llm_days")
    await reserved(again)


async def test_a_lock_on_the_account_takes_one_connection(
    host: Host, database: str, account: LlmAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all calls at once, so that claims and heartbeats have theirs."""
    monkeypatch.setattr("autopost.writing.budget.TIMEOUT_SECONDS", 1.0)
    budget = Budget(account, 1_000, PRICES)
    await reserved(budget)
    with open_connection(database) as other:
        other.execute("update auto_post_llm_days set spent_usd = spent_usd")
        tasks = [asyncio.create_task(budget.reserve(PROMPT, 1)) for _ in range(10)]
        waiting = (
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        await eventually(lambda: host.value(waiting))
        assert host.value(waiting) == 1
        assert {each.reason for each in await asyncio.gather(*tasks) if isinstance(each, NoAnswer)} == {
            "budget_unavailable"
        }
    assert host.value(TODAY) in (40, 71)  # the one that waited may have been written when the lock was released


def using(database: str, llm: LlmServer, **more: Any) -> Settings:
    """Return the settings of a worker with a model that costs 200 dollars a request, and 40 for its answer."""
    given: dict[str, Any] = {"llm_input_price": 1e6, "llm_output_price": 1e6, "poll_seconds": 0.2, **more}
    return load_settings(
        database_url=database, openai_api_key="sk-" + "test", openai_base_url=llm.base_url, llm_concurrency=1, **given
    )


async def test_templates_are_used_when_the_budget_is_spent(host: Host, database: str, redactor: Redactor) -> None:
    """The reason is in audit, log, status and `why`; a request that failed costs nothing."""
    limit = estimated_tokens(SYSTEM) + 550  # one answer's 240 and a reservation fit, and two answers' do not
    with LlmServer() as llm, capture_logs() as lines:
        llm.will(status(400), says("Saw to it as planned"))
        async with working(using(database, llm, llm_daily_usd=limit), redactor):
            for number in range(4):
                host.complete(f"op{number}", agent=host.agent(f"a{number}"), what="Saw to it as planned")
                await eventually(lambda: host.waiting() == 0)
        assert len(llm.requests) == 3
    details = [row["details"] for row in host.rows("select details from audit_log order by occurred_at")]
    assert [(each["generator"], each["fallback"]) for each in details] == [
        ("template", "bad_request"),
        ("llm", None),
        ("llm", None),
        ("template", "daily_budget"),
    ]
    assert host.value(TODAY) == 480
    assert [line["limit_usd"] for line in lines if line["event"] == "llm.budget_reached"] == [limit]
    screen = autopost("status", dsn=database).stdout
    assert f"480.0000 of {limit}.00 US dollars today (UTC): used up, templates until midnight UTC" in screen
    assert "not by the LLM: bad_request 1, daily_budget 1" in screen
    found = json.loads(autopost("status", "--json", dsn=database).stdout)["llm_budget"]
    assert found == {"limit_usd": limit, "spent_usd": 480, "is_exhausted": True}
    assert "daily_budget" in autopost("why", "op3", dsn=database).stdout
    (row,) = host.rows("select * from auto_post_check() where subject = 'language model''s budget'")
    assert row["level"] == "warning"
    assert row["finding"].startswith(
        f"480.0000 of {limit} US dollars are used today: templates are used until midnight"
    )


async def test_without_a_budget_nothing_is_counted(host: Host, database: str, redactor: Redactor) -> None:
    """And no statement is run for it."""
    with LlmServer() as llm:
        llm.will(says("Saw to it as planned"))
        async with working(using(database, llm), redactor):
            host.complete(agent=host.agent(), what="Saw to it as planned")
            await eventually(lambda: host.waiting() == 0)
    assert host.rows("select from auto_post_llm_days") == []
    assert "US dollars" not in autopost("status", dsn=database).stdout
