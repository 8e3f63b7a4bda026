"""CPU time a text, time to start, and memory."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from tests.data.redaction.dice import Dice
from tests.data.redaction.sample import Part

Finder = Callable[[str], object]

POST_CHARACTERS = 280
FIELD_CHARACTERS = 4_000

# Text that makes patterns try again and again, in pieces that are repeated to the length of a field.
_HOSTILE = (
    "a.", "a@", "a@a.", "1 ", "1-", "1.", "12 ", "0 1", ":", "a:", "::", "password ", "password is ", "token: ", "=",
    '"', "'", "//", "://a", "://a:", "+1 ", "(1", "((", "eyJ.", "sk-", "-----BEGIN ", "DE89 ", "\u200b",
    "\uff11", "\u0301",
    "4111 ", "41111", "1.1.1.", "aA1/", "Bearer ", "call ", "-", "_", "a-", "é", "\n", "\t \n", "<", "<A>", "born ",
    "A1",
)  # fmt: skip


def clean_texts(part: Part, count: int) -> list[str]:
    """Return texts of a post's length made of clean sentences."""
    return _cut(part.clean_samples(count * 8), count)


def texts_with_findings(part: Part, count: int) -> list[str]:
    """Return texts of a post's length with one value planted in each."""
    dice = Dice("speed")
    planted = [s.text for group in part.groups for kind in group.makers for s in part.planted(group, kind, 12)]
    dice.shuffle(planted)
    fill = [sample.text for sample in part.clean_samples(count)]
    return [f"{text} {more}"[:POST_CHARACTERS] for text, more in zip(planted, fill, strict=False)][:count]


def hostile_texts() -> list[str]:
    """Return texts of a field's length that are made to be slow."""
    return [(piece * FIELD_CHARACTERS)[:FIELD_CHARACTERS] for piece in _HOSTILE]


def _cut(samples: Sequence[object], count: int) -> list[str]:
    texts, text = [], ""
    for sample in samples:
        text = f"{text} {getattr(sample, 'text', '')}".strip()
        if len(text) >= POST_CHARACTERS:
            texts.append(text[:POST_CHARACTERS])
            text = ""
    return texts[:count]


def cpu_ms(finder: Finder, texts: Sequence[str], rounds: int = 3) -> list[float]:
    """Return the milliseconds of CPU that each text took at its fastest of the rounds, sorted."""
    best = [float("inf")] * len(texts)
    for _ in range(rounds):
        for index, text in enumerate(texts):
            began = time.thread_time_ns()
            finder(text)
            best[index] = min(best[index], (time.thread_time_ns() - began) / 1e6)
    return sorted(best)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return a percentile of sorted figures."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


_START = """
import time; began = time.process_time()
import psutil; before = psutil.Process().memory_info().rss
from benchmarks.redaction.systems import SYSTEMS
finder = SYSTEMS[{name!r}](); finder("Mail bob@example.com, call +1 212 555 0147.")
print(time.process_time() - began, (psutil.Process().memory_info().rss - before) / 1e6)
"""


def start(name: str) -> tuple[float, float]:
    """Return the CPU seconds from nothing to the first text in a fresh process, and the megabytes it took."""
    done = subprocess.run(
        [sys.executable, "-c", _START.format(name=name)], capture_output=True, text=True, check=True, timeout=120
    )
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)
