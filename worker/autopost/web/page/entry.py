"""One outcome on the page, and which of them somebody wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

import asyncpg

from autopost.web.page.cursor import Cursor


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
