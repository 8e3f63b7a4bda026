"""Read a file again every few seconds while a process runs, so that a change of it needs no restart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from autopost.errors import ConfigurationError
from autopost.observability.problems import Problems

RELOAD_SECONDS = 2.0

T = TypeVar("T")


def first_problem(error: ConfigurationError) -> str:
    """Return the first problem of a file in one line, with how many there are."""
    first, *problems = str(error).splitlines()
    if not problems:
        return first
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0].strip()}{more}"


async def reload_file(
    read: Callable[[], T],
    use: Callable[[T], None],
    problems: Problems,
    subject: str,
    say: Callable[[str | None], None],
    *,
    every_seconds: float = RELOAD_SECONDS,
) -> None:
    """Call `read` every so often until cancelled, and `use` with what it returned when that has changed.

    A change, or a problem, counts when two reads in a row find the same: the first may be of a file that is just being
    written. A file of which `read` or `use` raises ConfigurationError changes nothing: `problems` has it until it is
    corrected. `say` is called with such a problem once, and with None when a changed file is used. `read` and `use` run
    in a thread.
    """
    known: T | None = None
    before: T | None = None
    seen: str | None = None
    failed: str | None = None
    while True:
        try:
            found = await asyncio.to_thread(read)
            is_whole, before = found == before, found
            if found != known and is_whole:
                await asyncio.to_thread(use, found)
                if known is not None:
                    say(None)
                known = found
        except ConfigurationError as error:
            problem = first_problem(error)
            if problem == seen:
                problems.report(subject, f"the last usable one stays in use: {problem}")
                if problem != failed:
                    say(problem)
                failed = problem
            seen = problem
        else:
            seen = None
            if found == known:
                problems.clear(subject)
                failed = None
        await asyncio.sleep(every_seconds)


@contextlib.asynccontextmanager
async def meanwhile(work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Have something done until the context ends. An error in it ends the context; either's is raised as it is."""
    try:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(work())
            try:
                yield
            finally:
                task.cancel()
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
