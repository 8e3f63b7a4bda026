"""Ask a real model of one lane for more posts than it can write at once, then for 0.7 of those that it can write.

Printed is the share that the model answered in time. What the guard does with the answers does not matter here, so the
model is not paused for them. `python -m benchmarks.writing.small_model PYTHON --lane` runs it with a small model.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import structlog
from tests.data.writing.labelled import DEVELOPMENT, Work, works

from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from autopost.writing import Writer, quality

SHARE_OF_CAPACITY = 0.7
_MEASURED, _AT_ONCE, _POSTS = 5, 20, 40
_TIMES_OF_A_POST = 4  # that a call may take
_LEAST_TIMEOUT_SECONDS = 5.0  # the default
_UNANSWERED = frozenset({"timeout", "breaker_open", "connection", "server_error"})


def main() -> None:
    """Measure and print."""
    structlog.configure(processors=[lambda *_: _dropped()])
    asyncio.run(_measure())


def _dropped() -> Any:
    raise structlog.DropEvent


async def _measure() -> None:
    about = works(DEVELOPMENT)
    extra = os.environ.get("SOCIAL_POST_LLM_EXTRA", '{"max_tokens": 16}')
    quality.MAX_REJECTED = quality.MAX_REJECTED_OF_ANYONE = 1_000_000
    redactor = Redactor()

    def writer(timeout_seconds: float) -> Writer:
        overrides: dict[str, Any] = {"llm_extra_json": extra, "llm_timeout_seconds": timeout_seconds}
        return Writer(load_settings(require_database=False, lease_seconds=600, **overrides), redactor)

    alone = writer(60.0)
    seconds = []
    for work in about[:_MEASURED]:
        begin = time.monotonic()
        await alone.write(work.operation, work.agent)
        seconds.append(time.monotonic() - begin)
    await alone.aclose()
    lane = statistics.median(seconds)
    timeout = min(60.0, max(_LEAST_TIMEOUT_SECONDS, _TIMES_OF_A_POST * lane))
    print(f"a post takes {lane:.2f} s (median of {_MEASURED}), the time-out is {timeout:.1f} s", flush=True)
    busy = writer(timeout)
    _print(f"{_AT_ONCE} at once", await asyncio.gather(*(_reason(busy, work) for work in about[:_AT_ONCE])))
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
