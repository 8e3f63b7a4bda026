"""One outcome on the page, and which of them somebody wants to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

import asyncpg

from autopost.page.cursor import Cursor

KINDS = ("alert", "status")
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Entry:
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

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """Return the outcome that a row of page_feed or page_news holds."""
        return cls(
            id=row["id"],
            occurred_at=row["occurred_at"],
            outcome=row["action"].removeprefix("auto_post."),
            agent_id=row["agent_id"],
            agent_name=row["agent_name"],
            maturity=row["agent_maturity"],
            operation_type=row["operation_type"],
            status=row["status"],
            tracker_id=row["tracker_id"],
            why=row["reason"] or row["error"],
            generator=row["generator"],
            is_alert=row["is_alert"],
            content=row["content"],
        )

    @property
    def cursor(self) -> Cursor:
        """Return its place in the feed."""
        return Cursor(self.occurred_at, self.id)

    @property
    def is_post(self) -> bool:
        """Tell whether it is on the feed."""
        return self.outcome == "posted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which outcomes to show: of one agent, of one kind, and whether also what was not posted."""

    agent: str | None = None
    kind: str | None = None
    silent: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Return what the query of an address asks for; what makes no sense in it counts for nothing."""
        agent = given.get("agent", "").replace("\0", "")[:_MOST_CHARACTERS]
        kind = given.get("kind")
        return cls(agent or None, kind if kind in KINDS else None, given.get("silent") == "1")

    def takes(self, entry: Entry) -> bool:
        """Tell whether an outcome is wanted."""
        return (
            (entry.is_post or self.silent)
            and (self.agent is None or entry.agent_id == self.agent)
            and (self.kind is None or entry.is_alert == (self.kind == "alert"))
        )

    def only(self, agent: str) -> Self:
        """Return the same of one agent."""
        return replace(self, agent=agent)

    def query(self, **more: str) -> str:
        """Return it as the query of an address."""
        given = {"agent": self.agent, "kind": self.kind, "silent": "1" if self.silent else None, **more}
        return urlencode({name: value for name, value in given.items() if value})
