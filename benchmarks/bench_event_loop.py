"""How late the event loop is while texts are redacted beside it: on the loop itself, in a thread, in a process.

Claims, leases and health answers wait for the loop. The worker uses a thread, for a few texts at a time.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import uvloop
from tests.data.redaction.parts import HELD_OUT

from autopost.redaction.redactor import Redactor
from autopost.worker.pipeline import CHUNK
from benchmarks.redaction.speed import clean_texts, hostile_texts, texts_with_findings
from benchmarks.stand import percentile, report

SECONDS = 2.0
ROUNDS = 3
TICK_SECONDS = 0.001

Run = Callable[[Sequence[str]], Awaitable[object]]
_redactor: Redactor | None = None


def redact(texts: Sequence[str]) -> None:
    """Redact texts with this process's redactor."""
    global _redactor
    _redactor = _redactor or Redactor()
    for text in texts:
        _redactor.redact(text)


async def on_the_loop(texts: Sequence[str]) -> None:
    """Redact here."""
    redact(texts)
    await asyncio.sleep(0)


async def lateness_ms(run: Run, chunks: Sequence[Sequence[str]]) -> tuple[list[float], float]:
    """Return how late the loop was at each tick, and the texts that were redacted a second."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            late.append((time.perf_counter() - began - TICK_SECONDS) * 1000)

    ticking = asyncio.create_task(tick())
    began, done, chunk = time.perf_counter(), 0, 0
    while time.perf_counter() - began < SECONDS:
        await run(chunks[chunk % len(chunks)])
        done += len(chunks[chunk % len(chunks)])
        chunk += 1
    took = time.perf_counter() - began
    ticking.cancel()
    return late, done / took


async def measure() -> dict[str, dict[str, tuple[float, float]]]:
    """Return p99 of the lateness in ms and texts a second, for each kind of text and each place, medians of rounds."""
    kinds = {
        "clean": clean_texts(HELD_OUT, 200),
        "with findings": texts_with_findings(HELD_OUT, 200),
        "hostile": hostile_texts(),
    }
    loop = asyncio.get_running_loop()
    figures: dict[str, dict[str, tuple[float, float]]] = {}
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("forkserver")) as pool:
        places: dict[str, Run] = {
            "loop": on_the_loop,
            "thread": lambda texts: asyncio.to_thread(redact, texts),
            "process": lambda texts: loop.run_in_executor(pool, redact, texts),
        }
        for run in places.values():
            await run(["warm up"])
        for kind, texts in kinds.items():
            chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
            rounds = [{name: await lateness_ms(run, chunks) for name, run in places.items()} for _ in range(ROUNDS)]
            figures[kind] = {
                name: (
                    statistics.median(percentile(round_[name][0], 0.99) for round_ in rounds),
                    statistics.median(round_[name][1] for round_ in rounds),
                )
                for name in places
            }
    return figures


def main() -> None:
    """Measure and print."""
    figures = uvloop.run(measure())
    parts = [
        f"{kind}: " + ", ".join(f"{place} {late:.1f} ms at {rate:,.0f}/s" for place, (late, rate) in places.items())
        for kind, places in figures.items()
    ]
    report("event_loop", "p99 of the loop's lateness while redacting. " + "; ".join(parts), figures=figures)


if __name__ == "__main__":
    main()
