"""Ask a real model of one lane for more posts than it can write at once, then for 0.7 of those that it can write.

Printed is the share that the model answered in time. What the guard does with the answers does not matter here, so the
model is not paused for them. `python -m benchmarks.writing.small_model PYTHON --lane` runs it with a small model, and
`--emulated SIGMA` with a server that sleeps as long as a model writes, whatever else the machine does: log-normal times
with this sigma, 0 for equal ones.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from pydantic import SecretStr
from tests.data.writing.labelled import DEVELOPMENT, Work, works
from tests.support.llm_server import LlmServer, one_lane, says

from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from autopost.writing import Writer, quality

SHARE_OF_CAPACITY = 0.7
_MEASURED, _AT_ONCE, _POSTS = 5, 20, 40
_EMULATED_SECONDS = 0.5
_TIMES_OF_A_POST = 4  # that a call may take
_LEAST_TIMEOUT_SECONDS = 5.0  # the default
_UNANSWERED = frozenset({"timeout", "breaker_open", "connection", "server_error"})


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--emulated", type=float, metavar="SIGMA", help="emulate the server")
    arguments.add_argument("--going-on", action="store_true", help="it goes on with what nobody waits for")
    given = arguments.parse_args()
    structlog.configure(processors=[lambda *_: _dropped()])
    if given.emulated is None:
        asyncio.run(_measure({}))
        return
    times = random.Random(1)
    with LlmServer() as server:
        server.will(
            one_lane(
                says("Sent the report, so everyone has the numbers today."),
                lambda: times.lognormvariate(math.log(_EMULATED_SECONDS) - given.emulated**2 / 2, given.emulated),
                stops=not given.going_on,
            )
        )
        asyncio.run(_measure({"openai_api_key": SecretStr("none"), "openai_base_url": server.base_url}))


def _dropped() -> Any:
    raise structlog.DropEvent


async def _measure(server: Mapping[str, Any]) -> None:
    about = works(DEVELOPMENT)
    extra = os.environ.get("SOCIAL_POST_LLM_EXTRA", '{"max_tokens": 16}')
    quality.MAX_REJECTED = quality.MAX_REJECTED_OF_ANYONE = 1_000_000
    redactor = Redactor()

    def writer(timeout_seconds: float) -> Writer:
        overrides: dict[str, Any] = {"llm_extra_json": extra, "llm_timeout_seconds": timeout_seconds}
        return Writer(load_settings(require_database=False, lease_seconds=600, **overrides, **server), redactor)

    alone = writer(60.0)
    seconds = []
    for work in about[:_MEASURED]:
        begin = time.monotonic()
        await alone.write(work.operation, work.agent)
        seconds.append(time.monotonic() - begin)
    await alone.aclose()
    lane = _EMULATED_SECONDS if server else statistics.mean(seconds)
    timeout = min(60.0, max(0.0 if server else _LEAST_TIMEOUT_SECONDS, _TIMES_OF_A_POST * lane))
    print(f"a post takes {lane:.2f} s (mean), the time-out is {timeout:.1f} s", flush=True)
    busy = writer(timeout)
    _print(f"{_AT_ONCE} at once", await asyncio.gather(*(_reason(busy, work) for work in about[:_AT_ONCE])))
    begin = time.monotonic()
    for work in about * _POSTS:
        if await _reason(busy, work) not in _UNANSWERED:
            break
        await asyncio.sleep(lane / SHARE_OF_CAPACITY)
    print(f"the model wrote again {time.monotonic() - begin:.1f} s after these", flush=True)
    tasks = []
    for number in range(_POSTS):
        tasks.append(asyncio.create_task(_reason(busy, about[number % len(about)])))
        # Jittered arrivals with the mean that loads the lane to the share.
        await asyncio.sleep(random.uniform(0.5, 1.5) * lane / SHARE_OF_CAPACITY)
    _print(f"{_POSTS} at {SHARE_OF_CAPACITY} of the capacity", await asyncio.gather(*tasks))
    await busy.aclose()


async def _reason(writer: Writer, work: Work) -> str:
    return (await writer.write(work.operation, work.agent)).fallback or "published"


def _print(name: str, reasons: Sequence[str]) -> None:
    answered = sum(reason not in _UNANSWERED for reason in reasons)
    counts = ", ".join(f"{reason} {count}" for reason, count in Counter(reasons).most_common())
    print(f"{name}: {answered} of {len(reasons)} answered in time ({counts})", flush=True)


if __name__ == "__main__":
    main()
