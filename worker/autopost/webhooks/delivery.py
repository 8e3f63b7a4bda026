"""Delivers the log to one hook, by whichever worker has its turn.

At least once, an agent's posts in the order of publishing: an agent's go one after another, those of several agents at
the same time. What a target does not take is sent again, ever more seldom, and holds up what comes after it, until it
is older than the hook's patience; then it is dead, and what comes after it goes on. What a target says it will never
take is dead at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import structlog

from autopost import backoff
from autopost.broadcast.announcement import Announcement
from autopost.broadcast.wake import Wake
from autopost.database.errors import DATABASE_ERRORS, label, reraise_if_cancelled
from autopost.observability import metrics
from autopost.webhooks.hook import Hook
from autopost.webhooks.refusals import NotDelivered, Rejected
from autopost.webhooks.target import AT_ONCE
from autopost.webhooks.turns import Dead, TurnLost, Turns, Waiting

BATCH = 100
BEGIN_SECONDS = 20.0  # of a turn: after it no further request is begun
BASE_SECONDS = 1.0
CAP_SECONDS = 60.0  # between attempts, unless the target asks for more
KEEP_SECONDS = 20.0  # so often the turn is kept during a longer wait
LAST_WORD_SECONDS = 1.0
PACE_SECONDS = {"slack": 1.0}  # between two posts: https://docs.slack.dev/apis/web-api/rate-limits

log = structlog.get_logger(__name__)


class Sends(Protocol):
    """What takes a post to where a hook points."""

    async def send(self, announcement: Announcement) -> None:
        """Send a post. Raises NotDelivered and Rejected."""


@dataclass(slots=True)
class _Batch:
    """What became of some announcements: which are done with, and what went wrong.

    `failure` is the first that is to be sent again, `given_up` the last that is not, as it waited for too long.
    """

    done: set[int] = field(default_factory=set)
    dead: list[Dead] = field(default_factory=list)
    answered: bool = False
    failure: NotDelivered | None = None
    given_up: NotDelivered | None = None


class Delivery:
    """Reads the log on for one hook. Never in a publication's way."""

    def __init__(self, hook: Hook, turns: Turns, target: Sends) -> None:
        self._hook = hook
        self._turns = turns
        self._target = target
        self._wake = Wake(turns.waits)
        self._stopping = asyncio.Event()
        self._ahead: set[int] = set()  # done with, after something that is not
        for outcome in ("delivered", "failed", "dead"):  # Prometheus counts from where it first sees a counter
            metrics.HOOK_DELIVERIES.labels(hook.name, outcome)
        self._failures = 0
        self._error: str | None = None  # since the target took something, or refused it for good

    def ring(self) -> None:
        """Say that something was published."""
        self._wake.ring()

    def stop(self) -> None:
        """Let `run` end when everything is delivered, or at the next failure."""
        self._stopping.set()
        self.ring()

    async def begin(self) -> None:
        """Begin after the last post that was announced, if the hook is new. Raises the database's errors."""
        await self._turns.begin()

    async def run(self) -> None:
        """Deliver what is published, until stopped. An outage is logged once and caught up with afterwards."""
        errors = 0
        self.ring()  # what was left by others
        try:
            while self._wake.is_rung or not self._stopping.is_set():
                try:
                    await self._wake.wait()
                    self._wake.clear()
                    await self._deliver()
                except Exception as error:  # noqa: BLE001 - a hook's trouble must not end a worker
                    reraise_if_cancelled(error)
                    errors += 1
                    self._say(error, errors)
                    if self._stopping.is_set():
                        return
                    self.ring()
                    await self._pause(backoff.delay_seconds(errors, base=0.1, cap=5.0))
                else:
                    errors = 0
        finally:
            with contextlib.suppress(*DATABASE_ERRORS):  # a time-out too; the turn ends by itself
                async with asyncio.timeout(LAST_WORD_SECONDS):
                    await self._turns.give_up(at_once=True)

    def _say(self, error: Exception, errors: int) -> None:
        if isinstance(error, TurnLost):
            log.warning("another worker has taken this hook's turn over", hook=self._hook.name)
        elif errors == 1:
            log.warning("delivering to a hook failed and is tried again", hook=self._hook.name, error=label(error))

    async def _deliver(self) -> None:
        """Deliver until nothing is left or another has the turn. Raises TurnLost and the database's errors."""
        await self._turns.begin()
        while True:
            position = await self._turns.take()
            if position is None:
                return
            waiting = await self._turns.read(position, BATCH)
            failed = bool(waiting) and await self._attempt(position, waiting)
            retried = 0 if failed else await self._retry()
            if not waiting and not retried and await self._turns.give_up():
                return
            if failed and self._stopping.is_set():
                return

    async def _attempt(self, position: int, waiting: Sequence[Waiting]) -> bool:
        """Send, note what came of it, and wait after a failure; return whether there was one."""
        batch = _Batch()
        try:
            await self._send(waiting, batch)
        except asyncio.CancelledError:  # what has arrived by now is not to be sent again
            with contextlib.suppress(TurnLost, *DATABASE_ERRORS):
                async with asyncio.timeout(LAST_WORD_SECONDS):
                    await self._note(position, waiting, batch)
            raise
        failure = batch.failure or (None if batch.answered else batch.given_up)
        if failure:
            self._fails(str(failure))
        elif batch.answered:
            self._delivers()
        await self._note(position, waiting, batch)
        await self._wait(self._delay(failure))
        return failure is not None

    async def _note(self, position: int, waiting: Sequence[Waiting], batch: _Batch) -> None:
        """Move the place, with the dead letters. What is dead counts as done with only when that is noted."""
        done = self._ahead | batch.done
        for post in waiting:
            if post.announcement.position not in done:
                break
            position = post.announcement.position
        self._ahead |= batch.done - {letter.announcement.position for letter in batch.dead}
        await self._turns.move(position, batch.dead, error=self._error)
        self._ahead = {ahead for ahead in done if ahead > position}

    async def _wait(self, seconds: float) -> None:
        """Wait, and keep the turn meanwhile. Raises TurnLost."""
        end = asyncio.get_running_loop().time() + seconds
        while not self._stopping.is_set() and (left := end - asyncio.get_running_loop().time()) > 0:
            await self._pause(min(left, KEEP_SECONDS))
            if left > KEEP_SECONDS and await self._turns.take() is None:
                raise TurnLost

    def _fails(self, error: str) -> None:
        if self._error is None:
            log.warning("a hook fails and is tried again", hook=self._hook.name, error=error)
        self._error = error

    def _delivers(self) -> None:
        if self._error is not None:
            log.info("a hook delivers again", hook=self._hook.name)
        self._error = None

    def _delay(self, failure: NotDelivered | None) -> float:
        """Return the seconds until the next attempt; count failures in a row."""
        if failure is None:
            self._failures = 0
            return 0.0
        self._failures += 1
        delay = backoff.delay_seconds(self._failures, base=BASE_SECONDS, cap=CAP_SECONDS)
        return max(delay, failure.wait_seconds or 0.0)

    async def _send(self, waiting: Sequence[Waiting], batch: _Batch) -> None:
        """Send what is wanted: an agent's one after another, several agents' at once; none begins after a failure."""
        by_agent: dict[str | None, list[Announcement]] = {}
        for post in waiting:
            announcement = post.announcement
            if announcement.position in self._ahead or not self._hook.wanted.has(announcement, post.rule):
                batch.done.add(announcement.position)
            else:
                by_agent.setdefault(announcement.agent_id, []).append(announcement)
        pace = PACE_SECONDS.get(self._hook.kind, 0.0)
        at_once = asyncio.Semaphore(1 if pace else AT_ONCE)
        end = asyncio.get_running_loop().time() + BEGIN_SECONDS
        async with asyncio.TaskGroup() as agents:
            for announcements in by_agent.values():
                agents.create_task(self._send_of_agent(announcements, batch, at_once, end, pace))

    async def _send_of_agent(
        self, announcements: Sequence[Announcement], batch: _Batch, at_once: asyncio.Semaphore, end: float, pace: float
    ) -> None:
        for announcement in announcements:
            async with at_once:
                if batch.failure or asyncio.get_running_loop().time() > end:
                    return
                try:
                    await self._target.send(announcement)
                except Rejected as error:
                    batch.answered = True
                    self._bury(announcement, str(error), batch)
                except Exception as error:  # noqa: BLE001 - a bug in sending must not end a worker either
                    metrics.HOOK_DELIVERIES.labels(self._hook.name, "failed").inc()
                    if datetime.now(UTC) - announcement.created_at < self._hook.give_up_after:
                        batch.failure = batch.failure or _failure(error)
                        return
                    batch.given_up = _failure(error)
                    self._bury(announcement, str(batch.given_up), batch)
                else:
                    batch.answered = True
                    metrics.HOOK_DELIVERIES.labels(self._hook.name, "delivered").inc()
                batch.done.add(announcement.position)
                await asyncio.sleep(pace)

    def _bury(self, announcement: Announcement, error: str, batch: _Batch) -> None:
        metrics.HOOK_DELIVERIES.labels(self._hook.name, "dead").inc()
        log.error("a hook gives a post up", hook=self._hook.name, post=announcement.post_id, error=error)
        batch.dead.append(Dead(announcement, error))

    async def _retry(self) -> int:
        """Send the dead letters that somebody wants to be sent again; return how many came to an end."""
        letters = await self._turns.retries(BATCH)
        end = asyncio.get_running_loop().time() + BEGIN_SECONDS
        ended = 0
        for letter in letters:
            if asyncio.get_running_loop().time() > end:
                break
            error: str | None = None
            try:
                await self._target.send(letter)
            except Exception as refusal:  # noqa: BLE001 - nor may a bug in sending hold up the other letters
                error = str(refusal) if isinstance(refusal, Rejected) else str(_failure(refusal))
            metrics.HOOK_DELIVERIES.labels(self._hook.name, "dead" if error else "delivered").inc()
            await self._turns.retried(letter, error)
            ended += 1
            if error is None and self._error is not None:
                self._delivers()
                await self._turns.move(0, [], error=None)
            await asyncio.sleep(PACE_SECONDS.get(self._hook.kind, 0.0))
        return ended

    async def _pause(self, seconds: float) -> None:
        if seconds:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopping.wait()


def _failure(error: Exception) -> NotDelivered:
    return error if isinstance(error, NotDelivered) else NotDelivered(label(error))
