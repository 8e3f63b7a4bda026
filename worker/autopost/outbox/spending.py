"""The account of what the LLM costs, a row for each day in UTC, which all workers share."""

from __future__ import annotations

from datetime import date

import asyncpg

from autopost.database.sql import Schemas, query
from autopost.model import Balance


class LlmAccount:
    """The account of one schema, used through a pool. Lets asyncpg's errors pass."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas) -> None:
        self._pool = pool
        self._statement = query("worker/spend", schemas)

    async def spend(self, usd: float, limit_usd: float, correction_usd: float, day: date | None) -> Balance:
        """Reserve US dollars of today's budget, and correct what was reserved on `day`; see spend.sql."""
        (row,) = await self._pool.fetch(self._statement, usd, limit_usd, correction_usd, day)
        return Balance(row["day"], row["is_exhausted"], row["seconds_left"])
