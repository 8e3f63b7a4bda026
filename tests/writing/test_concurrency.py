"""A server gets as many calls at once as it can answer in time."""

from __future__ import annotations

import asyncio
import math
import random

import pytest

from autopost.model import Generator
from autopost.writing.concurrency import AdaptiveLimit
from tests.support.llm_server import LlmServer, one_lane, says
from tests.writing.samples import MakeWriter, an_agent, an_operation

LANE_SECONDS = 0.1
TIMEOUT_SECONDS = 0.34
AT_ONCE = 5  # more than the lane writes before a call times out
WINDOWS = 3  # in one of them the machine does not stall
POST = "Sent the weekly report to 40 customers, so everyone has the numbers today 🎉"


@pytest.mark.long
@pytest.mark.parametrize(("stops", "sigma"), [(True, 0.0), (False, 0.0), (True, 0.5)])
async def test_model_with_one_lane_writes_nearly_all_posts_of_a_load_that_it_can_carry(
    llm: LlmServer, make_writer: MakeWriter, stops: bool, sigma: float
) -> None:
    """After a burst that it cannot carry, too: the limit falls. Also where some posts take twice as long as others."""
    times = random.Random(7)
    mean = math.log(LANE_SECONDS) - sigma**2 / 2
    llm.will(one_lane(says(POST), lambda: times.lognormvariate(mean, sigma), stops=stops))
    # A server that goes on with what nobody waits for seems dead for a while.
    writer = make_writer(llm_timeout_seconds=TIMEOUT_SECONDS, llm_concurrency=20, llm_breaker_cooldown_seconds=1.0)
    burst = await asyncio.gather(*(writer.write(an_operation(), an_agent()) for _ in range(20)))
    if not stops:
        async with asyncio.timeout(60):
            while (await writer.write(an_operation(), an_agent())).generator is Generator.TEMPLATE:
                await asyncio.sleep(0.05)
    reasons: list[list[str | None]] = [[post.fallback for post in burst]]
    for _ in range(WINDOWS):
        steady = []
        for _ in range(4):
            steady += [asyncio.create_task(writer.write(an_operation(), an_agent())) for _ in range(AT_ONCE)]
            await asyncio.sleep(AT_ONCE * LANE_SECONDS / 0.7)
        posts = await asyncio.gather(*steady)
        reasons.append([post.fallback for post in posts])
        if sum(post.generator is Generator.LLM for post in posts) >= 0.9 * len(posts):
            return
    raise AssertionError(reasons)


async def held(limit: AdaptiveLimit, outcome: bool | None, release: asyncio.Event) -> None:
    """Hold a slot until the event."""
    async with limit.slot() as slot:
        await release.wait()
        slot.outcome = outcome


async def round_of(limit: AdaptiveLimit, calls: int, outcome: bool | None) -> None:
    """Let calls run at once, and end with the same outcome."""
    release = asyncio.Event()
    tasks = [asyncio.create_task(held(limit, outcome, release)) for _ in range(calls)]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(*tasks)


async def test_time_outs_of_one_round_halve_the_limit_once() -> None:
    """They tell the same thing; a lone call is always allowed."""
    limit = AdaptiveLimit(20)
    seen = []
    for _ in range(6):
        await round_of(limit, limit.limit, False)
        seen.append(limit.limit)
    assert seen == [10, 5, 2, 1, 1, 1]


async def test_limit_rises_slowly_when_it_is_used_up_and_never_above_the_setting() -> None:
    """A success of one call among few says nothing about more; an outcome that is not known says nothing at all."""
    limit = AdaptiveLimit(4)
    await round_of(limit, 4, False)
    assert limit.limit == 2
    for _ in range(100):
        await round_of(limit, 1, True)
        await round_of(limit, 2, None)
    assert limit.limit == 2
    for _ in range(100):
        await round_of(limit, limit.limit, True)
    assert limit.limit == 4


async def test_call_that_is_cancelled_while_it_waits_takes_no_slot() -> None:
    """Nor does one that is cancelled at the moment at which a slot becomes free."""
    limit = AdaptiveLimit(1)
    release, release_others = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(held(limit, True, release))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(held(limit, True, release_others)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    release.set()
    await first
    waiting[1].cancel()  # its turn has come
    release_others.set()
    async with asyncio.timeout(5):
        results = await asyncio.gather(*waiting, return_exceptions=True)
        async with limit.slot():
            pass
    assert [type(result) for result in results] == [asyncio.CancelledError, asyncio.CancelledError, type(None)]


@pytest.mark.parametrize("calls", [50])
async def test_slots_are_given_in_order(calls: int) -> None:
    """FIFO, and never more at once than the limit."""
    limit, order, running = AdaptiveLimit(3), list[int](), 0

    async def call(number: int) -> None:
        nonlocal running
        async with limit.slot() as slot:
            order.append(number)
            running += 1
            assert running <= 3
            await asyncio.sleep(0)
            running -= 1
            slot.outcome = True

    await asyncio.gather(*(call(number) for number in range(calls)))
    assert order == list(range(calls))
