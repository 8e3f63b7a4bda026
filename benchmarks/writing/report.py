"""Print what becomes of the labelled answers, or with OPENAI_BASE_URL set, of what a real model answers.

Every answer goes through the writer of a worker, and the SDK of OpenAI asks a server: a local one that gives the
labelled answers, or the real one. `--wrong` shows what was published or replaced wrongly in the development part, and
`--posts` what a real model wrote about its operations. Of the independent part no text is shown: a failure that
somebody saw is one that somebody tunes for.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from pydantic import SecretStr
from tests.data.writing.labelled import (
    DEVELOPMENT,
    OPENED_3,
    OPENED_4,
    OPENED_5,
    SETS,
    UNSEEN,
    UNSEEN_2,
    LabelledAnswer,
    Work,
    labelled_answers,
    works,
)
from tests.support.llm_server import LlmServer, says

from autopost.model import Generator, Written
from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from autopost.writing import Writer
from autopost.writing.quality import MAX_REJECTED
from benchmarks.writing.faults import FAULTS, faults_of
from benchmarks.writing.scoring import as_prompted, print_score, score


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wrong", action="store_true", help="show the wrong ones of the development part")
    arguments.add_argument("--posts", action="store_true", help="show a real model's posts about the development part")
    arguments.add_argument(
        "--rounds", type=int, default=1, help="how many times to ask a real model about each operation"
    )
    given = arguments.parse_args()
    structlog.configure(processors=[lambda *_: _dropped()])
    if os.environ.get("OPENAI_BASE_URL"):
        asyncio.run(_report_on_a_model(given.rounds, show=given.posts))
    else:
        asyncio.run(_report_on_labelled_answers(show=given.wrong))


def _dropped() -> Any:
    raise structlog.DropEvent


async def _report_on_labelled_answers(*, show: bool) -> None:
    redactor = Redactor()
    with LlmServer() as server:
        settings = {"openai_api_key": SecretStr("none"), "openai_base_url": server.base_url}
        for name in (*SETS, OPENED_3, OPENED_4, OPENED_5, UNSEEN, UNSEEN_2):
            answers = labelled_answers(name)
            begin = time.process_time()
            written = await _written(
                [answer.work for answer in answers],
                settings,
                before=_giving(server, [as_prompted(answer, redactor) for answer in answers]),
            )
            posts = dict(zip(map(id, answers), written, strict=True))
            scored = score(_published_of(posts), answers)
            print_score(f"{name} part, {len(works(name))} operations", scored)
            print(f"  {(time.process_time() - begin) / len(answers) * 1_000:.1f} ms of CPU time each, with the server")
            if show and name == DEVELOPMENT:
                for answer, post in scored.wrong:
                    print(f"  {answer.kind}: {answer.text!r} became {post!r} ({posts[id(answer)].fallback})")


def _giving(server: LlmServer, texts: Sequence[str]) -> Callable[[int], None]:
    return lambda number: server.will(says(texts[number]))


def _published_of(written: dict[int, Written]) -> Callable[[LabelledAnswer], str | None]:
    def published(answer: LabelledAnswer) -> str | None:
        post = written[id(answer)]
        return post.content if post.generator is Generator.LLM else None

    return published


async def _report_on_a_model(rounds: int, *, show: bool) -> None:
    print(f"\n{os.environ.get('SOCIAL_POST_LLM_MODEL', 'the default model')}, {rounds} answer(s) for each operation")
    print(f"  {'':24}{'operations':>11}{'by the model':>14}" + "".join(f"{fault:>20}" for fault in FAULTS))
    reasons: Counter[str] = Counter()
    seconds: list[float] = []
    for name in SETS:
        about = [work for work in works(name) for _ in range(rounds)]
        written = await _written(about, {}, seconds=seconds)
        posts = [(work, post) for work, post in zip(about, written, strict=True) if post.generator is Generator.LLM]
        faults = Counter(fault for work, post in posts for fault in faults_of(post.content, work.operation))
        print(f"  {name:24}{len(about):11}{len(posts):14}" + "".join(f"{faults[fault]:20}" for fault in FAULTS))
        reasons.update(post.fallback for post in written if post.fallback)
        if show and name == DEVELOPMENT:
            for work, post in posts:
                print(f"    {work.operation.tracker_id} {work.operation.status}: {post.content}")
    print(
        "  templates because of: " + (", ".join(f"{reason} {count}" for reason, count in reasons.most_common()) or "-")
    )
    print(f"  seconds for a post: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}")


async def _written(
    about: Sequence[Work],
    settings: dict[str, Any],
    *,
    before: Callable[[int], None] = lambda _: None,
    seconds: list[float] | None = None,
) -> list[Written]:
    """Return what a worker writes about each, one at a time."""
    redactor = Redactor()
    written: list[Written] = []
    # Each writer is asked less often than it takes to pause a model whose answers are rejected.
    for first in range(0, len(about), MAX_REJECTED - 1):
        async with _writer(redactor, settings) as writer:
            for number in range(first, min(first + MAX_REJECTED - 1, len(about))):
                before(number)
                begin = time.monotonic()
                written.append(await writer.write(about[number].operation, about[number].agent))
                if seconds is not None:
                    seconds.append(time.monotonic() - begin)
    return written


@asynccontextmanager
async def _writer(redactor: Redactor, overrides: dict[str, Any]) -> AsyncIterator[Writer]:
    writer = Writer(load_settings(require_database=False, **overrides), redactor)
    try:
        yield writer
    finally:
        await writer.aclose()


if __name__ == "__main__":
    main()
