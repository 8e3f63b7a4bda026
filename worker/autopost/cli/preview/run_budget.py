"""The LLM's budget of one preview: it may read the database with a role that writes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from autopost.model import Balance
from autopost.settings import Settings
from autopost.writing.budget import Budget


class RunAccount:
    """What this preview has spent, in memory. One preview spends at most what workers may spend on a day."""

    def __init__(self) -> None:
        self._spent_usd = 0.0

    async def spend(self, usd: float, limit_usd: float, correction_usd: float, day: date | None) -> Balance:
        """Reserve US dollars, and correct what was reserved before, whatever its day was."""
        self._spent_usd += correction_usd
        now = datetime.now(UTC)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
        is_exhausted = self._spent_usd + usd > limit_usd
        if not is_exhausted:
            self._spent_usd += usd
        return Balance(now.date(), is_exhausted, (midnight - now).total_seconds())


def budget_of_a_run(settings: Settings) -> Budget | None:
    """Return the budget of one preview; None where workers have none."""
    if settings.llm_daily_usd is None or settings.llm_prices is None:
        return None
    return Budget(RunAccount(), settings.llm_daily_usd, settings.llm_prices)
