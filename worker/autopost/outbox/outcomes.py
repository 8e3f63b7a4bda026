"""Reads outcomes from the audit log: the newest, those before a place in the feed, and new ones as they are decided."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autopost.model.digest import Digest, beside, digest_in
from autopost.outbox.cursor import END, START, Cursor
from autopost.outbox.statements import Statements

# Outcomes are decided in one order and committed in another: what is older than this has been committed.
OVERLAP = timedelta(seconds=10)
POLL_SECONDS = 1.0  # each poll is a query on the platform's audit_log
MOST_ROWS = 100_000  # of the audit log, for one look at the command line


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: a post with its text, or why there is none. `outcome` is posted, skipped or dead."""

    id: str
    occurred_at: datetime
    outcome: str
    agent_id: str | None
    agent_name: str | None
    maturity: str | None
    operation_type: str | None
    status: str | None
    tracker_id: str | None
    why: str | None
    generator: str | None
    is_alert: bool
    content: str | None
    title: str | None = None  # what the rule calls the operation
    tenant_id: str | None = None  # the post's, or else the agent's
    category: str | None = None  # the agent's
    post_id: str | None = None  # None also for a post that is no longer there
    link: str | None = None  # to the operation on the platform
    digest: Digest | None = None

    @property
    def agent(self) -> str:
        """Return the agent's name, or its id where it has none."""
        return self.agent_name or self.agent_id or "(no agent)"

    @property
    def cursor(self) -> Cursor:
        """Return its place in the feed."""
        return Cursor(self.occurred_at, self.id)

    @property
    def beside(self) -> str | None:
        """Return what is shown beside a post, as `and 4 more since 14:05 UTC`, None for nothing."""
        return beside(self.digest, self.occurred_at)

    @property
    def is_post(self) -> bool:
        """Return whether it is in the feed."""
        return self.outcome == "posted"


async def read_outcomes(
    statements: Statements,
    most: int,
    *,
    rows: int,
    after: datetime = START.at,
    before: Cursor = END,
    agent: str | None = None,
    is_alert: bool | None = None,
    posts_only: bool = False,
    without: Sequence[str] = (),
    tenant: str | None = None,
    operation_type: str | None = None,
    text: str | None = None,
) -> list[Outcome]:
    """Return at most `most` outcomes, the newest first, among the newest `rows` rows of the audit log in the range.

    `without` has ids of outcomes to leave out; `text` is in the post, in any letter case, or the operation's id.
    """
    wanted = (agent, is_alert, posts_only, most, rows, without, tenant, operation_type, text)
    found = await statements.fetch("outbox/outcomes", after, before.at, before.id, *wanted)
    return [Outcome(**{**row, "digest": digest_in(json.loads(row["digest"] or "null"))}) for row in found]


class NewOutcomes:
    """What is new at each look, each outcome once: at the first look the newest `backlog`, later at most `most`.

    Without `show_backlog` the first look returns nothing, and only remembers what it found. Each look reads at most
    `rows` rows of the audit log. What does not fit into a look comes with a later one, as long as it is among them.
    """

    def __init__(
        self,
        statements: Statements,
        *,
        backlog: int,
        most: int = MOST_ROWS,
        rows: int = MOST_ROWS,
        posts_only: bool = False,
        show_backlog: bool = True,
        agent: str | None = None,
    ) -> None:
        self._statements = statements
        self._show_backlog = show_backlog
        self._most = most
        self._rows = rows
        self._limit = backlog
        self._posts_only = posts_only
        self._agent = agent
        self._start: Cursor | None = None
        self._newest = START.at + OVERLAP
        self._seen: dict[str, datetime] = {}

    async def look(self) -> list[Outcome]:
        """Return what is new, the oldest first. When it raises, the next look makes up for it."""
        is_shown = self._show_backlog or self._start is not None
        after = self._newest - OVERLAP
        found = await read_outcomes(
            self._statements,
            self._limit,
            rows=self._rows,
            after=after,
            posts_only=self._posts_only,
            agent=self._agent,
            without=list(self._seen),
        )
        if self._start is None:  # what the first look left out by its limit stays out
            self._start = found[-1].cursor if found else START
        new = [outcome for outcome in reversed(found) if outcome.cursor >= self._start]
        self._limit = self._most
        self._seen |= {outcome.id: outcome.occurred_at for outcome in found}
        self._newest = max([self._newest, *(outcome.occurred_at for outcome in found)])
        recent = [(id_, at) for id_, at in self._seen.items() if at > self._newest - OVERLAP]
        self._seen = dict(recent[-2 * self._rows :])
        return new if is_shown else []


async def follow_outcomes(
    statements: Statements, limit: int, *, posts_only: bool = False, agent: str | None = None
) -> AsyncIterator[Outcome]:
    """Yield the newest `limit` outcomes, or posts, the oldest first, and then every new one, without end, each once."""
    new = NewOutcomes(statements, backlog=limit, posts_only=posts_only, agent=agent)
    while True:
        for outcome in await new.look():
            yield outcome
        await asyncio.sleep(POLL_SECONDS)
