"""How often an agent may post (requirements: Rate limit). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta


def is_limited(last_post_at: datetime | None, now: datetime, window: timedelta, *, is_alert: bool = False) -> bool:
    """Tell whether the agent posted too recently.

    Both times are the database's. Exactly at the end of the window posting is allowed again. Alerts are never
    limited.
    """
    return not is_alert and last_post_at is not None and now - last_post_at < window
